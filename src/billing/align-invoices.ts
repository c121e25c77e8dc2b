/** A change of the contract reaches the open invoices: subscription first, invoices second. */
import { alignInvoice } from "../domain/contract-rules.ts";
import type { Actor } from "../domain/events.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface AlignDeps extends Clocks {
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
}

/**
 * Aligns every open invoice and says so on the subscription, unless its contract changed again
 * meanwhile. Returns the subscription as it then stands.
 */
export async function finishContractChange(
  deps: AlignDeps,
  subscription: Subscription,
  actor: Actor,
): Promise<Subscription> {
  const at = await readInstants(deps);
  const open = await deps.invoices.listOpenOfSubscription(subscription.id);
  for (const invoice of open) {
    await updateDocument(deps.invoices, invoice.id, (read) =>
      alignInvoice(read, subscription, { at, actor }),
    );
  }
  const { document } = await updateDocument(deps.subscriptions, subscription.id, (read) =>
    read.aligning && read.version === subscription.version ? { ...read, aligning: false } : null,
  );
  return document;
}
