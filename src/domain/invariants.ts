/** What must be true of a document whatever happened to it. Pure: each says what is wrong, or null. */
import { BLOCKING_STATES } from "./charge-attempt.ts";
import { periodStartOn } from "./calendar.ts";
import type { Invoice } from "./invoice.ts";
import type { Subscription } from "./subscription.ts";

/** What is wrong with an invoice, in one sentence; null where nothing is. */
export function brokenInvariantOf(invoice: Invoice): string | null {
  return brokenAttempts(invoice) ?? brokenState(invoice) ?? brokenRefunds(invoice);
}

function brokenAttempts(invoice: Invoice): string | null {
  const { attempts } = invoice;
  if (attempts.filter((one) => one.state === "approved").length > 1) {
    return "two attempts are approved";
  }
  if (attempts.filter((one) => BLOCKING_STATES.includes(one.state)).length > 1) {
    return "two attempts are open at once";
  }
  if (attempts.some((one, index) => one.number !== index + 1)) return "an attempt is missing";
  if (new Set(attempts.map((one) => one.orderNumber)).size !== attempts.length) {
    return "an order number was used twice";
  }
  return attempts.some((one) => one.state === "approved" && one.transaction === null)
    ? "an approved attempt has no transaction"
    : null;
}

function brokenState(invoice: Invoice): string | null {
  const approved = invoice.attempts.find((one) => one.state === "approved");
  if (invoice.state === "paid" && approved === undefined) return "it is paid without an approval";
  if (invoice.state !== "paid" && approved !== undefined) {
    return `it is ${invoice.state} and an attempt is approved`;
  }
  if (!Number.isInteger(invoice.amount) || invoice.amount < 1) return "its amount is not won";
  const inFlight = invoice.step === "call" || invoice.step === "ask";
  if (inFlight && invoice.claim === null) return `its step is ${invoice.step} without a claim`;
  if (invoice.step === "charge" && invoice.state !== "open")
    return "it is closed and to be charged";
  return null;
}

function brokenRefunds(invoice: Invoice): string | null {
  const { capturedAmount, refundable } = invoice;
  const taken = invoice.refunds
    .filter((one) => !one.surplus && one.state !== "failed")
    .reduce((sum, one) => sum + one.amount, 0);
  if (refundable < 0) return "more is reserved for refunds than was captured";
  return capturedAmount === refundable + taken
    ? null
    : `captured ${capturedAmount}, but ${refundable} refundable and ${taken} refunded or reserved`;
}

/** What is wrong where the next period is to follow the newest invoice; null where nothing is. */
export function brokenSuccession(
  subscription: Pick<Subscription, "schedule" | "nextPeriod">,
  previous: Pick<Invoice, "periodNumber" | "periodEndOn"> | null,
): string | null {
  const { nextPeriod, schedule } = subscription;
  if (nextPeriod === 0) return null;
  if (previous === null) return `period ${nextPeriod - 1} has no invoice`;
  return previous.periodEndOn === periodStartOn(schedule, nextPeriod)
    ? null
    : `period ${nextPeriod - 1} ends on ${previous.periodEndOn}, period ${nextPeriod} begins on ${periodStartOn(schedule, nextPeriod)}`;
}
