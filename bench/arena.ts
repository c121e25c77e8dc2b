/** What every contender meets: a store, Redis and the gateway, each in a process of its own. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Services, startServices } from "../src/embedded/services.ts";
import { type Child, startChild } from "./child.ts";
import type { GatewayReply, GatewayRequest, StoreReply, StoreRequest } from "./messages.ts";

export interface Arena {
  /** Environment of the contenders. */
  env: Readonly<Record<string, string | undefined>>;
  mongoUrl: string;
  redisUrl: string;
  gatewayUrl: string;
  /** For example "embedded" or "mongod 8.0.4", and "redis 7.0.15". */
  kinds: { store: string; redis: string };
  gateway: Child<GatewayRequest, GatewayReply>;
  /** The embedded store's process where it was asked for with an inspector. */
  store: Child<StoreRequest, StoreReply> | null;
  /** The numbers of the processes that a contender on this store and Redis uses. */
  pids: { store: number | null; redis: number | null };
  close(): Promise<void>;
}

/** The product's own operational times; only what would disturb a figure is set. */
const SETTINGS = {
  NODE_ENV: "development",
  LOG_LEVEL: "error",
  TEST_CLOCK: "false",
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Starts everything; `profiled` takes the embedded store, with an inspector in it. */
export async function openArena({ profiled }: { profiled: boolean }): Promise<Arena> {
  const { PATH, HOME, TMPDIR, MONGOD_BINARY } = process.env;
  const bare = { PATH, HOME, TMPDIR, MONGOD_BINARY };
  const log = (line: string) => process.stderr.write(`${line}\n`);
  const services = await startServices({ redis: true, mongo: !profiled, env: bare, log });
  const opened: (() => Promise<void>)[] = [() => services.stop()];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).toReversed()) await end();
  };
  try {
    const store = profiled ? await startProfiledStore(services, bare) : null;
    if (store !== null) opened.push(() => store.stop());
    const gateway = await startChild<GatewayRequest, GatewayReply>("./gateway.ts", [], bare);
    opened.push(() => gateway.stop());
    return { ...toArena(services, { gateway, store }, bare), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function startProfiledStore(
  services: Services,
  env: Environment,
): Promise<Child<StoreRequest, StoreReply>> {
  const args = ["--dir", join(services.folder, "profiled-store"), "--port", "0"];
  return startChild<StoreRequest, StoreReply>("./profiled-store.ts", args, env);
}

function toArena(
  services: Services,
  { gateway, store }: Pick<Arena, "gateway" | "store">,
  bare: Environment,
): Omit<Arena, "close"> {
  const encryptionKey = `bench:${randomBytes(32).toString("base64")}`;
  return {
    env: { ...bare, ...SETTINGS, BILLING_KEY_ENCRYPTION_KEYS: encryptionKey },
    mongoUrl:
      store === null
        ? services.mongoUrl
        : `mongodb://127.0.0.1:${String(store.ready["port"])}/bench?directConnection=true`,
    redisUrl: services.redisUrl,
    gatewayUrl: `http://127.0.0.1:${String(gateway.ready["port"])}`,
    kinds: { store: store === null ? services.mongoKind : "embedded", redis: services.redisKind },
    gateway,
    store,
    pids: {
      store: store === null ? services.mongo.pid : store.pid,
      redis: services.redis.pid,
    },
  };
}
