/** Two workers as somebody might write them at first: the same cases must catch both. */
import { readInstants } from "../../src/billing/instants.ts";
import { closeAbsent } from "../../src/domain/ask-rules.ts";
import type { Recording } from "../../src/domain/charge-policy.ts";
import { claimCharge } from "../../src/domain/claim-rules.ts";
import { type Invoice, lastAttempt } from "../../src/domain/invoice.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import { newId, newToken } from "../../src/lib/ids.ts";
import type { AttemptChargeDeps } from "../../src/billing/attempt-charge.ts";
import { PRODUCT, type Work } from "./crash-process.ts";

/** Charges, then saves: the claim never stands in the database. */
export const CHARGES_THEN_SAVES: Work = {
  ...PRODUCT,
  async attempt(deps, { invoiceId }) {
    const found = await deps.invoices.find(invoiceId);
    if (found === null) return { kind: "skipped", why: "no such invoice" };
    const adapter = deps.gateways.get(found.gateway, found.account);
    const opened = await adapter.openCredential({ call: "charge", paidWith: "billing_key" });
    const at = await readInstants(deps);
    if (opened.kind !== "ready") return { kind: "skipped", why: "no credential" };
    const request = {
      token: newToken(),
      worker: deps.worker,
      leaseUntil: at.operational,
      credentialEndsAt: opened.credential.endsAt,
      version: found.version,
      at,
    };
    const claimed = claimCharge(found, request, deps.policy);
    if (claimed === null) return { kind: "skipped", why: "not due" };
    const outcome = await adapter.charge(
      { credential: opened.credential, maySend: () => true },
      await toRequest(deps, claimed),
    );
    const recording = recordingOf(at);
    const next = recordOutcome(claimed, { token: request.token, outcome }, deps.policy, recording);
    if (next !== null) await deps.invoices.write(found, next);
    return { kind: "charged", outcome: outcome.kind, retryAt: null, decline: null };
  },
};

/** Takes an unknown charge for one that failed, and charges again. */
export const TAKES_UNKNOWN_FOR_FAILED: Work = {
  ...PRODUCT,
  async ask(deps, { invoiceId }) {
    const invoice = await deps.invoices.find(invoiceId);
    if (invoice?.step !== "ask" || invoice.claim?.kind !== "charge") return "not asking";
    const at = await readInstants(deps);
    await deps.invoices.write(invoice, closeAbsent(invoice, deps.policy, recordingOf(at)));
    return "settled";
  },
};

function recordingOf(at: Recording["at"]): Recording {
  return { at, actor: "charge", random: 0.5, refundId: newId("ref") };
}

async function toRequest(deps: AttemptChargeDeps, invoice: Invoice) {
  const attempt = lastAttempt(invoice);
  const key = await deps.billingKeys.find(invoice.billingKeyId ?? "");
  if (attempt === undefined || key?.secret == null) throw new Error("nothing to charge");
  return {
    orderNumber: attempt.orderNumber,
    source: { kind: "billing_key" as const, billingKey: deps.secrets.open(key.secret, key.id) },
    amount: attempt.amount,
    productName: invoice.productName,
    customerId: invoice.customerId,
    customerName: invoice.customerName,
  };
}
