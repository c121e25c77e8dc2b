/** Exponential backoff with jitter and a cap. */
export interface BackoffPolicy {
  firstMs: number;
  maxMs: number;
  /** 0 to 1: how much of each delay is left to chance. */
  jitter: number;
}

/** Delay before try `number` (1 for the first repetition), milliseconds. `random` is in [0, 1). */
export function backoffMs(policy: BackoffPolicy, number: number, random: number): number {
  const doublings = Math.min(Math.max(number - 1, 0), 40);
  const full = Math.min(policy.firstMs * 2 ** doublings, policy.maxMs);
  return Math.round(full * (1 - policy.jitter * random));
}
