import { BillingError } from "../domain/errors.ts";
import { OUTBOX_FULL } from "../domain/events.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import type { Invoice } from "../domain/invoice.ts";
import { stopWindow } from "../domain/payment-window.ts";
import { readInstants } from "./instants.ts";
import { type RequestRefundDeps, requestRefund } from "./request-refund.ts";
import { updateDocument } from "./update-document.ts";

export interface CancelOrderInput {
  orderId: string;
  /** Won; null: everything that is left. */
  amount: number | null;
  reason: string;
  idempotency: IdempotencyMark | null;
  by?: string | null;
}

/**
 * Cancels a payment in a window: gives it back, whole or in part, where it was paid; gives the order
 * up where it was not, and what a gateway still takes in its window goes straight back. Cancelling a
 * whole order again changes nothing. Throws what a refund throws; NOT_PAID for a part of an unpaid one.
 */
export async function cancelOrder(
  deps: RequestRefundDeps,
  input: CancelOrderInput,
): Promise<{ invoice: Invoice; refundId: string | null }> {
  const { orderId, amount, reason, idempotency, by = null } = input;
  const found = await deps.invoices.findByOrderId(orderId);
  if (found === null) throw new BillingError("NOT_FOUND", { id: orderId });
  const { state, refundable } = found;
  if (state === "open" && amount === null) {
    const cause = { at: await readInstants(deps), actor: "api" as const, by, reason };
    const { document } = await updateDocument(deps.invoices, found.id, (read) => {
      if (read.outbox.length >= OUTBOX_FULL) throw new BillingError("OUTBOX_FULL");
      return stopWindow(read, cause);
    });
    // It may have been paid in this very moment: then it is given back like any other.
    if (document.state !== "paid") return { invoice: document, refundId: null };
  }
  const isOver = state === "void" || state === "failed" || (state === "paid" && refundable === 0);
  if (isOver && amount === null) return { invoice: found, refundId: null };
  return requestRefund(deps, { paymentId: found.id, amount, reason, idempotency, by });
}
