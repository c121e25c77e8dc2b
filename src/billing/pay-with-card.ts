/**
 * A payment by a card that is keyed in and not queued: the card may not be written anywhere, so the
 * process that was asked makes the call itself, on the same attempt, claim and outcome as a worker.
 */
import { beginRegistration, finishRegistration, maskCardNumber } from "../domain/billing-key.ts";
import type { BillingKey, RegistrationResult } from "../domain/billing-key.ts";
import { accountPauseId, isStopped } from "../domain/account-pause.ts";
import type { DrawReminder } from "../domain/card-reminder.ts";
import { claimCharge } from "../domain/claim-rules.ts";
import type { ChargePolicy } from "../domain/charge-policy.ts";
import { BillingError } from "../domain/errors.ts";
import type { Instants } from "../domain/events.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import { type Invoice, lastAttempt, openPaymentInvoice } from "../domain/invoice.ts";
import { orderNumberOf } from "../domain/order-number.ts";
import { recordOutcome } from "../domain/outcome-rules.ts";
import type { ChargeOutcome } from "../domain/outcome.ts";
import type { CardDetails, Credential, GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId, newToken, randomText } from "../lib/ids.ts";
import { type Logger, describeError } from "../lib/logger.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import {
  type AdmitCallDeps,
  type Admission,
  NO_SLOT,
  PERSON_PATIENCE_MS,
  admitCall,
  keepPace,
} from "./admit-call.ts";
import { findAccount } from "./find-account.ts";
import { unreachable } from "./gateway-unreachable.ts";
import { type HeedDeclineDeps, heedDecline } from "./heed-decline.ts";
import { findPayment } from "./idempotency.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { type Lease, startLease } from "./lease.ts";
import { recordUntilWritten } from "./record-until-written.ts";
import { updateDocument } from "./update-document.ts";

export interface PayWithCardDeps extends Clocks, AdmitCallDeps, HeedDeclineDeps {
  gateways: GatewayRegistry;
  invoices: InvoiceStore;
  billingKeys: BillingKeyStore;
  secrets: SecretBox;
  policy: ChargePolicy;
  drawReminder: DrawReminder;
  defaultGateway: string;
  lease: { leaseMs: number; marginMs: number };
  /** Name of this process, for people who read the claim. */
  worker: string;
  random: () => number;
  log: Logger;
}

export interface CardPaymentInput {
  gateway: string | null;
  account: string;
  card: CardDetails;
  /** Whether the gateway is to save the card with the same call. */
  saveCard: boolean;
  customerId: string;
  customerName: string;
  amount: number;
  productName: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Charges a card once, and saves it if that is asked for. Answers the payment as it stands after the
 * call: paid, failed (declined, or never sent), or open while its outcome is unknown. Throws
 * GATEWAY_NOT_CONFIGURED, CARD_PAYMENT_UNSUPPORTED, or GATEWAY_UNREACHABLE (nothing was accepted).
 */
export async function payWithCard(
  deps: PayWithCardDeps,
  input: CardPaymentInput,
): Promise<Invoice> {
  const earlier = await findPayment(deps.invoices, input.idempotency);
  if (earlier !== null) return earlier;
  const adapter = findAdapter(deps, input);
  const use = { call: "charge", paidWith: "card", save: input.saveCard } as const;
  await assertAccountGoesOn(deps, adapter);
  const admitted = await admitCall(deps, adapter, use, PERSON_PATIENCE_MS);
  if (admitted.kind !== "ready") throw unreachable(deps, adapter, admitted);
  const { credential } = admitted;
  const lease = startLease(deps, adapter.callDeadlineMs);
  const at = await readInstants(deps);
  const key = input.saveCard ? beginSaving(deps, adapter, input, at) : null;
  const claimed = claimPayment(deps, { input, adapter, key, at, lease, credential });
  if (!(await deps.invoices.insert(claimed))) {
    // Two requests with one key at once: the other one was first.
    const first = await findPayment(deps.invoices, input.idempotency);
    if (first !== null) return first;
    throw new BillingError("CONFLICT", { id: claimed.id });
  }
  if (key !== null) await deps.billingKeys.insert(key);
  const outcome = await send(deps, { claimed, adapter, admitted, lease, input });
  const token = claimed.claim?.token ?? "";
  const recorded = await recordUntilWritten(deps, claimed, outcome, (invoice, recording) =>
    recordOutcome(invoice, { token, outcome }, deps.policy, recording),
  );
  if (key !== null) await finishSaving(deps, key, outcome);
  if (outcome.kind === "declined") {
    const orderNumber = claimed.claim?.subject ?? "";
    const met = { decline: outcome.decline, orderNumber, account: claimed, actor: "api" as const };
    await heedDecline(deps, { ...met, queue: "charge" });
  }
  deps.log.info(
    { paymentId: recorded.id, outcome: outcome.kind, state: recorded.state },
    "card payment has ended",
  );
  return recorded;
}

function findAdapter(deps: PayWithCardDeps, input: CardPaymentInput): GatewayAdapter {
  const adapter = findAccount(deps, input);
  const { gateway } = adapter;
  if (!adapter.capabilities.paysWith.includes("card")) {
    throw new BillingError("CARD_PAYMENT_UNSUPPORTED", { gateway }, "/card");
  }
  if (input.saveCard && !adapter.capabilities.savesWithCharge) {
    throw new BillingError("CARD_PAYMENT_UNSUPPORTED", { gateway }, "/saveCard");
  }
  return adapter;
}

/** A stopped account takes no card either; its probe is a renewal that waits. */
async function assertAccountGoesOn(deps: PayWithCardDeps, adapter: GatewayAdapter): Promise<void> {
  const pause = await deps.pauses.find(accountPauseId(adapter, "charge"));
  if (pause?.pausedUntil == null || !isStopped(pause, deps.clock.now())) return;
  throw unreachable(deps, adapter, { kind: "stopped", until: pause.pausedUntil });
}

interface Claiming {
  input: CardPaymentInput;
  adapter: GatewayAdapter;
  key: BillingKey | null;
  at: Instants;
  lease: Lease;
  credential: Credential;
}

/** The payment is on record, claimed, before the gateway hears of it: no worker could take it up. */
function claimPayment(deps: PayWithCardDeps, claiming: Claiming): Invoice {
  const { input, adapter, key, at, lease, credential } = claiming;
  const payment = openPaymentInvoice(
    {
      id: newId("pay"),
      number: randomText(12),
      amount: input.amount,
      productName: input.productName,
      gateway: adapter.gateway,
      account: adapter.account,
      paidWith: "card",
      billingKeyId: key?.id ?? null,
      customerId: input.customerId,
      customerName: input.customerName,
      dueAt: at.business,
      at,
      by: input.by ?? null,
    },
    input.idempotency,
  );
  const claimed = claimCharge(
    payment,
    {
      token: newToken(),
      worker: deps.worker,
      leaseUntil: lease.until,
      credentialEndsAt: credential.endsAt,
      version: payment.version,
      at,
    },
    deps.policy,
  );
  if (claimed === null) throw new Error("a payment that is due now could not be claimed");
  return claimed;
}

type Admitted = Extract<Admission, { kind: "ready" }>;

interface Sending {
  claimed: Invoice;
  adapter: GatewayAdapter;
  admitted: Admitted;
  lease: Lease;
  input: CardPaymentInput;
}

async function send(deps: PayWithCardDeps, sending: Sending): Promise<ChargeOutcome> {
  const { claimed, adapter, admitted, lease, input } = sending;
  if (!(await keepPace(deps, adapter, admitted.pace))) return NO_SLOT;
  try {
    return await adapter.charge(
      { credential: admitted.credential, maySend: lease.maySend },
      {
        orderNumber: lastAttempt(claimed)?.orderNumber ?? "",
        source: { kind: "card", card: input.card, save: input.saveCard },
        amount: claimed.amount,
        productName: claimed.productName,
        customerId: claimed.customerId,
        customerName: claimed.customerName,
      },
    );
  } catch (error) {
    deps.log.error({ paymentId: claimed.id, err: describeError(error) }, "gateway adapter failed");
    return { kind: "unknown", reason: "adapter failed" };
  }
}

function beginSaving(
  deps: PayWithCardDeps,
  adapter: GatewayAdapter,
  input: CardPaymentInput,
  at: Instants,
): BillingKey {
  return beginRegistration({
    id: newId("key"),
    gateway: adapter.gateway,
    account: adapter.account,
    customerId: input.customerId,
    customerName: input.customerName,
    customerEmail: null,
    customerPhone: null,
    locale: "ko",
    orderNumber: orderNumberOf(deps.policy.orderPrefix, randomText(12), 0),
    maskedNumber: maskCardNumber(input.card.number),
    idempotency: null,
    remindAt: deps.drawReminder(input.card.expiry, at.business),
    at,
  });
}

/** A failure leaves the key as being saved: the payment stands, and the card can be saved again. */
async function finishSaving(
  deps: PayWithCardDeps,
  key: BillingKey,
  outcome: ChargeOutcome,
): Promise<void> {
  try {
    const at = await readInstants(deps);
    const result = toRegistration(deps, key, outcome);
    await updateDocument(deps.billingKeys, key.id, (read) =>
      finishRegistration(read, result, { at, actor: "api" }),
    );
  } catch (error) {
    deps.log.error({ billingKeyId: key.id, err: describeError(error) }, "the card is not saved");
  }
}

function toRegistration(
  deps: PayWithCardDeps,
  key: BillingKey,
  outcome: ChargeOutcome,
): RegistrationResult {
  if (outcome.kind === "declined") return { state: "refused", reason: outcome.decline.code };
  if (outcome.kind === "not_sent") return { state: "refused", reason: "not sent" };
  if (outcome.kind !== "approved" || outcome.savedCard === undefined) {
    return { state: "unknown", reason: outcome.kind === "approved" ? "no key" : outcome.reason };
  }
  const { billingKey, cardName } = outcome.savedCard;
  return { state: "active", secret: deps.secrets.seal(billingKey, key.id), cardName };
}
