/** A customer pays what a subscription owes, now instead of on the next day of the ladder. */
import { BillingError } from "../domain/errors.ts";
import { OUTBOX_FULL } from "../domain/events.ts";
import { type IdempotencyMark, withMark } from "../domain/idempotency.ts";
import type { Invoice } from "../domain/invoice.ts";
import { type Subscription, payInvoiceNow } from "../domain/subscription.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import { type AlignDeps, finishContractChange } from "./align-invoices.ts";
import { findChanged } from "./idempotency.ts";
import { readInstants } from "./instants.ts";
import { assertOpenToChange, findPayableInvoices } from "./payable-invoice.ts";
import { updateDocument } from "./update-document.ts";

export interface PayOpenInvoiceInput {
  subscriptionId: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Makes the oldest invoice that a subscription owes due at once; the worker makes the call, so that
 * this and a renewal in the same second are one charge. Throws NOT_FOUND, SUBSCRIPTION_ENDED,
 * SUBSCRIPTION_PARKED or NOTHING_TO_PAY.
 */
export async function payOpenInvoice(
  deps: AlignDeps & { hints: WorkHints },
  input: PayOpenInvoiceInput,
): Promise<Invoice> {
  const earlier = await findChanged(deps.subscriptions, input);
  if (earlier?.invoiceId != null) return readInvoice(deps, earlier.invoiceId);
  const invoice = await findOwed(deps, input.subscriptionId);
  const cause = { at: await readInstants(deps), actor: "api" as const, by: input.by ?? null };
  const mark = input.idempotency && { ...input.idempotency, invoiceId: invoice.id };
  const { document } = await updateDocument(deps.subscriptions, input.subscriptionId, (read) => {
    assertOpenToChange(read);
    if (read.outbox.length >= OUTBOX_FULL) throw new BillingError("OUTBOX_FULL");
    const asked = payInvoiceNow(read, invoice.id, cause);
    return { ...asked, changes: withMark(read.changes, mark) };
  });
  await finishContractChange(deps, document, "api");
  deps.log.info(
    { subscriptionId: document.id, invoiceId: invoice.id },
    "an invoice is to be paid at once",
  );
  const due = await readInvoice(deps, invoice.id);
  await deps.hints.charge(due);
  return due;
}

async function findOwed(deps: AlignDeps, subscriptionId: string): Promise<Invoice> {
  const subscription: Subscription | null = await deps.subscriptions.find(subscriptionId);
  if (subscription === null) {
    throw new BillingError("NOT_FOUND", { id: subscriptionId }, "/subscriptionId");
  }
  assertOpenToChange(subscription);
  const { failed, open } = await findPayableInvoices(deps.invoices, subscription.id);
  const invoice = failed ?? open;
  if (invoice === null) throw new BillingError("NOTHING_TO_PAY", { id: subscriptionId });
  return invoice;
}

async function readInvoice(deps: AlignDeps, id: string): Promise<Invoice> {
  const invoice = await deps.invoices.find(id);
  if (invoice === null) throw new BillingError("NOT_FOUND", { id });
  return invoice;
}
