import type { OutboxEntry } from "../domain/events.ts";
import type { Database } from "./connection.ts";
import { insertTogether } from "./joined-operations.ts";
import { eventSchema } from "./schemas.ts";

/** Collections whose documents carry an outbox. */
const OUTBOX_COLLECTIONS = ["invoices", "subscriptions", "billingkeys", "accountpauses"] as const;

export interface StoredEvent extends OutboxEntry {
  /** Document id and running number: copying twice is harmless. */
  id: string;
  documentId: string;
  subscriptionId: string | null;
}

export interface EventStore {
  /**
   * Copies waiting outbox entries to the events and takes them out of their documents. Each step may
   * be repeated after a crash. Returns how many entries were moved; at most `limit` documents a call.
   */
  relayOutboxes(limit: number): Promise<number>;
  /** Events of a subscription and its invoices, oldest first. */
  listOfSubscription(subscriptionId: string, limit: number): Promise<StoredEvent[]>;
}

interface OutboxDocument {
  _id: string;
  subscriptionId?: string | null;
  outbox: OutboxEntry[];
}

type EventDocument = Omit<StoredEvent, "id"> & { _id: string; collectionName: string };

export function createEventStore(database: Database): EventStore {
  const model = database.model<EventDocument>("Event", eventSchema, "events");

  async function copy(collectionName: string, documents: readonly OutboxDocument[]): Promise<void> {
    const events = documents.flatMap((document) => {
      const subscriptionId =
        collectionName === "subscriptions" ? document._id : (document.subscriptionId ?? null);
      return document.outbox.map((entry) => ({
        _id: `${document._id}:${entry.number}`,
        ...entry,
        collectionName,
        documentId: document._id,
        subscriptionId,
      }));
    });
    // One that is there already was copied before; one that could not be stored stays in its outbox.
    for (const settled of await insertTogether(model, events)) {
      if ("error" in settled) throw settled.error;
    }
  }

  async function relayCollection(name: string, limit: number): Promise<number> {
    const collection = database.collection<OutboxDocument>(name);
    const documents = await collection
      .find({ "outbox.number": { $gt: 0 } })
      .project<OutboxDocument>({ outbox: 1, subscriptionId: 1 })
      .limit(limit)
      .toArray();
    if (documents.length === 0) return 0;
    await copy(name, documents);
    await collection.bulkWrite(
      documents.map((document) => {
        const last = document.outbox.at(-1)?.number ?? 0;
        return {
          updateOne: {
            filter: { _id: document._id },
            // No other field, and not the revision: whoever writes meanwhile adds events to the list
            // and never sets it, so that nothing comes back and no claim loses against the relay.
            update: { $pull: { outbox: { number: { $lte: last } } } },
          },
        };
      }) as never,
      { ordered: false, writeConcern: { w: "majority", j: true } },
    );
    return documents.reduce((sum, document) => sum + document.outbox.length, 0);
  }

  return {
    async relayOutboxes(limit) {
      const counts = await Promise.all(
        OUTBOX_COLLECTIONS.map((name) => relayCollection(name, limit)),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    },
    async listOfSubscription(subscriptionId, limit) {
      const found = await model
        .find({ subscriptionId })
        .sort({ at: 1, recordedAt: 1, number: 1 })
        .limit(limit)
        .lean<EventDocument[]>();
      return found.map(({ _id, collectionName: _collection, ...event }) => ({ id: _id, ...event }));
    },
  };
}
