/** How a change of the contract reaches open invoices, and how their outcomes reach the subscription. */
import { periodDueAt } from "./calendar.ts";
import { moveAttempt } from "./charge-attempt.ts";
import { voidInvoice } from "./settle-rules.ts";
import { type Cause, withEvent } from "./events.ts";
import { type Invoice, eventData, isInFlight, lastAttempt, withLastAttempt } from "./invoice.ts";
import {
  BILLABLE_STATES,
  type Contract,
  type Subscription,
  type SubscriptionState,
  endSubscription,
  moveSubscription,
} from "./subscription.ts";

/**
 * Brings an invoice up to the contract. In flight it is only marked: the call that is out comes
 * back first. Returns the same object where nothing is to be done.
 */
export function alignInvoice(invoice: Invoice, subscription: Contract, by: Cause): Invoice {
  // Somebody who finishes an older change must not undo what a newer one has brought here already.
  if (invoice.held === "broken" || subscription.version < invoice.version) return invoice;
  if (mustReopen(invoice, subscription)) return reopenInvoice(invoice, subscription, by);
  const upToDate = invoice.version === subscription.version;
  if (invoice.state !== "open" || (upToDate && !invoice.behind)) return invoice;
  const goesOn = BILLABLE_STATES.includes(subscription.state);
  if (isInFlight(invoice)) {
    const isMarked = upToDate && invoice.stop === !goesOn;
    return isMarked
      ? invoice
      : { ...invoice, behind: true, stop: !goesOn, version: subscription.version };
  }
  if (!goesOn) {
    const ended = voidInvoice(abandonUnsent(invoice, by), by, "canceled");
    return { ...ended, version: subscription.version };
  }
  return underContract(invoice, subscription, by);
}

/** The invoice on the present terms, held or let go, and due at once where the change says so. */
function underContract(invoice: Invoice, subscription: Contract, by: Cause): Invoice {
  const newCard = invoice.billingKeyId !== subscription.billingKeyId;
  const newTerms = newCard || invoice.amount !== subscription.amount;
  const aligned: Invoice = {
    ...(newTerms ? abandonUnsent(invoice, by) : invoice),
    behind: false,
    stop: false,
    version: subscription.version,
    amount: subscription.amount,
    billingKeyId: subscription.billingKeyId,
    gateway: subscription.gateway,
    account: subscription.account,
    held: heldBy(invoice, subscription),
  };
  const declined = invoice.dunning.firstDeclinedAt !== null;
  if (newCard && declined) return onNewCard(aligned, by);
  return subscription.payNow === invoice.id ? dueNow(aligned, by) : aligned;
}

function heldBy(invoice: Invoice, subscription: Contract): Invoice["held"] {
  if (subscription.parked !== null) return invoice.held ?? "parked";
  return invoice.held === "parked" ? null : invoice.held;
}

/** A declined invoice meets another card: it is tried at once, on a ladder of its own. */
function onNewCard(invoice: Invoice, by: Cause): Invoice {
  return dueNow({ ...invoice, dunning: { step: 0, firstDeclinedAt: by.at.business } }, by);
}

function dueNow(invoice: Invoice, by: Cause): Invoice {
  const { business, operational } = by.at;
  return {
    ...invoice,
    dueAt: invoice.dueAt < business ? invoice.dueAt : business,
    nextActionAt: operational,
    urgent: true,
  };
}

/** A failed invoice that the customer pays after all. */
function mustReopen(invoice: Invoice, subscription: Contract): boolean {
  return (
    invoice.state === "failed" &&
    subscription.payNow === invoice.id &&
    BILLABLE_STATES.includes(subscription.state)
  );
}

function reopenInvoice(invoice: Invoice, subscription: Contract, by: Cause): Invoice {
  const reopened = withEvent<Invoice>(
    { ...invoice, state: "open", step: "charge", followUp: false },
    {
      type: "invoice.payment_requested",
      ...by,
      before: invoice.state,
      after: "open",
      data: eventData(invoice),
    },
  );
  const aligned = underContract(reopened, subscription, by);
  return aligned.held === null ? dueNow(aligned, by) : aligned;
}

/** An attempt that never left is given up: it would be sent again with the old amount and card. */
function abandonUnsent(invoice: Invoice, by: Cause): Invoice {
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

/** Reason of an end that no contract change asked for. */
export const LAST_CHARGE_DECLINED = "last charge declined";

/** The subscription as its invoices' outcomes leave it; the same object where nothing changes. */
export function applyStanding(
  subscription: Subscription,
  standing: ReturnType<typeof standingOf>,
  finalState: "unpaid" | "canceled",
  by: Cause,
): Subscription {
  if (!BILLABLE_STATES.includes(subscription.state)) return subscription;
  // A failed invoice that is to be opened again has not been reached yet: it says nothing.
  if (subscription.aligning && subscription.payNow !== null) return subscription;
  if (standing === "exhausted") {
    return endSubscription(subscription, finalState, { ...by, reason: LAST_CHARGE_DECLINED });
  }
  // A trial that has not ended yet owes nothing, whatever its invoices say.
  const state: SubscriptionState = subscription.state === "trialing" ? "trialing" : standing;
  if (state === subscription.state) return subscription;
  const moved = moveSubscription(subscription, state, {
    ...by,
    reason: state === "past_due" ? "a charge was declined" : "everything owed is paid",
  });
  return state === "active" ? onwards(moved) : moved;
}

/** Once an unpaid subscription has paid, its periods are opened again. */
function onwards(subscription: Subscription): Subscription {
  return subscription.nextPeriodAt === null
    ? {
        ...subscription,
        nextPeriodAt: periodDueAt(subscription.schedule, subscription.nextPeriod),
        toNotice: subscription.reachable,
      }
    : subscription;
}
