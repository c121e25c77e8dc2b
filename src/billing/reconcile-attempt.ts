/** Finding out what really happened to an unknown charge or refund. It never charges. */
import { type Reading, recordReadEvidence, recordReading } from "../domain/ask-rules.ts";
import { addDays, dayOf } from "../domain/calendar.ts";
import type { ChargeAttempt } from "../domain/charge-attempt.ts";
import type { ChargePolicy, Recording } from "../domain/charge-policy.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { LATE_ANSWER, lateAnswersOf } from "../domain/late-rules.ts";
import { type RefundReading, claimedRefund, recordRefundReading } from "../domain/refund-rules.ts";
import type { GatewayAdapter, GatewayCall } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId } from "../lib/ids.ts";
import { type AdmitCallDeps, PERSON_PATIENCE_MS, takePace } from "./admit-call.ts";
import { type FollowUpDeps, followUp } from "./follow-up.ts";
import { type HeedDeclineDeps, heedDecline } from "./heed-decline.ts";
import { readInstants } from "./instants.ts";
import { refundPolicyOf } from "./refund-policy.ts";
import { stopWhenBroken } from "./stop-broken.ts";
import { updateDocument } from "./update-document.ts";

export interface ReconcileDeps extends FollowUpDeps, AdmitCallDeps, HeedDeclineDeps {
  gateways: GatewayRegistry;
  policy: ChargePolicy;
  random: () => number;
}

export type ReconcileResult = "not asking" | "settled" | "still unknown";

/**
 * Asks about the unknown charge or refund of an invoice and applies the answer. `prompted`: a notice
 * says that there is something; "not there" then says that it cannot be seen yet, and no more.
 */
export async function reconcileAttempt(
  deps: ReconcileDeps,
  input: { invoiceId: string; prompted?: boolean },
): Promise<ReconcileResult> {
  const result = await stopWhenBroken(deps, input.invoiceId, () => ask(deps, input));
  return result ?? "still unknown";
}

async function ask(
  deps: ReconcileDeps,
  { invoiceId, prompted = false }: { invoiceId: string; prompted?: boolean },
): Promise<ReconcileResult> {
  const invoice = await deps.invoices.find(invoiceId);
  if (invoice?.step !== "ask" || invoice.claim === null || invoice.held !== null) {
    return "not asking";
  }
  const adapter = deps.gateways.get(invoice.gateway, invoice.account);
  const settled =
    invoice.claim.kind === "charge"
      ? await askAboutCharge(deps, invoice, { adapter, prompted })
      : await askAboutRefund(deps, invoice, adapter);
  if (settled.step === "ask") return "still unknown";
  deps.log.info(
    { invoiceId: settled.id, state: settled.state, orderNumber: lastAttempt(settled)?.orderNumber },
    "unknown outcome is settled",
  );
  await followUp(deps, settled);
  return "settled";
}

async function askAboutCharge(
  deps: ReconcileDeps,
  invoice: Invoice,
  { adapter, prompted }: { adapter: GatewayAdapter; prompted: boolean },
): Promise<Invoice> {
  const token = invoice.claim?.token ?? "";
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) return invoice;
  const call = await openCall(deps, adapter);
  const read = call === null ? null : await readEvidence(adapter, call, attempt);
  if (read !== null) {
    const settled = await apply(deps, invoice, (current, recording) =>
      recordReadEvidence(current, { token, outcome: read }, deps.policy, recording),
    );
    if (read.kind === "declined") {
      const { orderNumber } = attempt;
      const met = { decline: read.decline, orderNumber, account: invoice };
      await heedDecline(deps, { ...met, queue: "charge", actor: "reconcile" });
    }
    return settled;
  }
  const found = await lookUp(deps, { adapter, call, attempt, zone: deps.policy.dunning.zone });
  const reading = prompted && found.kind === "not_found" ? NOT_SEEN_YET : found;
  return apply(deps, invoice, (current, recording) =>
    recordReading(current, { token, reading }, deps.policy, recording),
  );
}

const NOT_SEEN_YET = { kind: "failed", reason: "not seen yet" } as const;

/** An answer that could not be read at the time is read first: it is the gateway's own word. */
async function readEvidence(adapter: GatewayAdapter, call: GatewayCall, attempt: ChargeAttempt) {
  for (const evidence of attempt.evidence) {
    if (evidence.kind === LATE_ANSWER) continue;
    const outcome = await adapter.readEvidence(call, evidence, {
      orderNumber: attempt.orderNumber,
      amount: attempt.amount,
    });
    if (outcome.kind === "approved" || outcome.kind === "declined") return outcome;
  }
  return null;
}

/** Asks the gateway about one order number, within the days on which it may have been booked. */
export async function lookUp(
  deps: Pick<ReconcileDeps, "businessClock" | "clock">,
  asked: {
    adapter: GatewayAdapter;
    call: GatewayCall | null;
    attempt: ChargeAttempt;
    zone: string;
  },
): Promise<Reading> {
  const { adapter, call, attempt, zone } = asked;
  const [held] = lateAnswersOf(attempt);
  if (held !== undefined) return { kind: "found", transactions: [held] };
  if (call === null) return { kind: "failed", reason: "gateway out of reach" };
  if (adapter.capabilities.lookUp === "none") return { kind: "failed", reason: "no look-up" };
  const at = await readInstants(deps);
  return adapter.lookUpCharge(call, {
    orderNumber: attempt.orderNumber,
    amount: attempt.amount,
    // A day on either side: the gateway's clock and ours need not agree at midnight.
    fromOn: addDays(dayOf(attempt.initiatedAt, zone), -1),
    untilOn: addDays(dayOf(at.business, zone), 1),
  });
}

async function askAboutRefund(
  deps: ReconcileDeps,
  invoice: Invoice,
  adapter: GatewayAdapter,
): Promise<Invoice> {
  const token = invoice.claim?.token ?? "";
  const refund = claimedRefund(invoice);
  if (refund === undefined) return invoice;
  const reading = await readRefund(deps, adapter, refund.transactionId);
  const policy = refundPolicyOf(deps.policy, adapter);
  return apply(deps, invoice, (current, recording) =>
    recordRefundReading(current, { token, reading }, policy, recording),
  );
}

async function readRefund(
  deps: ReconcileDeps,
  adapter: GatewayAdapter,
  transactionId: string,
): Promise<RefundReading> {
  if (adapter.capabilities.lookUp === "none") return { kind: "unaskable" };
  const call = await openCall(deps, adapter);
  if (call === null) return { kind: "failed", reason: "gateway out of reach" };
  return adapter.lookUpRefund(call, transactionId);
}

/** Look-ups need a credential and no lease: they move nothing. */
export async function openCall(
  deps: AdmitCallDeps,
  adapter: GatewayAdapter,
): Promise<GatewayCall | null> {
  // A breaker holds up no look-up: it is how the truth about the calls before comes to light.
  const pace = await takePace(deps, adapter, { call: "read" }, PERSON_PATIENCE_MS);
  if (pace?.kind === "waits") return null;
  const opened = await adapter.openCredential({ call: "read" });
  return opened.kind === "ready" ? { credential: opened.credential, maySend: () => true } : null;
}

async function apply(
  deps: ReconcileDeps,
  invoice: Invoice,
  decide: (invoice: Invoice, recording: Recording) => Invoice | null,
): Promise<Invoice> {
  const recording: Recording = {
    at: await readInstants(deps),
    actor: "reconcile",
    random: deps.random(),
    refundId: newId("ref"),
  };
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) =>
    decide(read, recording),
  );
  return document;
}
