/** What customers are told ahead of time: that a charge is coming up, that a card ends soon. */
import { isReminderOver } from "../../domain/card-reminder.ts";
import { cardExpiring, contactOf, upcomingCharge } from "../../domain/message-plan.ts";
import { type Subscription, isBillable } from "../../domain/subscription.ts";
import type { BillingKeyStore } from "../../stores/billing-keys.ts";
import type { SubscriptionStore } from "../../stores/subscriptions.ts";
import { type Clocks, readInstants } from "../instants.ts";
import { type RecordMessageDeps, recordMessages } from "./plan-messages.ts";

export interface AnnounceDeps extends RecordMessageDeps, Clocks {
  subscriptions: Pick<SubscriptionStore, "listToNotice" | "markNoticed" | "list">;
  billingKeys: Pick<BillingKeyStore, "find" | "listToRemind" | "markReminded">;
  /** Days before a charge on which it is announced; 0: it is not. */
  noticeDays: number;
}

const DAY_MS = 86_400_000;

/** Announces each period's charge once, and never when its instant has come. Repeating it is harmless. */
export async function announceCharges(deps: AnnounceDeps, limit: number): Promise<void> {
  if (deps.noticeDays === 0) return;
  const { business } = await readInstants(deps);
  const until = new Date(business.getTime() + deps.noticeDays * DAY_MS);
  const due = await deps.subscriptions.listToNotice(business, until, limit);
  await Promise.all(due.map((subscription) => announceCharge(deps, subscription, business)));
  await deps.subscriptions.markNoticed(due);
}

async function announceCharge(
  deps: AnnounceDeps,
  subscription: Subscription,
  business: Date,
): Promise<void> {
  const key = await deps.billingKeys.find(subscription.billingKeyId);
  const draft = upcomingCharge(subscription, key, business);
  if (draft !== null) await recordMessages(deps, draft, contactOf(subscription, key));
}

/** Subscriptions of one customer that are looked at. */
const OF_CUSTOMER_MAX = 100;

/** Reminds once of each saved card that ends soon and pays for something. */
export async function remindOfCards(deps: AnnounceDeps, limit: number): Promise<void> {
  const { business } = await readInstants(deps);
  for (const key of await deps.billingKeys.listToRemind(business, limit)) {
    const isLate = key.remindAt === null || isReminderOver(key.remindAt, business);
    const paysFor = isLate || key.state !== "active" ? undefined : await findPaidWith(deps, key);
    if (paysFor !== undefined) {
      const draft = cardExpiring(key, paysFor, business);
      await recordMessages(deps, draft, contactOf(paysFor, key));
    }
    await deps.billingKeys.markReminded(key);
  }
}

async function findPaidWith(
  deps: AnnounceDeps,
  key: { id: string; customerId: string },
): Promise<Subscription | undefined> {
  const all = await deps.subscriptions.list({ customerId: key.customerId }, OF_CUSTOMER_MAX);
  return all.find(
    (one) => one.billingKeyId === key.id && isBillable(one) && !one.cancelAtPeriodEnd,
  );
}
