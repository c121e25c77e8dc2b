import type { BillingKey } from "../domain/billing-key.ts";
import type { Database } from "./connection.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFind,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { billingKeySchema } from "./schemas.ts";

/** Saved cards. The gateway's token stands in them encrypted. */
export interface BillingKeyStore extends RevisionedStore<BillingKey> {
  findByIdempotencyKey(key: string): Promise<BillingKey | null>;
  /** What a charge needs of it. */
  findSealed(id: string): Promise<SealedKey | null>;
}

export type SealedKey = Pick<BillingKey, "id" | "state" | "secret">;

export function createBillingKeyStore(
  database: Database,
  joining: Joining = JOINING,
): BillingKeyStore {
  const model = database.model<Stored<BillingKey>>("BillingKey", billingKeySchema, "billingkeys");
  return {
    ...createRevisionedStore<BillingKey>(model, joining),
    findSealed: createFind<SealedKey>(model, joining, { state: 1, secret: 1 }),
    findByIdempotencyKey: (key) => createFinders<BillingKey>(model).one({ "idempotency.key": key }),
  };
}
