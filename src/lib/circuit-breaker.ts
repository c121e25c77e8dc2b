/**
 * The rules of a circuit breaker, as pure functions: each takes the state as it was read and returns
 * what it becomes. Where the state stands, and whose clock counts, is the caller's business.
 */

export interface BreakerPolicy {
  /** Fewest failures within the window that open it. */
  failures: number;
  windowMs: number;
  /** From the first opening to the first probe; doubles with every probe that fails. */
  pauseMs: number;
  pauseMaxMs: number;
}

export interface BreakerState {
  kind: "closed" | "open" | "half_open";
  /** Raised by every change of kind: what came of a call begun in another term tells nothing new. */
  term: number;
  /** Openings since a call last worked. */
  openings: number;
  /** Open: when a probe may go. Half open: when one that never came back is given up. */
  untilMs: number;
  /** When it became what it is. */
  sinceMs: number;
  /** Closed: the calls of the window, oldest first. */
  slices: readonly Slice[];
}

interface Slice {
  atMs: number;
  worked: number;
  failed: number;
}

/** Calls that ended, all of them begun in one term. */
export interface CallCounts {
  term: number;
  worked: number;
  failed: number;
}

/** Below this share of failures a busy partner is merely unlucky. */
const FAILED_SHARE_MIN = 0.5;
/** The window moves on by this part of itself. */
const SLICES = 10;

/** A breaker of which nothing is known lets calls through. */
export const NEW_BREAKER: BreakerState = {
  kind: "closed",
  term: 0,
  openings: 0,
  untilMs: 0,
  sinceMs: 0,
  slices: [],
};

/** The state after some calls have ended; the same state where they tell nothing new. */
export function countCalls(
  state: BreakerState,
  counts: CallCounts,
  policy: BreakerPolicy,
  nowMs: number,
): BreakerState {
  if (counts.term !== state.term || counts.worked + counts.failed === 0) return state;
  switch (state.kind) {
    case "closed":
      return countWhileClosed(state, counts, policy, nowMs);
    case "half_open":
      return counts.worked > 0 ? close(state, nowMs) : open(state, policy, nowMs);
    case "open":
      // Nothing was let through in this term.
      return state;
  }
}

/** Lets one probe through; null while another one is out, and while there is nothing to probe. */
export function grantProbe(
  state: BreakerState,
  probeMs: number,
  nowMs: number,
): BreakerState | null {
  if (state.kind === "closed" || nowMs < state.untilMs) return null;
  // The probe before may still come back: whatever it tells is as good as what this one will.
  if (state.kind === "half_open") return { ...state, untilMs: nowMs + probeMs };
  return {
    ...state,
    kind: "half_open",
    term: state.term + 1,
    untilMs: nowMs + probeMs,
    sinceMs: nowMs,
  };
}

function countWhileClosed(
  state: BreakerState,
  counts: CallCounts,
  policy: BreakerPolicy,
  nowMs: number,
): BreakerState {
  const slices = addToSlices(state.slices, counts, policy.windowMs, nowMs);
  const failed = sumOf(slices, "failed");
  const all = failed + sumOf(slices, "worked");
  if (failed >= policy.failures && failed >= FAILED_SHARE_MIN * all) {
    return open(state, policy, nowMs);
  }
  return { ...state, slices };
}

function addToSlices(
  slices: readonly Slice[],
  { worked, failed }: CallCounts,
  windowMs: number,
  nowMs: number,
): Slice[] {
  const kept = slices.filter(({ atMs }) => atMs > nowMs - windowMs && atMs <= nowMs);
  const last = kept.at(-1);
  if (last === undefined || nowMs - last.atMs >= windowMs / SLICES) {
    return [...kept, { atMs: nowMs, worked, failed }];
  }
  const grown = { ...last, worked: last.worked + worked, failed: last.failed + failed };
  return [...kept.slice(0, -1), grown];
}

function sumOf(slices: readonly Slice[], field: "worked" | "failed"): number {
  return slices.reduce((sum, slice) => sum + slice[field], 0);
}

function open(state: BreakerState, policy: BreakerPolicy, nowMs: number): BreakerState {
  const openings = state.openings + 1;
  const doublings = Math.min(openings - 1, 30);
  const pauseMs = Math.min(policy.pauseMs * 2 ** doublings, policy.pauseMaxMs);
  return {
    kind: "open",
    term: state.term + 1,
    openings,
    untilMs: nowMs + pauseMs,
    sinceMs: nowMs,
    slices: [],
  };
}

function close(state: BreakerState, nowMs: number): BreakerState {
  return { ...NEW_BREAKER, term: state.term + 1, sinceMs: nowMs };
}
