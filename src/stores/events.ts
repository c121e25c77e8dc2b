import type { OutboxEntry } from "../domain/events.ts";
import { type OperationalClock, systemClock } from "../lib/clock.ts";
import type { Database } from "./connection.ts";
import { type EventDocument, relayOnce } from "./event-relay.ts";
import { collectionOf } from "./joined-operations.ts";
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

/** Which events a list is to have; business instants. */
export interface EventFilter {
  type?: string;
  subscriptionId?: string;
  /** At or after it. */
  from?: Date;
  /** Before it. */
  until?: Date;
}

export interface EventStore {
  /**
   * Moves waiting outbox entries to the events, numbers them within their streams and takes them out
   * of their documents. Each step may be repeated after a crash, and several may run at once. Returns
   * how many entries were moved; looks at no more than `limit` documents of each kind. `toDeliver`
   * marks them for `listToDeliver`.
   */
  relayOutboxes(limit: number, marks?: { toDeliver: boolean }): Promise<number>;
  /** Events of which it is yet to be decided whether a message follows, oldest first. */
  listToTell(limit: number): Promise<StoredEvent[]>;
  /** It is decided; doing so twice is harmless. */
  markTold(ids: readonly string[]): Promise<void>;
  /** Events of a subscription and its invoices, oldest first. */
  listOfSubscription(subscriptionId: string, limit: number): Promise<StoredEvent[]>;
  find(id: string): Promise<StoredEvent | null>;
  /** Those of these ids that are there, in no order. */
  findAll(ids: readonly string[]): Promise<StoredEvent[]>;
  /** Numbered events in the order of their business time, from after the one named by `after`. */
  list(filter: EventFilter, page: EventPage): Promise<StoredEvent[]>;
  /** Events whose deliveries are not made yet. */
  listToDeliver(limit: number): Promise<StoredEvent[]>;
  /** The lowest number of such an event in a stream; null: all have their deliveries. */
  firstToDeliver(stream: string): Promise<number | null>;
  /** Their deliveries are made. */
  endToDeliver(ids: readonly string[]): Promise<void>;
}

export interface EventPage {
  after: { at: Date; id: string } | null;
  newestFirst: boolean;
  limit: number;
}

export function createEventStore(
  database: Database,
  clock: Pick<OperationalClock, "now"> = systemClock,
): EventStore {
  const model = database.model<EventDocument>("Event", eventSchema, "events");
  const read = async (filter: object, sort: Record<string, 1 | -1>, limit: number) => {
    const found = await model.find(filter).sort(sort).limit(limit).lean<EventDocument[]>();
    return found.map(toStoredEvent);
  };
  return {
    relayOutboxes: (limit, marks = { toDeliver: false }) =>
      relayOnce({ database, model }, { limit, beganAt: clock.now(), ...marks }),
    listOfSubscription: (subscriptionId, limit) =>
      read({ subscriptionId }, { at: 1, recordedAt: 1, number: 1 }, limit),
    find: async (id) => (await read({ _id: id }, {}, 1))[0] ?? null,
    findAll: (ids) => read({ _id: { $in: [...ids] } }, {}, ids.length),
    list: (filter, page) => {
      const direction = page.newestFirst ? -1 : 1;
      return read(queryOf(filter, page), { at: direction, _id: direction }, page.limit);
    },
    listToTell: (limit) => read({ toTell: true }, { recordedAt: 1 }, limit),
    async markTold(ids) {
      const filter = { _id: { $in: [...ids] } };
      if (ids.length > 0) await model.updateMany(filter, { $unset: { toTell: "" } });
    },
    listToDeliver: (limit) => read({ toDeliver: true }, {}, limit),
    async firstToDeliver(stream) {
      const [first] = await read({ toDeliver: true, stream }, { sequence: 1 }, 1);
      return first?.sequence ?? null;
    },
    async endToDeliver(ids) {
      const filter = { _id: { $in: [...ids] } };
      await collectionOf(model).updateMany(filter, { $unset: { toDeliver: "" } });
    },
  };
}

function queryOf(filter: EventFilter, { after, newestFirst }: EventPage): object {
  const { type, subscriptionId, from, until } = filter;
  const beyond = newestFirst ? "$lt" : "$gt";
  const range = {
    ...(from === undefined ? {} : { $gte: from }),
    ...(until === undefined ? {} : { $lt: until }),
  };
  return {
    sequence: { $gt: 0 },
    ...(type === undefined ? {} : { type }),
    ...(subscriptionId === undefined ? {} : { subscriptionId }),
    ...(Object.keys(range).length === 0 ? {} : { at: range }),
    ...(after === null
      ? {}
      : {
          $or: [{ at: { [beyond]: after.at } }, { at: after.at, _id: { [beyond]: after.id } }],
        }),
  };
}

function toStoredEvent(document: EventDocument): StoredEvent {
  const {
    _id,
    collectionName: _collection,
    toTell: _told,
    toDeliver: _spread,
    ...event
  } = document;
  return { id: _id, ...event };
}
