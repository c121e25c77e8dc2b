import type { OperationalClock } from "../lib/clock.ts";

const WINDOW_MS = 1_000;

/** Counts calls by what they share a limit by, in real time. */
export interface CallRate {
  /** Whether one more call fits into the last second; 0 sets no limit. A refused call counts too. */
  admits(sharedBy: string, perSecond: number): boolean;
}

/** Nothing called yet. */
export function createCallRate(clock: OperationalClock): CallRate {
  const calls = new Map<string, number[]>();
  return {
    admits(sharedBy, perSecond) {
      if (perSecond === 0) return true;
      const nowMs = clock.monotonicMs();
      const recent = (calls.get(sharedBy) ?? []).filter((at) => at > nowMs - WINDOW_MS);
      calls.set(sharedBy, [...recent, nowMs]);
      return recent.length < perSecond;
    },
  };
}
