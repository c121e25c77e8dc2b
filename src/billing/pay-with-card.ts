/**
 * A payment by a card that is keyed in and not queued: the card may not be written anywhere, so the
 * process that was asked makes the call itself, on the same attempt, claim and outcome as a worker.
 */
import { beginRegistration, finishRegistration, maskCardNumber } from "../domain/billing-key.ts";
import type { BillingKey, RegistrationResult } from "../domain/billing-key.ts";
import type { DrawReminder } from "../domain/card-reminder.ts";
import { claimCharge } from "../domain/claim-rules.ts";
import { BillingError } from "../domain/errors.ts";
import type { Instants } from "../domain/events.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import { type Invoice, openPaymentInvoice } from "../domain/invoice.ts";
import { orderNumberOf } from "../domain/order-number.ts";
import type { ChargeOutcome } from "../domain/outcome.ts";
import type { CardDetails, Credential, GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId, newToken, randomText } from "../lib/ids.ts";
import { describeError } from "../lib/logger.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import { PERSON_PATIENCE_MS, admitCall } from "./admit-call.ts";
import { type DirectChargeDeps, assertAccountGoesOn, makeDirectCharge } from "./direct-charge.ts";
import { findAccount } from "./find-account.ts";
import { unreachable } from "./gateway-unreachable.ts";
import { findPayment } from "./idempotency.ts";
import { readInstants } from "./instants.ts";
import { type Lease, startLease } from "./lease.ts";
import { updateDocument } from "./update-document.ts";

export interface PayWithCardDeps extends DirectChargeDeps {
  gateways: GatewayRegistry;
  billingKeys: BillingKeyStore;
  secrets: SecretBox;
  drawReminder: DrawReminder;
  defaultGateway: string;
  lease: { leaseMs: number; marginMs: number };
  /** Name of this process, for people who read the claim. */
  worker: string;
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
  const source = { kind: "card", card: input.card, save: input.saveCard } as const;
  const { recorded, outcome } = await makeDirectCharge(deps, {
    claimed,
    adapter,
    admitted,
    lease,
    source,
  });
  if (key !== null) await finishSaving(deps, key, outcome);
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
