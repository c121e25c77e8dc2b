import type { Redis } from "ioredis";
import { type OperationalClock, sleep } from "../lib/clock.ts";
import { newToken } from "../lib/ids.ts";

/** Why a sweep runs: its time has come round, or somebody said that there is work. */
export type SweepJob = "tick" | "now";

export interface SweepTurn {
  end(): Promise<void>;
}

export interface SweepTurnOptions {
  connection: Redis;
  prefix: string;
  clock: OperationalClock;
  everyMs: number;
}

/** A turn ends by itself after this or an interval: whoever had it may be dead. */
const HELD_MIN_MS = 2_000;
const LOOK_MS = 25;

/**
 * Sweeps take turns: two at once would do the same work twice, and the writes of one of them would
 * be in vain. A tick passes (null) while another sweep runs. A "now" waits, since the other one may
 * have looked before there was work. In doubt, as without Redis, the turn is given: overlapping
 * costs time and nothing else.
 */
export async function takeSweepTurn(
  job: SweepJob,
  { connection, prefix, clock, everyMs }: SweepTurnOptions,
): Promise<SweepTurn | null> {
  const [key, token, heldMs] = [`${prefix}:sweeping`, newToken(), Math.max(HELD_MIN_MS, everyMs)];
  const untilMs = clock.monotonicMs() + heldMs;
  const end = async (): Promise<void> => {
    if ((await connection.get(key)) === token) await connection.del(key);
  };
  const turn: SweepTurn = { end: () => end().catch(() => {}) };
  try {
    while ((await connection.set(key, token, "PX", heldMs, "NX")) === null) {
      if (job === "tick") return null;
      if (clock.monotonicMs() >= untilMs) return turn;
      await sleep(LOOK_MS);
    }
    return turn;
  } catch {
    return turn;
  }
}
