import type { BillingKey } from "../domain/billing-key.ts";
import type { Database } from "./connection.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
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

export function createBillingKeyStore(
  database: Database,
  joining: Joining = JOINING,
): BillingKeyStore {
  const model = database.model<Stored<BillingKey>>("BillingKey", billingKeySchema, "billingkeys");
  return {
    ...createRevisionedStore<BillingKey>(model, joining),
    findByIdempotencyKey: (key) => createFinders<BillingKey>(model).one({ "idempotency.key": key }),
  };
}
