/** What the outcome of a charge means for its subscription. */
import { applyStanding, standingOf } from "../domain/contract-rules.ts";
import type { Invoice } from "../domain/invoice.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { finishContractChange } from "./align-invoices.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface FollowUpDeps extends Clocks {
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  /** What becomes of a subscription whose ladder is used up. */
  finalState: "unpaid" | "canceled";
  log: Logger;
}

/**
 * Tells the subscription, then takes the mark off the invoice. Failing leaves the mark, and the
 * sweep does it again: the standing is derived from the invoices, so repeating it is harmless.
 */
export async function followUp(deps: FollowUpDeps, invoice: Invoice): Promise<void> {
  if (!invoice.followUp || invoice.subscriptionId === null) return;
  try {
    await tellSubscription(deps, invoice.subscriptionId);
    await deps.invoices.write(invoice, { ...invoice, followUp: false });
  } catch (error) {
    deps.log.warn(
      { invoiceId: invoice.id, err: describeError(error) },
      "the subscription has not been told yet; the sweep will",
    );
  }
}

async function tellSubscription(deps: FollowUpDeps, subscriptionId: string): Promise<void> {
  const at = await readInstants(deps);
  const standing = standingOf(await deps.invoices.listOwedOfSubscription(subscriptionId));
  const { document, changed } = await updateDocument(
    deps.subscriptions,
    subscriptionId,
    (subscription) =>
      applyStanding(subscription, standing, deps.finalState, { at, actor: "charge" }),
  );
  if (!changed) return;
  deps.log.info({ subscriptionId, state: document.state }, "subscription has changed its state");
  if (document.aligning) await finishContractChange(deps, document, "charge");
}
