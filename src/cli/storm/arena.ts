/** Everything that the storm strikes, each in a process of its own, and gone at the end. */
import { loadConfig } from "../../config.ts";
import { freePort } from "../../embedded/free-port.ts";
import { type NodeChild, spawnNode } from "../../embedded/node-child.ts";
import type { Services } from "../../embedded/services.ts";
import { type LocalStack, startLocalStack } from "../../local-stack.ts";
import type { CommandContext } from "../command.ts";
import { untilReady } from "../demo/stage.ts";
import { type SimulatedGateway, urlNameOf } from "../simulated-gateway.ts";
import { openGatewayFront } from "./gateway-front.ts";
import { setHarsh } from "./gateway-weather.ts";
import { type Link, openLink } from "./link.ts";
import { GATEWAY_SETTINGS, WORKERS, drawSettings } from "./settings.ts";
import { type WorkerSlot, openWorkerSlot } from "./worker-slot.ts";

export interface Arena {
  /** Environment of a process of ours that is not struck: direct wires, the simulator itself. */
  readonly env: Record<string, string | undefined>;
  readonly services: Services;
  readonly simulatorUrl: string;
  readonly workers: readonly WorkerSlot[];
  readonly api: ApiSlot | null;
  /** The last lines that any process wrote, for the reader of a failure. */
  readonly lines: readonly string[];
  close(): Promise<void>;
}

export interface ApiSlot {
  readonly url: string;
  kill(): Promise<void>;
}

export interface ArenaOptions {
  /** The program of the workers; it waits for a message before it begins. */
  worker: URL;
  /** Arguments of that program, from the environment of the process. */
  workerArgs: (env: Record<string, string | undefined>) => string[];
  withApi: boolean;
  gateway: SimulatedGateway;
}

const LINES_MAX = 400;

/** Starts Redis, MongoDB, simulator, workers and, where wanted, the API. */
export async function openArena(context: CommandContext, options: ArenaOptions): Promise<Arena> {
  const lines: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
    if (lines.length > LINES_MAX) lines.shift();
  };
  const base = baseEnvironment(context, options.gateway);
  const stack = await startLocalStack({
    config: loadConfig(base),
    env: base,
    folder: null,
    simulatorPort: 0,
    log,
  });
  const opened: (() => Promise<unknown>)[] = [() => stack.stop()];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).toReversed()) await end();
  };
  try {
    const struck = await openWires(stack, options.gateway, opened);
    const env = { ...base, ...stack.overrides };
    const api = options.withApi ? await openApi({ env, ...struck, log }, opened) : null;
    const workers = await openWorkers({ env, ...struck, log }, options, opened);
    const { services, simulatorUrl } = stack;
    if (services === null || simulatorUrl === null)
      throw new Error("the storm needs its own services");
    return { env, services, simulatorUrl, workers, api, lines, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function baseEnvironment(
  context: CommandContext,
  gateway: SimulatedGateway,
): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, MONGOD_BINARY } = context.env;
  return { PATH, HOME, TMPDIR, MONGOD_BINARY, ...drawSettings(gateway) };
}

interface Wires {
  mongoPort: number;
  /** Where struck processes find the gateway. */
  gateway: Record<string, string>;
}

/** CookiePayments' tokens live an hour: a front of ours shortens them. Others have a switch for it. */
async function openWires(
  stack: LocalStack,
  gateway: SimulatedGateway,
  opened: (() => Promise<unknown>)[],
): Promise<Wires> {
  const mongoPort = stack.services?.mongo.port ?? 0;
  const url = stack.simulatorUrl ?? "";
  await setHarsh(url, gateway);
  if (!gateway.hasHourTokens) return { mongoPort, gateway: { [urlNameOf(gateway)]: url } };
  const front = await openGatewayFront(url, GATEWAY_SETTINGS.tokenLifeMs);
  opened.push(() => front.close());
  return { mongoPort, gateway: { [urlNameOf(gateway)]: front.url } };
}

interface Spawning extends Wires {
  env: Record<string, string | undefined>;
  log: (line: string) => void;
}

/** The environment of a process that the storm strikes: its wires can be cut. */
function struckEnvironment(spawning: Spawning, link: Link): Record<string, string | undefined> {
  const mongo = new URL(spawning.env["MONGODB_URI"] ?? "");
  mongo.port = String(link.port);
  return {
    ...spawning.env,
    MONGODB_URI: mongo.href,
    ...spawning.gateway,
  };
}

async function openWorkers(
  spawning: Spawning,
  options: ArenaOptions,
  opened: (() => Promise<unknown>)[],
): Promise<WorkerSlot[]> {
  const workers: WorkerSlot[] = [];
  for (let number = 1; number <= WORKERS; number += 1) {
    const link = await openLink(spawning.mongoPort);
    const env = struckEnvironment(spawning, link);
    const warmUp = (onLine: (line: string) => void) =>
      spawnNode(options.worker, options.workerArgs(env), {
        env,
        onLine(line) {
          onLine(line);
          spawning.log(line);
        },
      });
    const slot = openWorkerSlot(`worker-${number}`, link, warmUp);
    opened.push(() => slot.stop());
    workers.push(slot);
  }
  await Promise.all(workers.map((worker) => worker.whenUp()));
  return workers;
}

async function openApi(spawning: Spawning, opened: (() => Promise<unknown>)[]): Promise<ApiSlot> {
  const link = await openLink(spawning.mongoPort);
  opened.push(() => link.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { ...struckEnvironment(spawning, link), PORT: String(port) };
  let child: NodeChild | null = null;
  opened.push(async () => child?.stop());
  const start = async (): Promise<void> => {
    child = await spawnNode(new URL("../../server.ts", import.meta.url), [], {
      env,
      onLine: spawning.log,
    });
  };
  await start();
  await untilReady(url);
  return {
    url,
    async kill() {
      child?.process.kill("SIGKILL");
      await child?.ended;
      await start();
    },
  };
}
