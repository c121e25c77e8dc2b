/**
 * HTTP to destinations that somebody else has chosen: bounded in time and size, no redirect
 * followed, no proxy, and only to addresses that are allowed.
 */
import http from "node:http";
import https from "node:https";
import { isIP } from "node:net";
import {
  AddressRefusedError,
  type AddressRules,
  createGuardedLookup,
  hostOf,
  isPublicAddress,
} from "./addresses.ts";
import { scrub } from "./scrub.ts";

export interface WebhookClientOptions {
  addresses: AddressRules;
  /** From the look-up of the name to the last byte that is read. */
  timeoutMs: number;
  /** Instead of the system's look-up of names. */
  resolve?: Parameters<typeof createGuardedLookup>[1];
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}

export interface WebhookRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Reasons are codes and never carry a URL, a header or a body. */
export type WebhookAnswer =
  | { kind: "answered"; status: number; excerpt: string }
  | { kind: "failed"; reason: string };

export interface WebhookClient {
  /** Posts once. It never throws. */
  post(request: WebhookRequest): Promise<WebhookAnswer>;
  close(): void;
}

/** As much of an answer as is read; the rest is not waited for. */
const EXCERPT_BYTES = 1000;
const EXCERPT_LENGTH = 300;

/** Below the five seconds after which common servers close an idle connection under our feet. */
const IDLE_SOCKET_MS = 4000;

export function createWebhookClient(options: WebhookClientOptions): WebhookClient {
  const lookup = createGuardedLookup(options.addresses, options.resolve);
  const kept = { keepAlive: true, maxFreeSockets: 10, timeout: IDLE_SOCKET_MS, lookup };
  const agents = {
    http: new http.Agent(kept),
    https: new https.Agent({ ...kept, ...(options.ca === undefined ? {} : { ca: options.ca }) }),
  };
  return {
    async post(request) {
      const deadline = AbortSignal.timeout(options.timeoutMs);
      try {
        const url = new URL(request.url);
        assertAllowed(url, options.addresses);
        return await send(url, request, { agents, deadline });
      } catch (error) {
        return { kind: "failed", reason: deadline.aborted ? "timeout" : reasonOf(error) };
      }
    },
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** An address that stands in the URL itself is never looked up. */
function assertAllowed(url: URL, rules: AddressRules): void {
  const isPlain = url.protocol !== "https:";
  if (isPlain && (rules.httpsOnly || url.protocol !== "http:")) throw new AddressRefusedError();
  const host = hostOf(url);
  if (isIP(host) !== 0 && !rules.allowPrivate && !isPublicAddress(host)) {
    throw new AddressRefusedError();
  }
}

interface Sending {
  agents: { http: http.Agent; https: https.Agent };
  deadline: AbortSignal;
}

function send(url: URL, { headers, body }: WebhookRequest, via: Sending): Promise<WebhookAnswer> {
  const isHttps = url.protocol === "https:";
  const payload = Buffer.from(body, "utf8");
  return new Promise((resolve, reject) => {
    const request = (isHttps ? https : http).request(url, {
      method: "POST",
      agent: isHttps ? via.agents.https : via.agents.http,
      signal: via.deadline,
      headers: { ...headers, "content-length": String(payload.length) },
    });
    request.once("error", reject);
    request.once("response", (response) => {
      // The status is the answer; what follows it is for people to look at.
      request.off("error", reject).on("error", () => {});
      readExcerpt(response)
        .catch(() => "")
        .then(
          (excerpt) => resolve({ kind: "answered", status: response.statusCode ?? 0, excerpt }),
          reject,
        );
    });
    request.end(payload);
  });
}

/** The beginning of the body. A longer one ends its connection: nobody waits for the rest of it. */
async function readExcerpt(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= EXCERPT_BYTES) break;
  }
  const text = Buffer.concat(chunks).subarray(0, EXCERPT_BYTES).toString("utf8");
  return scrub(text, { lengthMax: EXCERPT_LENGTH });
}

function reasonOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  if (error instanceof AddressRefusedError) return "address refused";
  return typeof code === "string" && /^\w{1,60}$/.test(code) ? code : "connection failed";
}
