/**
 * Why a billing period, or a one-off payment, is charged, not charged or not yet known; and what
 * happens next. Pure rules: they read documents and two times, and decide nothing about money.
 */
import type { AccountPause } from "./account-pause.ts";
import { type BillingSchedule, dayOf, monthOf, periodDueAt, periodStartOn } from "./calendar.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { Instants } from "./events.ts";
import type { Invoice } from "./invoice.ts";
import type { Subscription } from "./subscription.ts";
import { findEnded } from "./why-ended.ts";
import { findMoney } from "./why-money.ts";
import { findOpen } from "./why-open.ts";
import { findUnopened } from "./why-unopened.ts";
import { type Changer, type Claim, type Finding, WHY_REASONS } from "./why-reason.ts";

export interface ExplainedPeriod {
  number: number;
  startOn: string;
  /** First day of the next period. */
  endOn: string;
  dueAt: Date;
}

/** The answer to "why", before it is put into words. */
export interface Explanation extends Finding {
  subscriptionId: string | null;
  invoiceId: string | null;
  /** Null where the day asked about lies in no period, and for a one-off payment. */
  period: ExplainedPeriod | null;
  /** Won that are, were or will be charged. */
  amount: number;
  claim: Claim;
  whoCanChange: readonly Changer[];
  /** The evidence. */
  attempts: readonly ChargeAttempt[];
  zone: string;
  /** Business time of the answer. */
  asOf: Date;
}

/** Which period is asked about: by a day that it covers, or by its number. */
export type AskedPeriod = { on: string } | { number: number };

/** Explains the period of a subscription that is asked about. Any day has exactly one answer. */
export function explainPeriod(
  subscription: Subscription,
  invoices: readonly Invoice[],
  asked: AskedPeriod & { at: Instants; pause?: AccountPause | null },
): Explanation {
  const { at, pause = null } = asked;
  const { schedule } = subscription;
  const number = "number" in asked ? asked.number : periodNumberOn(schedule, asked.on);
  const invoice = invoices.find((one) => one.periodNumber === number);
  if (invoice !== undefined) return explainInvoice(invoice, { subscription, at, pause });
  const period = number === null ? null : periodOf(subscription, number);
  return complete(findUnopened(subscription, period, at), {
    subscriptionId: subscription.id,
    invoiceId: null,
    period,
    amount: subscription.amount,
    attempts: [],
    zone: schedule.zone,
    asOf: at.business,
  });
}

/**
 * Explains an invoice: of a period with its subscription, of a one-off payment with a zone; with what
 * stops the charges of its account.
 */
export function explainInvoice(
  invoice: Invoice,
  context: { at: Instants; pause?: AccountPause | null } & (
    | { subscription: Subscription }
    | { zone: string }
  ),
): Explanation {
  const subscription = "subscription" in context ? context.subscription : null;
  const zone = "zone" in context ? context.zone : context.subscription.schedule.zone;
  const finding =
    findBroken(invoice) ??
    findMoney(invoice, { subscription, zone, at: context.at }) ??
    (invoice.state === "open"
      ? findOpen(invoice, subscription, { at: context.at, pause: context.pause ?? null })
      : findEnded(invoice, subscription));
  return complete(finding, {
    subscriptionId: invoice.subscriptionId,
    invoiceId: invoice.id,
    period: periodOfInvoice(invoice, subscription),
    amount: invoice.amount,
    attempts: invoice.attempts,
    zone,
    asOf: context.at.business,
  });
}

/** Nothing that a document says about money is to be believed while it contradicts itself. */
function findBroken(invoice: Invoice): Finding | null {
  if (invoice.held !== "broken") return null;
  const at = invoice.attempts.at(-1)?.initiatedAt ?? invoice.dueAt;
  return { reason: "held_broken", at, next: { what: "decision", at: null } };
}

type Rest = Omit<Explanation, keyof Finding | "claim" | "whoCanChange">;

function complete(finding: Finding, rest: Rest): Explanation {
  const { claim, whoCanChange } = WHY_REASONS[finding.reason];
  return { ...rest, ...finding, claim, whoCanChange };
}

function periodOf(subscription: Subscription, number: number): ExplainedPeriod {
  const { schedule, nextPeriod, nextPeriodAt } = subscription;
  const isNext = number === nextPeriod && nextPeriodAt !== null;
  return {
    number,
    startOn: periodStartOn(schedule, number),
    endOn: periodStartOn(schedule, number + 1),
    dueAt: isNext ? nextPeriodAt : periodDueAt(schedule, number),
  };
}

function periodOfInvoice(
  invoice: Invoice,
  subscription: Subscription | null,
): ExplainedPeriod | null {
  const { periodNumber, periodStartOn: startOn, periodEndOn: endOn } = invoice;
  if (periodNumber === null || startOn === null || endOn === null) return null;
  const dueAt = subscription === null ? invoice.dueAt : firstDueAt(invoice, subscription);
  return { number: periodNumber, startOn, endOn, dueAt };
}

/** When it first fell due: a declined charge moves the invoice's own instant on to its next try. */
function firstDueAt(invoice: Invoice, subscription: Subscription): Date {
  const { schedule, createdAt } = subscription;
  if (!invoice.attempts.some((attempt) => attempt.decline !== null)) return invoice.dueAt;
  const scheduled = periodDueAt(schedule, invoice.periodNumber ?? 0);
  const beganAtOnce = dayOf(createdAt, schedule.zone) === invoice.periodStartOn;
  return beganAtOnce && createdAt > scheduled ? createdAt : scheduled;
}

/** The period that covers a day; null before the first one. */
export function periodNumberOn(schedule: BillingSchedule, on: string): number | null {
  if (on < schedule.firstPeriodOn) return null;
  const secondOn = periodStartOn(schedule, 1);
  if (on < secondOn) return 0;
  // From the second period on each calendar month has one beginning.
  const number = monthOf(on) - monthOf(secondOn) + 1;
  return periodStartOn(schedule, number) <= on ? number : number - 1;
}

/** The day on which somebody asks without naming one. */
export function todayOf(subscription: Subscription, at: Instants): string {
  return dayOf(at.business, subscription.schedule.zone);
}
