import type { Decline } from "./decline.ts";
import type { IdempotencyMark } from "./idempotency.ts";

export type RefundState = "queued" | "initiated" | "unknown" | "done" | "failed";

/** Money on its way back. Its amount is reserved from the moment it is asked for. */
export interface Refund {
  id: string;
  /** The approval that is refunded. */
  transactionId: string;
  orderNumber: string;
  /** Won. */
  amount: number;
  state: RefundState;
  /** Of an approval beyond the one that paid the invoice: not part of what was captured. */
  surplus: boolean;
  reason: string;
  requestedAt: Date;
  /** Operational instant of the last claim. */
  claimedAt: Date | null;
  callEndedAt: Date | null;
  tries: number;
  lookUps: number;
  /** Consecutive look-ups that counted and showed no refund. */
  missingReads: number;
  decline: Decline | null;
  refundTransactionId: string | null;
  refundedAt: Date | null;
  /** What a notice of the gateway called it, empty where it had no name; absent while none has told it. */
  noticedAs?: string;
  /** Of a surplus paid in a window: what the gateway called its method. */
  payMethod?: string;
  /** Every refund has a key: the caller's, or one made of its id where the system asked for it. */
  idempotency: IdempotencyMark;
}

/** A refund that has been asked for and not been sent. */
export function newRefund(
  input: Pick<Refund, "id" | "transactionId" | "orderNumber" | "amount" | "surplus" | "reason"> & {
    requestedAt: Date;
    idempotency?: IdempotencyMark;
    payMethod?: string;
  },
): Refund {
  const { idempotency, ...given } = input;
  return {
    ...given,
    state: "queued",
    claimedAt: null,
    callEndedAt: null,
    tries: 0,
    lookUps: 0,
    missingReads: 0,
    decline: null,
    refundTransactionId: null,
    refundedAt: null,
    idempotency: idempotency ?? { key: `auto:${input.id}`, bodyHash: "" },
  };
}

/**
 * Whether the money of a refund may be back already without our knowing: it is out, or it waits to
 * be sent a second time because nobody could tell what came of the first.
 */
export function mayHaveLeft(refund: Refund): boolean {
  if (refund.state === "initiated" || refund.state === "unknown") return true;
  return refund.state === "queued" && refund.lookUps > 0 && refund.missingReads === 0;
}
