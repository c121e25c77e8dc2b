/** Approvals that turn up after their attempt was closed: pure rules. */
import { type FoundTransaction, refundSurplus, toTransaction } from "./ask-rules.ts";
import { type ChargeAttempt, moveAttempt } from "./charge-attempt.ts";
import type { ChargePolicy, Recording } from "./charge-policy.ts";
import { type Invoice, isInFlight } from "./invoice.ts";
import type { GatewayTransaction } from "./outcome.ts";
import { holdInvoice, settlePaid, withRecheck } from "./settle-rules.ts";

/**
 * An approval that turned up after its attempt was closed: adopted where the invoice is still
 * unpaid and nothing is in flight, given back where it is not. Null: it must wait.
 */
export function recordLateApproval(
  invoice: Invoice,
  late: { orderNumber: string; transaction: FoundTransaction },
  recording: Recording,
): Invoice | null {
  const attempt = invoice.attempts.find((one) => one.orderNumber === late.orderNumber);
  if (attempt === undefined || isInFlight(invoice)) return null;
  if (isKnownTransaction(invoice, late.transaction.id)) return invoice;
  const canAdopt = invoice.state === "open" || invoice.state === "failed";
  if (!canAdopt || late.transaction.refunded) {
    // Kept as declined or absent: only one attempt may be the one that paid.
    return late.transaction.refunded
      ? stopRechecking(invoice, attempt)
      : refundSurplus(stopRechecking(invoice, attempt), attempt, late.transaction, recording);
  }
  if (late.transaction.amount !== attempt.amount) {
    // Another amount under our number: no rule of ours may decide that.
    return holdInvoice(stopRechecking(invoice, attempt), "amount_mismatch", recording);
  }
  const corrected = moveAttempt(attempt, "approved", {
    transaction: toTransaction(late.transaction),
    recheckAt: null,
  });
  // A number that never left is given up before another attempt is taken as the one that paid.
  const attempts = invoice.attempts.map((one) => {
    if (one.number === attempt.number) return corrected;
    return one.state === "not_sent"
      ? moveAttempt(one, "abandoned", { closedAt: recording.at.business })
      : one;
  });
  return settlePaid({ ...invoice, attempts }, corrected, recording);
}

function isKnownTransaction(invoice: Invoice, transactionId: string): boolean {
  return (
    invoice.attempts.some((attempt) => attempt.transaction?.id === transactionId) ||
    invoice.refunds.some((refund) => refund.transactionId === transactionId)
  );
}

/**
 * A closed attempt was looked for again and nothing was there: next look, or no more. One that is
 * not looked for any more stays so.
 */
export function recordRecheck(
  invoice: Invoice,
  orderNumber: string,
  policy: Pick<ChargePolicy, "recheckDelaysMs">,
): Invoice {
  const attempts = invoice.attempts.map((attempt) => {
    if (attempt.orderNumber !== orderNumber || attempt.recheckAt === null) return attempt;
    const rechecks = attempt.rechecks + 1;
    const delayMs = policy.recheckDelaysMs[rechecks];
    const recheckAt =
      delayMs === undefined || attempt.closedAt === null
        ? null
        : new Date(attempt.closedAt.getTime() + delayMs);
    return { ...attempt, rechecks, recheckAt };
  });
  return withRecheck({ ...invoice, attempts });
}

function stopRechecking(invoice: Invoice, attempt: ChargeAttempt): Invoice {
  const attempts = invoice.attempts.map((one) =>
    one.number === attempt.number ? { ...one, recheckAt: null } : one,
  );
  return withRecheck({ ...invoice, attempts });
}

/** Evidence of this kind is an approval that a worker held when its claim was not its own any more. */
export const LATE_ANSWER = "late_answer";

/**
 * Keeps an approval that came too late to be written as an outcome, and has it looked at soon. Null
 * where the transaction is known already.
 */
export function keepLateAnswer(
  invoice: Invoice,
  late: { orderNumber: string; transaction: GatewayTransaction },
  businessNow: Date,
): Invoice | null {
  if (isKnownTransaction(invoice, late.transaction.id)) return null;
  const value = JSON.stringify(late.transaction);
  const attempts = invoice.attempts.map((attempt) => {
    const known = attempt.evidence.some((one) => one.value === value);
    if (attempt.orderNumber !== late.orderNumber || known) return attempt;
    const evidence = [...attempt.evidence, { kind: LATE_ANSWER, value }];
    return { ...attempt, evidence, recheckAt: businessNow };
  });
  const changed = attempts.some((attempt, index) => attempt !== invoice.attempts[index]);
  return changed ? withRecheck({ ...invoice, attempts }) : null;
}

/** Approvals that were kept for an attempt and have not been applied. */
export function lateAnswersOf(attempt: ChargeAttempt): FoundTransaction[] {
  return attempt.evidence
    .filter((one) => one.kind === LATE_ANSWER)
    .map((one) => {
      const kept: GatewayTransaction = JSON.parse(one.value);
      return {
        ...kept,
        approvedAt: new Date(kept.approvedAt),
        amount: attempt.amount,
        refunded: false,
      };
    });
}
