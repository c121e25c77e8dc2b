import { type Case, type Fields, type Operation, cases, values } from "./case.ts";
import { andThen, bulk, counts, refusal, writes } from "./operations.ts";

const increment: Fields = { $inc: { n: 1 } };
const stored = (...ids: number[]): Fields[] => ids.map((_id) => ({ _id }));
const NOTHING = { inserted: 0, matched: 0, modified: 0, upserted: 0, deleted: 0, failed: [] };

/** Each document is claimed twice; how many claims won, and how many documents the first ones hold. */
const claimTwice: Operation = async ({ things }) => {
  const claims = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4].map((_id, by) => ({
    updateOne: {
      filter: { _id, state: "due" },
      update: { $set: { state: "claimed", by } },
    },
  }));
  const { modifiedCount } = await things.bulkWrite(claims as never, { ordered: false });
  return { modifiedCount, first: await things.countDocuments({ by: { $lt: 5 } }) };
};

/** Writes of many documents at once. */
export const BULK_WRITES: Case[] = [
  ...cases("reference/method/db.collection.bulkWrite", [
    {
      name: "a bulk write mixes kinds and counts each",
      documents: [{ n: 1 }, { n: 1 }, { n: 1 }],
      operation: andThen(
        bulk([
          { insertOne: { document: { _id: 4, n: 1 } as Fields } },
          { updateOne: { filter: { _id: 0, n: 1 }, update: increment } },
          { updateOne: { filter: { _id: 0, n: 1 }, update: increment } },
          { updateMany: { filter: { n: 1 }, update: { $set: { m: 1 } } } },
          { replaceOne: { filter: { _id: 1 }, replacement: { r: 1 } } },
          { updateOne: { filter: { _id: 9 }, update: { $set: { u: 1 } }, upsert: true } },
          { deleteOne: { filter: { _id: 2 } } },
          { deleteMany: { filter: { n: 99 } } },
        ]),
      ),
      expected: {
        answer: { inserted: 1, matched: 5, modified: 5, upserted: 1, deleted: 1, failed: [] },
        documents: [
          { _id: 0, n: 2 },
          { _id: 1, r: 1 },
          { _id: 4, n: 1, m: 1 },
          { _id: 9, u: 1 },
        ],
      },
    },
    {
      name: "an ordered bulk write ends at its first error",
      documents: [{}],
      operation: andThen(
        bulk([
          { insertOne: { document: { _id: 1 } as Fields } },
          { insertOne: { document: { _id: 0 } as Fields } },
          { deleteOne: { filter: { _id: 0 } } },
        ]),
      ),
      expected: {
        answer: { ...NOTHING, inserted: 1, failed: [{ index: 1, code: 11000 }] },
        documents: stored(0, 1),
      },
    },
    {
      name: "an unordered bulk write does all it can",
      documents: [{}],
      operation: andThen(
        bulk(
          [
            { insertOne: { document: { _id: 0 } as Fields } },
            { insertOne: { document: { _id: 1 } as Fields } },
            { deleteOne: { filter: { _id: 0 } } },
          ],
          false,
        ),
      ),
      expected: {
        answer: { ...NOTHING, inserted: 1, deleted: 1, failed: [{ index: 0, code: 11000 }] },
        documents: stored(1),
      },
    },
    {
      name: "of two conditional updates of one document in a batch one wins",
      documents: Array.from({ length: 5 }, () => ({ state: "due" })),
      operation: claimTwice,
      expected: { modifiedCount: 5, first: 5 },
    },
  ]),
  ...cases("reference/method/db.collection.updateMany", [
    {
      name: "an update of many counts what changed",
      documents: values(1, 2, 1),
      operation: andThen(counts("updateMany", {}, { $set: { a: 1 } })),
      expected: {
        answer: { matched: 3, modified: 1, upserted: 0 },
        documents: [
          { _id: 0, a: 1 },
          { _id: 1, a: 1 },
          { _id: 2, a: 1 },
        ],
      },
    },
    {
      name: "an update of many by a filter",
      documents: values(1, 2, 3),
      operation: andThen(counts("updateMany", { a: { $gte: 2 } }, { $inc: { a: 10 } })),
      expected: {
        answer: { matched: 2, modified: 2, upserted: 0 },
        documents: [
          { _id: 0, a: 1 },
          { _id: 1, a: 12 },
          { _id: 2, a: 13 },
        ],
      },
    },
    {
      name: "an update of many visits a document once though it moves in the index",
      indexes: [{ key: { a: 1 } }],
      documents: values(1, 2, 3),
      operation: andThen(counts("updateMany", { a: { $gte: 1 } }, { $inc: { a: 10 } })),
      expected: {
        answer: { matched: 3, modified: 3, upserted: 0 },
        documents: [
          { _id: 0, a: 11 },
          { _id: 1, a: 12 },
          { _id: 2, a: 13 },
        ],
      },
    },
    {
      name: "an update of many that fails in the middle keeps what came before",
      documents: values(1, "x", 3),
      operation: refusal(counts("updateMany", {}, { $inc: { a: 1 } })),
      expected: {
        code: 14,
        documents: [
          { _id: 0, a: 2 },
          { _id: 1, a: "x" },
          { _id: 2, a: 3 },
        ],
      },
    },
  ]),
  ...cases("reference/command/delete", [
    {
      name: "a delete of one takes one",
      documents: values(1, 1),
      operation: writes("delete", { deletes: [{ q: { a: 1 }, limit: 1 }] }),
      expected: { n: 1, failed: [] },
    },
    {
      name: "a delete of many takes all",
      documents: values(1, 1, 2),
      operation: andThen(writes("delete", { deletes: [{ q: { a: 1 }, limit: 0 }] })),
      expected: { answer: { n: 2, failed: [] }, documents: [{ _id: 2, a: 2 }] },
    },
    {
      name: "a delete of what is not there",
      documents: values(1),
      operation: writes("delete", { deletes: [{ q: { a: 9 }, limit: 0 }] }),
      expected: { n: 0, failed: [] },
    },
    {
      name: "refused: a delete of two",
      documents: values(1),
      operation: refusal(writes("delete", { deletes: [{ q: {}, limit: 2 }] })),
      expected: { code: 9, documents: [{ _id: 0, a: 1 }] },
    },
  ]),
];
