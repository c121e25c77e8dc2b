import mongoose from "mongoose";
import { type Case, type Fields, type Operation, type Scene, type Things, cases } from "./case.ts";

const { MongoBulkWriteError } = mongoose.mongo;

/** The driver's types are for documents of one shape; cases hold every kind. */
type Loose = mongoose.mongo.Collection<{ _id: never } & Fields>;

function loosely(things: Things): Loose {
  return things as unknown as Loose;
}

const asFilter = (filter: Fields) => filter as object;

/** Who passes a filter, by `_id`. */
export function ids(filter: Fields): Operation {
  return async ({ things }) => {
    const found = await loosely(things).find(asFilter(filter)).sort({ _id: 1 }).toArray();
    return found.map(({ _id }) => _id);
  };
}

/** What a find gives, whole and in its order. */
export function find(filter: Fields, options: mongoose.mongo.FindOptions = {}): Operation {
  return ({ things }) => loosely(things).find(asFilter(filter), options).toArray();
}

/** The `_id`s of what a find gives, in its order. */
export function order(options: mongoose.mongo.FindOptions, filter: Fields = {}): Operation {
  return async ({ things }) => {
    const found = await loosely(things).find(asFilter(filter), options).toArray();
    return found.map(({ _id }) => _id);
  };
}

/** The documents as they are stored, the types of their numbers included. */
async function stored(scene: Scene, types = false): Promise<Fields[]> {
  const options = types ? { promoteValues: false } : {};
  return loosely(scene.things).find({}, options).sort({ _id: 1 }).toArray();
}

export interface UpdateOptions extends mongoose.mongo.UpdateOptions {
  filter?: Fields;
}

/** The documents after an updateOne, by default of the first. */
export function update(change: Fields, { filter, ...options }: UpdateOptions = {}): Operation {
  return async (scene) => {
    await loosely(scene.things).updateOne(asFilter({ _id: 0, ...filter }), change, options);
    return stored(scene);
  };
}

/** As `update`, with the type of every number. */
export function updateTyped(change: Fields): Operation {
  return async (scene) => {
    await loosely(scene.things).updateOne(asFilter({ _id: 0 }), change);
    return stored(scene, true);
  };
}

/** What an operation answers, and the documents that are there afterwards. */
export function andThen(operation: Operation): Operation {
  return async (scene) => ({ answer: await operation(scene), documents: await stored(scene) });
}

/** The counts of an update of one, of many, or of a replacement. */
export function counts(
  kind: "updateOne" | "updateMany" | "replaceOne",
  filter: Fields,
  change: Fields,
  options: mongoose.mongo.UpdateOptions = {},
): Operation {
  return async ({ things }) => {
    const run = { ...options };
    const result =
      kind === "replaceOne"
        ? await loosely(things).replaceOne(asFilter(filter), change, run)
        : await loosely(things)[kind](asFilter(filter), change, run);
    const {
      matchedCount: matched,
      modifiedCount: modified,
      upsertedCount: upserted,
    } = result as {
      matchedCount: number;
      modifiedCount: number;
      upsertedCount: number;
    };
    return { matched, modified, upserted };
  };
}

/** The reply to a command on the collection, as far as `fields` of it. */
export function command(
  make: (collection: string) => Fields,
  pick: (reply: Fields) => unknown,
): Operation {
  return async ({ things, db }) => pick(await db.command(make(things.collectionName)));
}

/** A write command's counts and the code of each failed statement. */
export function writes(name: "insert" | "update" | "delete", rest: Fields): Operation {
  return command(
    (collection) => ({ [name]: collection, ...rest }),
    ({ n, nModified, writeErrors = [] }) => ({
      n,
      ...(nModified === undefined ? {} : { nModified }),
      failed: (writeErrors as Fields[]).map(({ index, code, keyPattern, keyValue }) => ({
        index,
        code,
        ...(keyPattern === undefined ? {} : { keyPattern, keyValue }),
      })),
    }),
  );
}

/** The counts of a bulk write, and which of its members failed. */
export function bulk(operations: Fields[], isOrdered = true): Operation {
  return async ({ things }) => {
    try {
      const result = await loosely(things).bulkWrite(operations as never[], { ordered: isOrdered });
      return bulkCounts(result, []);
    } catch (error) {
      if (!(error instanceof MongoBulkWriteError)) throw error;
      const failed = [error.writeErrors].flat().map(({ index, code }) => ({ index, code }));
      return bulkCounts(error.result, failed);
    }
  };
}

function bulkCounts(result: mongoose.mongo.BulkWriteResult, failed: Fields[]): Fields {
  const { insertedCount: inserted, matchedCount: matched, modifiedCount: modified } = result;
  const { upsertedCount: upserted, deletedCount: deleted } = result;
  return { inserted, matched, modified, upserted, deleted, failed };
}

/** What an aggregation gives. */
export function aggregate(pipeline: Fields[]): Operation {
  return ({ things }) => loosely(things).aggregate(pipeline).toArray();
}

export type FindRow = [name: string, documents: Fields[], filter: Fields, expected: number[]];

/** Cases of filters: the documents, the filter, and who passes. */
export function filters(page: string, rows: readonly FindRow[]): Case[] {
  return cases(
    page,
    rows.map(([name, documents, filter, expected]) => ({
      name,
      documents,
      operation: ids(filter),
      filter,
      expected,
    })),
  );
}

export type UpdateRow = [
  name: string,
  before: Fields,
  change: Fields,
  after: Fields,
  options?: UpdateOptions,
];

/** Cases of updates of one document: before, the change, and after. */
export function updates(page: string, rows: readonly UpdateRow[]): Case[] {
  return cases(
    page,
    rows.map(([name, before, change, after, options]) => ({
      name,
      documents: [before],
      operation: update(change, options),
      expected: [{ _id: 0, ...after }],
    })),
  );
}

export type RefusedRow = [
  name: string,
  before: Fields,
  change: Fields,
  code: number,
  options?: UpdateOptions,
];

/** Cases of updates that are refused with a code and leave the document as it was. */
export function refusedUpdates(page: string, rows: readonly RefusedRow[]): Case[] {
  return cases(
    page,
    rows.map(([name, before, change, code, options]) => ({
      name: `refused: ${name}`,
      documents: [before],
      operation: refusal(update(change, options)),
      expected: { code, documents: [{ _id: 0, ...before }] },
    })),
  );
}

/** The code with which an operation is refused, and the documents that are there afterwards. */
export function refusal(operation: Operation): Operation {
  return async (scene) => {
    const code: unknown = await operation(scene).then(
      () => null,
      (error: unknown) => (error as { code?: unknown }).code,
    );
    return { code, documents: await stored(scene) };
  };
}

/** How many documents there are once these have been inserted, one by one. */
export function insert(...documents: Fields[]): Operation {
  return async ({ things }) => {
    for (const one of documents) await things.insertOne(one as { _id: unknown });
    return things.countDocuments();
  };
}

/** The outcome that names a taken key. */
export const duplicate = (keyPattern: Fields, keyValue: Fields): Fields => ({
  error: { code: 11000, keyPattern, keyValue },
});
