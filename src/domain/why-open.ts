/** Why an open invoice is not charged, or not yet known to be: pure rules. */
import type { AccountPause } from "./account-pause.ts";
import type { Decline } from "./decline.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { Instants } from "./events.ts";
import { type HoldReason, type Invoice, isInFlight, lastAttempt } from "./invoice.ts";
import type { Subscription } from "./subscription.ts";
import { findEndedContract } from "./why-ended.ts";
import type { Finding, NextStep, OpenReason } from "./why-reason.ts";

/** A question older than this, in operational milliseconds, is one for a person. */
export const LONG_UNKNOWN_MS = 3_600_000;

/** The finding about an open invoice that holds no money. */
export function findOpen(
  invoice: Invoice,
  subscription: Subscription | null,
  { at, pause }: { at: Instants; pause: AccountPause | null },
): Finding {
  if (isInFlight(invoice)) return findInFlight(invoice, at);
  const { held, dueAt } = invoice;
  if (held !== null) return { reason: HELD[held], at: dueAt, next: decision };
  const ended = findEndedContract(invoice, subscription);
  if (ended !== null) return ended;
  const parkedFor = subscription?.parked ?? null;
  if (parkedFor !== null) return { reason: "parked", at: dueAt, next: decision, note: parkedFor };
  return findStopped(invoice, pause, at) ?? findWaiting(invoice, at);
}

/** It is due, and its account lets nothing out. */
function findStopped(invoice: Invoice, pause: AccountPause | null, at: Instants): Finding | null {
  if (pause?.pausedUntil == null || invoice.dueAt > at.business) return null;
  const next: NextStep = { what: "charge", at: toBusiness(pause.pausedUntil, at) };
  return { reason: "account_stopped", at: invoice.dueAt, next, declineCode: pause.code };
}

const decision: NextStep = { what: "decision", at: null };

const HELD: Readonly<Record<HoldReason, OpenReason | "held_refund_unknown">> = {
  late: "held_late",
  too_many_attempts: "held_too_many_attempts",
  amount_mismatch: "held_amount_mismatch",
  refund_unknown: "held_refund_unknown",
  parked: "held_parked",
  broken: "held_broken",
};

/** A worker is at it, or nobody knows what came of it. */
function findInFlight(invoice: Invoice, at: Instants): Finding {
  const attempt = lastAttempt(invoice);
  const sentAt = attempt?.initiatedAt ?? invoice.dueAt;
  if (invoice.held === "amount_mismatch") {
    return { reason: "held_amount_mismatch", at: sentAt, next: decision };
  }
  const lookUp: NextStep = { what: "look_up", at: toBusiness(invoice.nextActionAt, at) };
  if (invoice.stop) return { reason: "canceled_in_flight", at: sentAt, next: lookUp };
  if (invoice.step === "window") return findInWindow(invoice, at);
  if (invoice.step === "call") return { reason: "being_charged", at: sentAt, next: lookUp };
  if (attempt?.state === "pending") {
    return { reason: "pending_at_gateway", at: sentAt, next: lookUp };
  }
  const sinceMs = attempt?.unknownSince?.getTime() ?? at.operational.getTime();
  const isLong = at.operational.getTime() - sinceMs >= LONG_UNKNOWN_MS;
  return { reason: isLong ? "reply_lost_for_long" : "reply_lost", at: sentAt, next: lookUp };
}

/** The customer is at the gateway's payment window, or has a virtual account to pay into. */
function findInWindow(invoice: Invoice, at: Instants): Finding {
  const next: NextStep = { what: "end", at: toBusiness(invoice.nextActionAt, at) };
  const about = { at: invoice.createdAt, next };
  if (invoice.window?.virtualAccount != null) return { ...about, reason: "deposit_awaited" };
  return { ...about, reason: invoice.claim === null ? "in_window" : "in_gateway_window" };
}

/** Nobody is at it: it waits for its next charge. */
function findWaiting(invoice: Invoice, at: Instants): Finding {
  const last = invoice.attempts.findLast((attempt) => attempt.state !== "abandoned");
  const next: NextStep = { what: "charge", at: nextChargeAt(invoice, at) };
  const about = { at: last?.initiatedAt ?? invoice.dueAt, next };
  if (last?.state === "not_sent") {
    const isKey = last.reason?.startsWith("billing key") === true;
    return { ...about, reason: isKey ? "card_key_not_usable" : "out_of_reach" };
  }
  // Put off before anything was claimed: the gateway gave no token.
  if (invoice.deferrals > 0) return { ...about, at: invoice.dueAt, reason: "out_of_reach" };
  if (last?.state === "declined") return findDeclined(last, about);
  if (last?.state === "absent") return { ...about, reason: "never_arrived" };
  return { ...about, reason: invoice.dueAt > at.business ? "not_due_yet" : "due_now" };
}

function findDeclined(attempt: ChargeAttempt, about: Pick<Finding, "at" | "next">): Finding {
  const { decline } = attempt;
  return {
    ...about,
    reason: isBlameless(decline) ? "merchant_declined_will_retry" : "declined_will_retry",
    ...(decline === null ? {} : { declineCode: decline.code }),
  };
}

function isBlameless(decline: Decline | null): boolean {
  return decline?.kind === "merchant" || decline?.kind === "gateway";
}

/** A charge needs both times to have come. */
function nextChargeAt(invoice: Invoice, at: Instants): Date {
  const ready = toBusiness(invoice.nextActionAt, at);
  return invoice.dueAt > ready ? invoice.dueAt : ready;
}

/** An operational instant as business time: as far ahead of now as it is, and never in the past. */
export function toBusiness(operational: Date, at: Instants): Date {
  const aheadMs = Math.max(operational.getTime() - at.operational.getTime(), 0);
  return new Date(at.business.getTime() + aheadMs);
}
