/** What a person does with what waits for one: pure rules, in the manner of outcome-rules.ts. */
import { type Cause, withEvent } from "./events.ts";
import { BillingError } from "./errors.ts";
import { type Invoice, eventData } from "./invoice.ts";
import { completeRefund, requeueRefund } from "./refund-rules.ts";
import type { Recording } from "./charge-policy.ts";
import type { Refund } from "./refund.ts";

/**
 * Lets a held invoice go on where it stopped. Throws NOT_HELD, or NEEDS_RESOLUTION where going on
 * would only lead here again: somebody must say first what happened at the gateway.
 */
export function releaseInvoice(invoice: Invoice, cause: Cause & { reason: string }): Invoice {
  const { held } = invoice;
  if (held === null) throw new BillingError("NOT_HELD", { id: invoice.id });
  if (held === "refund_unknown") throw new BillingError("NEEDS_RESOLUTION", { id: invoice.id });
  if (held === "parked") {
    throw new BillingError("SUBSCRIPTION_PARKED", { id: invoice.subscriptionId ?? invoice.id });
  }
  const canCharge = invoice.state === "open" && invoice.step === "none";
  return withEvent<Invoice>(
    {
      ...invoice,
      held: null,
      step: canCharge ? "charge" : invoice.step,
      attemptsForgiven:
        held === "too_many_attempts" ? invoice.attempts.length : invoice.attemptsForgiven,
      nextActionAt: cause.at.operational,
    },
    { type: "invoice.released", ...cause, before: held, data: eventData(invoice) },
  );
}

/** The refund that nobody knows about, if this is it. */
export function unknownRefund(invoice: Invoice, refundId: string): Refund | undefined {
  const asking = invoice.step === "ask" && invoice.claim?.subject === refundId;
  const waiting = invoice.held === "refund_unknown";
  return asking || waiting
    ? invoice.refunds.find((one) => one.id === refundId && one.state === "unknown")
    : undefined;
}

/** A person's word about an unknown refund: it is done, or it goes out again. */
export function resolveRefund(
  invoice: Invoice,
  resolution: { refundId: string; kind: "refunded" | "not_refunded"; reason: string },
  recording: Recording,
): Invoice {
  const refund = unknownRefund(invoice, resolution.refundId);
  if (refund === undefined) {
    throw new BillingError("ATTEMPT_NOT_OPEN", { orderNumber: resolution.refundId, state: "-" });
  }
  const noted = withEvent<Invoice>(
    { ...invoice, held: null },
    {
      type: "refund.resolved",
      ...causeOf(recording),
      reason: resolution.reason,
      before: "unknown",
      after: resolution.kind,
      data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
    },
  );
  if (resolution.kind === "not_refunded") return requeueRefund(noted, refund, 0, recording);
  const done = { refundTransactionId: refund.transactionId, refundedAt: recording.at.business };
  return completeRefund(noted, refund, done, recording);
}

function causeOf({ at, actor, by }: Recording): Cause {
  return { at, actor, by: by ?? null };
}

/** Stops an invoice that contradicts itself; its step is kept for the day of its release. */
export function holdBroken(invoice: Invoice, reason: string, cause: Cause): Invoice | null {
  if (invoice.held !== null) return null;
  return withEvent<Invoice>(
    { ...invoice, held: "broken" },
    { type: "invoice.held", ...cause, reason, data: eventData(invoice) },
  );
}
