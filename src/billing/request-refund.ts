import { BillingError } from "../domain/errors.ts";
import { OUTBOX_FULL } from "../domain/events.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import type { Invoice } from "../domain/invoice.ts";
import { reserveRefund } from "../domain/settle-rules.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { replayOf } from "./idempotency.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface RequestRefundDeps extends Clocks {
  invoices: InvoiceStore;
  gateways: GatewayRegistry;
  hints: WorkHints;
  log: Logger;
}

export interface RefundInput {
  paymentId: string;
  /** Won; null: everything that is left. */
  amount: number | null;
  reason: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Reserves an amount for its way back, in one write that also checks that it is there. A worker
 * makes the call. Returns the invoice and the refund's id.
 */
export async function requestRefund(
  deps: RequestRefundDeps,
  input: RefundInput,
): Promise<{ invoice: Invoice; refundId: string }> {
  const replay = await findEarlier(deps, input);
  if (replay !== null) return replay;
  const at = await readInstants(deps);
  const id = newId("ref");
  const { document } = await updateDocument(deps.invoices, input.paymentId, (invoice) => {
    const amount = checkRefund(deps, invoice, input.amount);
    return reserveRefund(invoice, {
      id,
      amount,
      reason: input.reason,
      at,
      actor: "api",
      by: input.by ?? null,
      ...(input.idempotency === null ? {} : { idempotency: input.idempotency }),
    });
  });
  deps.log.info({ invoiceId: document.id, refundId: id }, "refund is accepted");
  await deps.hints.charge(document);
  return { invoice: document, refundId: id };
}

async function findEarlier(
  deps: RequestRefundDeps,
  input: RefundInput,
): Promise<{ invoice: Invoice; refundId: string } | null> {
  const mark = input.idempotency;
  if (mark === null) return null;
  const invoice = await deps.invoices.findByRefundKey(mark.key);
  const refund = invoice?.refunds.find((one) => one.idempotency.key === mark.key);
  if (invoice === null || refund === undefined) return null;
  replayOf(refund, refund.idempotency, mark);
  return { invoice, refundId: refund.id };
}

function checkRefund(deps: RequestRefundDeps, invoice: Invoice, asked: number | null): number {
  if (invoice.state !== "paid") {
    throw new BillingError("NOT_PAID", { id: invoice.id, state: invoice.state }, "/paymentId");
  }
  const amount = asked ?? invoice.refundable;
  if (amount > invoice.refundable || amount < 1) {
    throw new BillingError("REFUND_TOO_LARGE", { amount, left: invoice.refundable }, "/amount");
  }
  const { partialRefund } = deps.gateways.get(invoice.gateway, invoice.account).capabilities;
  if (amount < invoice.capturedAmount && !partialRefund) {
    throw new BillingError("PARTIAL_REFUND_UNSUPPORTED", { gateway: invoice.gateway }, "/amount");
  }
  if (invoice.outbox.length >= OUTBOX_FULL) throw new BillingError("OUTBOX_FULL");
  return amount;
}
