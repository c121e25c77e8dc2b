import { setMaxListeners } from "node:events";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type OperationalClock, systemClock } from "../lib/clock.ts";
import { findNearestOfAll } from "../lib/nearest.ts";
import { registerControlApi } from "./control-api.ts";
import { createCallRate } from "./call-rate.ts";
import { DIALECTS } from "./dialects.ts";
import { loadPrivateKeys, prepareDataFolder } from "./data-folder.ts";
import { createFaults } from "./faults.ts";
import { createLedger } from "./ledger.ts";
import { registerNoticeApi } from "./notices/console-api.ts";
import { createNoticeUrls } from "./notices/notice-urls.ts";
import { createNotices } from "./notices/notices.ts";
import { createNotUnderstoodList } from "./not-understood.ts";
import { registerPages } from "./pages.ts";
import { createSimClock } from "./sim-clock.ts";
import type { MerchantAccount, Merchants, SimulatorState } from "./state.ts";
import { ControlInputError } from "./strict-input.ts";
import { createSwitchBoard } from "./switches.ts";
import { registerOwnScripts } from "./windows/browser-scripts.ts";

const BODY_BYTES_MAX = 1 << 20;

/** How to start a simulator. */
export interface SimulatorOptions {
  /** Holds the ledger, the keys and the clock; made if it is missing. */
  readonly dir: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Merchants beside the one that every gateway has. */
  readonly accounts?: readonly MerchantAccount[];
  /** Where each gateway's notices go, by its name; without an address it tells nobody. */
  readonly noticeUrls?: Readonly<Record<string, string>>;
  readonly clock?: OperationalClock;
}

/** A running simulator. */
export interface Simulator {
  readonly port: number;
  /** May be called again. Stops at once: silent and idle connections are cut, waiting requests are not processed. */
  close(): Promise<void>;
}

/** Starts the gateways' stand-in; it listens when the promise resolves. */
export async function createSimulator(options: SimulatorOptions): Promise<Simulator> {
  const closing = new AbortController();
  // Whatever waits listens to it, requests and notices by the thousand: no leak to be warned of.
  setMaxListeners(0, closing.signal);
  const state = createState(options, closing.signal);
  const app = buildApp(state);
  try {
    await app.listen({ port: options.port ?? 0, host: options.host ?? "127.0.0.1" });
  } catch (error) {
    state.ledger.close();
    throw error;
  }
  const stop = async (): Promise<void> => {
    closing.abort();
    await app.close();
    state.ledger.close();
  };
  let stopped: Promise<void> | undefined;
  const address = app.server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    close: () => (stopped ??= stop()),
  };
}

function createState(options: SimulatorOptions, closing: AbortSignal): SimulatorState {
  // What may be refused comes first, before any file is open.
  const gateways = new Map(
    DIALECTS.flatMap(({ gateway, notices }) => (notices ? [[gateway, notices] as const] : [])),
  );
  const noticeUrls = createNoticeUrls([...gateways.keys()], options.noticeUrls ?? {});
  prepareDataFolder(options.dir);
  const operational = options.clock ?? systemClock;
  const clock = createSimClock(options.dir, operational);
  const around = {
    clock,
    ledger: createLedger(options.dir, clock),
    faults: createFaults(new Map(DIALECTS.map((one) => [one.gateway, one.catalogue]))),
    switches: createSwitchBoard(),
    closing,
  };
  return {
    ...around,
    notices: createNotices(around, gateways, noticeUrls),
    notUnderstood: createNotUnderstoodList(operational),
    keys: loadPrivateKeys(options.dir),
    merchants: createMerchants(options.accounts ?? []),
    callRate: createCallRate(operational),
  };
}

function createMerchants(further: readonly MerchantAccount[]): Merchants {
  const own = DIALECTS.map(({ gateway, account }) => ({ gateway, ...account }));
  const accounts = [...own, ...further];
  return {
    secretOf: (gateway, id) =>
      accounts.find((one) => one.gateway === gateway && one.id === id)?.secret,
    withSecret: (gateway, secret) =>
      accounts.find((one) => one.gateway === gateway && one.secret === secret)?.id,
  };
}

function buildApp(state: SimulatorState): FastifyInstance {
  const app = Fastify({ bodyLimit: BODY_BYTES_MAX, forceCloseConnections: true });
  // A body in another encoding must fail, not become text with replacement characters.
  const decoder = new TextDecoder("utf-8", { fatal: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, body.length === 0 ? undefined : JSON.parse(decoder.decode(body as Buffer)));
    } catch {
      done(new UnreadableBodyError("the body is not JSON in UTF-8"), undefined);
    }
  });

  const ofGateways = DIALECTS.flatMap((dialect) => dialect.register(app, state));
  const ofControl = [...registerControlApi(app, state), ...registerNoticeApi(app, state, DIALECTS)];
  const paths = [...ofGateways, ...ofControl, ...registerOwnScripts(app), "/"];
  registerPages(
    app,
    state,
    DIALECTS.map(({ guide }) => guide),
  );
  app.setErrorHandler(answerError);
  app.setNotFoundHandler((request, reply) => answerUnknownPath(state, paths, { request, reply }));
  return app;
}

/** Raised when a body cannot be read at all. */
class UnreadableBodyError extends Error {
  readonly code = "UNREADABLE_BODY";
  readonly statusCode = 400;
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error instanceof ControlInputError) {
    return reply.code(400).send({ error: error.code, message: error.message });
  }
  const { statusCode, code, message } = error as Partial<UnreadableBodyError>;
  const status = statusCode ?? 500;
  if (status >= 500) process.stderr.write(`simulator: ${String(error)}\n`);
  return reply.code(status).send({ error: code ?? "INTERNAL_ERROR", message });
}

function answerUnknownPath(
  { notUnderstood }: SimulatorState,
  known: readonly string[],
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): FastifyReply {
  const path = (request.url.split("?")[0] ?? "").slice(0, 200);
  const nearest = findNearestOfAll(path, known);
  const reason = nearest === path ? "wrong method" : "unknown path";
  notUnderstood.add({ method: request.method, path, reason });
  const hint =
    nearest === path ? "the path exists, with another method" : `the nearest is ${nearest}`;
  const message = `${request.method} ${path} is not simulated; ${hint}`;
  return reply.code(404).send({ error: "NOT_FOUND", message, nearest });
}
