import { randomBytes } from "node:crypto";
import { parseRedisServer, redisVersionFault } from "../lib/redis-version.ts";
import { EmbeddedServiceError } from "./embedded-error.ts";
import type { Environment } from "./environment.ts";
import { serverEnvironment } from "./environment.ts";
import { findBinary } from "./find-binary.ts";
import type { DataFolder } from "./folder.ts";
import { freePort } from "./free-port.ts";
import type { Guardian } from "./guardian-client.ts";
import { installRedis } from "./install-redis.ts";
import type { RedisAddress } from "./redis-wire.ts";
import { askRedis } from "./redis-wire.ts";
import type { ServerRecipe, SupervisedServer } from "./supervisor.ts";
import { superviseServer, untilAnswers } from "./supervisor.ts";

const FOLDER = "redis";
const NAMES = ["redis-server", "valkey-server"];

/** What every embedded server is started with. */
export interface EmbeddedOptions {
  folder: DataFolder;
  guardian: Guardian;
  env: Environment;
  log: (line: string) => void;
  /** Whether a missing redis-server may be installed with apt-get. */
  isRoot: boolean;
}

/** A running Redis or Valkey of our own. */
export interface EmbeddedRedis extends SupervisedServer {
  /** Includes the password. */
  readonly url: string;
  /** For example "redis 7.0.15". */
  readonly kind: string;
  /** Where its append-only file stands. */
  readonly folder: string;
  /** Forgets everything in it, as FLUSHALL does. */
  flush(): Promise<void>;
}

/**
 * Starts Redis or Valkey from the PATH (installing it first where that is possible) on a free
 * loopback port, with an append-only file, no eviction and a password of its own.
 */
export async function startRedis(options: EmbeddedOptions): Promise<EmbeddedRedis> {
  const binary = await findOrInstall(options);
  const password = randomBytes(24).toString("hex");
  const recipe = redisRecipe(options, binary, password);
  const server = await superviseServer(recipe, options.log);
  const address = { port: server.port, password };
  const kind = await redisKind(address).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  const own = {
    url: `redis://:${password}@127.0.0.1:${server.port}`,
    kind,
    folder: options.folder.subfolder(FOLDER),
    flush: async () => {
      const answer = await askRedis(address, "FLUSHALL");
      if (answer !== "+OK") throw new EmbeddedServiceError("NOT_RUNNING", `FLUSHALL got ${answer}`);
    },
  };
  // Not a spread: `pid` is a getter and has to stay one.
  return Object.assign(server, own);
}

async function findOrInstall(options: EmbeddedOptions): Promise<string> {
  const path = options.env["PATH"];
  const found = findBinary(NAMES, path);
  if (found !== null) return found;
  if (options.isRoot) await installRedis(options.env, options.log);
  const installed = findBinary(NAMES, path);
  if (installed !== null) return installed;
  throw new EmbeddedServiceError(
    "BINARY_MISSING",
    "Neither redis-server nor valkey-server is on the PATH: install it with `sudo apt-get install redis-server` (Debian, Ubuntu) or `brew install redis` (macOS), or name a running one in REDIS_URL.",
  );
}

function redisRecipe(options: EmbeddedOptions, binary: string, password: string): ServerRecipe {
  return {
    name: "Redis",
    launch: async (wantedPort) => {
      const port = wantedPort ?? (await freePort());
      const server = await options.guardian.launch({
        command: binary,
        // The configuration comes on standard input, so that the password stands in no list of
        // processes and in no file.
        args: ["-"],
        input: configuration(port, password),
        cwd: options.folder.subfolder(FOLDER),
        env: serverEnvironment(options.env),
      });
      await untilAnswers("Redis", server, () => isAnswering({ port, password }));
      return { ...server, port };
    },
  };
}

function configuration(port: number, password: string): string {
  const lines = [
    `port ${port}`,
    "bind 127.0.0.1",
    "protected-mode yes",
    `requirepass ${password}`,
    "daemonize no",
    // The working directory is the data folder, which spares us quoting its path.
    "appendonly yes",
    "appendfsync everysec",
    'save ""',
    "maxmemory-policy noeviction",
  ];
  return `${lines.join("\n")}\n`;
}

async function isAnswering(address: RedisAddress): Promise<boolean> {
  // Only "+PONG": a server that still loads its file says "-LOADING", a stranger on the port
  // refuses the password.
  return (await askRedis(address, "PING")) === "+PONG";
}

/** Its name and version. A version with a hole will do here: only we can reach it, with a password. */
async function redisKind(address: RedisAddress): Promise<string> {
  const found = parseRedisServer((await askRedis(address, "INFO server")) ?? "");
  if (found === null) return "redis of unknown version";
  const fault = redisVersionFault(found);
  if (fault?.kind === "too_old") throw new EmbeddedServiceError("START_FAILED", fault.text);
  return `${found.product.toLowerCase()} ${found.version}`;
}
