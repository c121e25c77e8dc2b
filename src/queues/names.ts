/** Queue names. No colons: BullMQ refuses them. */
export const RECONCILE_QUEUE = "reconcile";
export const SWEEP_QUEUE = "sweep";
/** Notices of gateways that are to be applied. */
export const WEBHOOK_QUEUE = "webhook";
/** Events that are to be delivered to the merchant's endpoints. */
export const EVENT_QUEUE = "event";
/** Messages that are to be sent to customers. */
export const MESSAGE_QUEUE = "message";

/** Queues whose jobs name one document of a collection of their own. */
export type DocumentQueue = typeof WEBHOOK_QUEUE | typeof EVENT_QUEUE | typeof MESSAGE_QUEUE;

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

/** The same on a `DocumentQueue`. */
export interface DocumentJob {
  id: string;
}
