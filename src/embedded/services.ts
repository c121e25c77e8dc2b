import { EmbeddedServiceError } from "./embedded-error.ts";
import type { Environment } from "./environment.ts";
import { onProcessExit } from "./exit-cleanup.ts";
import type { DataFolder } from "./folder.ts";
import { claimPersistentFolder, createPrivateFolder, sweepStaleFolders } from "./folder.ts";
import type { Guardian } from "./guardian-client.ts";
import { createGuardian } from "./guardian-client.ts";
import type { EmbeddedMongo } from "./mongo.ts";
import { startMongo } from "./mongo.ts";
import { sendSignal } from "./process-identity.ts";
import type { EmbeddedOptions, EmbeddedRedis } from "./redis.ts";
import { startRedis } from "./redis.ts";

/** Which services to start, and with what. */
export interface ServicesOptions {
  redis: boolean;
  mongo: boolean;
  /** A folder whose data is kept. Without one a private temporary folder is used and removed. */
  folder?: string;
  /** PATH finds the servers; MONGOD_BINARY names a mongod. */
  env: Environment;
  log: (line: string) => void;
  /** Whether a missing redis-server may be installed with apt-get; default: whether this is root. */
  isRoot?: boolean;
}

/**
 * Running services. They and their temporary folder are gone when this process is, however it
 * ends; asking for a service that was not started throws.
 */
export interface Services {
  readonly redisUrl: string;
  readonly redisKind: string;
  readonly redis: EmbeddedRedis;
  readonly mongoUrl: string;
  readonly mongoKind: string;
  readonly mongo: EmbeddedMongo;
  /** Where their files are. */
  readonly folder: string;
  /** The process numbers of everything that runs at this moment, the guardian's included. */
  readonly pids: readonly number[];
  /** Stops everything in order and removes the temporary folder. May be called twice. */
  stop(): Promise<void>;
}

interface Held {
  folder: DataFolder;
  guardian: Guardian;
  redis: EmbeddedRedis | null;
  mongo: EmbeddedMongo | null;
}

/** Starts Redis and a MongoDB server, as asked for, side by side. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  await sweepStaleFolders(options.log);
  const folder =
    options.folder === undefined
      ? createPrivateFolder()
      : await claimPersistentFolder(options.folder);
  const guardian = createGuardian({ folder, env: options.env, log: options.log });
  const held: Held = { folder, guardian, redis: null, mongo: null };
  const forget = onProcessExit(() => cleanUpAtExit(held));
  try {
    await startInto(held, options);
  } catch (error) {
    await stopAll(held);
    forget();
    throw error;
  }
  let stopping: Promise<void> | null = null;
  const stop = (): Promise<void> => {
    stopping ??= stopAll(held).finally(forget);
    return stopping;
  };
  return toServices(held, stop);
}

async function startInto(held: Held, options: ServicesOptions): Promise<void> {
  const isRoot = options.isRoot ?? process.getuid?.() === 0;
  const { folder, guardian } = held;
  const shared: EmbeddedOptions = { folder, guardian, env: options.env, log: options.log, isRoot };
  // Nobody is told that all runs before the process that cleans up after us does.
  const startings: Promise<void>[] = [guardian.whenUp()];
  if (options.redis) startings.push(keepRedis(held, startRedis(shared)));
  if (options.mongo) startings.push(keepMongo(held, startMongo(shared)));
  // All are awaited even when one fails: what came up has to be stopped again.
  const results = await Promise.allSettled(startings);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}

async function keepRedis(held: Held, starting: Promise<EmbeddedRedis>): Promise<void> {
  held.redis = await starting;
}

async function keepMongo(held: Held, starting: Promise<EmbeddedMongo>): Promise<void> {
  held.mongo = await starting;
}

async function stopAll(held: Held): Promise<void> {
  await Promise.all([held.redis?.stop(), held.mongo?.stop()]);
  await held.guardian.close();
  held.folder.release();
}

/** The guardian does all this too, a moment later; whoever waits for our exit finds it done. */
function cleanUpAtExit(held: Held): void {
  if (held.folder.kind === "persistent") return;
  const redisPid = held.redis?.pid ?? null;
  const mongoPid = held.mongo?.pid ?? null;
  if (redisPid !== null) sendSignal(-redisPid, "SIGKILL");
  if (mongoPid !== null) sendSignal(-mongoPid, "SIGKILL");
  held.folder.release();
}

function toServices(held: Held, stop: () => Promise<void>): Services {
  return {
    get redis() {
      return started(held.redis, "Redis");
    },
    get redisUrl() {
      return this.redis.url;
    },
    get redisKind() {
      return this.redis.kind;
    },
    get mongo() {
      return started(held.mongo, "MongoDB");
    },
    get mongoUrl() {
      return this.mongo.url;
    },
    get mongoKind() {
      return this.mongo.kind;
    },
    folder: held.folder.path,
    get pids() {
      const pids = [held.guardian.pid, held.redis?.pid, held.mongo?.pid];
      return pids.filter((pid) => typeof pid === "number");
    },
    stop,
  };
}

function started<Service>(service: Service | null, name: string): Service {
  if (service !== null) return service;
  throw new EmbeddedServiceError("NOT_RUNNING", `${name} was not asked for in startServices`);
}
