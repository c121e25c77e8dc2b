/**
 * What reconciliation makes of an unknown charge: pure rules, in the manner of outcome-rules.ts.
 */
import { backoffMs } from "./backoff.ts";
import type { ChargeAttempt } from "./charge-attempt.ts";
import type { ChargePolicy, Recording } from "./charge-policy.ts";
import { BrokenInvariantError } from "./errors.ts";
import { recordOutcome } from "./outcome-rules.ts";
import {
  NEVER_ARRIVED,
  STOPPED,
  WINDOW_EXPIRED,
  approve,
  canSendAgain,
  closeAttempt,
  failInvoice,
  reserveRefund,
  voidInvoice,
  withRecheck,
} from "./settle-rules.ts";
import { withEvent } from "./events.ts";
import { type Invoice, eventData, lastAttempt, withLastAttempt } from "./invoice.ts";
import type { ChargeOutcome, GatewayTransaction } from "./outcome.ts";
import { newRefund } from "./refund.ts";

/** An approval as the gateway lists it. */
export type FoundTransaction = GatewayTransaction & {
  amount: number;
  refunded: boolean;
  /** Won given back of it; absent where the gateway does not show it: then all of it. */
  refundedAmount?: number;
};

export type Reading =
  | { kind: "found"; transactions: readonly FoundTransaction[] }
  | { kind: "not_found" }
  | { kind: "failed"; reason: string };

/** Whether the token's charge is still the one being asked about, and not by a person. */
function isAsking(invoice: Invoice, token: string): boolean {
  return (
    invoice.step === "ask" &&
    invoice.held === null &&
    invoice.claim?.kind === "charge" &&
    invoice.claim.token === token
  );
}

/** Applies what the gateway said when asked. Null: the question is settled already. */
export function recordReading(
  invoice: Invoice,
  asked: { token: string; reading: Reading },
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (!isAsking(invoice, asked.token) || attempt === undefined) return null;
  const counted = withLastAttempt(invoice, { ...attempt, lookUps: attempt.lookUps + 1 });
  switch (asked.reading.kind) {
    case "found":
      return recordFound(counted, asked.reading.transactions, recording);
    case "not_found":
      return recordMissing(counted, policy, recording);
    case "failed":
      return askAgain(counted, policy, recording);
  }
}

/** Applies an answer that was kept unread and could be read later. */
export function recordReadEvidence(
  invoice: Invoice,
  read: { token: string; outcome: ChargeOutcome },
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  if (!isAsking(invoice, read.token)) return null;
  if (read.outcome.kind !== "approved" && read.outcome.kind !== "declined") return null;
  return recordOutcome(invoice, read, policy, recording);
}

function recordFound(
  invoice: Invoice,
  transactions: readonly FoundTransaction[],
  recording: Recording,
): Invoice | null {
  // The one that still holds the money pays the invoice; one given back already cannot.
  const first = transactions.find((found) => !found.refunded) ?? transactions[0];
  const attempt = lastAttempt(invoice);
  if (first === undefined || attempt === undefined) return null;
  if (transactions.some((found) => found.amount !== attempt.amount)) {
    // Somebody charged another amount under our number: no rule of ours may decide that.
    return withEvent<Invoice>(
      { ...invoice, held: "amount_mismatch", nextActionAt: farAhead(recording) },
      {
        type: "invoice.held",
        at: recording.at,
        actor: recording.actor,
        reason: "amount_mismatch",
        data: { ...eventData(invoice), orderNumber: attempt.orderNumber },
      },
    );
  }
  const paid = approve(invoice, toTransaction(first), recording);
  if (paid === null) return null;
  const settled = first.refunded ? noteForeignRefund(paid, first, recording) : paid;
  return transactions
    .filter((other) => other !== first && !other.refunded)
    .reduce((next, other) => refundSurplus(next, attempt, other, recording), settled);
}

function recordMissing(
  invoice: Invoice,
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  if (!mayCountMissing(attempt, policy, recording.at.operational)) {
    return askAgain(invoice, policy, recording);
  }
  const missingReads = attempt.missingReads + 1;
  if (missingReads < 2) {
    return askAgain(withLastAttempt(invoice, { ...attempt, missingReads }), policy, recording);
  }
  return closeAbsent(withLastAttempt(invoice, { ...attempt, missingReads }), policy, recording);
}

/**
 * "Not there" counts only when nothing can arrive any more: the worker said that its call ended or
 * its credential is past its end, and the settle delay has passed since the claim and since then. A
 * worker that froze may send long after its claim, and the gateway's list lags behind the sending.
 */
export function mayCountMissing(
  attempt: ChargeAttempt,
  policy: Pick<ChargePolicy, "settleDelayMs">,
  now: Date,
): boolean {
  const lastSend = attempt.callEndedAt ?? attempt.credentialEndsAt;
  const countsFrom = Math.max(attempt.claimedAt.getTime(), lastSend.getTime());
  return now.getTime() >= countsFrom + policy.settleDelayMs;
}

/** The attempt never reached the gateway: its number is never sent again, a new attempt may follow. */
export function closeAbsent(invoice: Invoice, policy: ChargePolicy, recording: Recording): Invoice {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined)
    throw new BrokenInvariantError(`invoice ${invoice.id} has no attempt to close`);
  const absent = closeAttempt(attempt, "absent", policy, recording.at);
  const closed = withEvent<Invoice>(
    withRecheck({
      ...withLastAttempt(invoice, absent),
      step: "charge",
      held: null,
      claim: null,
      nextActionAt: recording.at.operational,
    }),
    {
      type: "charge_attempt.absent",
      at: recording.at,
      actor: recording.actor,
      reason: attempt.reason ?? "not found",
      data: { ...eventData(invoice), orderNumber: attempt.orderNumber },
    },
  );
  if (invoice.stop) return voidInvoice(closed, recording, "canceled");
  if (canSendAgain(invoice)) return closed;
  return failInvoice(closed, recording, invoice.window === null ? NEVER_ARRIVED : WINDOW_EXPIRED);
}

function askAgain(invoice: Invoice, policy: ChargePolicy, recording: Recording): Invoice {
  const lookUps = lastAttempt(invoice)?.lookUps ?? 1;
  const delayMs = backoffMs(policy.lookUpBackoff, lookUps + 1, recording.random);
  return { ...invoice, nextActionAt: new Date(recording.at.operational.getTime() + delayMs) };
}

/** An approval beyond the one that counts goes back whole. */
export function refundSurplus(
  invoice: Invoice,
  attempt: ChargeAttempt,
  transaction: FoundTransaction,
  recording: Recording,
): Invoice {
  const refund = newRefund({
    id: `${recording.refundId}-${invoice.refunds.length + 1}`,
    transactionId: transaction.id,
    orderNumber: attempt.orderNumber,
    amount: transaction.amount,
    surplus: true,
    reason: "approval beyond the one that was owed",
    ...(transaction.payMethod !== undefined && { payMethod: transaction.payMethod }),
    requestedAt: recording.at.business,
  });
  return withEvent<Invoice>(
    {
      ...invoice,
      refunds: [...invoice.refunds, refund],
      ...(invoice.step === "none"
        ? { step: "refund" as const, nextActionAt: recording.at.operational }
        : {}),
    },
    {
      type: "charge_attempt.surplus_found",
      at: recording.at,
      actor: recording.actor,
      reason: "refunded",
      data: { ...eventData(invoice), orderNumber: attempt.orderNumber, refundId: refund.id },
    },
  );
}

/** The gateway shows the approval as given back already (a console, or a sandbox's evening). */
function noteForeignRefund(
  invoice: Invoice,
  transaction: FoundTransaction,
  recording: Recording,
): Invoice {
  // What a cancel has reserved of it for a refund of ours is gone already.
  const amount = Math.min(transaction.refundedAmount ?? Infinity, invoice.capturedAmount);
  const left = invoice.capturedAmount - amount;
  const refund = newRefund({
    id: `${recording.refundId}-x`,
    transactionId: transaction.id,
    orderNumber: lastAttempt(invoice)?.orderNumber ?? "",
    amount,
    surplus: false,
    reason: "refunded at the gateway",
    requestedAt: recording.at.business,
  });
  const noted = withEvent<Invoice>(
    {
      ...invoice,
      step: "none",
      refundable: left,
      refunds: [
        ...invoice.refunds.filter((one) => one.state !== "queued"),
        { ...refund, state: "done", refundedAt: recording.at.business },
      ],
    },
    {
      type: "refund.completed",
      at: recording.at,
      actor: recording.actor,
      reason: "refunded at the gateway",
      data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
    },
  );
  if (!invoice.stop || left === 0) return noted;
  const rest = { id: `${recording.refundId}-y`, amount: left, reason: STOPPED };
  return reserveRefund(noted, { ...rest, at: recording.at, actor: recording.actor });
}

export function toTransaction(found: FoundTransaction): GatewayTransaction {
  const {
    amount: _amount,
    refunded: _refunded,
    refundedAmount: _refundedAmount,
    ...transaction
  } = found;
  return transaction;
}

/** Practically never: a person decides first. */
function farAhead(recording: Recording): Date {
  return new Date(recording.at.operational.getTime() + 365 * 86_400_000);
}
