/**
 * HTTP for calls that move money.
 *
 * The result says what is known about the request, not what went wrong: `not_sent` means that no
 * byte of it can have left this process; everything that is not certain is `unknown`. A socket is
 * handed to its request only once it is connected, so nothing waits in a buffer for a connection
 * that opens after the caller's lease has ended.
 */
import http from "node:http";
import https from "node:https";
import {
  AxiosHeaders,
  type AxiosResponse,
  type InternalAxiosRequestConfig,
  getAdapter,
  isAxiosError,
} from "axios";
import {
  type GuardedAgents,
  type GuardedRequestOptions,
  LeaseSpentError,
  createGuardedAgents,
  maySendKey,
} from "./guarded-agents.ts";

const REQUEST_BYTES_MAX = 256 * 1024;

/** Certificate checks fail inside the handshake: the request was not written yet. */
const CERTIFICATE_CODES: ReadonlySet<string> = new Set([
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "HOSTNAME_MISMATCH",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

export interface HttpClientOptions {
  /** Scheme, host and port, and a path in front of every request's if there is one. */
  baseUrl: string;
  /** Until the connection stands, TLS included; must be shorter than the total. */
  connectTimeoutMs: number;
  /** From the call to the last byte of the answer, whatever happens in between. */
  totalTimeoutMs: number;
  maxResponseBytes: number;
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string;
}

/** A request without a body. */
export interface HttpRequest {
  /** Begins with a slash; a query stands in it. */
  path: string;
  headers: Readonly<Record<string, string>>;
  /** Asked right before the request can leave, and again when a new connection opens. */
  maySend(): boolean;
  /** Instead of the client's own. */
  totalTimeoutMs?: number;
  /** Instead of the client's own. */
  maxResponseBytes?: number;
}

/** A request with a body. */
export interface HttpPost extends HttpRequest {
  body: Buffer | string;
}

/** What is known of a request. Reasons are codes and never carry a body, a header or a URL. */
export type HttpResult =
  | { kind: "answered"; status: number; headers: Readonly<Record<string, string>>; body: Buffer }
  | { kind: "not_sent"; reason: string }
  | { kind: "unknown"; reason: string };

/** Its calls never throw, never follow a redirect or a proxy from the environment, and send once. */
export interface HttpClient {
  get(request: HttpRequest): Promise<HttpResult>;
  post(request: HttpPost): Promise<HttpResult>;
  put(request: HttpPost): Promise<HttpResult>;
  delete(request: HttpRequest): Promise<HttpResult>;
  /** Ends kept connections; calls in flight end as `unknown`. */
  close(): void;
}

/** A client for one host, with connections of its own. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  assertOptions(options);
  const agents = createGuardedAgents(options);
  const connection = { options, agents, url: options.baseUrl.replace(/\/+$/, "") };
  return {
    get: (request) => send(connection, { method: "GET", ...request }),
    post: (request) => send(connection, { method: "POST", ...request }),
    put: (request) => send(connection, { method: "PUT", ...request }),
    delete: (request) => send(connection, { method: "DELETE", ...request }),
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function assertOptions({ baseUrl, connectTimeoutMs, totalTimeoutMs }: HttpClientOptions): void {
  const { protocol } = new URL(baseUrl);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new Error(`baseUrl must be http or https, not ${protocol}`);
  }
  // A total deadline that ends first could not tell a request that left from one that did not.
  if (connectTimeoutMs >= totalTimeoutMs) {
    throw new Error(
      `connectTimeoutMs ${connectTimeoutMs} must be below totalTimeoutMs ${totalTimeoutMs}`,
    );
  }
}

interface Connection {
  options: HttpClientOptions;
  agents: GuardedAgents;
  url: string;
}

/**
 * axios's own HTTP, without the merging of settings and the interceptors in front of it: they were a
 * twentieth of a charge's processor time, and what others hang on axios must not see these requests.
 */
const sendOverHttp = getAdapter("http");

/** How far one request got. */
interface Departure {
  maySend(): boolean;
  /** Node's own request was begun; before that, nothing can have left. */
  begun: boolean;
}

/** A request with its method; without a body where the method takes none. */
interface MethodRequest extends HttpRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  body?: Buffer | string;
}

async function send(connection: Connection, request: MethodRequest): Promise<HttpResult> {
  const departure: Departure = { maySend: () => request.maySend(), begun: false };
  const deadline = AbortSignal.timeout(request.totalTimeoutMs ?? connection.options.totalTimeoutMs);
  try {
    const config = toConfig(connection, request);
    const response: AxiosResponse<Buffer> = await sendOverHttp({
      ...config,
      signal: deadline,
      transport: createTransport(departure),
    });
    return toResult(response);
  } catch (error) {
    // The error itself holds the request's body and headers: it must not leave this function.
    return toFailure(error, { begun: departure.begun, expired: deadline.aborted });
  }
}

function toConfig(
  { options, agents, url }: Connection,
  { method, body, ...request }: MethodRequest,
): InternalAxiosRequestConfig {
  return {
    method,
    url: url + request.path,
    headers: new AxiosHeaders({ ...OWN_HEADERS, ...request.headers }),
    data: typeof body === "string" ? Buffer.from(body, "utf8") : body,
    responseType: "arraybuffer",
    maxBodyLength: REQUEST_BYTES_MAX,
    maxContentLength: request.maxResponseBytes ?? options.maxResponseBytes,
    validateStatus: () => true,
    maxRedirects: 0,
    proxy: false,
    httpAgent: agents.http,
    httpsAgent: agents.https,
  };
}

const OWN_HEADERS = {
  accept: "application/json, text/plain, */*",
  "user-agent": "kiwoom-billing",
  "accept-encoding": "identity",
};

function toResult(response: AxiosResponse<Buffer>): HttpResult {
  const { status } = response;
  // The request was taken by somebody who did not answer it.
  if (status >= 300 && status < 400) return { kind: "unknown", reason: `redirect ${status}` };
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  return { kind: "answered", status, headers, body: response.data };
}

// ---------------------------------------------------------------- what a failure proves

function toFailure(error: unknown, at: { begun: boolean; expired: boolean }): HttpResult {
  const cause = innermost(error);
  if (cause instanceof LeaseSpentError) return { kind: "not_sent", reason: "lease spent" };
  if (provesNotSent(cause)) return { kind: "not_sent", reason: describe(cause) };
  if (!at.begun) return { kind: "not_sent", reason: `not begun: ${describe(cause)}` };
  return { kind: "unknown", reason: at.expired ? "timeout" : describe(cause) };
}

/** A whitelist: whatever is not on it may have left. */
function provesNotSent(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every(provesNotSent);
  }
  const { code, syscall } = wireFacts(error);
  if (syscall === "connect" || syscall === "getaddrinfo") return true;
  return code !== undefined && CERTIFICATE_CODES.has(code);
}

function innermost(error: unknown): unknown {
  return isAxiosError(error) && error.cause !== undefined ? error.cause : error;
}

function describe(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0]);
  const { code, syscall } = wireFacts(error);
  return [code ?? "error", syscall].filter(Boolean).join(" ");
}

function wireFacts(error: unknown): { code?: string; syscall?: string } {
  if (typeof error !== "object" || error === null) return {};
  const { code, syscall } = error as { code?: unknown; syscall?: unknown };
  return {
    ...(isShortWord(code) && { code }),
    ...(isShortWord(syscall) && { syscall }),
  };
}

function isShortWord(value: unknown): value is string {
  return typeof value === "string" && /^\w{1,60}$/.test(value);
}

// ---------------------------------------------------------------- departure

/** First check: in the same synchronous step in which Node's request begins. */
function createTransport(departure: Departure) {
  return {
    request(options: https.RequestOptions, onResponse: (res: http.IncomingMessage) => void) {
      if (!departure.maySend()) throw new LeaseSpentError("lease spent");
      departure.begun = true;
      const guarded: GuardedRequestOptions = {
        ...options,
        [maySendKey]: () => departure.maySend(),
      };
      const { request } = options.protocol === "https:" ? https : http;
      return request(guarded, onResponse);
    },
  };
}
