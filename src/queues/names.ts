/** Queue names. No colons: BullMQ refuses them. */
export const RECONCILE_QUEUE = "reconcile";
export const SWEEP_QUEUE = "sweep";

/** The regular job on the sweep's queue that takes old jobs away. */
export const CLEAN_JOB = "clean";

/** A queue per gateway and merchant account: one's outage touches no other. */
export function chargeQueueName(gateway: string, account: string): string {
  return `charge-${gateway}-${account}`;
}

/** All a job carries: a hint where to look. */
export interface InvoiceJob {
  invoiceId: string;
}
