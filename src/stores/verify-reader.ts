/**
 * Reads whole collections, page by page, for verification. It has no method that writes. It reads
 * what stands there, by the driver and past the schemas: a damaged document must be seen as it is.
 */
import type { BillingKey } from "../domain/billing-key.ts";
import type { Delivery } from "../domain/delivery.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { Subscription } from "../domain/subscription.ts";
import type { WebhookEndpoint } from "../domain/webhook-endpoint.ts";
import type { Database } from "./connection.ts";

export interface EventNumber {
  documentId: string;
  number: number;
  recordedAt: Date;
}

/** What is due next in a lane. */
export interface WaitingLane {
  id: string;
  endpointId: string;
  work: boolean;
  nextTryAt: Date;
}

export interface ApprovedBetween {
  gateway: string;
  account: string;
  from: Date;
  until: Date;
}

export interface VerifyReader {
  subscriptions(): AsyncIterable<Subscription[]>;
  invoices(): AsyncIterable<Invoice[]>;
  billingKeys(): AsyncIterable<BillingKey[]>;
  findSubscriptions(ids: readonly string[]): Promise<Subscription[]>;
  findInvoices(ids: readonly string[]): Promise<Invoice[]>;
  findBillingKeys(ids: readonly string[]): Promise<BillingKey[]>;
  invoicesOfSubscriptions(ids: readonly string[]): Promise<Invoice[]>;
  /** Ids of the invoices with these numbers. */
  findByNumbers(numbers: readonly string[]): Promise<{ id: string; number: string }[]>;
  findByOrderNumbers(orderNumbers: readonly string[]): Promise<Invoice[]>;
  /** Numbers of the copied events of these documents. */
  eventsOf(documentIds: readonly string[]): Promise<EventNumber[]>;
  /** Numbers within these streams, in their order. */
  numbersIn(streams: readonly string[]): Promise<{ stream: string; sequence: number }[]>;
  /** Lanes in which deliveries wait. */
  lanes(): AsyncIterable<WaitingLane[]>;
  findLanes(ids: readonly string[]): Promise<WaitingLane[]>;
  /** The deliveries that these lanes are waiting for, and the endpoints that they go to. */
  headOf(lane: WaitingLane): Promise<Pick<Delivery, "eventId" | "firstTriedAt"> | null>;
  findEndpoints(ids: readonly string[]): Promise<WebhookEndpoint[]>;
  /** Invoices with an attempt whose approval lies between two business instants. */
  approvedBetween(range: ApprovedBetween): AsyncIterable<Invoice[]>;
}

/** Documents of one page: what is in memory at a time. */
const PAGE = 200;
/** Fewer of these, since each comes with all its invoices. */
const SUBSCRIPTION_PAGE = 50;

interface Stored {
  _id: string;
}

export function createVerifyReader(database: Database): VerifyReader {
  const find = async <T>(collection: string, filter: object): Promise<T[]> =>
    (await database.collection<Stored>(collection).find(filter).toArray()).map(
      (stored) => withId(stored) as T,
    );

  async function* pages<T>(collection: string, filter: object, size = PAGE): AsyncIterable<T[]> {
    for (let after: string | null = null; ; ) {
      const found: Stored[] = await database
        .collection<Stored>(collection)
        .find({ ...filter, ...(after === null ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(size)
        .toArray();
      if (found.length > 0) yield found.map((stored) => withId(stored) as T);
      if (found.length < size) return;
      after = found.at(-1)?._id ?? null;
    }
  }

  return {
    subscriptions: () => pages("subscriptions", {}, SUBSCRIPTION_PAGE),
    invoices: () => pages("invoices", {}),
    billingKeys: () => pages("billingkeys", {}),
    findSubscriptions: (ids) => find("subscriptions", { _id: among(ids) }),
    findInvoices: (ids) => find("invoices", { _id: among(ids) }),
    findBillingKeys: (ids) => find("billingkeys", { _id: among(ids) }),
    invoicesOfSubscriptions: (ids) => find("invoices", { subscriptionId: among(ids) }),
    async findByNumbers(numbers) {
      const found = await database
        .collection<Stored>("invoices")
        .find({ number: among(numbers) })
        .project<Stored & { number: string }>({ number: 1 })
        .toArray();
      return found.map(({ _id, number }) => ({ id: _id, number }));
    },
    findByOrderNumbers: (orderNumbers) =>
      find("invoices", { "attempts.orderNumber": among(orderNumbers) }),
    eventsOf: (documentIds) =>
      database
        .collection<Stored>("events")
        .find({ documentId: among(documentIds) })
        .project<EventNumber>({ documentId: 1, number: 1, recordedAt: 1 })
        .toArray(),
    numbersIn: (streams) =>
      database
        .collection<Stored>("events")
        .find({ stream: among(streams), sequence: { $gt: 0 } })
        .sort({ stream: 1, sequence: 1 })
        .project<{ stream: string; sequence: number }>({ stream: 1, sequence: 1 })
        .toArray(),
    lanes: () => pages("deliverylanes", { work: true }),
    findLanes: (ids) => find("deliverylanes", { _id: among(ids), work: true }),
    headOf: ({ id }) =>
      database
        .collection<Pick<Delivery, "eventId" | "firstTriedAt">>("deliveries")
        .findOne({ lane: id, state: "waiting" }, { sort: { sequence: 1 } }),
    findEndpoints: (ids) => find("webhookendpoints", { _id: among(ids) }),
    approvedBetween: ({ gateway, account, from, until }) =>
      pages("invoices", {
        gateway,
        account,
        "attempts.transaction.approvedAt": { $gte: from, $lt: until },
      }),
  };
}

const among = (values: readonly string[]) => ({ $in: [...values] });

/** Nothing has checked the document yet: whoever reads its fields must be ready for their absence. */
function withId({ _id, ...rest }: Stored): unknown {
  return { id: _id, ...rest };
}
