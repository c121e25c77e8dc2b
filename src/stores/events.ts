import type { OutboxEntry } from "../domain/events.ts";
import { type OperationalClock, systemClock } from "../lib/clock.ts";
import type { Database } from "./connection.ts";
import { type EventDocument, relayOnce } from "./event-relay.ts";
import { eventSchema } from "./schemas.ts";

export interface StoredEvent extends OutboxEntry {
  /** Document id and running number: copying twice is harmless. */
  id: string;
  documentId: string;
  subscriptionId: string | null;
  /** The subscription, and where there is none the document itself. */
  stream: string;
  /** Running number within its stream, from 1 and without a gap. */
  sequence: number;
}

export interface EventStore {
  /**
   * Moves waiting outbox entries to the events, numbers them within their streams and takes them out
   * of their documents. Each step may be repeated after a crash, and several may run at once. Returns
   * how many entries were moved; looks at no more than `limit` documents of each kind.
   */
  relayOutboxes(limit: number): Promise<number>;
  /** Events of a subscription and its invoices, oldest first. */
  listOfSubscription(subscriptionId: string, limit: number): Promise<StoredEvent[]>;
}

export function createEventStore(
  database: Database,
  clock: Pick<OperationalClock, "now"> = systemClock,
): EventStore {
  const model = database.model<EventDocument>("Event", eventSchema, "events");
  return {
    relayOutboxes: (limit) => relayOnce({ database, model }, limit, clock.now()),
    async listOfSubscription(subscriptionId, limit) {
      const found = await model
        .find({ subscriptionId })
        .sort({ at: 1, recordedAt: 1, number: 1 })
        .limit(limit)
        .lean<EventDocument[]>();
      return found.map(toStoredEvent);
    },
  };
}

function toStoredEvent(document: EventDocument): StoredEvent {
  const { _id, collectionName: _collection, toTell: _flag, ...event } = document;
  return { id: _id, ...event };
}
