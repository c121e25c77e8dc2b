/** Where breakers stand: one small value an account in Redis, so that all processes see the same. */
import type { Redis } from "ioredis";
import { type BreakerState, NEW_BREAKER } from "../lib/circuit-breaker.ts";

/** A state, and the clock by which its instants count. */
export interface ReadBreaker {
  state: BreakerState;
  nowMs: number;
}

export interface BreakerStore {
  read(key: string): Promise<ReadBreaker>;
  /**
   * Writes what the rule makes of the state as it stands; null where the rule does not apply. All
   * reject where Redis is away.
   */
  change(
    key: string,
    rule: (state: BreakerState, nowMs: number) => BreakerState | null,
  ): Promise<ChangedBreaker | null>;
}

export interface ChangedBreaker extends ReadBreaker {
  before: BreakerState;
}

/** A breaker that nobody has needed for so long is forgotten: it is closed. */
const KEPT_MS = 86_400_000;
/** Everybody who loses the race for a write has somebody who won it. */
const TRIES_MAX = 20;

/** Redis's own clock counts: those of the machines may differ. */
const READ = `
local time = redis.call("TIME")
return { redis.call("GET", KEYS[1]), time[1] * 1000 + math.floor(time[2] / 1000) }`;

const SWAP = `
if (redis.call("GET", KEYS[1]) or "") ~= ARGV[1] then return 0 end
redis.call("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
return 1`;

interface Commands {
  readBreaker(key: string): Promise<[string | null, number]>;
  swapBreaker(key: string, read: string, next: string, keptMs: number): Promise<number>;
}

export function createBreakerStore(connection: Redis): BreakerStore {
  connection.defineCommand("readBreaker", { numberOfKeys: 1, lua: READ });
  connection.defineCommand("swapBreaker", { numberOfKeys: 1, lua: SWAP });
  const redis = connection as unknown as Commands;
  return {
    async read(key) {
      const [text, nowMs] = await redis.readBreaker(key);
      return { state: parseState(text), nowMs };
    },
    async change(key, rule) {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const [text, nowMs] = await redis.readBreaker(key);
        const before = parseState(text);
        const state = rule(before, nowMs);
        if (state === null) return null;
        if (state === before) return { before, state, nowMs };
        const written = await redis.swapBreaker(key, text ?? "", JSON.stringify(state), KEPT_MS);
        if (written === 1) return { before, state, nowMs };
      }
      return null;
    },
  };
}

/** What somebody else wrote under the key is no breaker of ours, and so nothing is known. */
function parseState(text: string | null): BreakerState {
  try {
    const state = JSON.parse(text ?? "null") as BreakerState | null;
    return state !== null && Number.isInteger(state.term) && Array.isArray(state.slices)
      ? state
      : NEW_BREAKER;
  } catch {
    return NEW_BREAKER;
  }
}
