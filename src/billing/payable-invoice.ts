import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { InvoiceStore } from "../stores/invoices.ts";

/** The invoices of a subscription that its customer can pay now. */
export interface PayableInvoices {
  /** Finally declined: its subscription is unpaid, or is about to be. */
  failed: Invoice | null;
  /** The oldest one that is open and held by nobody. */
  open: Invoice | null;
}

export async function findPayableInvoices(
  invoices: Pick<InvoiceStore, "listOfSubscription">,
  subscriptionId: string,
): Promise<PayableInvoices> {
  const all = await invoices.listOfSubscription(subscriptionId);
  return {
    failed: all.find((invoice) => invoice.state === "failed") ?? null,
    open: all.find((invoice) => invoice.state === "open" && invoice.held === null) ?? null,
  };
}

/** Throws where a subscription has ended for good or waits for a person. */
export function assertOpenToChange(subscription: Subscription): void {
  const { id, state, parked } = subscription;
  if (state === "canceled") throw new BillingError("SUBSCRIPTION_ENDED", { id, state });
  if (parked !== null) throw new BillingError("SUBSCRIPTION_PARKED", { id });
}
