/**
 * What a gateway's notice may do to an invoice (law 7): pure rules. A notice is a hint. Where the
 * gateway can be asked, it only says that now is the time to ask.
 */
import { recordCancellation } from "./cancellation-rules.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { Recording } from "./charge-policy.ts";
import { type Invoice, isInFlight, lastAttempt } from "./invoice.ts";
import { recordLateApproval } from "./late-rules.ts";
import {
  type InboxReason,
  type Judgement,
  type NoticeFacts,
  ask,
  change,
  flag,
  nothing,
  wait,
} from "./notice-judgement.ts";
import type { GatewayTransaction } from "./outcome.ts";
import { mayHaveLeft } from "./refund.ts";
import { approve } from "./settle-rules.ts";

export interface Judging {
  notice: NoticeFacts;
  /** Whether the gateway can be asked about a charge. */
  canAsk: boolean;
}

/** Decides about one notice that belongs to one of the invoice's order numbers. */
export function judgeNotice(
  invoice: Invoice,
  { notice, canAsk }: Judging,
  recording: Recording,
): Judgement {
  const attempt = invoice.attempts.find((one) => one.orderNumber === notice.orderNumber);
  if (attempt === undefined) return flag("unknown_order");
  if (notice.kind === "pending") return nothing("pending");
  const claimsAmount = notice.kind === "paid" && notice.amount !== null;
  if (claimsAmount && notice.amount !== attempt.amount) return flag("wrong_amount");
  // Our own answer is on its way: it comes first, and mostly says the same.
  if (invoice.step === "call") return wait("call_in_flight");
  if (invoice.held === "broken") return flag("contradicts");
  if (attempt.state === "not_sent" || attempt.state === "abandoned") return flag("never_sent");
  const found: Found = { invoice, attempt, notice, canAsk };
  switch (notice.kind) {
    case "paid":
      return judgePaid(found, recording);
    case "failed":
      return judgeFailed(found);
    case "canceled":
      return judgeCanceled(found, recording);
  }
}

interface Found extends Judging {
  invoice: Invoice;
  attempt: ChargeAttempt;
}

/** Whether the attempt is the one whose outcome nobody knows. */
function isAsked({ invoice, attempt }: Found): boolean {
  return (
    invoice.step === "ask" && invoice.claim?.kind === "charge" && lastAttempt(invoice) === attempt
  );
}

function judgePaid(found: Found, recording: Recording): Judgement {
  const { invoice, attempt, notice, canAsk } = found;
  const isKnown = isKnownTransaction(found);
  if (attempt.state === "approved") {
    if (isKnown || notice.transactionId === null) return nothing("already_known");
    if (canAsk) return ask("closed_charge");
    // In a window a customer can pay one order twice; a charge of ours is sent once.
    if (invoice.window === null) return flag("another_transaction");
  }
  if (isAsked(found)) {
    if (invoice.held !== null) return heldBack(invoice);
    if (canAsk) return ask("charge");
    return withProof({ notice, at: approvedAt(found, recording) }, (transaction) =>
      orWait(approve(invoice, transaction, recording), "charge_settled"),
    );
  }
  if (isInFlight(invoice)) return wait("call_in_flight");
  if (isKnown) return nothing("already_known");
  if (canAsk) return ask("closed_charge");
  // One surplus is given back by itself; a second one under the same number is more than odd.
  const hasSurplus = invoice.refunds.some((one) => one.orderNumber === attempt.orderNumber);
  if (hasSurplus) return flag("another_transaction");
  return withProof({ notice, at: approvedAt(found, recording) }, (transaction) => {
    const { orderNumber, amount } = attempt;
    const late = { orderNumber, transaction: { ...transaction, amount, refunded: false } };
    return orWait(recordLateApproval(invoice, late, recording), "late_approval");
  });
}

/** A notice that is believed without asking must say how much it is about, and what can be refunded. */
function withProof(
  { notice, at }: { notice: NoticeFacts; at: Date },
  record: (transaction: GatewayTransaction) => Judgement,
): Judgement {
  if (notice.amount === null) return flag("no_amount");
  if (notice.transactionId === null) return flag("no_transaction");
  const { transactionId: id, payMethod } = notice;
  return record({ id, approvedAt: at, ...(payMethod !== undefined && { payMethod }) });
}

/** A person's word comes first; what is only parked goes on one day. */
function heldBack({ held }: Invoice): Judgement {
  return held === "amount_mismatch" ? flag("contradicts") : wait("invoice_held");
}

function isKnownTransaction({ invoice, attempt, notice }: Found): boolean {
  const id = notice.transactionId;
  if (id === null) return false;
  return (
    attempt.transaction?.id === id || invoice.refunds.some((refund) => refund.transactionId === id)
  );
}

const DAY_MS = 86_400_000;

/** The notice's own time where it can be true, else now. */
function approvedAt({ attempt, notice }: Found, { at }: Recording): Date {
  const ms = notice.at?.getTime() ?? Number.NaN;
  const from = attempt.initiatedAt.getTime() - DAY_MS;
  const until = at.business.getTime() + DAY_MS;
  return ms >= from && ms <= until ? new Date(ms) : at.business;
}

/** It closes nothing: who says that a charge failed may be wrong, and it would be charged again. */
function judgeFailed(found: Found): Judgement {
  const { attempt, invoice, canAsk } = found;
  if (attempt.state === "approved") return flag("contradicts");
  if (attempt.state === "declined" || attempt.state === "absent") return nothing("already_known");
  // The customer may try again in the same window.
  if (invoice.step === "window") return nothing("declined_in_window");
  if (isAsked(found) && invoice.held === null && canAsk) return ask("charge");
  return flag("failure_not_proof");
}

function judgeCanceled(found: Found, recording: Recording): Judgement {
  const { invoice, attempt, notice, canAsk } = found;
  const own = invoice.refunds.filter((one) => one.orderNumber === attempt.orderNumber);
  if (isAsked(found)) {
    if (invoice.held !== null) return heldBack(invoice);
    // What was given back was charged before, but how much of it only its own notice says.
    return canAsk ? ask("charge") : wait("charge_unknown");
  }
  if (attempt.state !== "approved" && own.length === 0) {
    if (isInFlight(invoice)) return wait("call_in_flight");
    return canAsk ? ask("closed_charge") : flag("nothing_captured");
  }
  if (!canAsk) return recordCancellation(invoice, attempt, notice, recording);
  const ofSurplus = own.some((one) => one.surplus && one.transactionId === notice.transactionId);
  // The whole of a surplus goes back: it is asked for, or done, already.
  if (ofSurplus || attempt.state !== "approved") return nothing("own_refund");
  // Reconciliation finds out what became of ours first; what is left over then is not ours.
  return own.some(mayHaveLeft) ? wait("refund_unknown") : ask("refunds");
}

/** Null: something else of the invoice is in flight. */
function orWait(invoice: Invoice | null, reason: InboxReason): Judgement {
  return invoice === null ? wait("call_in_flight") : change(invoice, reason);
}
