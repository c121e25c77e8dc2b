import type { OperationalClock } from "../../lib/clock.ts";
import { type HttpClient, createHttpClient } from "../../lib/http-client.ts";
import type { KiwoompayConfig } from "./account.ts";
import { decodeEucKr, encodeEucKr } from "./euc-kr.ts";

/** An answer is a few hundred bytes. */
const ANSWER_BYTES_MAX = 1024 * 1024;
/** The gateway has a handful of hosts; more of them is something else. */
const HOSTS_MAX = 16;

/** What came back: JSON of any shape, or what is known about the request. */
export type KiwoompayAnswer =
  | { kind: "read"; step: string; status: number; body: unknown }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** How a request may leave, and until when its answer counts. */
export interface Passage {
  maySend(): boolean;
  /** On the monotonic clock. */
  deadlineMs: number;
}

/** Where a request goes. */
export interface Errand {
  /** Names the request in reasons. */
  step: string;
  url: URL;
  /** Absent in the first step, which asks for it. */
  token?: string;
}

export interface KiwoompayClient {
  /** Sends one request and reads its answer as JSON in EUC-KR. Never throws. */
  send(
    errand: Errand,
    body: Readonly<Record<string, string>>,
    passage: Passage,
  ): Promise<KiwoompayAnswer>;
  close(): void;
}

/** The one file that talks to KiwoomPay. */
export function createKiwoompayClient(
  config: KiwoompayConfig,
  clock: OperationalClock,
): KiwoompayClient {
  const hosts = createHosts(config);
  return {
    async send({ step, url, token }, body, passage) {
      const leftMs = Math.floor(passage.deadlineMs - clock.monotonicMs());
      if (leftMs <= 0) return { kind: "not_sent", reason: `${step}: no time left` };
      const http = hosts.of(url);
      if (http === undefined) return { kind: "not_sent", reason: `${step}: too many hosts` };
      const result = await http.post({
        path: url.pathname + url.search,
        headers: {
          "content-type": "application/json;charset=EUC-KR",
          Authorization: config.linkKey,
          ...(token !== undefined && { TOKEN: token }),
        },
        body: encodeEucKr(JSON.stringify(body)),
        maySend: () => passage.maySend(),
        totalTimeoutMs: leftMs,
      });
      if (result.kind !== "answered") {
        return { kind: result.kind, reason: `${step}: ${result.reason}` };
      }
      const json = parseJson(result.body);
      if (json !== undefined) return { kind: "read", step, status: result.status, body: json };
      const problem = result.status === 200 ? "unreadable answer" : `http ${result.status}`;
      return { kind: "unknown", reason: `${step}: ${problem}` };
    },
    close: () => hosts.close(),
  };
}

/** A client per host: the second step need not go where the first one went. */
function createHosts(config: KiwoompayConfig) {
  const clients = new Map<string, HttpClient>();
  const options = {
    connectTimeoutMs: config.connectTimeoutMs,
    totalTimeoutMs: config.callDeadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
    ...(config.ca !== undefined && { ca: config.ca }),
  };
  return {
    of({ origin }: URL): HttpClient | undefined {
      const known = clients.get(origin);
      if (known !== undefined || clients.size >= HOSTS_MAX) return known;
      const created = createHttpClient({ ...options, baseUrl: origin });
      clients.set(origin, created);
      return created;
    },
    close() {
      for (const client of clients.values()) client.close();
    },
  };
}

function parseJson(bytes: Buffer): unknown {
  const text = decodeEucKr(bytes);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
