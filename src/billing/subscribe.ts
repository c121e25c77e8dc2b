import { BillingError } from "../domain/errors.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import { isReachable } from "../domain/message-plan.ts";
import { type Subscription, createSubscription } from "../domain/subscription.ts";
import { newId } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { getUsableBillingKey } from "./billing-key-checks.ts";
import { type ScheduleDeps, assertNoSchedule } from "./gateway-schedules.ts";
import { replayOf } from "./idempotency.ts";
import { type Clocks, readInstants } from "./instants.ts";

export interface SubscribeDeps extends Clocks, ScheduleDeps {
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  hints: WorkHints;
  log: Logger;
  zone: string;
  billingHour: number;
}

export interface SubscribeInput {
  billingKeyId: string;
  customerId: string;
  planId: string;
  amount: number;
  productName: string;
  /** Where its messages go; what is left out stands on the saved card. */
  customerEmail?: string | null;
  customerPhone?: string | null;
  locale?: "ko" | "en" | null;
  cycleDay: number;
  trialDays: number;
  startOn: string | null;
  firstCharge: "now" | "cycleDay";
  metadata: Record<string, string>;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Begins a subscription on a saved card. Its periods are opened by the sweep. Throws what is wrong
 * with the key, or GATEWAY_SCHEDULE_EXISTS.
 */
export async function subscribe(deps: SubscribeDeps, input: SubscribeInput): Promise<Subscription> {
  const earlier = await findEarlier(deps, input.idempotency);
  if (earlier !== null) return earlier;
  const { billingKeyId, startOn, ...given } = input;
  const at = await readInstants(deps);
  const key = await getUsableBillingKey(deps.billingKeys, billingKeyId, input.customerId);
  await assertNoSchedule(deps, key);
  const subscription = createSubscription({
    ...given,
    ...(startOn === null ? {} : { startOn }),
    id: newId("sub"),
    customerName: key.customerName,
    reachable: isReachable(input, key),
    billingKeyId: key.id,
    gateway: key.gateway,
    account: key.account,
    zone: deps.zone,
    dueHour: deps.billingHour,
    at,
  });
  if (!(await deps.subscriptions.insert(subscription))) {
    const first = await findEarlier(deps, input.idempotency);
    if (first !== null) return first;
    throw new BillingError("CONFLICT", { id: subscription.id });
  }
  deps.log.info(
    { subscriptionId: subscription.id, nextPeriodAt: subscription.nextPeriodAt },
    "subscription is created",
  );
  const { nextPeriodAt } = subscription;
  if (nextPeriodAt !== null && nextPeriodAt <= at.business) await deps.hints.sweep();
  return subscription;
}

async function findEarlier(
  deps: SubscribeDeps,
  mark: IdempotencyMark | null,
): Promise<Subscription | null> {
  if (mark === null) return null;
  const earlier = await deps.subscriptions.findByIdempotencyKey(mark.key);
  return replayOf(earlier, earlier?.idempotency ?? null, mark);
}
