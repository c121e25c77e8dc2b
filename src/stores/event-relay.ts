/**
 * The relay: takes events out of the outboxes of their documents and puts them into `events`, each
 * with its number within its stream. It holds no lease. The unique index on stream and number is the
 * only judge, and each number is given away only when the one before it is stored: so there is
 * neither a gap nor a number twice, however many relays run and wherever they die.
 */
import { inOrderOfWriting, writtenBefore } from "../domain/event-order.ts";
import { isToldEventType } from "../domain/event-types.ts";
import type { OutboxEntry } from "../domain/events.ts";
import { groupBy } from "../lib/group-by.ts";
import type { Database } from "./connection.ts";
import { collectionOf, findTogether, insertTogether } from "./joined-operations.ts";

/** Collections whose documents carry an outbox. */
const OUTBOX_COLLECTIONS = [
  "subscriptions",
  "invoices",
  "billingkeys",
  "accountpauses",
  "webhookendpoints",
  "inbox",
] as const;

/** An event as it is stored. */
export interface EventDocument extends OutboxEntry {
  /** Document id and running number: the same event can be stored once only. */
  _id: string;
  collectionName: string;
  documentId: string;
  subscriptionId: string | null;
  /** The subscription, and where there is none the document itself. */
  stream: string;
  /** Running number within its stream, from 1. */
  sequence: number;
  /** Stands where a message to the customer may follow from it, until that is decided. */
  toTell?: true;
  /** Stands until its deliveries are made. */
  toDeliver?: true;
}

interface OutboxDocument {
  _id: string;
  subscriptionId?: string | null;
  outbox: OutboxEntry[];
}

/** An event whose number is yet to be given. */
interface Waiting {
  collectionName: string;
  documentId: string;
  subscriptionId: string | null;
  stream: string;
  entry: OutboxEntry;
}

/** The waiting events of one stream and the number that the first of them gets. */
interface Stream {
  waiting: Waiting[];
  next: number;
}

export interface RelayParts {
  database: Database;
  /** The model of the events. */
  model: { collection: unknown };
}

/** What a pass is told. */
export interface RelayPass {
  /** Most documents of each kind. */
  limit: number;
  beganAt: Date;
  /** Whether there is an endpoint to deliver to. */
  toDeliver: boolean;
}

/**
 * Moves the events of some documents of each kind and returns how many were moved. Each step may be
 * repeated after a crash, and several relays may run at once.
 */
export async function relayOnce({ database, model }: RelayParts, pass: RelayPass): Promise<number> {
  const read = await Promise.all(
    OUTBOX_COLLECTIONS.map((name) => readOutboxes(database, name, pass)),
  );
  const waiting = read.flat();
  if (waiting.length === 0) return 0;
  const streams = await numberStreams(model, waiting);
  const { stored, failure } = await storeInTurn(model, streams, pass.toDeliver);
  await removeStored(database, stored);
  if (failure !== null) throw failure.error;
  return stored.length;
}

async function readOutboxes(
  database: Database,
  collectionName: string,
  { limit, beganAt }: RelayPass,
): Promise<Waiting[]> {
  const documents = await database
    .collection<OutboxDocument>(collectionName)
    .find({ "outbox.number": { $gt: 0 } })
    .project<OutboxDocument>({ outbox: 1, subscriptionId: 1 })
    .limit(limit)
    .toArray();
  return documents.flatMap((document) => {
    const subscriptionId =
      collectionName === "subscriptions" ? document._id : (document.subscriptionId ?? null);
    const stream = subscriptionId ?? document._id;
    return writtenBefore(document.outbox, beganAt).map((entry) => ({
      collectionName,
      documentId: document._id,
      subscriptionId,
      stream,
      entry,
    }));
  });
}

/**
 * Puts the events of each stream in order. A document that is a stream of its own has numbers of its
 * own already; for a subscription and its invoices the last number given is read.
 */
async function numberStreams(
  model: RelayParts["model"],
  waiting: readonly Waiting[],
): Promise<Stream[]> {
  const byStream = groupBy(waiting, ({ stream }) => stream);
  const shared = [...byStream.values()].flatMap(([first]) => first?.subscriptionId ?? []);
  const last = await readLastNumbers(model, shared);
  return [...byStream].map(([stream, all]) => {
    const documents = [...groupBy(all, ({ documentId }) => documentId).values()];
    const ordered = inOrderOfWriting(documents);
    const isShared = ordered[0]?.subscriptionId !== null;
    const next = isShared ? (last.get(stream) ?? 0) + 1 : (ordered[0]?.entry.number ?? 1);
    return { waiting: ordered, next };
  });
}

async function readLastNumbers(
  model: RelayParts["model"],
  streams: readonly string[],
): Promise<Map<string, number>> {
  if (streams.length === 0) return new Map();
  const found = await collectionOf(model)
    .aggregate<{ _id: string; last: number }>(
      [
        // The number is named for the sake of the index, which holds numbered events alone.
        { $match: { stream: { $in: [...streams] }, sequence: { $gt: 0 } } },
        { $group: { _id: "$stream", last: { $max: "$sequence" } } },
      ],
      // A number that a change of primary may still take back would leave a gap behind.
      { readConcern: { level: "majority" } },
    )
    .toArray();
  return new Map(found.map(({ _id, last }) => [_id, last]));
}

interface Turns {
  /** What is known to stand in the events. */
  stored: Waiting[];
  /** The first error that is no matter of order; null: there was none. */
  failure: { error: unknown } | null;
}

/**
 * One round trip stores the first event of every stream, the next one the second of every stream
 * whose first is stored, and so on. A stream in which somebody else was quicker is left for the next
 * pass: what this pass knows of its numbers is out of date.
 */
async function storeInTurn(
  model: RelayParts["model"],
  streams: readonly Stream[],
  toDeliver: boolean,
): Promise<Turns> {
  const turns: Turns = { stored: [], failure: null };
  let going = streams;
  for (let turn = 0; going.length > 0; turn += 1) {
    const offered = going.flatMap(({ waiting, next }) => {
      const one = waiting[turn];
      return one === undefined ? [] : [{ one, event: toEvent(one, next + turn, toDeliver) }];
    });
    const settled = await insertTogether(
      model,
      offered.map(({ event }) => event),
    );
    const lost = new Set<string>();
    const refused: Waiting[] = [];
    for (const [index, { one }] of offered.entries()) {
      const answer = settled[index];
      if (answer !== undefined && "answer" in answer && answer.answer) {
        turns.stored.push(one);
        continue;
      }
      lost.add(one.stream);
      if (answer !== undefined && "error" in answer) turns.failure ??= { error: answer.error };
      else refused.push(one);
    }
    turns.stored.push(...(await thoseThatStand(model, refused)));
    going = going.filter(
      ({ waiting }) => waiting.length > turn + 1 && !lost.has(waiting[0]?.stream ?? ""),
    );
  }
  return turns;
}

/** Of events that could not be inserted, those that a relay stored before: their number stands. */
async function thoseThatStand(
  model: RelayParts["model"],
  refused: readonly Waiting[],
): Promise<Waiting[]> {
  if (refused.length === 0) return [];
  const found = await findTogether<{ _id: string }>(model, refused.map(idOf), { _id: 1 });
  return refused.filter((_one, index) => {
    const settled = found[index];
    return settled !== undefined && "answer" in settled && settled.answer !== null;
  });
}

const idOf = ({ documentId, entry }: Waiting): string => `${documentId}:${entry.number}`;

function toEvent(one: Waiting, sequence: number, toDeliver: boolean): EventDocument {
  const { entry, ...about } = one;
  return {
    _id: idOf(one),
    ...entry,
    ...about,
    sequence,
    ...(isToldEventType(entry.type) ? { toTell: true } : {}),
    ...(toDeliver ? { toDeliver } : {}),
  };
}

/** Takes the stored events out of their documents. */
async function removeStored(database: Database, stored: readonly Waiting[]): Promise<void> {
  const byCollection = groupBy(stored, ({ collectionName }) => collectionName);
  await Promise.all(
    [...byCollection].map(async ([name, all]) => {
      const last = new Map<string, number>();
      for (const { documentId, entry } of all) last.set(documentId, entry.number);
      await database.collection<OutboxDocument>(name).bulkWrite(
        [...last].map(([_id, number]) => ({
          updateOne: {
            filter: { _id },
            // No other field, and not the revision: whoever writes meanwhile adds events to the list
            // and never sets it, so that nothing comes back and no claim loses against the relay.
            update: { $pull: { outbox: { number: { $lte: number } } } },
          },
        })) as never,
        { ordered: false, writeConcern: { w: "majority", j: true } },
      );
    }),
  );
}
