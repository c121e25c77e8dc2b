import type { OperationalClock } from "../../lib/clock.ts";
import { createHttpClient } from "../../lib/http-client.ts";
import type { Credential } from "../gateway.ts";
import type { CookiepayConfig } from "./account.ts";

const MEBIBYTE = 1024 * 1024;
/** An answer about one payment is a few hundred bytes. */
const ANSWER_BYTES_MAX = MEBIBYTE;
/** A window of days lists every payment of the shop. */
const LISTING_BYTES_MAX = 32 * MEBIBYTE;

/** Every operation with the headers that it takes beside the content type. */
const OPERATIONS = {
  token: { path: "/payAuth/token", apiKey: false, token: false },
  billkeygen: { path: "/Subscribe/billkeygen", apiKey: true, token: true },
  payments: { path: "/Subscribe/payments", apiKey: true, token: true },
  keyin: { path: "/keyin/payment", apiKey: true, token: true },
  billingkeycancel: { path: "/Subscribe/billingkeycancel", apiKey: true, token: true },
  cancel: { path: "/api/cancel", apiKey: true, token: true },
  paycert: { path: "/api/paycert", apiKey: false, token: true },
  paysearch: { path: "/api/paysearch", apiKey: false, token: true },
  decrypt: { path: "/EdiAuth/cookiepay_edi_decrypt", apiKey: true, token: false },
} as const;

export type CookiepayOperation = keyof typeof OPERATIONS;

/** What came back: JSON of any shape, or what is known about the request. */
export type CookiepayAnswer =
  | { kind: "read"; operation: CookiepayOperation; status: number; body: unknown }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** How a request may leave, and until when its answer counts. */
export interface Passage {
  credential?: Credential;
  maySend(): boolean;
  /** On the monotonic clock. */
  deadlineMs: number;
}

export interface CookiepayClient {
  /** Sends one request and reads its answer as JSON. Never throws. */
  send(
    operation: CookiepayOperation,
    body: Readonly<Record<string, string>>,
    passage: Passage,
  ): Promise<CookiepayAnswer>;
  close(): void;
}

/** The one file that talks to CookiePayments. */
export function createCookiepayClient(
  config: CookiepayConfig,
  clock: OperationalClock,
): CookiepayClient {
  const http = createHttpClient({
    baseUrl: config.baseUrl,
    connectTimeoutMs: config.connectTimeoutMs,
    totalTimeoutMs: config.callDeadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
    ...(config.ca !== undefined && { ca: config.ca }),
  });
  return {
    async send(operation, body, passage) {
      const leftMs = Math.floor(passage.deadlineMs - clock.monotonicMs());
      if (leftMs <= 0) return { kind: "not_sent", reason: `${operation}: no time left` };
      const { path } = OPERATIONS[operation];
      const result = await http.post({
        path,
        headers: headersFor(operation, { secret: config.secret, token: passage.credential?.value }),
        body: JSON.stringify(body),
        maySend: () => passage.maySend(),
        totalTimeoutMs: leftMs,
        ...(operation === "paysearch" && { maxResponseBytes: LISTING_BYTES_MAX }),
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

function headersFor(
  operation: CookiepayOperation,
  { secret, token }: { secret: string; token: string | undefined },
): Record<string, string> {
  const takes = OPERATIONS[operation];
  return {
    "content-type": "application/json; charset=utf-8",
    ...(takes.apiKey && { ApiKey: secret }),
    ...(takes.token && token !== undefined && { TOKEN: token }),
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
