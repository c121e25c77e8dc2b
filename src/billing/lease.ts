import type { OperationalClock } from "../lib/clock.ts";

/** The time in which a claimed call belongs to this worker. */
export interface Lease {
  /** As written into the claim. */
  until: Date;
  /** Whether a call that may take its whole deadline can still end within the lease. */
  maySend: () => boolean;
}

export interface LeaseDeps {
  clock: OperationalClock;
  lease: { leaseMs: number; marginMs: number };
}

/**
 * Starts a lease. It counts from before the claim is written, and is compared with the monotonic
 * clock: a worker that was frozen finds its lease spent, whatever the wall clock says.
 */
export function startLease(deps: LeaseDeps, callDeadlineMs: number): Lease {
  const { leaseMs, marginMs } = deps.lease;
  const lastStartMs = deps.clock.monotonicMs() + leaseMs - marginMs - callDeadlineMs;
  return {
    until: new Date(deps.clock.now().getTime() + leaseMs),
    maySend: () => deps.clock.monotonicMs() < lastStartMs,
  };
}
