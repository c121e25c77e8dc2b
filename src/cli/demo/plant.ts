/** Damage on purpose: a check that cannot fail proves nothing. */
import { updateDocument } from "../../billing/update-document.ts";
import type { Composition } from "../../compose.ts";
import { systemClock } from "../../lib/clock.ts";
import { newToken } from "../../lib/ids.ts";

export const PLANTS = ["double", "miss"] as const;
export type Plant = (typeof PLANTS)[number];

/** Charges one customer behind our back, or makes us forget one's next period. */
export async function plantDamage(
  composition: Composition,
  customerId: string,
  plant: Plant,
): Promise<void> {
  const [subscription] = await composition.subscriptions.list({ customerId }, 1);
  if (subscription === undefined) return;
  if (plant === "miss") {
    const farAway = new Date(systemClock.now().getTime() + 50 * 365 * 86_400_000);
    await updateDocument(composition.subscriptions, subscription.id, (read) => ({
      ...read,
      nextPeriodAt: farAway,
    }));
    return;
  }
  const key = await composition.billingKeys.find(subscription.billingKeyId);
  const adapter = composition.gateways.get(subscription.gateway, subscription.account);
  const opened = await adapter.openCredential({ call: "charge", paidWith: "billing_key" });
  if (key?.secret == null || opened.kind !== "ready") throw new Error("cannot plant a double");
  await adapter.charge(
    { credential: opened.credential, maySend: () => true },
    {
      orderNumber: `X-${newToken().slice(0, 12).toUpperCase()}`,
      source: { kind: "billing_key", billingKey: composition.secrets.open(key.secret, key.id) },
      amount: subscription.amount,
      productName: subscription.productName,
      customerId: subscription.customerId,
      customerName: subscription.customerName,
    },
  );
}
