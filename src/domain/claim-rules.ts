/**
 * Claiming a charge, and losing the claim, as pure rules: each takes the invoice as it was read and returns what it
 * becomes, or null where the rule does not apply any more because somebody else got there first.
 * A store writes the result only if the invoice's revision is still the one that was read.
 */
import { type ChargeAttempt, moveAttempt, newAttempt } from "./charge-attempt.ts";
import type { ChargePolicy } from "./charge-policy.ts";
import { type Instants, withEvent } from "./events.ts";
import {
  type Claim,
  type Invoice,
  eventData,
  isBlocked,
  lastAttempt,
  withLastAttempt,
} from "./invoice.ts";
import { orderNumberOf } from "./order-number.ts";
import { holdInvoice } from "./settle-rules.ts";

export interface ClaimRequest {
  token: string;
  worker: string;
  leaseUntil: Date;
  credentialEndsAt: Date;
  /** Contract version of the subscription as just read; 0 for a one-off payment. */
  version: number;
  at: Instants;
}

/** Whether an invoice may be claimed for a charge now. */
export function isChargeable(invoice: Invoice, version: number, at: Instants): boolean {
  return (
    invoice.state === "open" &&
    invoice.step === "charge" &&
    invoice.held === null &&
    !invoice.behind &&
    !invoice.stop &&
    invoice.version === version &&
    invoice.dueAt <= at.business &&
    invoice.nextActionAt <= at.operational
  );
}

/** Claims the invoice: the attempt is on record before the gateway is called. */
export function claimCharge(
  invoice: Invoice,
  request: ClaimRequest,
  policy: Pick<ChargePolicy, "orderPrefix" | "attemptsMax">,
): Invoice | null {
  if (!isChargeable(invoice, request.version, request.at)) return null;
  const last = lastAttempt(invoice);
  const resend = last?.state === "not_sent" ? last : undefined;
  if (resend === undefined && isBlocked(invoice)) return null;
  const counted = invoice.attempts.length - invoice.attemptsForgiven;
  if (resend === undefined && counted >= policy.attemptsMax) {
    return holdInvoice(invoice, "too_many_attempts", { at: request.at, actor: "charge" });
  }
  const sent = {
    claimedAt: request.at.operational,
    credentialEndsAt: request.credentialEndsAt,
    reason: null,
  };
  const attempt =
    resend === undefined
      ? firstSend(invoice, policy.orderPrefix, { ...sent, initiatedAt: request.at.business })
      : // What was read before says nothing about the sending that follows.
        moveAttempt(resend, "initiated", {
          ...sent,
          callEndedAt: null,
          lookUps: 0,
          missingReads: 0,
        });
  const claim: Claim = {
    token: request.token,
    kind: "charge",
    worker: request.worker,
    leaseUntil: request.leaseUntil,
    credentialEndsAt: request.credentialEndsAt,
    subject: attempt.orderNumber,
  };
  const attempts =
    resend === undefined
      ? [...invoice.attempts, attempt]
      : [...invoice.attempts.slice(0, -1), attempt];
  return {
    ...invoice,
    step: "call",
    claim,
    attempts,
    deferrals: 0,
    nextActionAt: request.leaseUntil,
  };
}

function firstSend(
  invoice: Invoice,
  prefix: string,
  sent: Pick<ChargeAttempt, "claimedAt" | "credentialEndsAt" | "reason" | "initiatedAt">,
): ChargeAttempt {
  const number = invoice.attempts.length + 1;
  const orderNumber = orderNumberOf(prefix, invoice.number, number);
  const { billingKeyId, amount } = invoice;
  return newAttempt({ ...sent, number, orderNumber, state: "initiated", billingKeyId, amount });
}

/** Whether a claim token still owns the charge: it does until an outcome is written. */
export function ownsCharge(invoice: Invoice, token: string): boolean {
  return (
    invoice.claim?.token === token &&
    invoice.claim.kind === "charge" &&
    (invoice.step === "call" || invoice.step === "ask")
  );
}

/** A lease that ran out: the worker may have sent, so it is asked about and never sent again. */
export function expireClaim(invoice: Invoice, at: Instants): Invoice | null {
  const lost = invoice.claim;
  if (invoice.step !== "call" || lost === null || lost.leaseUntil > at.operational) return null;
  if (lost.kind === "refund") {
    const refunds = invoice.refunds.map((refund) =>
      refund.id === lost.subject && refund.state === "initiated"
        ? { ...refund, state: "unknown" as const }
        : refund,
    );
    return { ...invoice, refunds, step: "ask", nextActionAt: at.operational };
  }
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  const unknownAttempt = moveAttempt(attempt, "unknown", {
    reason: "lease expired",
    unknownSince: at.operational,
  });
  return withEvent<Invoice>(
    { ...withLastAttempt(invoice, unknownAttempt), step: "ask", nextActionAt: at.operational },
    {
      type: "charge_attempt.unknown",
      at,
      actor: "sweep",
      reason: "lease expired",
      data: { ...eventData(invoice), orderNumber: attempt.orderNumber },
    },
  );
}
