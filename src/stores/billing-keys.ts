import type { BillingKey } from "../domain/billing-key.ts";
import type { Database } from "./connection.ts";
import {
  type RevisionedStore,
  type Stored,
  createRevisionedStore,
  fromStored,
} from "./revisioned.ts";
import { billingKeySchema } from "./schemas.ts";

/** Saved cards. The gateway's token stands in them encrypted. */
export interface BillingKeyStore extends RevisionedStore<BillingKey> {
  findByIdempotencyKey(key: string): Promise<BillingKey | null>;
}

export function createBillingKeyStore(database: Database): BillingKeyStore {
  const model = database.model<Stored<BillingKey>>("BillingKey", billingKeySchema, "billingkeys");
  return {
    ...createRevisionedStore<BillingKey>(model),
    async findByIdempotencyKey(key) {
      const found = await model.findOne({ "idempotency.key": key }).lean<Stored<BillingKey>>();
      return found === null ? null : fromStored<BillingKey>(found);
    },
  };
}
