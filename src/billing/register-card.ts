/** Saving a card: the card passes through to the gateway, its token stays here encrypted. */
import {
  type BillingKey,
  type RegistrationResult,
  beginRegistration,
  finishRegistration,
  maskCardNumber,
} from "../domain/billing-key.ts";
import type { DrawReminder } from "../domain/card-reminder.ts";
import { BillingError } from "../domain/errors.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import { orderNumberOf } from "../domain/order-number.ts";
import type { CardDetails, GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import { newId, randomText } from "../lib/ids.ts";
import { describeError } from "../lib/logger.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import {
  type AdmitCallDeps,
  type Admission,
  PERSON_PATIENCE_MS,
  admitCall,
  keepPace,
} from "./admit-call.ts";
import { findAccount } from "./find-account.ts";
import { unreachable } from "./gateway-unreachable.ts";
import { type CountDeclineDeps, countDecline } from "./heed-decline.ts";
import { replayOf } from "./idempotency.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface RegisterCardDeps extends AdmitCallDeps, CountDeclineDeps {
  gateways: GatewayRegistry;
  billingKeys: BillingKeyStore;
  secrets: SecretBox;
  defaultGateway: string;
  orderPrefix: string;
  drawReminder: DrawReminder;
}

export interface RegisterCardInput {
  gateway: string | null;
  /** Our name of the merchant account. */
  account: string;
  card: CardDetails;
  customerId: string;
  customerName: string;
  customerEmail: string | null;
  customerPhone: string | null;
  locale: "ko" | "en";
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/** Reason of a registration that provably never left. */
const UNREACHABLE = "gateway unreachable";

/** A registration older than this is not running any more: its process died. */
const RUNNING_AT_MOST_MS = 120_000;

/**
 * Issues a billing key. Throws CARD_REFUSED, GATEWAY_UNREACHABLE (nothing was sent) or
 * REGISTRATION_UNKNOWN (the reply was lost; a new request may be made, nothing is charged by it).
 */
export async function registerCard(
  deps: RegisterCardDeps,
  input: RegisterCardInput,
): Promise<BillingKey> {
  const earlier = await findEarlier(deps, input.idempotency);
  if (earlier !== null) return earlier;
  const adapter = findAdapter(deps, input);
  const opened = await admitCall(deps, adapter, { call: "issue" }, PERSON_PATIENCE_MS);
  if (opened.kind !== "ready") throw unreachable(deps, adapter, opened);
  const begun = await begin(deps, adapter, input);
  if (begun.kind === "replay") return begun.key;
  const result = await issue(deps, {
    adapter,
    admitted: opened,
    key: begun.key,
    input,
  });
  const at = await readInstants(deps);
  const { document } = await updateDocument(deps.billingKeys, begun.key.id, (read) =>
    finishRegistration(read, result, { at, actor: "api", by: input.by ?? null }),
  );
  deps.log.info({ billingKeyId: document.id, state: document.state }, "registration has ended");
  return answerOf(document);
}

/** The key if the card is saved, else the error that tells what became of it. */
function answerOf(key: BillingKey): BillingKey {
  if (key.state === "active" || key.state === "revoked") return key;
  if (key.state === "refused" && key.reason === UNREACHABLE) {
    throw new BillingError("GATEWAY_UNREACHABLE", { gateway: key.gateway });
  }
  if (key.state === "refused") throw new BillingError("CARD_REFUSED", { reason: key.reason ?? "" });
  throw new BillingError("REGISTRATION_UNKNOWN", { id: key.id });
}

async function findEarlier(
  deps: RegisterCardDeps,
  mark: IdempotencyMark | null,
): Promise<BillingKey | null> {
  if (mark === null) return null;
  const found = await deps.billingKeys.findByIdempotencyKey(mark.key);
  const earlier = replayOf(found, found?.idempotency ?? null, mark);
  if (earlier?.state === "registering") {
    const ageMs = deps.clock.now().getTime() - earlier.startedAt.getTime();
    if (ageMs < RUNNING_AT_MOST_MS) throw new BillingError("IDEMPOTENCY_KEY_RUNNING");
  }
  return earlier === null ? null : answerOf(earlier);
}

function findAdapter(deps: RegisterCardDeps, input: RegisterCardInput): GatewayAdapter {
  const adapter = findAccount(deps, input);
  if (!adapter.capabilities.billingKeys) {
    throw new BillingError("NO_BILLING_KEYS", { gateway: adapter.gateway }, "/gateway");
  }
  return adapter;
}

type Begun = { kind: "begun" | "replay"; key: BillingKey };

/** The registration is on record before the gateway hears of it. */
async function begin(
  deps: RegisterCardDeps,
  adapter: GatewayAdapter,
  input: RegisterCardInput,
): Promise<Begun> {
  const at = await readInstants(deps);
  const key = beginRegistration({
    id: newId("key"),
    gateway: adapter.gateway,
    account: adapter.account,
    customerId: input.customerId,
    customerName: input.customerName,
    customerEmail: input.customerEmail,
    customerPhone: input.customerPhone,
    locale: input.locale,
    orderNumber: orderNumberOf(deps.orderPrefix, randomText(12), 0),
    maskedNumber: maskCardNumber(input.card.number),
    idempotency: input.idempotency,
    remindAt: deps.drawReminder(input.card.expiry, at.business),
    at,
  });
  if (await deps.billingKeys.insert(key)) return { kind: "begun", key };
  const first = await findEarlier(deps, input.idempotency);
  if (first === null) throw new BillingError("CONFLICT", { id: key.id });
  return { kind: "replay", key: first };
}

async function issue(
  deps: RegisterCardDeps,
  sending: {
    adapter: GatewayAdapter;
    admitted: Extract<Admission, { kind: "ready" }>;
    key: BillingKey;
    input: RegisterCardInput;
  },
): Promise<RegistrationResult> {
  const { adapter, admitted, key, input } = sending;
  const { credential } = admitted;
  if (!(await keepPace(deps, adapter, admitted.pace))) {
    return { state: "refused", reason: UNREACHABLE };
  }
  try {
    const outcome = await adapter.issueBillingKey(
      { credential, maySend: () => true },
      {
        orderNumber: key.orderNumber,
        card: input.card,
        customerId: input.customerId,
        customerName: input.customerName,
        productName: "billing key",
      },
    );
    if (outcome.kind === "issued") {
      const secret = deps.secrets.seal(outcome.billingKey, key.id);
      return { state: "active", secret, cardName: outcome.cardName };
    }
    if (outcome.kind === "declined") {
      const { gateway, orderNumber } = key;
      await countDecline(deps, { gateway, decline: outcome.decline, orderNumber });
      return { state: "refused", reason: outcome.decline.code };
    }
    if (outcome.kind === "not_sent") return { state: "refused", reason: UNREACHABLE };
    return { state: "unknown", reason: outcome.reason };
  } catch (error) {
    deps.log.error({ billingKeyId: key.id, err: describeError(error) }, "gateway adapter failed");
    return { state: "unknown", reason: "adapter failed" };
  }
}
