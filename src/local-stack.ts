/**
 * What a machine without Redis, MongoDB or a gateway account is given: the embedded services and
 * the simulator, each in a process of its own.
 */
import { join } from "node:path";
import { URL_NAMES } from "./config-gateways.ts";
import type { Config } from "./config.ts";
import type { Environment } from "./config.ts";
import { type NodeChild, spawnNode } from "./embedded/node-child.ts";
import { type Services, startServices } from "./embedded/services.ts";

export interface LocalStackOptions {
  config: Config;
  env: Environment;
  /** Kept folder for the data; null: a private one that is removed at the end. */
  folder: string | null;
  simulatorPort: number;
  log: (line: string) => void;
}

/** What is running, and the settings by which others find it. */
export interface LocalStack {
  /** Environment variables that point at what was started. */
  overrides: Record<string, string>;
  services: Services | null;
  simulator: NodeChild | null;
  simulatorUrl: string | null;
  /** Starts a program of ours as a child that knows the overrides. */
  spawn(entry: URL, args: readonly string[], extra?: Record<string, string>): Promise<NodeChild>;
  stop(): Promise<void>;
}

/** Starts whatever the configuration does not name. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { config, env, log } = options;
  const needs = { redis: config.redisUrl === null, mongo: config.mongoUrl === null };
  const services =
    needs.redis || needs.mongo
      ? await startServices({
          ...needs,
          ...(options.folder === null ? {} : { folder: options.folder }),
          env,
          log,
        })
      : null;
  const children: NodeChild[] = [];
  const overrides: Record<string, string> = {
    ...(services !== null && needs.redis ? { REDIS_URL: services.redisUrl } : {}),
    ...(services !== null && needs.mongo ? { MONGODB_URI: services.mongoUrl } : {}),
  };
  const spawn: LocalStack["spawn"] = async (entry, args, extra = {}) => {
    const child = await spawnNode(entry, args, {
      env: { ...env, ...overrides, ...extra },
      onLine: log,
    });
    children.push(child);
    return child;
  };
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()));
    await services?.stop();
  };
  try {
    const simulated = config.gateways.filter((gateway) => config[gateway].url === null);
    const simulator = simulated.length > 0 ? await startSimulator(options, spawn, services) : null;
    const simulatorUrl =
      simulator === null ? null : `http://127.0.0.1:${String(simulator.ready["port"])}`;
    if (simulatorUrl !== null) {
      for (const gateway of simulated) overrides[URL_NAMES[gateway]] = simulatorUrl;
    }
    return { overrides, services, simulator, simulatorUrl, spawn, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function startSimulator(
  options: LocalStackOptions,
  spawn: LocalStack["spawn"],
  services: Services | null,
): Promise<NodeChild> {
  const folder = options.folder ?? services?.folder ?? options.config.dataDir;
  const args = ["--port", String(options.simulatorPort), "--dir", join(folder, "simulator")];
  return spawn(new URL("./simulator/main.ts", import.meta.url), args);
}
