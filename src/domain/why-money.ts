/** Why money of an invoice was taken, and how much of it is still held: pure rules. */
import { dayOf } from "./calendar.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { Instants } from "./events.ts";
import type { Invoice } from "./invoice.ts";
import { type Refund, type RefundState, mayHaveLeft } from "./refund.ts";
import type { Subscription } from "./subscription.ts";
import { toBusiness } from "./why-open.ts";
import type { Finding, NextStep, PaidReason, RefundReason } from "./why-reason.ts";
import { renewalAfter } from "./why-unopened.ts";

interface Context {
  subscription: Subscription | null;
  zone: string;
  at: Instants;
}

/** What of an invoice's money has come, is on its way back and is back. Won. */
interface Money {
  /** Came in and has not been given back for certain. */
  held: number;
  /** Of that, sent back with an outcome that is not known yet. */
  moving: number;
  /** Came in beyond what was owed, and is not back. */
  surplus: number;
}

/** The finding about an invoice with money behind it; null where none ever came. */
export function findMoney(invoice: Invoice, context: Context): Finding | null {
  const cameIn = invoice.state === "paid" || invoice.refunds.some((refund) => refund.surplus);
  if (!cameIn) return null;
  const money = moneyOf(invoice);
  if (invoice.held === "amount_mismatch") {
    const next: NextStep = { what: "decision", at: null };
    return { reason: "held_amount_mismatch", at: chargedAt(invoice), next };
  }
  if (money.held === 0) return findGivenBack(invoice, context);
  return findInDoubt(invoice, money, context) ?? findHeld(invoice, money, context);
}

function moneyOf(invoice: Invoice): Money {
  const sumOf = (isMeant: (refund: Refund) => boolean) =>
    invoice.refunds.filter(isMeant).reduce((sum, refund) => sum + refund.amount, 0);
  const surplusIn = sumOf((refund) => refund.surplus);
  const back = sumOf((refund) => refund.state === "done");
  return {
    held: invoice.capturedAmount + surplusIn - back,
    moving: sumOf(mayHaveLeft),
    surplus: sumOf((refund) => refund.surplus && refund.state !== "done"),
  };
}

/** Everything that came in is back. */
function findGivenBack(invoice: Invoice, context: Context): Finding {
  const last = invoice.refunds.findLast((refund) => refund.state === "done");
  return {
    reason: givenBackReason(invoice),
    at: chargedAt(invoice),
    next: renewalAfter(context.subscription, invoice.periodNumber),
    ...refundFacts(invoice, isIn("done")),
    ...(last?.refundedAt == null ? {} : { otherAt: last.refundedAt }),
  };
}

function givenBackReason(invoice: Invoice): RefundReason {
  if (invoice.state !== "paid") return "late_approval_refunded";
  return invoice.stop ? "canceled_in_flight_refunded" : "refunded_whole";
}

/** A refund was sent and nobody knows yet whether it arrived. */
function findInDoubt(invoice: Invoice, money: Money, { at }: Context): Finding | null {
  const refund = invoice.refunds.find(mayHaveLeft);
  if (refund === undefined) return null;
  const isWhole = money.held <= money.moving;
  const about = { at: chargedAt(invoice), ...refundFacts(invoice, mayHaveLeft) };
  const lookUp: NextStep = { what: "look_up", at: toBusiness(invoice.nextActionAt, at) };
  if (invoice.held === "refund_unknown") {
    const reason = isWhole ? "held_refund_unknown" : "held_part_refund_unknown";
    return { ...about, reason, next: { what: "decision", at: null } };
  }
  if (refund.state === "unknown") {
    const reason = isWhole ? "refund_unknown" : "part_refund_unknown";
    return { ...about, reason, next: lookUp };
  }
  return isWhole ? { ...about, reason: "refund_being_sent", next: lookUp } : null;
}

/** At least a part of the money stands with the merchant. */
function findHeld(invoice: Invoice, money: Money, context: Context): Finding {
  const waiting = invoice.refunds.filter((one) => one.state === "queued" || mayHaveLeft(one));
  const about = { at: chargedAt(invoice) };
  if (waiting.length > 0) {
    const { at } = context;
    return {
      ...about,
      reason: waitingReason(invoice, waiting),
      next: { what: "refund", at: toBusiness(invoice.nextActionAt, at) },
      ...refundFacts(invoice, isIn("queued", "initiated")),
    };
  }
  const next = renewalAfter(context.subscription, invoice.periodNumber);
  const last = invoice.refunds.at(-1);
  if (last?.state === "failed" || money.surplus > 0) {
    const decline = last?.decline ?? null;
    return {
      ...about,
      reason: "refund_refused",
      next: { what: "decision", at: null },
      ...refundFacts(invoice, isIn("failed")),
      ...(decline === null ? {} : { declineCode: decline.code }),
    };
  }
  const isPartBack = invoice.refunds.some((one) => one.state === "done" && !one.surplus);
  if (!isPartBack) return { ...about, reason: paidReason(invoice, context.zone), next };
  return { ...about, reason: "refunded_part", next, ...refundFacts(invoice, isIn("done")) };
}

function waitingReason(invoice: Invoice, waiting: readonly Refund[]): RefundReason {
  if (invoice.state !== "paid") return "late_approval_refunding";
  if (waiting.every((refund) => refund.surplus)) return "surplus_refunding";
  return invoice.stop ? "canceled_in_flight_refunding" : "refund_on_its_way";
}

function paidReason(invoice: Invoice, zone: string): PaidReason {
  const attempt = payingAttempt(invoice);
  if (attempt === undefined) return "paid";
  // An approval that came after its attempt was closed leaves the words of that closing behind.
  if (attempt.decline !== null || attempt.reason !== null) return "paid_adopted_late";
  const { periodEndOn } = invoice;
  if (periodEndOn !== null && dayOf(attempt.initiatedAt, zone) >= periodEndOn) {
    return "paid_a_period_late";
  }
  if (attempt.unknownSince !== null) return "paid_after_lost_reply";
  const earlier = invoice.attempts.filter((one) => one.number < attempt.number);
  if (earlier.some((one) => one.state === "declined")) return "paid_after_decline";
  return earlier.some((one) => one.state === "absent") ? "paid_under_new_number" : "paid";
}

function payingAttempt(invoice: Invoice): ChargeAttempt | undefined {
  return invoice.attempts.find((attempt) => attempt.state === "approved");
}

function chargedAt(invoice: Invoice): Date {
  const attempt = payingAttempt(invoice) ?? invoice.attempts.at(-1);
  return attempt?.transaction?.approvedAt ?? attempt?.initiatedAt ?? invoice.dueAt;
}

function isIn(...states: RefundState[]): (refund: Refund) => boolean {
  return ({ state }) => states.includes(state);
}

function refundFacts(
  invoice: Invoice,
  isMeant: (refund: Refund) => boolean,
): Pick<Finding, "refundAmount" | "note"> {
  const meant = invoice.refunds.filter(isMeant);
  const last = meant.at(-1);
  if (last === undefined) return {};
  const refundAmount = meant.reduce((sum, refund) => sum + refund.amount, 0);
  return { refundAmount, note: last.reason };
}
