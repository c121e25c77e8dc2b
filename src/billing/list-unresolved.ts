/** Everything that waits for a person, with the evidence that a person needs to decide. */
import type { ChargeAttempt } from "../domain/charge-attempt.ts";
import type { Invoice } from "../domain/invoice.ts";
import { LATE_ANSWER } from "../domain/late-rules.ts";
import type { Refund } from "../domain/refund.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";

/** What helps: letting it go on, saying what happened at the gateway, or deciding a late period. */
export type Remedy = "release" | "resolve_charge" | "resolve_refund" | "decide_late";

export interface UnresolvedRow {
  /** What the remedy is applied to: a subscription, an invoice, an order number or a refund. */
  id: string;
  remedy: Remedy;
  why: string;
  /** ISO instant. */
  since: string;
  subscriptionId: string | null;
  invoiceId: string | null;
  customerId: string;
  /** Won; null where no amount is in question. */
  amount: number | null;
  evidence: string[];
}

export interface UnresolvedDeps {
  invoices: Pick<InvoiceStore, "listHeld" | "listUnknown">;
  subscriptions: Pick<SubscriptionStore, "listParked">;
}

/** Most rows of each kind. */
const ROWS_MAX = 500;

/** Parked subscriptions first, then held invoices, then unknown charges and refunds, oldest first. */
export async function listUnresolved(deps: UnresolvedDeps): Promise<UnresolvedRow[]> {
  const [parked, held, unknown] = await Promise.all([
    deps.subscriptions.listParked(ROWS_MAX),
    deps.invoices.listHeld(ROWS_MAX),
    deps.invoices.listUnknown(ROWS_MAX),
  ]);
  return [
    ...parked.map(rowOfSubscription),
    // What its subscription holds is released with it.
    ...held.filter((invoice) => invoice.held !== "parked").map(rowOfHeld),
    ...unknown.filter((invoice) => invoice.held === null).map(rowOfUnknown),
  ];
}

function rowOfSubscription(subscription: Subscription): UnresolvedRow {
  const entry = subscription.outbox.findLast((one) => one.type === "subscription.parked");
  return {
    id: subscription.id,
    remedy: "release",
    why: subscription.parked ?? "",
    since: (entry?.at ?? subscription.createdAt).toISOString(),
    subscriptionId: subscription.id,
    invoiceId: null,
    customerId: subscription.customerId,
    amount: null,
    evidence: [
      `state ${subscription.state}`,
      `next period ${subscription.nextPeriod} at ${subscription.nextPeriodAt?.toISOString() ?? "-"}`,
    ],
  };
}

function rowOfHeld(invoice: Invoice): UnresolvedRow {
  if (invoice.held === "refund_unknown") return rowOfRefund(invoice, "refund_unknown");
  if (invoice.held === "amount_mismatch" && invoice.step === "ask") return rowOfCharge(invoice);
  return {
    ...rowBase(invoice),
    id: invoice.id,
    remedy: invoice.held === "late" ? "decide_late" : "release",
    why: invoice.held ?? "",
    since: invoice.dueAt.toISOString(),
    amount: invoice.amount,
    evidence: invoice.attempts.flatMap(evidenceOf),
  };
}

function rowOfUnknown(invoice: Invoice): UnresolvedRow {
  return invoice.claim?.kind === "refund"
    ? rowOfRefund(invoice, "unknown refund")
    : rowOfCharge(invoice);
}

function rowOfCharge(invoice: Invoice): UnresolvedRow {
  const attempt = invoice.attempts.at(-1);
  return {
    ...rowBase(invoice),
    id: attempt?.orderNumber ?? invoice.id,
    remedy: "resolve_charge",
    why: invoice.held ?? `unknown charge: ${attempt?.reason ?? "-"}`,
    since: (attempt?.unknownSince ?? invoice.nextActionAt).toISOString(),
    amount: attempt?.amount ?? invoice.amount,
    evidence: [
      ...(attempt === undefined ? [] : evidenceOf(attempt)),
      `claimed by ${invoice.claim?.worker ?? "-"}`,
    ],
  };
}

function rowOfRefund(invoice: Invoice, why: string): UnresolvedRow {
  const refund = invoice.refunds.find((one) => one.state === "unknown");
  return {
    ...rowBase(invoice),
    id: refund?.id ?? invoice.id,
    remedy: "resolve_refund",
    why,
    since: (refund?.claimedAt ?? invoice.nextActionAt).toISOString(),
    amount: refund?.amount ?? null,
    evidence: invoice.refunds.map(refundEvidence),
  };
}

function rowBase(invoice: Invoice) {
  const { subscriptionId, id: invoiceId, customerId } = invoice;
  return { subscriptionId, invoiceId, customerId };
}

function evidenceOf(attempt: ChargeAttempt): string[] {
  const facts = [
    `attempt ${attempt.number} ${attempt.orderNumber} ${attempt.state}`,
    `${attempt.amount} won`,
    `begun ${attempt.initiatedAt.toISOString()}`,
    ...(attempt.reason === null ? [] : [attempt.reason]),
    ...(attempt.decline === null ? [] : [`declined ${attempt.decline.rawCode}`]),
    ...(attempt.transaction === null ? [] : [`transaction ${attempt.transaction.id}`]),
    `asked ${attempt.lookUps} times, not there ${attempt.missingReads} times`,
  ];
  const kept = attempt.evidence.map(({ kind, value }) =>
    kind === LATE_ANSWER ? `late answer ${value}` : `kept answer (${kind})`,
  );
  return [facts.join(", "), ...kept];
}

function refundEvidence(refund: Refund): string {
  const { id, amount, state, transactionId, tries, lookUps } = refund;
  return `refund ${id} of ${amount} won ${state}, transaction ${transactionId}, sent ${tries} times, asked ${lookUps} times`;
}
