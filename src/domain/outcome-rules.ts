/**
 * What came of a claimed charge, as pure rules: each takes the invoice as it was read and returns what it
 * becomes, or null where the rule does not apply any more because somebody else got there first.
 * A store writes the result only if the invoice's revision is still the one that was read.
 */
import { backoffMs } from "./backoff.ts";
import { type ChargeAttempt, moveAttempt } from "./charge-attempt.ts";
import type { ChargePolicy, Recording } from "./charge-policy.ts";
import { ownsCharge } from "./claim-rules.ts";
import { decideDunning } from "./dunning.ts";
import { withEvent } from "./events.ts";
import { type Invoice, eventData, lastAttempt, withLastAttempt } from "./invoice.ts";
import type { ChargeOutcome } from "./outcome.ts";
import {
  NEVER_ARRIVED,
  approve,
  canSendAgain,
  closeAttempt,
  failInvoice,
  voidInvoice,
  withRecheck,
} from "./settle-rules.ts";

/** Records what came of a claimed charge. Null: the claim is not ours any more. */
export function recordOutcome(
  invoice: Invoice,
  result: { token: string; outcome: ChargeOutcome },
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  if (!ownsCharge(invoice, result.token)) return null;
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  const ended = { ...attempt, callEndedAt: recording.at.operational };
  switch (result.outcome.kind) {
    case "approved":
      return approve(withLastAttempt(invoice, ended), result.outcome.transaction, recording);
    case "declined":
      return decline(withLastAttempt(invoice, ended), result.outcome, policy, recording);
    case "not_sent":
      return notSent(withLastAttempt(invoice, ended), result.outcome.reason, policy, recording);
    case "unknown":
    case "pending":
      return unknown(withLastAttempt(invoice, ended), result.outcome, policy, recording);
  }
}

function decline(
  invoice: Invoice,
  outcome: Extract<ChargeOutcome, { kind: "declined" }>,
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  const closed = closeAttempt(attempt, "declined", policy, recording.at);
  const declined = withEvent<Invoice>(
    withRecheck(withLastAttempt(invoice, { ...closed, decline: outcome.decline })),
    {
      type: "charge_attempt.declined",
      at: recording.at,
      actor: recording.actor,
      reason: outcome.decline.code,
      data: {
        ...eventData(invoice),
        orderNumber: attempt.orderNumber,
        rawCode: outcome.decline.rawCode,
        // Whoever tells customers passes over what is not their matter.
        declineKind: outcome.decline.kind,
      },
    },
  );
  if (invoice.stop) return voidInvoice(declined, recording, "canceled");
  if (invoice.kind === "payment") return failInvoice(declined, recording, outcome.decline.code);
  const decision = decideDunning(policy.dunning, invoice.dunning, {
    decline: outcome.decline,
    at: recording.at.business,
  });
  const onward = { ...declined, dunning: decision.progress };
  // The contract changed while the call was out: what was declined were the old terms or the old card.
  if (invoice.behind) return dueAgain(onward, recording.at.business, recording);
  if (decision.kind === "exhausted") return failInvoice(onward, recording, outcome.decline.code);
  return dueAgain(onward, decision.dueAt, recording);
}

function dueAgain(invoice: Invoice, dueAt: Date, recording: Recording): Invoice {
  return {
    ...invoice,
    step: "charge",
    claim: null,
    dueAt,
    nextActionAt: recording.at.operational,
    followUp: true,
  };
}

function notSent(
  invoice: Invoice,
  reason: string,
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  // A lease that ran out moved the attempt to unknown; the worker's word that nothing left is
  // definite all the same, and the order number may be used again.
  const initiated: ChargeAttempt = { ...attempt, state: "initiated" };
  const back = moveAttempt(initiated, "not_sent", {
    reason,
    notSentCount: attempt.notSentCount + 1,
    unknownSince: null,
  });
  if (invoice.stop || !canSendAgain(invoice)) {
    const abandoned = moveAttempt(back, "abandoned", { closedAt: recording.at.business });
    const given = withLastAttempt(invoice, abandoned);
    return invoice.stop
      ? voidInvoice(given, recording, "canceled")
      : failInvoice(given, recording, NEVER_ARRIVED);
  }
  const delayMs = backoffMs(policy.resendBackoff, back.notSentCount, recording.random);
  return {
    ...withLastAttempt(invoice, back),
    step: "charge",
    claim: null,
    nextActionAt: new Date(recording.at.operational.getTime() + delayMs),
  };
}

function unknown(
  invoice: Invoice,
  outcome: Extract<ChargeOutcome, { kind: "unknown" | "pending" }>,
  policy: ChargePolicy,
  recording: Recording,
): Invoice | null {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return null;
  const evidence =
    outcome.kind === "unknown" && outcome.evidence !== undefined ? [outcome.evidence] : [];
  const changes = {
    reason: outcome.reason,
    unknownSince: attempt.unknownSince ?? recording.at.operational,
    evidence: [...attempt.evidence, ...evidence],
    missingReads: 0,
  };
  const next =
    attempt.state === outcome.kind
      ? { ...attempt, ...changes }
      : moveAttempt(attempt, outcome.kind, changes);
  const delayMs = backoffMs(policy.lookUpBackoff, 1, recording.random);
  return withEvent<Invoice>(
    {
      ...withLastAttempt(invoice, next),
      step: "ask",
      nextActionAt: new Date(recording.at.operational.getTime() + delayMs),
    },
    {
      type: `charge_attempt.${outcome.kind}`,
      at: recording.at,
      actor: recording.actor,
      reason: outcome.reason,
      data: { ...eventData(invoice), orderNumber: attempt.orderNumber },
    },
  );
}
