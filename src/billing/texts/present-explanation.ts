/** An explanation as the API and the `billing` program show it. */
import type { ChargeAttempt } from "../../domain/charge-attempt.ts";
import type { Changer, Claim, NextThing, WhyReason } from "../../domain/why-reason.ts";
import type { Explanation } from "../../domain/why.ts";
import type { Language } from "./language.ts";
import { sentenceOf } from "./why-sentence.ts";

export interface ExplanationView {
  subscriptionId: string | null;
  /** The period's invoice or the one-off payment; null where none was opened. */
  invoiceId: string | null;
  period: { number: number; startOn: string; endOn: string; dueAt: string } | null;
  amount: number;
  claim: Claim;
  reason: WhyReason;
  sentence: string;
  next: { what: NextThing; at: string | null } | null;
  whoCanChange: Changer[];
  attempts: AttemptEvidence[];
}

/** What stands on record of one attempt. */
export interface AttemptEvidence {
  number: number;
  orderNumber: string;
  state: ChargeAttempt["state"];
  amount: number;
  /** Our decline code and the gateway's own. */
  declineCode: string | null;
  rawCode: string | null;
  initiatedAt: string;
  closedAt: string | null;
  transactionId: string | null;
  approvedAt: string | null;
}

export function presentExplanation(explanation: Explanation, language: Language): ExplanationView {
  const { period, next, whoCanChange } = explanation;
  return {
    subscriptionId: explanation.subscriptionId,
    invoiceId: explanation.invoiceId,
    period: period === null ? null : { ...period, dueAt: period.dueAt.toISOString() },
    amount: explanation.amount,
    claim: explanation.claim,
    reason: explanation.reason,
    sentence: sentenceOf(explanation, language),
    next: next === null ? null : { what: next.what, at: iso(next.at) },
    whoCanChange: [...whoCanChange],
    attempts: explanation.attempts.map((attempt) => presentEvidence(attempt)),
  };
}

function presentEvidence(attempt: ChargeAttempt): AttemptEvidence {
  return {
    number: attempt.number,
    orderNumber: attempt.orderNumber,
    state: attempt.state,
    amount: attempt.amount,
    declineCode: attempt.decline?.code ?? null,
    rawCode: attempt.decline?.rawCode ?? null,
    initiatedAt: attempt.initiatedAt.toISOString(),
    closedAt: iso(attempt.closedAt),
    transactionId: attempt.transaction?.id ?? null,
    approvedAt: iso(attempt.transaction?.approvedAt ?? null),
  };
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
