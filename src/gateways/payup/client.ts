import { createHttpClient } from "../../lib/http-client.ts";
import type { PayupConfig } from "./account.ts";

/** Every answer is about one payment. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** What the gateway can be asked: the last part of each path. */
export type PayupOperation = "order" | "pay" | "cancel";

/** What came back: JSON of any shape, or what is known about the request. */
export type PayupAnswer =
  | { kind: "read"; operation: PayupOperation; status: number; body: unknown }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

export interface PayupRequest {
  body: Readonly<Record<string, string>>;
  maySend(): boolean;
  /** Instead of our own: the gateway looks at it to tell a phone. */
  userAgent?: string;
}

export interface PayupClient {
  /** Sends one request and reads its answer as JSON. Never throws. */
  send(operation: PayupOperation, request: PayupRequest): Promise<PayupAnswer>;
  close(): void;
}

/** The one file that talks to PayUp. */
export function createPayupClient(config: PayupConfig): PayupClient {
  const http = createHttpClient({
    baseUrl: config.baseUrl,
    connectTimeoutMs: config.connectTimeoutMs,
    totalTimeoutMs: config.callDeadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
    ...(config.ca !== undefined && { ca: config.ca }),
  });
  const merchant = encodeURIComponent(config.merchantId);
  return {
    async send(operation, request) {
      const { userAgent } = request;
      const result = await http.post({
        path: `/ep/api/kakao/${merchant}/${operation}`,
        headers: {
          "content-type": "application/json; charset=utf-8",
          ...(userAgent !== undefined && { "user-agent": userAgent }),
        },
        body: JSON.stringify(request.body),
        maySend: () => request.maySend(),
      });
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

/** Strict UTF-8: in a wrong charset the words beside a code cannot be trusted either. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
