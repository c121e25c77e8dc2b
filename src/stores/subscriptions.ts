import {
  BILLABLE_STATES,
  type Contract,
  type Subscription,
  type SubscriptionState,
} from "../domain/subscription.ts";
import type { Database } from "./connection.ts";
import { type NoticeQueries, createNoticeQueries } from "./charge-notices.ts";
import type { Joining } from "./join-calls.ts";
import {
  JOINING,
  type RevisionedStore,
  type Stored,
  createFind,
  createFinders,
  createRevisionedStore,
} from "./revisioned.ts";
import { subscriptionSchema } from "./schemas.ts";

export interface SubscriptionFilter {
  customerId?: string;
  state?: SubscriptionState;
  planId?: string;
  /** Id of the last one of the page before. */
  after?: string;
}

export interface SubscriptionStore extends RevisionedStore<Subscription>, NoticeQueries {
  /** What is agreed, as a charge needs it: without the marks of past requests. */
  findContract(id: string): Promise<Contract | null>;
  findByIdempotencyKey(key: string): Promise<Subscription | null>;
  /** By the key of a request that changed it. */
  findByChangeKey(key: string): Promise<Subscription | null>;
  list(filter: SubscriptionFilter, limit: number): Promise<Subscription[]>;
  /** Subscriptions whose next period is to be opened. */
  listDue(businessNow: Date, limit: number): Promise<Subscription[]>;
  /** Contract changes that have not reached every open invoice. */
  listAligning(limit: number): Promise<Subscription[]>;
  /** Those that a person must release. */
  listParked(limit: number): Promise<Subscription[]>;
  /** Whether a period is to be opened or a change is to be finished. */
  hasWork(businessNow: Date): Promise<boolean>;
  /** The next business instant after `after` at which a period is opened. */
  nextBusinessInstant(after: Date): Promise<Date | null>;
}

export function createSubscriptionStore(
  database: Database,
  joining: Joining = JOINING,
): SubscriptionStore {
  const model = database.model<Stored<Subscription>>(
    "Subscription",
    subscriptionSchema,
    "subscriptions",
  );
  const { one, many } = createFinders<Subscription>(model);
  const billable = { state: { $in: [...BILLABLE_STATES] }, parked: null };
  return {
    ...createRevisionedStore<Subscription>(model, joining),
    findContract: createFind<Contract>(model, joining, {
      changes: 0,
      metadata: 0,
      outbox: 0,
      idempotency: 0,
    }),
    findByIdempotencyKey: (key) => one({ "idempotency.key": key }),
    findByChangeKey: (key) => one({ "changes.key": key }),
    list({ after, ...filter }, limit) {
      return many(
        { ...filter, ...(after === undefined ? {} : { _id: { $gt: after } }) },
        { _id: 1 },
        limit,
      );
    },
    listDue: (businessNow, limit) =>
      many({ nextPeriodAt: { $lte: businessNow }, ...billable }, { nextPeriodAt: 1 }, limit),
    ...createNoticeQueries(model, billable),
    listAligning: (limit) => many({ aligning: true }, { _id: 1 }, limit),
    listParked: (limit) => many({ parked: { $gt: "" } }, { _id: 1 }, limit),
    async hasWork(businessNow) {
      const due = await one({ nextPeriodAt: { $lte: businessNow }, ...billable });
      return due !== null || (await one({ aligning: true })) !== null;
    },
    async nextBusinessInstant(after) {
      const [next] = await many(
        { nextPeriodAt: { $gt: after }, ...billable },
        { nextPeriodAt: 1 },
        1,
      );
      return next?.nextPeriodAt ?? null;
    },
  };
}
