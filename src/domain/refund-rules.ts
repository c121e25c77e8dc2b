/** The life of a refund: pure rules, in the manner of outcome-rules.ts. */
import { type BackoffPolicy, backoffMs } from "./backoff.ts";
import type { Recording } from "./charge-policy.ts";
import { type Decline, stopsAccount } from "./decline.ts";
import { type Instants, withEvent } from "./events.ts";
import { type Invoice, eventData } from "./invoice.ts";
import type { RefundOutcome } from "./outcome.ts";
import type { Refund } from "./refund.ts";
import { holdInvoice } from "./settle-rules.ts";

export interface RefundPolicy {
  resendBackoff: BackoffPolicy;
  lookUpBackoff: BackoffPolicy;
  settleDelayMs: number;
  /** Whether the gateway itself keeps a whole refund from being made twice. */
  repeatableFullRefund: boolean;
}

export interface RefundClaimRequest {
  token: string;
  worker: string;
  leaseUntil: Date;
  credentialEndsAt: Date;
  at: Instants;
}

/** The refund that is to be sent next: one at a time per invoice. */
export function nextRefund(invoice: Invoice): Refund | undefined {
  return invoice.refunds.find((refund) => refund.state === "queued");
}

/** The refund that a claim is about. */
export function claimedRefund(invoice: Invoice): Refund | undefined {
  const claim = invoice.claim;
  if (claim?.kind !== "refund") return undefined;
  return invoice.refunds.find((refund) => refund.id === claim.subject);
}

/** Claims the next refund of an invoice. Null: there is none, or it is not time. */
export function claimRefund(invoice: Invoice, request: RefundClaimRequest): Invoice | null {
  const refund = nextRefund(invoice);
  const due = invoice.step === "refund" && invoice.nextActionAt <= request.at.operational;
  if (!due || invoice.held !== null || refund === undefined) return null;
  const initiated: Refund = {
    ...refund,
    state: "initiated",
    claimedAt: request.at.operational,
    callEndedAt: null,
    missingReads: 0,
    tries: refund.tries + 1,
  };
  return {
    ...withRefund(invoice, initiated),
    step: "call",
    nextActionAt: request.leaseUntil,
    claim: {
      token: request.token,
      kind: "refund",
      worker: request.worker,
      leaseUntil: request.leaseUntil,
      credentialEndsAt: request.credentialEndsAt,
      subject: refund.id,
    },
  };
}

/** Whether a refund gives back everything that its transaction still holds. */
export function isEverythingLeft(invoice: Invoice, refund: Refund): boolean {
  if (refund.surplus) return true;
  const others = invoice.refunds
    .filter((one) => one.id !== refund.id && !one.surplus && one.state !== "failed")
    .reduce((sum, one) => sum + one.amount, 0);
  const given = invoice.refunds
    .filter((one) => one.id !== refund.id && !one.surplus && one.state === "done")
    .reduce((sum, one) => sum + one.amount, 0);
  // Others that are only reserved have not left yet: what is left at the gateway includes them.
  return others === given && given + refund.amount === invoice.capturedAmount;
}

/** Won that the refund's transaction still holds at the gateway, as far as we know. */
export function leftBefore(invoice: Invoice, refund: Refund): number {
  if (refund.surplus) return refund.amount;
  const given = invoice.refunds
    .filter((one) => !one.surplus && one.state === "done")
    .reduce((sum, one) => sum + one.amount, 0);
  return invoice.capturedAmount - given;
}

/** Records what came of a claimed refund. Null: the claim is not ours any more. */
export function recordRefundOutcome(
  invoice: Invoice,
  result: { token: string; outcome: RefundOutcome },
  policy: RefundPolicy,
  recording: Recording,
): Invoice | null {
  const refund = claimedRefund(invoice);
  const owned = invoice.claim?.token === result.token;
  const live = invoice.step === "call" || invoice.step === "ask";
  if (!owned || !live || refund === undefined) return null;
  const ended: Refund = { ...refund, callEndedAt: recording.at.operational, decline: null };
  switch (result.outcome.kind) {
    case "approved":
      return completeRefund(invoice, ended, result.outcome, recording);
    case "declined":
      return refuseRefund(invoice, ended, result.outcome.decline, recording);
    case "not_sent": {
      const delayMs = backoffMs(policy.resendBackoff, ended.tries, recording.random);
      return requeueRefund(invoice, ended, delayMs, recording);
    }
    case "unknown":
    case "pending":
      return askAboutRefund(invoice, { ...ended, state: "unknown" }, policy, recording);
  }
}

/**
 * A definite no. One that is about the merchant's account, such as a settlement balance that is
 * short, says nothing against this refund: it keeps its amount and waits for the account.
 */
function refuseRefund(
  invoice: Invoice,
  refund: Refund,
  decline: Decline,
  recording: Recording,
): Invoice {
  const refused = { ...refund, decline };
  return stopsAccount(decline)
    ? requeueRefund(invoice, refused, 0, recording)
    : failRefund(invoice, refused, decline.code, recording);
}

export function completeRefund(
  invoice: Invoice,
  refund: Refund,
  outcome: { refundTransactionId: string; refundedAt: Date },
  recording: Recording,
): Invoice {
  const done: Refund = {
    ...refund,
    state: "done",
    refundTransactionId: outcome.refundTransactionId,
    refundedAt: outcome.refundedAt,
  };
  return withEvent<Invoice>(idle(withRefund(invoice, done), recording), {
    type: "refund.completed",
    at: recording.at,
    actor: recording.actor,
    reason: refund.reason,
    data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
  });
}

/** A refund that the gateway refused for good: its reservation is given up. */
export function failRefund(
  invoice: Invoice,
  refund: Refund,
  reason: string,
  recording: Recording,
): Invoice {
  const failed = withRefund(invoice, { ...refund, state: "failed" });
  const released = refund.surplus
    ? failed
    : { ...failed, refundable: failed.refundable + refund.amount };
  return withEvent<Invoice>(idle(released, recording), {
    type: "refund.failed",
    at: recording.at,
    actor: recording.actor,
    reason,
    data: { ...eventData(invoice), refundId: refund.id, refundAmount: refund.amount },
  });
}

export function requeueRefund(
  invoice: Invoice,
  refund: Refund,
  delayMs: number,
  recording: Recording,
): Invoice {
  return {
    ...withRefund(invoice, { ...refund, state: "queued" }),
    step: "refund",
    claim: null,
    nextActionAt: new Date(recording.at.operational.getTime() + delayMs),
  };
}

function askAboutRefund(
  invoice: Invoice,
  refund: Refund,
  policy: RefundPolicy,
  recording: Recording,
): Invoice {
  const delayMs = backoffMs(policy.lookUpBackoff, refund.lookUps + 1, recording.random);
  return {
    ...withRefund(invoice, refund),
    step: "ask",
    nextActionAt: new Date(recording.at.operational.getTime() + delayMs),
  };
}

export type RefundReading =
  | { kind: "found"; refunded: boolean }
  /** The gateway has no way to ask. */
  | { kind: "unaskable" }
  | { kind: "failed"; reason: string };

/**
 * What an unknown refund becomes once the gateway was asked about it. A whole refund may be sent
 * again, since the gateway's own bound makes that safe; a part refund never is. Where earlier
 * refunds of the same transaction blur the answer, or the gateway cannot be asked, a person decides.
 */
export function recordRefundReading(
  invoice: Invoice,
  asked: { token: string; reading: RefundReading },
  policy: RefundPolicy,
  recording: Recording,
): Invoice | null {
  const refund = claimedRefund(invoice);
  const asking = invoice.step === "ask" && invoice.claim?.token === asked.token;
  if (!asking || refund === undefined) return null;
  const read: Refund = { ...refund, lookUps: refund.lookUps + 1 };
  const isSettled = (since: Date | null) =>
    recording.at.operational.getTime() >= (since?.getTime() ?? 0) + policy.settleDelayMs;
  if (asked.reading.kind === "failed" || !isSettled(refund.claimedAt)) {
    return askAboutRefund(invoice, read, policy, recording);
  }
  if (policy.repeatableFullRefund && isEverythingLeft(invoice, refund)) {
    return requeueRefund(invoice, read, 0, recording);
  }
  if (asked.reading.kind === "unaskable") return holdInvoice(invoice, "refund_unknown", recording);
  const alone = invoice.refunds.every(
    (one) =>
      one.id === refund.id || one.transactionId !== refund.transactionId || one.state !== "done",
  );
  if (!alone) return holdInvoice(invoice, "refund_unknown", recording);
  if (asked.reading.refunded) {
    return completeRefund(
      invoice,
      read,
      { refundTransactionId: refund.transactionId, refundedAt: recording.at.business },
      recording,
    );
  }
  // Nothing but our own patience keeps this one from going out twice: nobody may still be sending,
  // and one reading may be behind the truth.
  if (!isSettled(refund.callEndedAt ?? invoice.claim?.credentialEndsAt ?? null)) {
    return askAboutRefund(invoice, read, policy, recording);
  }
  const missing = { ...read, missingReads: refund.missingReads + 1 };
  return missing.missingReads < 2
    ? askAboutRefund(invoice, missing, policy, recording)
    : requeueRefund(invoice, missing, 0, recording);
}

function withRefund(invoice: Invoice, refund: Refund): Invoice {
  return {
    ...invoice,
    refunds: invoice.refunds.map((one) => (one.id === refund.id ? refund : one)),
  };
}

function idle(invoice: Invoice, recording: Recording): Invoice {
  const more = nextRefund(invoice) !== undefined;
  return {
    ...invoice,
    claim: null,
    step: more ? "refund" : "none",
    nextActionAt: recording.at.operational,
  };
}
