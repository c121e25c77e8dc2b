/** Which event leads to which message: pure rules over what stands in the database by then. */
import type { BillingKey } from "./billing-key.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import { LAST_CHARGE_DECLINED } from "./contract-rules.ts";
import { type DeclineKind, isDeclineCode } from "./decline.ts";
import type { OutboxEntry } from "./events.ts";
import { type Invoice, lastAttempt } from "./invoice.ts";
import {
  type Contact,
  type MessageDraft,
  type MessageFacts,
  type MessageSubject,
  NO_FACTS,
} from "./message.ts";
import { type Subscription, isBillable } from "./subscription.ts";

/** An event with its id, which is the same however often it is read. */
export type ToldEvent = Pick<OutboxEntry, "type" | "at" | "reason" | "data"> & {
  id: string;
  documentId: string;
  subscriptionId: string | null;
};

/** What an event is about, as it stands now. */
export interface About {
  invoice: Invoice | null;
  subscription: Subscription | null;
  /** The card of the invoice, else of the subscription. */
  key: BillingKey | null;
}

/** Where the customer is reached: the subscription's own address outranks that of the saved card. */
export function contactOf(
  subscription: Pick<Subscription, "customerEmail" | "customerPhone" | "locale"> | null,
  key: Pick<BillingKey, "customerEmail" | "customerPhone" | "locale"> | null,
): Contact {
  return {
    email: subscription?.customerEmail ?? key?.customerEmail ?? null,
    phone: subscription?.customerPhone ?? key?.customerPhone ?? null,
    language: subscription?.locale ?? key?.locale ?? "ko",
  };
}

/** Whether a subscription's customer can be told anything, on its own address or the saved card's. */
export function isReachable(...places: readonly Partial<Reachable>[]): boolean {
  return places.some(({ customerEmail, customerPhone }) => customerEmail || customerPhone);
}

interface Reachable {
  customerEmail: string | null;
  customerPhone: string | null;
}

/** What a customer is to be told of an event; null: nothing, or nothing any more. */
export function draftForCustomer(
  event: ToldEvent,
  about: About,
  ladderSteps: number,
): MessageDraft | null {
  switch (event.type) {
    case "invoice.paid":
    case "payment.paid":
      return about.invoice && receipt(event, about.invoice, about);
    case "charge_attempt.declined":
      return about.invoice && declined(event, about.invoice, about, ladderSteps);
    case "refund.completed":
      return about.invoice && refunded(event, about.invoice, about);
    case "subscription.unpaid":
    case "subscription.canceled":
      return about.subscription && ended(event, about.subscription, about);
    default:
      return null;
  }
}

/** What the operator is to be told of an event. */
export function draftForOperator(event: ToldEvent): MessageDraft | null {
  const facts = (about: string | null): MessageFacts => ({
    ...NO_FACTS,
    at: event.at,
    about,
    reason: event.reason,
  });
  const subject = { ...NO_SUBJECT, subscriptionId: event.subscriptionId };
  const stage = `${stageOf(event)}.operator`;
  switch (event.type) {
    case "webhook_endpoint.disabled": {
      const name = `${event.data["host"]} (${event.documentId})`;
      // Who disabled it by hand knows.
      const isAlarm = event.reason === "failing" || event.reason === "gone";
      return isAlarm ? { stage, kind: "webhook_disabled", subject, facts: facts(name) } : null;
    }
    case "account.paused": {
      const { gateway, account, queue } = event.data;
      const name = `${gateway}/${account} (${queue})`;
      return { stage, kind: "account_paused", subject, facts: facts(name) };
    }
    case "subscription.parked":
      return { stage, kind: "subscription_parked", subject, facts: facts(event.documentId) };
    default:
      return null;
  }
}

/** Of an event that has a stage of its own. */
function stageOf({ id }: ToldEvent): string {
  return id.replaceAll(/[^A-Za-z0-9_-]/g, ".");
}

const NO_SUBJECT: MessageSubject = {
  invoiceId: null,
  subscriptionId: null,
  billingKeyId: null,
  number: null,
};

function receipt(event: ToldEvent, invoice: Invoice, about: About): MessageDraft {
  const paidBy = invoice.attempts.find(({ state }) => state === "approved");
  return {
    stage: `${invoice.id}.receipt`,
    kind: "receipt",
    subject: subjectOf(invoice, paidBy),
    facts: {
      ...factsOf(invoice, about.key, event.at),
      amount: invoice.capturedAmount,
      orderNumber: paidBy?.orderNumber ?? null,
      cardName: about.key?.cardName ?? paidBy?.transaction?.cardName ?? null,
    },
  };
}

/** What is the shop's or the gateway's own matter. */
const NOT_THE_CUSTOMERS: readonly DeclineKind[] = ["merchant", "gateway"];

/** Only while nothing has happened since: a later attempt, a payment or an end has its own message. */
function declined(
  event: ToldEvent,
  invoice: Invoice,
  about: About,
  ladderSteps: number,
): MessageDraft | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined || attempt.orderNumber !== event.data["orderNumber"]) return null;
  const { decline } = attempt;
  if (attempt.state !== "declined" || decline === null) return null;
  if (!isAwaitingNextTry(invoice) || NOT_THE_CUSTOMERS.includes(decline.kind)) return null;
  return {
    stage: `${invoice.id}.declined-${attempt.number}`,
    kind: invoice.dunning.step >= ladderSteps ? "last_warning" : "payment_failed",
    subject: subjectOf(invoice, attempt),
    facts: {
      ...factsOf(invoice, about.key, event.at),
      dueAt: invoice.dueAt,
      declineCode: isDeclineCode(decline.code) ? decline.code : null,
    },
  };
}

function isAwaitingNextTry({ kind, state, step, held, stop }: Invoice): boolean {
  return kind === "period" && state === "open" && step === "charge" && held === null && !stop;
}

function refunded(event: ToldEvent, invoice: Invoice, about: About): MessageDraft | null {
  const refund = invoice.refunds.find(({ id }) => id === event.data["refundId"]);
  if (refund === undefined) return null;
  return {
    stage: `${invoice.id}.refund-${refund.id}`,
    kind: "refund",
    subject: subjectOf(invoice),
    facts: {
      ...factsOf(invoice, about.key, event.at),
      amount: refund.amount,
      orderNumber: refund.orderNumber,
    },
  };
}

function ended(event: ToldEvent, subscription: Subscription, about: About): MessageDraft {
  const isDeclined = event.type === "subscription.unpaid" || event.reason === LAST_CHARGE_DECLINED;
  return {
    stage: `${stageOf(event)}.ended`,
    kind: isDeclined ? "ended_declined" : "ended_canceled",
    subject: { ...NO_SUBJECT, subscriptionId: subscription.id },
    facts: {
      ...NO_FACTS,
      ...cardOf(about.key),
      at: event.at,
      customerName: subscription.customerName,
      productName: subscription.productName,
      amount: subscription.amount,
    },
  };
}

/** That a period's charge is coming up; null where none is. */
export function upcomingCharge(
  subscription: Subscription,
  key: BillingKey | null,
  now: Date,
): MessageDraft | null {
  const { nextPeriodAt, nextPeriod, id } = subscription;
  if (nextPeriodAt === null || nextPeriodAt <= now) return null;
  if (!isBillable(subscription) || subscription.cancelAtPeriodEnd) return null;
  return {
    stage: `${id}-p${nextPeriod}.upcoming`,
    kind: "upcoming_charge",
    subject: { ...NO_SUBJECT, subscriptionId: id, number: nextPeriod },
    facts: {
      ...NO_FACTS,
      ...cardOf(key),
      at: now,
      dueAt: nextPeriodAt,
      customerName: subscription.customerName,
      productName: subscription.productName,
      amount: subscription.amount,
    },
  };
}

/** That a saved card ends soon, for a subscription that is paid with it. */
export function cardExpiring(key: BillingKey, subscription: Subscription, now: Date): MessageDraft {
  return {
    stage: `${key.id}.expiring`,
    kind: "card_expiring",
    subject: { ...NO_SUBJECT, subscriptionId: subscription.id, billingKeyId: key.id },
    facts: {
      ...NO_FACTS,
      ...cardOf(key),
      at: now,
      customerName: subscription.customerName,
      productName: subscription.productName,
    },
  };
}

function subjectOf(invoice: Invoice, attempt?: ChargeAttempt): MessageSubject {
  return {
    ...NO_SUBJECT,
    invoiceId: invoice.id,
    subscriptionId: invoice.subscriptionId,
    number: attempt?.number ?? null,
  };
}

function factsOf(invoice: Invoice, key: BillingKey | null, at: Date): MessageFacts {
  return {
    ...NO_FACTS,
    ...cardOf(key),
    at,
    customerName: invoice.customerName,
    productName: invoice.productName,
    amount: invoice.amount,
    periodStartOn: invoice.periodStartOn,
    periodEndOn: invoice.periodEndOn,
  };
}

function cardOf(key: BillingKey | null): Pick<MessageFacts, "cardName" | "cardLastFour"> {
  if (key === null) return { cardName: null, cardLastFour: null };
  return { cardName: key.cardName, cardLastFour: key.maskedNumber.slice(-4) };
}

/** Whether a message does not hold any more. Money that moved is always told of. */
export function isStale(
  { kind, subject, facts }: { kind: string; subject: MessageSubject; facts: MessageFacts },
  now: { invoice: Invoice | null; subscription: Subscription | null; business: Date },
): boolean {
  const { invoice, subscription } = now;
  switch (kind) {
    case "payment_failed":
    case "last_warning":
      return (
        invoice === null ||
        !isAwaitingNextTry(invoice) ||
        lastAttempt(invoice)?.number !== subject.number ||
        // Due at another time than it says: the customer has acted already.
        invoice.dueAt.getTime() !== facts.dueAt?.getTime()
      );
    case "upcoming_charge":
      return (
        subscription === null ||
        !isBillable(subscription) ||
        subscription.cancelAtPeriodEnd ||
        subscription.nextPeriod !== subject.number ||
        facts.dueAt === null ||
        facts.dueAt <= now.business
      );
    case "card_expiring":
      return (
        subscription === null ||
        !isBillable(subscription) ||
        subscription.billingKeyId !== subject.billingKeyId
      );
    case "ended_declined":
    case "ended_canceled":
      return subscription === null || !["canceled", "unpaid"].includes(subscription.state);
    default:
      return false;
  }
}
