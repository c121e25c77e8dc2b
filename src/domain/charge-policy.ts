import type { BackoffPolicy } from "./backoff.ts";
import type { DunningPolicy } from "./dunning.ts";
import type { Cause } from "./events.ts";

/** Everything the rules are told by configuration. */
export interface ChargePolicy {
  dunning: DunningPolicy;
  /** Between tries of an attempt that never left. */
  resendBackoff: BackoffPolicy;
  /** Between look-ups of an unknown attempt. */
  lookUpBackoff: BackoffPolicy;
  /** Between tries of an account that a refusal on the merchant's side has stopped. */
  pauseBackoff: BackoffPolicy;
  /** Longer than lease + call deadline + look-up lag: only then does "not there" count. */
  settleDelayMs: number;
  /** An invoice with this many attempts waits for a person. */
  attemptsMax: number;
  /** Business time after a close at which an attempt is looked for again. */
  recheckDelaysMs: readonly number[];
  orderPrefix: string;
}

export interface Recording extends Cause {
  /** In [0, 1): spreads repeated tries. */
  random: number;
  /** Fresh id for a refund, should one follow. */
  refundId: string;
}
