import { Redis } from "ioredis";
import {
  type RedisVersionFault,
  parseRedisServer,
  redisVersionFault,
} from "../lib/redis-version.ts";

/**
 * A connection for adding jobs: while Redis is away it fails at once instead of waiting, and works
 * again by itself once Redis is back. Connecting goes on in the background.
 */
export function createProducerConnection(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 3000,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  });
  redis.on("error", () => {});
  return redis;
}

/** How long a boot waits for Redis before it goes on without it, milliseconds. */
const FIRST_CONNECT_MS = 2000;

/** Waits a moment for the first connection; a Redis that is away is met again by the client itself. */
export function connectSoon(redis: Redis): Promise<void> {
  if (redis.status === "ready") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(done, FIRST_CONNECT_MS);
    function done(): void {
      clearTimeout(timer);
      redis.off("ready", done);
      resolve();
    }
    redis.once("ready", done);
  });
}

/** Whether Redis answers now. */
export async function pingRedis(redis: Redis): Promise<boolean> {
  try {
    return (await redis.ping()) === "PONG";
  } catch {
    return false;
  }
}

/** Redis's eviction policy, or null where it cannot be read (a managed Redis may hide it). */
export async function readEvictionPolicy(redis: Redis): Promise<string | null> {
  try {
    const info = await redis.info("memory");
    return /maxmemory_policy:(\S+)/.exec(info)?.[1] ?? null;
  } catch {
    return null;
  }
}

/** What is amiss with Redis's version; null where nothing is, or where it is not told. */
export async function readVersionFault(redis: Redis): Promise<RedisVersionFault | null> {
  try {
    const server = parseRedisServer(await redis.info("server"));
    return server === null ? null : redisVersionFault(server);
  } catch {
    return null;
  }
}
