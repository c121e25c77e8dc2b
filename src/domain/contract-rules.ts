/** How a change of the contract reaches open invoices, and how their outcomes reach the subscription. */
import { moveAttempt } from "./charge-attempt.ts";
import { voidInvoice } from "./settle-rules.ts";
import type { Actor, Instants } from "./events.ts";
import { type Invoice, isInFlight, lastAttempt, withLastAttempt } from "./invoice.ts";
import {
  BILLABLE_STATES,
  type Subscription,
  type SubscriptionState,
  endSubscription,
  moveSubscription,
} from "./subscription.ts";

interface By {
  at: Instants;
  actor: Actor;
}

/**
 * Brings an invoice up to the contract. In flight it is only marked: the call that is out comes
 * back first. Returns the same object where nothing is to be done.
 */
export function alignInvoice(invoice: Invoice, subscription: Subscription, by: By): Invoice {
  const upToDate = invoice.version === subscription.version;
  if (invoice.state !== "open" || (upToDate && !invoice.behind)) return invoice;
  const billable = BILLABLE_STATES.includes(subscription.state);
  if (isInFlight(invoice)) {
    return invoice.behind && invoice.stop === !billable
      ? invoice
      : { ...invoice, behind: true, stop: !billable };
  }
  if (!billable) {
    const ended = voidInvoice(abandonUnsent(invoice, by), by, "canceled");
    return { ...ended, version: subscription.version };
  }
  const sameTerms =
    invoice.amount === subscription.amount && invoice.billingKeyId === subscription.billingKeyId;
  return {
    ...(sameTerms ? invoice : abandonUnsent(invoice, by)),
    behind: false,
    stop: false,
    version: subscription.version,
    amount: subscription.amount,
    billingKeyId: subscription.billingKeyId,
  };
}

/** An attempt that never left is given up: it would be sent again with the old amount and card. */
function abandonUnsent(invoice: Invoice, by: By): Invoice {
  const last = lastAttempt(invoice);
  return last?.state === "not_sent"
    ? withLastAttempt(invoice, moveAttempt(last, "abandoned", { closedAt: by.at.business }))
    : invoice;
}

/** What a subscription's invoices say about it. */
export function standingOf(
  invoices: readonly Pick<Invoice, "state" | "dunning">[],
): "active" | "past_due" | "exhausted" {
  if (invoices.some((invoice) => invoice.state === "failed")) return "exhausted";
  const inDunning = invoices.some(
    (invoice) => invoice.state === "open" && invoice.dunning.firstDeclinedAt !== null,
  );
  return inDunning ? "past_due" : "active";
}

/** The subscription as its invoices' outcomes leave it; the same object where nothing changes. */
export function applyStanding(
  subscription: Subscription,
  standing: ReturnType<typeof standingOf>,
  finalState: "unpaid" | "canceled",
  by: By,
): Subscription {
  if (!BILLABLE_STATES.includes(subscription.state)) return subscription;
  if (standing === "exhausted") {
    return endSubscription(subscription, finalState, { ...by, reason: "last charge declined" });
  }
  // A trial that has not ended yet owes nothing, whatever its invoices say.
  const state: SubscriptionState = subscription.state === "trialing" ? "trialing" : standing;
  if (state === subscription.state) return subscription;
  return moveSubscription(subscription, state, {
    ...by,
    reason: state === "past_due" ? "a charge was declined" : "everything owed is paid",
  });
}
