/**
 * Several operations of one kind on one collection, in one round trip, each with an answer of its
 * own. They go through the driver and not through mongoose, whose casting costs as much as the rest.
 */
import mongoose from "mongoose";
import { sleep } from "../lib/clock.ts";
import { randomText } from "../lib/ids.ts";
import { isDatabaseUnavailable, isDuplicateKey } from "./connection.ts";
import type { Settled } from "./join-calls.ts";

/** One compare-and-set: it happens where the filter still matches. */
export interface JoinedWrite {
  filter: { _id: string; revision: number };
  set: object;
  /** Entries that are added to the outbox. */
  events: readonly object[];
}

/** What is needed of a model: its collection. */
interface AnyModel {
  collection: unknown;
}

/** Fields to be left out (0) or the only ones to be read (1). */
export type Projection = Readonly<Record<string, 0> | Record<string, 1>>;

/** Far longer than a server takes for writes that have reached it. */
const LANDING_MS = 1000;

const AS_GIVEN = { ordered: false, ignoreUndefined: true } as const;

/** Reads by id, begun after the last of them was asked for; null for one that is not there. */
export async function findTogether<Document extends { _id: string }>(
  model: AnyModel,
  ids: readonly string[],
  projection: Projection = {},
): Promise<Settled<Document | null>[]> {
  const found = await collectionOf(model)
    .find({ _id: { $in: [...new Set(ids)] } }, { projection })
    .toArray();
  const byId = new Map(found.map((document) => [document._id, document as Document]));
  return ids.map((id) => ({ answer: byId.get(id) ?? null }));
}

/** Inserts; false for one whose id or unique key is there already. */
export async function insertTogether(
  model: AnyModel,
  documents: readonly { _id: string }[],
): Promise<Settled<boolean>[]> {
  const failures = await insertAll(model, documents);
  return documents.map((_document, index) => {
    const error = failures.get(index);
    if (error === undefined) return { answer: true };
    return isDuplicateKey(error) ? { answer: false } : { error };
  });
}

/**
 * Compare-and-sets; false for one that somebody else was quicker than. Every write carries an id of
 * its own: where not all of them matched, or the answer was lost, the ids that stand in the
 * documents say whose writes happened. One that was written over by then counts as lost, which is
 * safe: whoever made it reads again.
 */
export async function writeTogether(
  model: AnyModel,
  writes: readonly JoinedWrite[],
): Promise<Settled<boolean>[]> {
  const marked = writes.map((write) => ({ ...write, writeId: nextWriteId() }));
  const { matched, failures } = await writeMarked(model, marked);
  const isClear = matched === 0 || matched === writes.length - failures.size;
  // Its connection is gone, and the server may still be at it: a claim must not land unseen.
  if (matched === null) await sleep(LANDING_MS);
  const standing = isClear ? null : await writeIdsOf(model, marked);
  return marked.map(({ writeId }, index) => {
    if (failures.has(index)) return { error: failures.get(index) };
    return { answer: standing === null ? matched !== 0 : standing.has(writeId) };
  });
}

type MarkedWrite = JoinedWrite & { writeId: string };

/** What single members met, by their places. */
type Failures = ReadonlyMap<number, Error>;

async function insertAll(
  model: AnyModel,
  documents: readonly { _id: string }[],
): Promise<Failures> {
  try {
    await collectionOf(model).insertMany([...documents], AS_GIVEN);
    return new Map();
  } catch (error) {
    return failuresIn(error);
  }
}

/** How many matched; null where the answer was lost. */
async function writeMarked(
  model: AnyModel,
  writes: readonly MarkedWrite[],
): Promise<{ matched: number | null; failures: Failures }> {
  const operations = writes.map(({ filter, set, events, writeId }) => ({
    updateOne: {
      filter,
      update: {
        $set: { ...set, writeId },
        ...(events.length === 0 ? {} : { $push: { outbox: { $each: [...events] } } }),
      },
    },
  }));
  try {
    const result = await collectionOf(model).bulkWrite(operations, AS_GIVEN);
    return { matched: result.matchedCount, failures: new Map() };
  } catch (error) {
    if (isDatabaseUnavailable(error)) return { matched: null, failures: new Map() };
    const failures = failuresIn(error);
    return { matched: (error as mongoose.mongo.MongoBulkWriteError).matchedCount, failures };
  }
}

async function writeIdsOf(
  model: AnyModel,
  writes: readonly MarkedWrite[],
): Promise<Set<string | undefined>> {
  const found = await collectionOf(model)
    .find({ _id: { $in: writes.map(({ filter }) => filter._id) } })
    .project<{ writeId?: string }>({ writeId: 1 })
    .toArray();
  return new Set(found.map(({ writeId }) => writeId));
}

/** Throws what does not concern single members: then nothing is known of any of them. */
function failuresIn(error: unknown): Failures {
  if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error;
  const failed = error.result.getWriteErrors();
  if (failed.length === 0 || error.result.getWriteConcernError() !== undefined) throw error;
  return new Map(
    failed.map(({ index, code, errmsg }) => [
      index,
      Object.assign(new Error(errmsg ?? error.message), { code }),
    ]),
  );
}

/** A model's collection as the driver knows it. */
export function collectionOf<Document extends { _id: string } = { _id: string }>(
  model: AnyModel,
): mongoose.mongo.Collection<Document> {
  return model.collection as mongoose.mongo.Collection<Document>;
}

const WRITER = randomText(12);
let writes = 0;

/** Nobody else has it: this process by chance, the write by number. */
function nextWriteId(): string {
  writes += 1;
  return `${WRITER}-${writes.toString(36)}`;
}
