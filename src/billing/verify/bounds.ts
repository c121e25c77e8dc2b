/** From which age on something that is usually work in progress is a finding. */

export interface VerifyBounds {
  /** After the end of a claim's lease. */
  claimMs: number;
  /** Of a question about a charge or refund: the age of the alarm. */
  unknownMs: number;
  /** Of an event that has not been passed on, and of a mark that the sweep takes off. */
  sweepMs: number;
  /** Of a period that is due and has no invoice. */
  openMs: number;
  /** Of a charge or refund that is due and has not been tried. */
  dueMs: number;
  /** Of an answer that the gateway's list may not show yet. */
  listingMs: number;
  /** Of an event that an enabled endpoint has refused since, before it is set aside. */
  deliveryMs: number;
  /** Between the reading that suspects something and the reading that confirms it. */
  confirmMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The bounds that follow from the times of a running system. */
export function boundsOf(config: {
  sweepIntervalMs: number;
  reconcile: { alarmAfterMs: number; settleDelayMs: number };
  webhooks: { retryForMs: number; retryMaxMs: number };
}): VerifyBounds {
  const ticksMs = 10 * config.sweepIntervalMs;
  return {
    claimMs: Math.max(MINUTE, ticksMs),
    unknownMs: config.reconcile.alarmAfterMs,
    sweepMs: Math.max(5 * MINUTE, ticksMs),
    openMs: Math.max(HOUR, ticksMs),
    // A cycle day with a hundred thousand renewals may take hours at a gateway's own limit.
    dueMs: 24 * HOUR,
    listingMs: Math.max(MINUTE, config.reconcile.settleDelayMs),
    deliveryMs: config.webhooks.retryForMs + config.webhooks.retryMaxMs + HOUR,
    confirmMs: SECOND,
  };
}
