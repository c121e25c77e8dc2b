import type { BillingKey } from "../domain/billing-key.ts";
import type { Database } from "./connection.ts";
import {
  type RevisionedStore,
  type Stored,
  createFinders,
  createRevisionedStore,
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
    findByIdempotencyKey: (key) => createFinders<BillingKey>(model).one({ "idempotency.key": key }),
  };
}
