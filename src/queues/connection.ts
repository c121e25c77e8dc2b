import { Redis } from "ioredis";

/**
 * A connection for adding jobs: while Redis is away it fails at once instead of waiting, and works
 * again by itself once Redis is back. Connecting goes on in the background.
 */
export function createProducerConnection(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    lazyConnect: true,
    maxRetriesPerRequest: 1,
    connectTimeout: 2000,
    commandTimeout: 3000,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  });
  redis.on("error", () => {});
  return redis;
}

/** Connects if it can within a moment; a Redis that is away is met again by the client itself. */
export async function connectSoon(redis: Redis): Promise<void> {
  try {
    await redis.connect();
  } catch {
    // Told by /health/ready and by the first hint that fails.
  }
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
