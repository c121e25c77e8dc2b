import type { BillingKey } from "../domain/billing-key.ts";
import { BillingError } from "../domain/errors.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";

/** The billing key, if it may be charged for this customer; else the error that says why not. */
export async function getUsableBillingKey(
  billingKeys: BillingKeyStore,
  id: string,
  customerId: string | null,
): Promise<BillingKey> {
  const key = await billingKeys.find(id);
  if (key === null) throw new BillingError("NOT_FOUND", { id }, "/billingKey");
  if (customerId !== null && key.customerId !== customerId) {
    throw new BillingError("BILLING_KEY_OF_ANOTHER_CUSTOMER", { id }, "/customerId");
  }
  if (key.state !== "active") {
    throw new BillingError("BILLING_KEY_NOT_USABLE", { id, state: key.state }, "/billingKey");
  }
  return key;
}
