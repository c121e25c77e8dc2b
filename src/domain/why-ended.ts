/** Why an invoice has ended without money: pure rules. */
import { BILLABLE_STATES, type Subscription } from "./subscription.ts";
import { type Invoice, lastAttempt } from "./invoice.ts";
import type { EndedReason, Finding } from "./why-reason.ts";
import { renewalAfter } from "./why-unopened.ts";

/** The finding about an invoice that failed or was given up, and of which no money is held. */
export function findEnded(invoice: Invoice, subscription: Subscription | null): Finding {
  if (invoice.state === "failed") return findFailed(invoice);
  const next = renewalAfter(subscription, invoice.periodNumber);
  return (
    findEndedContract(invoice, subscription) ?? {
      reason: subscription !== null && wasOpenedLate(invoice) ? "waived" : "voided",
      at: invoice.dueAt,
      next,
    }
  );
}

function findFailed(invoice: Invoice): Finding {
  const attempt = invoice.attempts.findLast((one) => one.decline !== null);
  const decline = attempt?.decline ?? null;
  if (decline === null && invoice.kind === "payment") {
    return { reason: unsentReason(invoice), at: invoice.dueAt, next: null };
  }
  return {
    reason: failureOf(invoice, decline?.kind ?? null),
    at: attempt?.initiatedAt ?? invoice.dueAt,
    next: null,
    ...(decline === null ? {} : { declineCode: decline.code }),
  };
}

/** Why a payment failed that nobody declined. */
function unsentReason({ window, attempts }: Invoice): EndedReason {
  if (window === null) return "payment_never_arrived";
  if (window.opened === null && window.failure !== null) return "window_refused";
  const wasSent = attempts.some((one) => one.state === "abandoned");
  return wasSent ? "payment_never_arrived" : "window_expired";
}

function failureOf(invoice: Invoice, kind: string | null): EndedReason {
  if (invoice.kind === "payment") return "payment_declined";
  return kind === "hard" || kind === "customer" ? "declined_for_good" : "ladder_used_up";
}

/**
 * An invoice that follows, or has yet to follow, the end of its contract. One that was given up
 * before the contract ended keeps an older version, and is not meant.
 */
export function findEndedContract(
  invoice: Invoice,
  subscription: Subscription | null,
): Finding | null {
  if (subscription === null || BILLABLE_STATES.includes(subscription.state)) return null;
  const gaveUpEarlier = invoice.state === "void" && invoice.version !== subscription.version;
  if (gaveUpEarlier && wasOpenedLate(invoice)) return null;
  const { canceledAt, cancelReason } = subscription;
  const at = lastAttempt(invoice)?.initiatedAt ?? invoice.dueAt;
  if (subscription.state === "paused") {
    return { reason: "voided_by_pause", at, next: { what: "decision", at: null } };
  }
  if (subscription.state === "unpaid") return { reason: "voided_by_unpaid", at, next: null };
  return {
    reason: "voided_by_cancel",
    at,
    next: null,
    ...(canceledAt === null ? {} : { otherAt: canceledAt }),
    ...(cancelReason === null ? {} : { note: cancelReason }),
  };
}

/** Found a whole period late, and so put before a person. */
function wasOpenedLate(invoice: Invoice): boolean {
  const { periodEndOn, createdAt, attempts } = invoice;
  return (
    periodEndOn !== null &&
    attempts.length === 0 &&
    createdAt.getTime() - invoice.dueAt.getTime() >= LATE_MS
  );
}

/** The shortest period there is, less a day for zones: a cycle day to the next one in February. */
const LATE_MS = 27 * 86_400_000;
