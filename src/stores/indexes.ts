import type { Database } from "./connection.ts";

export interface IndexSpec {
  collection: string;
  name: string;
  key: Record<string, 1 | -1>;
  unique?: true;
  partial?: Record<string, unknown>;
  /** Without it money could move twice: a production process refuses to start. */
  guardsMoney?: true;
}

const present = (path: string) => ({ [path]: { $exists: true } });
const unrelayed = { "outbox.number": { $gt: 0 } };

/** Every index of the product. `billing migrate` makes them. */
export const INDEXES: readonly IndexSpec[] = [
  { collection: "invoices", name: "number", key: { number: 1 }, unique: true, guardsMoney: true },
  {
    collection: "invoices",
    name: "order_number",
    key: { "attempts.orderNumber": 1 },
    unique: true,
    partial: present("attempts.orderNumber"),
    guardsMoney: true,
  },
  {
    collection: "invoices",
    name: "idempotency_key",
    key: { "idempotency.key": 1 },
    unique: true,
    partial: present("idempotency.key"),
    guardsMoney: true,
  },
  {
    collection: "invoices",
    name: "refund_idempotency_key",
    key: { "refunds.idempotency.key": 1 },
    unique: true,
    partial: present("refunds.idempotency.key"),
    guardsMoney: true,
  },
  {
    collection: "invoices",
    name: "window_order_id",
    key: { "window.orderId": 1 },
    unique: true,
    partial: present("window.orderId"),
    guardsMoney: true,
  },
  {
    collection: "invoices",
    name: "charge_work",
    key: { step: 1, gateway: 1, account: 1, urgent: -1, dueAt: 1 },
  },
  { collection: "invoices", name: "step_work", key: { step: 1, nextActionAt: 1 } },
  { collection: "invoices", name: "recheck_work", key: { recheckAt: 1 } },
  {
    collection: "invoices",
    name: "follow_up",
    key: { followUp: 1 },
    partial: { followUp: true },
  },
  {
    collection: "invoices",
    name: "refund",
    key: { "refunds.id": 1 },
    partial: present("refunds.id"),
  },
  { collection: "invoices", name: "held", key: { held: 1 }, partial: { held: { $gt: "" } } },
  { collection: "invoices", name: "subscription", key: { subscriptionId: 1, periodNumber: 1 } },
  { collection: "invoices", name: "outbox", key: { "outbox.number": 1 }, partial: unrelayed },

  {
    collection: "subscriptions",
    name: "idempotency_key",
    key: { "idempotency.key": 1 },
    unique: true,
    partial: present("idempotency.key"),
    guardsMoney: true,
  },
  {
    collection: "subscriptions",
    name: "change_key",
    key: { "changes.key": 1 },
    unique: true,
    partial: present("changes.key"),
    guardsMoney: true,
  },
  { collection: "subscriptions", name: "period_work", key: { nextPeriodAt: 1 } },
  {
    collection: "subscriptions",
    name: "aligning",
    key: { aligning: 1 },
    partial: { aligning: true },
  },
  {
    collection: "subscriptions",
    name: "parked",
    key: { parked: 1 },
    partial: { parked: { $gt: "" } },
  },
  {
    collection: "subscriptions",
    name: "notice",
    key: { toNotice: 1, nextPeriodAt: 1 },
    partial: { toNotice: true },
  },
  { collection: "subscriptions", name: "customer", key: { customerId: 1, _id: 1 } },
  { collection: "subscriptions", name: "outbox", key: { "outbox.number": 1 }, partial: unrelayed },

  {
    collection: "billingkeys",
    name: "idempotency_key",
    key: { "idempotency.key": 1 },
    unique: true,
    partial: present("idempotency.key"),
    guardsMoney: true,
  },
  {
    collection: "billingkeys",
    name: "order_number",
    key: { orderNumber: 1 },
    unique: true,
    guardsMoney: true,
  },
  { collection: "billingkeys", name: "outbox", key: { "outbox.number": 1 }, partial: unrelayed },
  { collection: "billingkeys", name: "reminder", key: { remindAt: 1 } },

  { collection: "accountpauses", name: "paused", key: { pausedUntil: 1 } },
  { collection: "accountpauses", name: "outbox", key: { "outbox.number": 1 }, partial: unrelayed },
  { collection: "declinecounts", name: "gateway", key: { gateway: 1, code: 1 } },

  { collection: "messages", name: "due", key: { state: 1, nextTryAt: 1 } },
  { collection: "messages", name: "recent", key: { createdAt: -1 } },
  { collection: "inbox", name: "work", key: { state: 1, nextActionAt: 1 } },
  { collection: "inbox", name: "newest", key: { receivedAt: -1 } },
  { collection: "inbox", name: "newest_of_state", key: { state: 1, receivedAt: -1 } },
  { collection: "inbox", name: "raw", key: { rawSince: 1 } },
  { collection: "inbox", name: "order", key: { "facts.orderNumber": 1 } },
  { collection: "inbox", name: "invoice", key: { invoiceId: 1 } },
  { collection: "inbox", name: "outbox", key: { "outbox.number": 1 }, partial: unrelayed },

  { collection: "events", name: "document", key: { documentId: 1, number: 1 } },
  { collection: "events", name: "subscription", key: { subscriptionId: 1, at: 1 } },
  // Events are numbered by it: two relays that give the same number meet here.
  {
    collection: "events",
    name: "stream",
    key: { stream: 1, sequence: 1 },
    unique: true,
    partial: { sequence: { $gt: 0 } },
  },
  {
    collection: "events",
    name: "to_tell",
    key: { toTell: 1, recordedAt: 1 },
    partial: { toTell: true },
  },
  {
    collection: "events",
    name: "to_deliver",
    key: { toDeliver: 1, stream: 1, sequence: 1 },
    partial: { toDeliver: true },
  },
  { collection: "events", name: "at", key: { at: 1, _id: 1 } },

  {
    collection: "webhookendpoints",
    name: "outbox",
    key: { "outbox.number": 1 },
    partial: unrelayed,
  },
  { collection: "deliveries", name: "lane", key: { lane: 1, state: 1, sequence: 1 } },
  { collection: "deliveries", name: "event", key: { eventId: 1 } },
  { collection: "deliveries", name: "endpoint", key: { endpointId: 1, state: 1 } },
  { collection: "deliveries", name: "closed", key: { state: 1, closedAt: 1 } },
  {
    collection: "deliverylanes",
    name: "work",
    key: { endpointId: 1, work: 1, nextTryAt: 1 },
    partial: { work: true },
  },
];

export interface MigrationLine {
  collection: string;
  index: string;
  result: "created" | "already there";
}

/** Creates what is missing and tells what it did. Repeating it changes nothing. */
export async function createIndexes(database: Database): Promise<MigrationLine[]> {
  const lines: MigrationLine[] = [];
  const missing = await missingIndexes(database);
  for (const spec of INDEXES) {
    const isMissing = missing.includes(spec);
    if (isMissing) {
      await database.collection(spec.collection).createIndex(spec.key, {
        name: spec.name,
        ...(spec.unique ? { unique: true } : {}),
        ...(spec.partial ? { partialFilterExpression: spec.partial } : {}),
      });
    }
    lines.push({
      collection: spec.collection,
      index: spec.name,
      result: isMissing ? "created" : "already there",
    });
  }
  return lines;
}

/** The indexes that are not there, or are there with another meaning. */
export async function missingIndexes(database: Database): Promise<IndexSpec[]> {
  const collections = [...new Set(INDEXES.map((spec) => spec.collection))];
  const found = new Map(
    await Promise.all(
      collections.map(
        async (collection) => [collection, await listIndexes(database, collection)] as const,
      ),
    ),
  );
  return INDEXES.filter((spec) => {
    const index = found.get(spec.collection)?.find((one) => one.name === spec.name);
    return index === undefined || !isSameIndex(spec, index);
  });
}

interface FoundIndex {
  name?: string;
  key: Record<string, unknown>;
  unique?: boolean;
  partialFilterExpression?: unknown;
}

async function listIndexes(database: Database, collection: string): Promise<FoundIndex[]> {
  try {
    return await database.collection(collection).listIndexes().toArray();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === 26) return [];
    throw error;
  }
}

function isSameIndex(spec: IndexSpec, index: FoundIndex): boolean {
  return (
    JSON.stringify(spec.key) === JSON.stringify(index.key) &&
    (spec.unique ?? false) === (index.unique ?? false) &&
    JSON.stringify(spec.partial ?? null) === JSON.stringify(index.partialFilterExpression ?? null)
  );
}
