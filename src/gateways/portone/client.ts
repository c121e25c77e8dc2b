import type { OperationalClock } from "../../lib/clock.ts";
import { createHttpClient } from "../../lib/http-client.ts";
import type { Credential } from "../gateway.ts";
import type { JsonObject } from "../window.ts";
import type { PortoneConfig } from "./account.ts";

const MEBIBYTE = 1024 * 1024;
/** An answer about one payment is a few kilobytes, one about an order number some of them. */
const ANSWER_BYTES_MAX = 4 * MEBIBYTE;
/** A page of a listing holds a thousand payments. */
const LISTING_BYTES_MAX = 32 * MEBIBYTE;

/** One request, as `requests.ts` builds them. */
export interface PortoneRequest {
  /** What it is called in reasons. */
  operation: string;
  method: "get" | "post" | "put" | "delete";
  path: string;
  body?: JsonObject;
  isListing?: boolean;
  /** HTTP statuses beside 200 that are documented as a refusal of this request. */
  refusedBy?: readonly number[];
}

/** What came back: JSON of any shape, or what is known about the request. */
export type PortoneAnswer =
  | { kind: "read"; operation: string; status: number; body: unknown }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** How a request may leave, and until when its answer counts. */
export interface Passage {
  credential?: Credential;
  maySend(): boolean;
  /** On the monotonic clock. */
  deadlineMs: number;
}

export interface PortoneClient {
  /** Sends one request and reads its answer as JSON. Never throws. */
  send(request: PortoneRequest, passage: Passage): Promise<PortoneAnswer>;
  close(): void;
}

/** The one file that talks to PortOne. */
export function createPortoneClient(config: PortoneConfig, clock: OperationalClock): PortoneClient {
  const http = createHttpClient({
    baseUrl: config.baseUrl,
    connectTimeoutMs: config.connectTimeoutMs,
    totalTimeoutMs: config.callDeadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
    ...(config.ca !== undefined && { ca: config.ca }),
  });
  return {
    async send({ operation, method, path, body, isListing }, passage) {
      const leftMs = Math.floor(passage.deadlineMs - clock.monotonicMs());
      if (leftMs <= 0) return { kind: "not_sent", reason: `${operation}: no time left` };
      const request = {
        path,
        headers: headersFor(method, passage.credential?.value),
        maySend: () => passage.maySend(),
        totalTimeoutMs: leftMs,
        ...(isListing === true && { maxResponseBytes: LISTING_BYTES_MAX }),
      };
      const result =
        method === "post" || method === "put"
          ? await http[method]({ ...request, body: JSON.stringify(body ?? {}) })
          : await http[method](request);
      if (result.kind !== "answered") {
        return { kind: result.kind, reason: `${operation}: ${result.reason}` };
      }
      const json = parseJson(result.body);
      if (json !== undefined) return { kind: "read", operation, status: result.status, body: json };
      const problem = result.status === 200 ? "unreadable answer" : `http ${result.status}`;
      return { kind: "unknown", reason: `${operation}: ${problem}` };
    },
    close: () => http.close(),
  };
}

function headersFor(method: PortoneRequest["method"], token: string | undefined) {
  return {
    ...((method === "post" || method === "put") && {
      "content-type": "application/json; charset=utf-8",
    }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
}

/** Strict UTF-8: in a wrong charset the words beside a code cannot be trusted either. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
