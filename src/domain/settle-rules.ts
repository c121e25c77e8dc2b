/** How an invoice ends, and how money that came in is given back: pure rules. */
import { backoffMs } from "./backoff.ts";
import { type ChargeAttempt, moveAttempt } from "./charge-attempt.ts";
import type { ChargePolicy, Recording } from "./charge-policy.ts";
import { type Cause, type Instants, withEvent } from "./events.ts";
import type { IdempotencyMark } from "./idempotency.ts";
import { BrokenInvariantError } from "./errors.ts";
import { type Invoice, eventData, lastAttempt, nextRecheckAt, withLastAttempt } from "./invoice.ts";
import type { GatewayTransaction } from "./outcome.ts";
import { type Refund, newRefund } from "./refund.ts";

/** The newest attempt took the money. With a cancel behind it, the money goes straight back. */
export function approve(
  invoice: Invoice,
  transaction: GatewayTransaction,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  const approved = moveAttempt(attempt, "approved", {
    transaction,
    closedAt: recording.at.business,
    recheckAt: null,
    reason: null,
  });
  return settlePaid(withLastAttempt(invoice, approved), approved, recording);
}

/** Whether paying a period can change how its subscription stands: not where nothing was amiss. */
function changesStanding({ kind, state, dunning, attempts, followUp }: Invoice): boolean {
  const wasAmiss =
    followUp ||
    state !== "open" ||
    dunning.firstDeclinedAt !== null ||
    attempts.some((attempt) => attempt.state === "declined");
  return kind === "period" && wasAmiss;
}

/** Reason of a refund that a cancel asked for while the charge was in flight. */
export const STOPPED = "canceled while the charge was in flight";

/** The invoice is paid by an approved attempt of its own. */
export function settlePaid(
  invoice: Invoice,
  attempt: ChargeAttempt,
  recording: Recording,
): Invoice {
  const paid = withEvent<Invoice>(
    {
      ...invoice,
      state: "paid",
      step: "none",
      held: null,
      claim: null,
      followUp: changesStanding(invoice),
      capturedAmount: attempt.amount,
      refundable: attempt.amount,
      recheckAt: nextRecheckAt(invoice.attempts),
    },
    {
      type: invoice.kind === "period" ? "invoice.paid" : "payment.paid",
      at: recording.at,
      actor: recording.actor,
      before: invoice.state,
      after: "paid",
      data: { ...eventData(invoice), orderNumber: attempt.orderNumber },
    },
  );
  if (!invoice.stop) return paid;
  return reserveRefund(paid, {
    id: recording.refundId,
    amount: attempt.amount,
    reason: STOPPED,
    at: recording.at,
    actor: recording.actor,
  });
}

/** Reserves an amount for its way back, in the same write. The caller has checked that it is there. */
export function reserveRefund(
  invoice: Invoice,
  request: {
    id: string;
    amount: number;
    reason: string;
    idempotency?: IdempotencyMark;
  } & Cause,
): Invoice {
  const paidBy = invoice.attempts.find((attempt) => attempt.state === "approved");
  if (paidBy?.transaction == null || request.amount > invoice.refundable) {
    throw new BrokenInvariantError(
      `invoice ${invoice.id} has nothing like ${request.amount} won to give back`,
    );
  }
  const refund: Refund = newRefund({
    id: request.id,
    transactionId: paidBy.transaction.id,
    orderNumber: paidBy.orderNumber,
    amount: request.amount,
    surplus: false,
    reason: request.reason,
    requestedAt: request.at.business,
    ...(request.idempotency === undefined ? {} : { idempotency: request.idempotency }),
  });
  return withEvent<Invoice>(
    {
      ...invoice,
      refundable: invoice.refundable - request.amount,
      refunds: [...invoice.refunds, refund],
      ...(invoice.step === "none"
        ? { step: "refund" as const, nextActionAt: request.at.operational }
        : {}),
    },
    {
      type: "refund.requested",
      at: request.at,
      actor: request.actor,
      by: request.by ?? null,
      reason: request.reason,
      data: { ...eventData(invoice), refundId: refund.id, refundAmount: request.amount },
    },
  );
}

/** Closes an attempt and notes when it is looked for once more. */
export function closeAttempt(
  attempt: ChargeAttempt,
  to: "declined" | "absent",
  policy: Pick<ChargePolicy, "recheckDelaysMs">,
  at: Instants,
): ChargeAttempt {
  const firstDelayMs = policy.recheckDelaysMs[0];
  return moveAttempt(attempt, to, {
    closedAt: at.business,
    recheckAt: firstDelayMs === undefined ? null : new Date(at.business.getTime() + firstDelayMs),
  });
}

/** The invoice with its next second look brought up to date. */
export function withRecheck(invoice: Invoice): Invoice {
  return { ...invoice, recheckAt: nextRecheckAt(invoice.attempts) };
}

/** Ends an invoice that is not to be charged any more. */
export function voidInvoice(invoice: Invoice, by: Cause, reason: string): Invoice {
  return close(invoice, "void", { ...by, reason });
}

/** Reason of a payment whose card reached no gateway. */
export const NEVER_ARRIVED = "never arrived";

/** Reason of a payment that nobody finished in its window. */
export const WINDOW_EXPIRED = "window_expired";

/** Whether what it is paid with is still at hand: a card or a wallet is there for one call only. */
export function canSendAgain(invoice: Invoice): boolean {
  return invoice.paidWith === "billing_key";
}

/** Ends an invoice whose charge was finally declined. */
export function failInvoice(invoice: Invoice, by: Cause, reason: string): Invoice {
  return { ...close(invoice, "failed", { ...by, reason }), followUp: invoice.kind === "period" };
}

function close(
  invoice: Invoice,
  state: "void" | "failed",
  by: Cause & { reason: string },
): Invoice {
  const noun = invoice.kind === "period" ? "invoice" : "payment";
  return withEvent<Invoice>(
    { ...invoice, state, step: "none", held: null, claim: null, behind: false, followUp: false },
    {
      type: `${noun}.${state === "void" ? "voided" : "failed"}`,
      ...by,
      before: invoice.state,
      after: state,
      data: eventData(invoice),
    },
  );
}

/** Stops an invoice until a person decides. */
export function holdInvoice(
  invoice: Invoice,
  held: NonNullable<Invoice["held"]>,
  by: Cause,
): Invoice {
  return withEvent<Invoice>(
    { ...invoice, step: "none", held, claim: null },
    {
      type: "invoice.held",
      ...by,
      reason: held,
      data: eventData(invoice),
    },
  );
}

/** Puts a charge or refund off because the gateway could not be reached before the claim. */
export function deferInvoice(
  invoice: Invoice,
  policy: Pick<ChargePolicy, "resendBackoff">,
  recording: Recording,
): Invoice {
  const deferrals = invoice.deferrals + 1;
  const delayMs = backoffMs(policy.resendBackoff, deferrals, recording.random);
  return {
    ...invoice,
    deferrals,
    nextActionAt: new Date(recording.at.operational.getTime() + delayMs),
  };
}
