/**
 * One charge, as a list of steps: credential, look, claim, send, record. Two durable writes stand
 * round the call; between them nothing may be repeated.
 */
import type { ChargePolicy, Recording } from "../domain/charge-policy.ts";
import { claimCharge, isChargeable } from "../domain/claim-rules.ts";
import { alignInvoice } from "../domain/contract-rules.ts";
import type { Instants } from "../domain/events.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import type { ChargeOutcome } from "../domain/outcome.ts";
import { recordOutcome } from "../domain/outcome-rules.ts";
import { deferInvoice } from "../domain/settle-rules.ts";
import { isBillable } from "../domain/subscription.ts";
import type { Credential, GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId, newToken } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import { describeError } from "../lib/logger.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { type Admission, type AdmitCallDeps, NO_SLOT, admitCall, keepPace } from "./admit-call.ts";
import { type FollowUpDeps, followUp } from "./follow-up.ts";
import type { AttemptResult } from "./attempt-result.ts";
import type { HeedDeclineDeps } from "./heed-decline.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { type Lease, startLease } from "./lease.ts";
import { passAccount } from "./pass-account.ts";
import { recordUntilWritten } from "./record-until-written.ts";
import { assertSound, stopWhenBroken } from "./stop-broken.ts";

export interface AttemptChargeDeps extends Clocks, FollowUpDeps, AdmitCallDeps, HeedDeclineDeps {
  gateways: GatewayRegistry;
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  secrets: SecretBox;
  policy: ChargePolicy;
  lease: { leaseMs: number; marginMs: number };
  log: Logger;
  /** Name of this worker, for people who read the claim. */
  worker: string;
  random: () => number;
}

/** Charges an invoice if it is due and nobody else does. Never throws for what a gateway can do. */
export async function attemptCharge(
  deps: AttemptChargeDeps,
  input: { invoiceId: string },
): Promise<AttemptResult> {
  const result = await stopWhenBroken(deps, input.invoiceId, () => charge(deps, input.invoiceId));
  return result ?? { kind: "skipped", why: "it contradicts itself and waits for a person" };
}

async function charge(deps: AttemptChargeDeps, invoiceId: string): Promise<AttemptResult> {
  const found = await deps.invoices.find(invoiceId);
  if (found === null) return { kind: "skipped", why: "no such invoice" };
  const at = await readInstants(deps);
  if (!isDue(found, at)) return { kind: "skipped", why: "not due" };
  assertSound(found);
  return passAccount(deps, { invoice: found, queue: "charge" }, () => chargeDue(deps, found, at));
}

async function chargeDue(
  deps: AttemptChargeDeps,
  found: Invoice,
  at: Instants,
): Promise<AttemptResult> {
  const adapter = deps.gateways.get(found.gateway, found.account);
  const opened = await admitCall(deps, adapter, { call: "charge", paidWith: found.paidWith });
  if (opened.kind === "waits") return opened;
  if (opened.kind === "not_sent") return defer(deps, found, opened.reason);

  const lease = startLease(deps, adapter.callDeadlineMs);
  const claimed = await lookAndClaim(deps, found, { lease, credential: opened.credential, at });
  if (claimed === null)
    return { kind: "skipped", why: "the contract changed, or others were first" };
  if (claimed.step !== "call") return { kind: "skipped", why: claimed.held ?? "held" };

  const outcome = await send(deps, { claimed, adapter, admitted: opened, lease });
  const recorded = await record(deps, claimed, outcome);
  await followUp(deps, recorded);
  const orderNumber = claimed.claim?.subject ?? "";
  return {
    kind: "charged",
    outcome: outcome.kind,
    retryAt: retryInstant(recorded, outcome),
    decline: outcome.kind === "declined" ? { decline: outcome.decline, orderNumber } : null,
  };
}

function isDue(invoice: Invoice, at: Instants): boolean {
  // A contract change may still have to reach the invoice: that is looked at in the next step.
  return isChargeable({ ...invoice, behind: false, stop: false }, invoice.version, at);
}

/** The event relay writes the document too: a claim that loses against it is tried again at once. */
const CLAIM_ROUNDS_MAX = 3;

async function lookAndClaim(
  deps: AttemptChargeDeps,
  found: Invoice,
  held: { lease: Lease; credential: Credential; at: Instants },
): Promise<Invoice | null> {
  let read: Invoice | null = found;
  for (let round = 0; round < CLAIM_ROUNDS_MAX; round += 1) {
    const looked = read !== null && isDue(read, held.at) ? await look(deps, read, held.at) : null;
    if (looked === null) return null;
    const token = newToken();
    const claimed = await claim(deps, looked, { ...held, token });
    if (claimed !== null) return claimed;
    read = await deps.invoices.find(found.id);
    // Its answer was lost and others have written since: the claim stands, and nothing was sent.
    if (read?.claim?.token === token) return read;
  }
  return null;
}

/** Step 2: the contract as it stands now, read after the invoice exists and before the claim. */
async function look(
  deps: AttemptChargeDeps,
  found: Invoice,
  at: Instants,
): Promise<{ invoice: Invoice; version: number } | null> {
  if (found.subscriptionId === null) return { invoice: found, version: found.version };
  const subscription = await deps.subscriptions.findContract(found.subscriptionId);
  if (subscription === null) return null;
  const aligned = alignInvoice(found, subscription, { at, actor: "charge" });
  const invoice = aligned === found ? found : await deps.invoices.write(found, aligned);
  if (invoice === null || !isBillable(subscription)) return null;
  // Its subscription has not advanced past it: a cancel at the period's end may have come between.
  if (invoice.periodNumber !== null && invoice.periodNumber >= subscription.nextPeriod) return null;
  return { invoice, version: subscription.version };
}

async function claim(
  deps: AttemptChargeDeps,
  looked: { invoice: Invoice; version: number },
  held: { lease: Lease; credential: Credential; at: Instants; token: string },
): Promise<Invoice | null> {
  const claimed = claimCharge(
    looked.invoice,
    {
      token: held.token,
      worker: deps.worker,
      leaseUntil: held.lease.until,
      credentialEndsAt: held.credential.endsAt,
      version: looked.version,
      at: held.at,
    },
    deps.policy,
  );
  if (claimed === null) return null;
  return deps.invoices.claimAttempt(looked.invoice, claimed);
}

interface Sending {
  claimed: Invoice;
  adapter: GatewayAdapter;
  admitted: Extract<Admission, { kind: "ready" }>;
  lease: Lease;
}

async function send(deps: AttemptChargeDeps, sending: Sending): Promise<ChargeOutcome> {
  const { claimed, adapter, admitted, lease } = sending;
  const { credential } = admitted;
  const attempt = lastAttempt(claimed);
  if (attempt === undefined) throw new Error(`invoice ${claimed.id} was claimed without attempt`);
  const billingKey = await openBillingKey(deps, claimed.billingKeyId);
  if (billingKey.kind !== "opened") return billingKey;
  if (!(await keepPace(deps, adapter, admitted.pace))) return NO_SLOT;
  deps.log.info(idsOf(claimed), "charge is sent");
  try {
    return await adapter.charge(
      { credential, maySend: lease.maySend },
      {
        orderNumber: attempt.orderNumber,
        source: { kind: "billing_key", billingKey: billingKey.value },
        amount: attempt.amount,
        productName: claimed.productName,
        customerId: claimed.customerId,
        customerName: claimed.customerName,
      },
    );
  } catch (error) {
    // An adapter's own fault: nobody can say how far the call had come.
    deps.log.error({ ...idsOf(claimed), err: describeError(error) }, "gateway adapter failed");
    return { kind: "unknown", reason: "adapter failed" };
  }
}

type OpenedBillingKey =
  | { kind: "opened"; value: string }
  | Extract<ChargeOutcome, { kind: "declined" | "not_sent" }>;

async function openBillingKey(
  deps: AttemptChargeDeps,
  id: string | null,
): Promise<OpenedBillingKey> {
  if (id === null) return { kind: "not_sent", reason: "there is no billing key" };
  try {
    const key = await deps.billingKeys.findSealed(id);
    if (key?.secret != null && key.state === "active") {
      return { kind: "opened", value: deps.secrets.open(key.secret, key.id) };
    }
    return { kind: "not_sent", reason: "billing key is not active" };
  } catch (error) {
    deps.log.error({ billingKeyId: id, err: describeError(error) }, "billing key cannot be opened");
    return { kind: "not_sent", reason: "billing key cannot be opened" };
  }
}

/** Step 5: written however long it takes; what others settled meanwhile is not overwritten. */
async function record(
  deps: AttemptChargeDeps,
  claimed: Invoice,
  outcome: ChargeOutcome,
): Promise<Invoice> {
  const token = claimed.claim?.token ?? "";
  const recorded = await recordUntilWritten(deps, claimed, outcome, (invoice, recording) =>
    recordOutcome(invoice, { token, outcome }, deps.policy, recording),
  );
  const level = outcome.kind === "unknown" ? "warn" : "info";
  deps.log[level](
    { ...idsOf(claimed), outcome: outcome.kind, detail: detailOf(outcome), state: recorded.state },
    "charge outcome is recorded",
  );
  return recorded;
}

/** The claim never happened: only the time of the next try is written. */
async function defer(
  deps: AttemptChargeDeps,
  invoice: Invoice,
  reason: string,
): Promise<AttemptResult> {
  const at = await readInstants(deps);
  const recording: Recording = {
    at,
    actor: "charge",
    random: deps.random(),
    refundId: newId("ref"),
  };
  const deferred = deferInvoice(invoice, deps.policy, recording);
  await deps.invoices.write(invoice, deferred);
  deps.log.warn(
    { invoiceId: invoice.id, reason },
    "charge is deferred: the gateway is out of reach",
  );
  return { kind: "deferred", why: reason, retryAt: deferred.nextActionAt };
}

function retryInstant(invoice: Invoice, outcome: ChargeOutcome): Date | null {
  return outcome.kind === "not_sent" && invoice.step === "charge" ? invoice.nextActionAt : null;
}

function detailOf(outcome: ChargeOutcome): string {
  if (outcome.kind === "approved") return outcome.transaction.id;
  if (outcome.kind === "declined") return outcome.decline.code;
  return outcome.reason;
}

function idsOf(invoice: Invoice): Record<string, string | number | null> {
  const attempt = lastAttempt(invoice);
  return {
    subscriptionId: invoice.subscriptionId,
    invoiceId: invoice.id,
    attempt: attempt?.number ?? null,
    orderNumber: attempt?.orderNumber ?? null,
  };
}
