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
  /** Keys whose reminder is due, the earliest first. */
  listToRemind(businessNow: Date, limit: number): Promise<BillingKey[]>;
  /** The reminder of a key has been sent, or never will be. */
  markReminded(key: Pick<BillingKey, "id" | "remindAt">): Promise<void>;
  /** What a charge needs of it. */
  findSealed(id: string): Promise<SealedKey | null>;
}

export type SealedKey = Pick<BillingKey, "id" | "state" | "secret">;

export function createBillingKeyStore(
  database: Database,
  joining: Joining = JOINING,
): BillingKeyStore {
  const model = database.model<Stored<BillingKey>>("BillingKey", billingKeySchema, "billingkeys");
  const { one, many } = createFinders<BillingKey>(model);
  return {
    ...createRevisionedStore<BillingKey>(model, joining),
    listToRemind: (businessNow, limit) =>
      many({ remindAt: { $gt: new Date(0), $lte: businessNow } }, { remindAt: 1 }, limit),
    async markReminded({ id, remindAt }) {
      await model.updateOne({ _id: id, remindAt }, { $set: { remindAt: null } });
    },
    findSealed: createFind<SealedKey>(model, joining, { state: 1, secret: 1 }),
    findByIdempotencyKey: (key) => one({ "idempotency.key": key }),
  };
}
