/**
 * The two kinds of time.
 *
 * Operational time (leases, deadlines, backoff, settle delays) is always real. Business time (due
 * dates, dunning, look-up windows, the dates a gateway prints) may be a test clock. Nothing outside
 * this file reads the system's clock.
 */

/** Operational time: real, on every machine. */
export interface OperationalClock {
  /** The present instant (UTC). */
  now(): Date;
  /** Milliseconds on a clock that never jumps; compare only with itself, in one process. */
  monotonicMs(): number;
}

/** Business time: real in production, a shared test clock elsewhere. */
export interface BusinessClock {
  /** The present business instant (UTC). Asynchronous since a test clock stands in the database. */
  now(): Promise<Date>;
}

export const systemClock: OperationalClock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

/** Business time that is real time. */
export const systemBusinessClock: BusinessClock = {
  now: () => Promise.resolve(new Date()),
};

/** Waits in operational time. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
