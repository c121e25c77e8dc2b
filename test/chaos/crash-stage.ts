/** What a case works with: a customer of its own on a lane. */
import type { BillingKey } from "../../src/domain/billing-key.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import { newId } from "../../src/lib/ids.ts";
import type { Lane } from "./crash-lane.ts";
import type { GatewayScript } from "./crash-process.ts";

export interface Stage {
  lane: Lane;
  key: BillingKey;
  /** Another card of the same customer. */
  otherKey: BillingKey;
  script: GatewayScript;
  subscription: Subscription | null;
}

const DAY_MS = 86_400_000;

/** An empty lane on the next day, with a customer who has two cards. */
export async function setStage(lane: Lane): Promise<Stage> {
  await lane.reset();
  beginNextDay(lane);
  const customerId = newId("c").slice(0, 16);
  const [key, otherKey] = await Promise.all([saveKey(lane, customerId), saveKey(lane, customerId)]);
  const script = { refuse: null, whileInFlight: null, isStopped: false, chargesAfterStop: 0 };
  return { lane, key, otherKey, script, subscription: null };
}

/** Ten in the morning of the next day in Korea: billing hours have begun. */
function beginNextDay(lane: Lane): void {
  const days = Math.floor(lane.clock.now().getTime() / DAY_MS) + 1;
  lane.clock.advanceTo(new Date(days * DAY_MS + 2 * 3_600_000));
}

/** A customer with a billing key of his own in our books. */
async function saveKey(
  { composition, clock, gateway, gatewayKey }: Lane,
  customerId: string,
): Promise<BillingKey> {
  const id = newId("key");
  const key: BillingKey = {
    id,
    gateway: gateway.name,
    account: "default",
    customerId,
    customerName: "홍길동",
    customerEmail: null,
    customerPhone: null,
    locale: "ko",
    state: "active",
    orderNumber: id.toUpperCase(),
    secret: composition.secrets.seal(gatewayKey, id),
    cardName: "BC",
    maskedNumber: "411111******1111",
    reason: null,
    createdAt: clock.now(),
    remindAt: null,
    startedAt: clock.now(),
    idempotency: null,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
  await composition.billingKeys.insert(key);
  return key;
}
