import { Double, Long } from "bson";
import { type Case, type Fields, type Operation, cases, values } from "./case.ts";
import { command, find, refusal } from "./operations.ts";

const many: Fields[] = Array.from({ length: 250 }, (_none, a) => ({ a }));
const all = many.map(({ a }, _id) => ({ _id, a }));

/** The sizes of the first batch and of the next one, and whether a cursor is left. */
function batches(first: Fields, next: Fields = {}): Operation {
  return async ({ things, db }) => {
    const collection = things.collectionName;
    const { cursor } = await db.command({ find: collection, ...first });
    const sizes = [cursor.firstBatch.length];
    if (String(cursor.id) === "0") return { sizes, isOpen: false };
    const id = Long.fromString(String(cursor.id));
    const more = (await db.command({ getMore: id, collection, ...next })).cursor;
    const isOpen = String(more.id) !== "0";
    if (isOpen) await db.command({ killCursors: collection, cursors: [id] });
    return { sizes: [...sizes, more.nextBatch.length], isOpen };
  };
}

/** The code of a getMore on a cursor that `prepare` did something to. */
function getMoreAfter(prepare: (id: Long, collection: string) => Fields | null): Operation {
  return async ({ things, db }) => {
    const collection = things.collectionName;
    const { cursor } = await db.command({ find: collection, batchSize: 1 });
    const id = Long.fromString(String(cursor.id));
    const asked = prepare(id, collection);
    if (asked !== null) await db.command(asked);
    await db.command({ getMore: id, collection: asked === null ? "others" : collection });
  };
}

const three = values(1, 2, 3);
const threeStored = three.map((fields, _id) => ({ _id, ...fields }));

/** Cursors over several batches, counts and distinct values. */
export const CURSORS: Case[] = [
  ...cases("reference/command/find", [
    {
      name: "the first batch holds 101 documents",
      documents: many,
      operation: batches({}),
      expected: { sizes: [101, 149], isOpen: false },
    },
    {
      name: "a batch size of its own",
      documents: many,
      operation: batches({ batchSize: 40 }, { batchSize: 50 }),
      expected: { sizes: [40, 50], isOpen: true },
    },
    {
      name: "an empty first batch",
      documents: many,
      operation: batches({ batchSize: 0 }, { batchSize: 7 }),
      expected: { sizes: [0, 7], isOpen: true },
    },
    {
      name: "a limit ends the cursor",
      documents: many,
      operation: batches({ batchSize: 40, limit: 60 }, { batchSize: 40 }),
      expected: { sizes: [40, 20], isOpen: false },
    },
    {
      name: "a single batch leaves no cursor",
      documents: many,
      operation: batches({ batchSize: 40, singleBatch: true }),
      expected: { sizes: [40], isOpen: false },
    },
    {
      name: "all documents over batches, in order",
      documents: many,
      operation: find({}, { sort: { a: 1 }, batchSize: 40 }),
      expected: all,
    },
    {
      name: "a limit over batches",
      documents: many,
      operation: find({}, { sort: { a: 1 }, batchSize: 40, limit: 90 }),
      expected: all.slice(0, 90),
    },
    {
      name: "a collection that is not there is empty",
      documents: [],
      operation: find({}),
      expected: [],
    },
    {
      name: "refused: an unknown field of find",
      documents: [],
      operation: refusal(
        command(
          (name) => ({ find: name, foo: 1 }),
          () => null,
        ),
      ),
      expected: { code: 40415, documents: [] },
    },
    {
      name: "refused: a filter that is no document",
      documents: [],
      operation: refusal(
        command(
          (name) => ({ find: name, filter: 1 }),
          () => null,
        ),
      ),
      expected: { code: 14, documents: [] },
    },
  ]),
  ...cases("reference/command/getMore", [
    {
      name: "refused: getMore of a cursor that was killed",
      documents: three,
      operation: refusal(
        getMoreAfter((id, collection) => ({ killCursors: collection, cursors: [id] })),
      ),
      expected: { code: 43, documents: threeStored },
    },
    {
      name: "refused: getMore of a cursor that was used up",
      documents: three,
      operation: refusal(
        getMoreAfter((id, collection) => ({ getMore: id, collection, batchSize: 10 })),
      ),
      expected: { code: 43, documents: threeStored },
    },
    {
      name: "refused: getMore over another collection",
      documents: three,
      operation: refusal(getMoreAfter(() => null)),
      expected: { code: 13, documents: threeStored },
    },
  ]),
  ...cases("reference/command/count", [
    {
      name: "count with a filter",
      documents: values(1, 1, 2),
      operation: command(
        (count) => ({ count, query: { a: 1 } }),
        ({ n }) => n,
      ),
      expected: 2,
    },
    {
      name: "count with skip",
      documents: values(1, 1, 2),
      operation: command(
        (count) => ({ count, query: { a: 1 }, skip: 1 }),
        ({ n }) => n,
      ),
      expected: 1,
    },
    {
      name: "count with a limit",
      documents: values(1, 1, 2),
      operation: command(
        (count) => ({ count, limit: 2 }),
        ({ n }) => n,
      ),
      expected: 2,
    },
    {
      name: "count of what is not there",
      documents: [],
      operation: command(
        (count) => ({ count }),
        ({ n }) => n,
      ),
      expected: 0,
    },
    {
      name: "countDocuments with skip and limit",
      documents: values(1, 1, 1, 2),
      operation: ({ things }) => things.countDocuments({ a: 1 }, { skip: 1, limit: 1 }),
      expected: 1,
    },
  ]),
  ...cases("reference/command/distinct", [
    {
      name: "distinct takes elements, and each value once",
      documents: [...values(1, [1, 2, [3]], new Double(2), null, []), { b: 1 }],
      operation: distinct("a"),
      expected: [null, 1, 2, [3]],
    },
    {
      name: "distinct with a filter",
      documents: values(1, 2, 1),
      operation: distinct("a", { a: { $lt: 2 } }),
      expected: [1],
    },
    {
      name: "distinct of a dotted field in arrays",
      documents: values([{ b: 1 }, { b: 2 }], { b: 1 }),
      operation: distinct("a.b"),
      expected: [1, 2],
    },
  ]),
];

/** Distinct values; the manual promises no order of them. */
function distinct(key: string, filter: Fields = {}): Operation {
  const rank = (value: unknown): string => (value === null ? "" : JSON.stringify(value));
  return async ({ things }) =>
    (await things.distinct(key, filter as object)).toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1));
}
