import { sleep, systemClock } from "../lib/clock.ts";
import { EmbeddedServiceError } from "./embedded-error.ts";
import type { ServerProcess } from "./guardian-client.ts";
import { describeEnd, type ProcessEnd } from "./node-child.ts";

const RESTARTS_MAX = 20;
const FIRST_TRIES = 5;
const GRACE_MS = 5_000;
const READY_MS = 60_000;
const PAUSE_MAX_MS = 2_000;

/** A server that answers on its port. */
export interface LaunchedServer extends ServerProcess {
  readonly port: number;
}

/** How one kind of server is brought up. */
export interface ServerRecipe {
  readonly name: string;
  /** Starts it on this port, or on a free one for null; resolves when it answers. */
  launch(port: number | null): Promise<LaunchedServer>;
}

/** A server kept running on one port and one folder. */
export interface SupervisedServer {
  readonly port: number;
  /** Null while it is down. */
  readonly pid: number | null;
  /** SIGKILL; resolves when it is dead. It comes back by itself: see `whenUp`. */
  kill(): Promise<void>;
  /** SIGKILL, and it stays down until `restart`. */
  halt(): Promise<void>;
  /** Stops it in order where it runs, and starts it again; resolves when it answers. */
  restart(): Promise<void>;
  /** Resolves when it answers, at once where it does already. */
  whenUp(): Promise<void>;
  /** Stops it in order, for good. */
  stop(): Promise<void>;
}

interface Life {
  readonly recipe: ServerRecipe;
  readonly log: (line: string) => void;
  readonly port: number;
  current: LaunchedServer | null;
  /** Whether a death is to be followed by a new start. */
  wanted: boolean;
  restarts: number;
  /** The present or last attempt to bring it back. */
  revival: Promise<void>;
}

/**
 * Starts a server and starts it again, at most twenty times, when it dies unasked. Each such death
 * is one line of log.
 */
export async function superviseServer(
  recipe: ServerRecipe,
  log: (line: string) => void,
): Promise<SupervisedServer> {
  const first = await launchFirst(recipe);
  const life: Life = {
    recipe,
    log,
    port: first.port,
    current: null,
    wanted: true,
    restarts: 0,
    revival: Promise.resolve(),
  };
  adopt(life, first);
  return {
    port: life.port,
    get pid() {
      return life.current?.pid ?? null;
    },
    kill: async () => {
      await life.revival;
      if (life.current !== null) await endServer(life.current, "SIGKILL");
    },
    halt: () => takeDown(life, "SIGKILL"),
    restart: async () => {
      await takeDown(life, "SIGTERM");
      life.wanted = true;
      life.revival = recipe.launch(life.port).then((server) => settle(life, server));
      await life.revival;
    },
    whenUp: async () => {
      await life.revival;
      if (life.current !== null) return;
      throw new EmbeddedServiceError("NOT_RUNNING", `${recipe.name} is down`);
    },
    stop: () => takeDown(life, "SIGTERM"),
  };
}

/**
 * Asks a fresh server until it answers. `probe` resolves to true for an answer, to false while
 * there is none yet. A server that ends instead makes this reject with what it said last.
 */
export async function untilAnswers(
  name: string,
  server: ServerProcess,
  probe: () => Promise<boolean>,
): Promise<void> {
  const ended = server.ended.then((end) => ({ end }));
  const deadlineMs = systemClock.monotonicMs() + READY_MS;
  for (
    let pauseMs = 2;
    systemClock.monotonicMs() < deadlineMs;
    pauseMs = Math.min(pauseMs * 2, 50)
  ) {
    if (await probe()) return;
    const over = await Promise.race([ended, sleep(pauseMs)]);
    if (over !== undefined) throw endedEarly(name, over.end);
  }
  server.signal("SIGKILL");
  throw new EmbeddedServiceError("START_FAILED", `${name} did not answer within ${READY_MS} ms`);
}

function adopt(life: Life, server: LaunchedServer): void {
  life.current = server;
  void watchEnd(life, server);
}

async function watchEnd(life: Life, server: LaunchedServer): Promise<void> {
  const end = await server.ended;
  if (life.current !== server) return;
  life.current = null;
  if (!life.wanted) return;
  life.revival = revive(life, describeEnd(end));
  life.revival.catch((error: unknown) => life.log(String(error)));
}

async function revive(life: Life, reason: string): Promise<void> {
  const { recipe, port } = life;
  for (let pauseMs = 10; life.wanted; pauseMs = Math.min(pauseMs * 2, PAUSE_MAX_MS)) {
    if (life.restarts >= RESTARTS_MAX) throw gaveUp(recipe.name, reason);
    life.restarts += 1;
    const count = `${life.restarts} of ${RESTARTS_MAX}`;
    life.log(`${recipe.name} died (${reason}): started again on port ${port} (${count})`);
    const server = await recipe.launch(port).catch((error: unknown) => String(error));
    if (typeof server !== "string") return settle(life, server);
    reason = server;
    await sleep(pauseMs);
  }
}

/** A stop may have been asked for while the server came up. */
async function settle(life: Life, server: LaunchedServer): Promise<void> {
  if (life.wanted) adopt(life, server);
  else await endServer(server, "SIGKILL");
}

async function takeDown(life: Life, signal: NodeJS.Signals): Promise<void> {
  life.wanted = false;
  await life.revival.catch(() => undefined);
  if (life.current !== null) await endServer(life.current, signal);
  life.current = null;
}

async function launchFirst(recipe: ServerRecipe): Promise<LaunchedServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await recipe.launch(null);
    } catch (error) {
      // The free port may have been taken between finding and using it.
      const taken = error instanceof EmbeddedServiceError && error.code === "PORT_TAKEN";
      if (!taken || attempt === FIRST_TRIES) throw error;
    }
  }
}

async function endServer(server: ServerProcess, signal: NodeJS.Signals): Promise<void> {
  server.signal(signal);
  const timer = setTimeout(() => server.signal("SIGKILL"), GRACE_MS);
  await server.ended;
  clearTimeout(timer);
}

function endedEarly(name: string, end: ProcessEnd): EmbeddedServiceError {
  const said = end.tail.join(" | ");
  const taken = /address already in use|EADDRINUSE/i.test(said);
  return new EmbeddedServiceError(
    taken ? "PORT_TAKEN" : "START_FAILED",
    `${name} ended (${describeEnd(end)}) before it answered: ${said}`,
  );
}

function gaveUp(name: string, reason: string): EmbeddedServiceError {
  return new EmbeddedServiceError(
    "NOT_RUNNING",
    `${name} died ${RESTARTS_MAX} times (last: ${reason}) and is not started again`,
  );
}
