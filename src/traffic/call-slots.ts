/**
 * The pace of calls, held in Redis over all processes. Every call takes the next of evenly spaced
 * slots, so that there is no burst to take, and no window at whose edge two would meet.
 *
 * Redis keeps one instant for each limit: when the next slot is free. Where it finds none (the first
 * call ever, a flush), nobody can say what went out a moment ago, and the first slot is a whole
 * window away.
 */
import type { Redis } from "ioredis";
import { newToken } from "../lib/ids.ts";

/** A limit that calls share. */
export interface PaceLimit {
  /** The key in Redis: whoever shares it shares the limit. */
  key: string;
  perSecond: number;
}

/** A place in the line of calls. */
export interface CallSlot {
  key: string;
  /** Names the state that it was taken from: what a flush took away is good for nothing. */
  epoch: string;
}

export type TakenSlot =
  | { kind: "taken"; slot: CallSlot; waitMs: number }
  /** Others wait for as long as anybody should; nothing was taken. */
  | { kind: "full"; retryInMs: number };

export interface CallSlots {
  /** The next slot, if it is at most so far away. Rejects where Redis is away. */
  take(limit: PaceLimit, patienceMs: number): Promise<TakenSlot>;
  /** Whether a slot that was waited for is still there. Rejects where Redis is away. */
  isThere(slot: CallSlot): Promise<boolean>;
  /** How long a call would wait now; rejects where Redis is away. */
  readWaitMs(key: string): Promise<number>;
}

/**
 * The part of a limit that is used: three of KiwoomPay's five a second, as is recommended there. Between
 * its slot and its arrival a call is late by what a busy process, a new connection and the network
 * take. At this share, calls that are late by anything up to two thirds of a second do not make any
 * second too full.
 */
export const PACE_SHARE = 0.6;

/** What limits per second are counted in. */
const WINDOW_MS = 1000;

/** Nobody waits for longer, so a slot further away is a clock that jumped back. */
export const PATIENCE_MAX_MS = 8000;

/** A limit that nobody has used for so long is forgotten. */
const KEPT_MS = 30 * 86_400_000;

/** Microseconds by Redis's clock. Numbers are printed in full: Lua would round them. */
const TAKE = `
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local interval, window, patience = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call("HMGET", KEYS[1], "epoch", "free")
local epoch, free = kept[1], tonumber(kept[2] or "")
if not epoch or not free or free - now > tonumber(ARGV[4]) then
  epoch, free = ARGV[5], now + window
end
local slot = math.max(now, free)
local taken = slot - now <= patience
if taken then free = slot + interval end
redis.call("HSET", KEYS[1], "epoch", epoch, "free", string.format("%.0f", free))
redis.call("PEXPIRE", KEYS[1], ARGV[6])
return { taken and 1 or 0, slot - now, epoch }`;

const WAIT = `
local time = redis.call("TIME")
local free = tonumber(redis.call("HGET", KEYS[1], "free") or "0")
return math.max(0, free - (time[1] * 1000000 + time[2]))`;

interface Commands {
  takeCallSlot(
    key: string,
    ...given: [number, number, number, number, string, number]
  ): Promise<[0 | 1, number, string]>;
  readCallWait(key: string): Promise<number>;
}

export function createCallSlots(connection: Redis): CallSlots {
  connection.defineCommand("takeCallSlot", { numberOfKeys: 1, lua: TAKE });
  connection.defineCommand("readCallWait", { numberOfKeys: 1, lua: WAIT });
  const redis = connection as unknown as Commands;
  return {
    async take({ key, perSecond }, patienceMs) {
      const intervalMs = 1000 / (perSecond * PACE_SHARE);
      const horizonMs = PATIENCE_MAX_MS + WINDOW_MS + intervalMs;
      const [taken, waitUs, epoch] = await redis.takeCallSlot(
        key,
        Math.ceil(intervalMs * 1000),
        WINDOW_MS * 1000,
        patienceMs * 1000,
        Math.ceil(horizonMs * 1000),
        newToken(),
        KEPT_MS,
      );
      const waitMs = waitUs / 1000;
      if (taken === 1) return { kind: "taken", slot: { key, epoch }, waitMs };
      // Until half of the line has gone: whoever comes back finds room, and the line never runs dry.
      return { kind: "full", retryInMs: waitMs - patienceMs / 2 };
    },
    isThere: async ({ key, epoch }) => (await connection.hget(key, "epoch")) === epoch,
    readWaitMs: async (key) => (await redis.readCallWait(key)) / 1000,
  };
}
