import type { OperationalClock } from "../../../../src/lib/clock.ts";
import { createHttpClient } from "../../../../src/lib/http-client.ts";
import type { AcmepayConfig } from "./account.ts";

/** An answer about one payment is a few hundred bytes. */
const ANSWER_BYTES_MAX = 1024 * 1024;

/** What came back: JSON of any shape, or what is known about the request. */
export type AcmepayAnswer =
  | { kind: "read"; status: number; body: unknown }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** How a request may leave, and until when its answer counts. */
export interface Passage {
  maySend(): boolean;
  /** On the monotonic clock. */
  deadlineMs: number;
}

export interface AcmepayClient {
  /** Sends one request and reads its answer as JSON. Never throws. */
  send(
    path: string,
    body: Readonly<Record<string, string>>,
    passage: Passage,
  ): Promise<AcmepayAnswer>;
  close(): void;
}

/** The one file that talks to Acmepay. */
export function createAcmepayClient(config: AcmepayConfig, clock: OperationalClock): AcmepayClient {
  const http = createHttpClient({
    baseUrl: config.baseUrl,
    connectTimeoutMs: config.connectTimeoutMs,
    totalTimeoutMs: config.callDeadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
  });
  return {
    async send(path, body, passage) {
      const leftMs = Math.floor(passage.deadlineMs - clock.monotonicMs());
      if (leftMs <= 0) return { kind: "not_sent", reason: "no time left" };
      const result = await http.post({
        path,
        headers: {
          "content-type": "application/json; charset=utf-8",
          authorization: config.secret,
        },
        body: JSON.stringify(body),
        maySend: () => passage.maySend(),
        totalTimeoutMs: leftMs,
      });
      if (result.kind !== "answered") return result;
      const json = parseJson(result.body);
      if (json !== undefined) return { kind: "read", status: result.status, body: json };
      return { kind: "unknown", reason: `unreadable answer, http ${result.status}` };
    },
    close: () => http.close(),
  };
}

/** Strict: in a wrong charset the words beside a code cannot be trusted either. */
const UTF8 = new TextDecoder("utf-8", { fatal: true });

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(UTF8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
