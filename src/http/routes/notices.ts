import type { FastifyReply, FastifyRequest } from "fastify";
import { receiveNotice } from "../../billing/receive-notice.ts";
import { NOTICE_GATEWAYS, type NoticeGateway } from "../../config-notices.ts";
import { type AddressList, createAddressList } from "../../lib/address-list.ts";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { ProblemError } from "../problem-error.ts";

/** Largest notice that is read, bytes; a query is bounded by Node's limit for all headers, 16 KiB. */
const BODY_LIMIT = 32_768;
/** Notices that wait for the database at once; whoever comes on top is to come again. */
const WAITING_MAX = 5000;
/** Longest wait for the database, milliseconds: the impatient gateway hangs up after nine seconds. */
const STORE_PATIENCE_MS = 5000;

/** Headers that are kept, and how much of each. */
const HEADERS_MAX = 40;
const HEADER_LENGTH_MAX = 512;
const HEADERS_LEFT_OUT = new Set(["authorization", "proxy-authorization", "cookie"]);

const tags = ["notices"];

const PATHS: readonly {
  gateway: NoticeGateway;
  url: string;
  methods: readonly ("GET" | "POST")[];
  summary: string;
}[] = [
  {
    gateway: "kiwoompay",
    url: "/webhook/kiwoom",
    methods: ["GET", "POST"],
    summary: "A notice of KiwoomPay (통지전문), in either dialect",
  },
  {
    gateway: "kiwoompay",
    url: "/webhook/noti",
    methods: ["GET", "POST"],
    summary: "The same under another name",
  },
  {
    gateway: "cookiepay",
    url: "/webhook/cookiepay",
    methods: ["POST"],
    summary: "A notice of CookiePayments (통지전문)",
  },
  {
    gateway: "portone",
    url: "/webhook/portone",
    methods: ["POST"],
    summary: "A notice of PortOne v1",
  },
];

/**
 * Where gateways tell what happened. Whatever comes from an allowed address is stored as it came and
 * answered as the gateway wants it; only then is it looked at (billing/apply-notice.ts).
 */
export function addNoticeRoutes(app: HttpApp, deps: AppDeps): void {
  const allowed = readAllowed(deps);
  const store = createStorer(deps);
  // Any body under any type, as the bytes it came in.
  app.decorateRequest("typeAsSent", "");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer", bodyLimit: BODY_LIMIT }, takeBytes);
  for (const { gateway, url, methods, summary } of PATHS) {
    app.route({
      method: [...methods],
      url,
      exposeHeadRoute: false,
      bodyLimit: BODY_LIMIT,
      schema: { tags, summary },
      onRequest: (request, _reply, done) => {
        refuseStrangers(deps, { gateway, allowed: allowed[gateway] }, request);
        setTypeAside(request);
        done();
      },
      handler: async (request, reply) => {
        const sent = toSent(gateway, request);
        await store(sent);
        const { type, text } = deps.notices.answer(sent);
        return reply.header("cache-control", "no-store").type(type).send(text);
      },
    });
  }
  app.get(
    "/webhook/health",
    { schema: { tags, summary: "Whether notices can be stored" } },
    (_request, reply) => answerHealth(deps, reply),
  );
}

declare module "fastify" {
  interface FastifyRequest {
    /** The content type of a notice as it was sent, which need not be one. */
    typeAsSent: string;
  }
}

/** The framework refuses a type that is none; what a gateway sends is bytes, whatever it calls them. */
function setTypeAside(request: FastifyRequest): void {
  const { headers } = request.raw;
  request.typeAsSent = headers["content-type"] ?? "";
  if (request.typeAsSent !== "") headers["content-type"] = "application/octet-stream";
}

function takeBytes(
  _request: FastifyRequest,
  body: string | Buffer,
  done: (error: Error | null, body?: unknown) => void,
): void {
  done(null, body);
}

type Allowed = Readonly<Record<NoticeGateway, AddressList | null>>;

function readAllowed({ config }: AppDeps): Allowed {
  const lists = NOTICE_GATEWAYS.map((gateway) => {
    const entries = config.notices.addresses[gateway];
    return [gateway, entries.length === 0 ? null : createAddressList(entries)];
  });
  return Object.fromEntries(lists) as Allowed;
}

/** Nothing of a stranger is read or stored; a gateway that is not used has no address here. */
function refuseStrangers(
  deps: AppDeps,
  { gateway, allowed }: { gateway: NoticeGateway; allowed: AddressList | null },
  request: FastifyRequest,
): void {
  const isUsed = deps.gateways.all().some((adapter) => adapter.gateway === gateway);
  if (!isUsed) {
    const path = request.routeOptions.url ?? "/webhook";
    throw new ProblemError("ROUTE_NOT_FOUND", { params: { path, nearest: "/docs" } });
  }
  if (allowed === null || allowed.has(request.ip)) return;
  deps.log.warn({ gateway, address: request.ip.slice(0, 64) }, "a notice's address is refused");
  throw new ProblemError("NOTICE_ADDRESS_REFUSED");
}

function toSent(gateway: NoticeGateway, request: FastifyRequest) {
  const { url = "" } = request.raw;
  const mark = url.indexOf("?");
  return {
    gateway,
    method: request.method,
    // As it came: the framework would decode it as UTF-8.
    query: mark === -1 ? "" : url.slice(mark + 1),
    headers: keptHeaders(request),
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    address: request.ip,
  };
}

function keptHeaders(request: FastifyRequest): [string, string][] {
  const { typeAsSent } = request;
  const type = typeAsSent === "" ? {} : { "content-type": typeAsSent };
  return Object.entries({ ...request.headers, ...type })
    .filter(([name]) => !HEADERS_LEFT_OUT.has(name))
    .slice(0, HEADERS_MAX)
    .map(([name, value]) => [
      name.slice(0, HEADER_LENGTH_MAX),
      [value].flat().join(", ").slice(0, HEADER_LENGTH_MAX),
    ]);
}

/** Stores in bounded time and in a bounded number; else the gateway is told to come again. */
function createStorer(deps: AppDeps) {
  let waiting = 0;
  return async (sent: Parameters<typeof receiveNotice>[1]): Promise<void> => {
    if (waiting >= WAITING_MAX) throw new ProblemError("NOTICES_BUSY");
    waiting += 1;
    const stored = receiveNotice(deps, sent).finally(() => {
      waiting -= 1;
    });
    // It may still be stored later: then the repetition is only counted.
    stored.catch(() => {});
    if (!(await endsSoon(stored))) throw new ProblemError("NOTICES_BUSY");
  };
}

/** False where it takes too long; throws what it throws. */
function endsSoon(work: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(false), STORE_PATIENCE_MS);
    work.then(() => resolve(true), reject).finally(() => clearTimeout(timer));
  });
}

async function answerHealth(deps: AppDeps, reply: FastifyReply) {
  const isUp = await deps.health.database().catch(() => false);
  return reply
    .code(isUp ? 200 : 503)
    .header("cache-control", "no-store")
    .send({ status: isUp ? "ok" : "unavailable" });
}
