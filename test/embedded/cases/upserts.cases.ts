import { type Case, type Fields, type Operation, cases } from "./case.ts";
import { andThen, counts, refusal } from "./operations.ts";

const INSERTED = { matched: 0, modified: 0, upserted: 1 };
const FOUND = { matched: 1, modified: 1, upserted: 0 };
const upsert = { upsert: true } as const;

/** An upsert where nothing matches, and the document that it made. */
function inserted(
  name: string,
  filter: Fields,
  change: Fields,
  document: Fields,
): Omit<Case, "page"> {
  return {
    name: `an upsert ${name}`,
    documents: [],
    operation: andThen(counts("updateOne", filter, change, upsert)),
    expected: { answer: INSERTED, documents: [document] },
  };
}

/** The same upsert from many callers at once: one inserts, and each of the others counts or fails. */
function race(callers: number): Operation {
  return async ({ things }) => {
    const change = { $inc: { n: 1 } } as Fields;
    const tries = await Promise.allSettled(
      Array.from({ length: callers }, () => things.updateOne({ key: "k" }, change, upsert)),
    );
    const done = tries.filter((one) => one.status === "fulfilled").map(({ value }) => value);
    const refused = tries.filter((one) => one.status === "rejected");
    const isDuplicate = ({ reason }: PromiseRejectedResult) => reason?.code === 11000;
    const [stored, ...others] = await things.find({ key: "k" }).toArray();
    return {
      inserted: done.filter(({ upsertedCount }) => upsertedCount === 1).length,
      others: others.length,
      lost: callers - refused.length - Number(stored?.["n"] ?? 0),
      strange: refused.filter((one) => !isDuplicate(one)).length,
    };
  };
}

/** What an upsert makes of its filter and its update. */
export const UPSERTS: Case[] = [
  ...cases("reference/method/db.collection.updateOne", [
    inserted(
      "takes the _id that the filter fixes",
      { _id: 7 },
      { $set: { a: 1 } },
      { _id: 7, a: 1 },
    ),
    inserted(
      "takes fields that the filter fixes",
      { _id: 7, a: 1, b: "x" },
      { $set: { c: 2 } },
      { _id: 7, a: 1, b: "x", c: 2 },
    ),
    inserted(
      "takes what $eq fixes",
      { _id: 7, a: { $eq: 1 } },
      { $set: { b: 1 } },
      { _id: 7, a: 1, b: 1 },
    ),
    inserted(
      "takes what $and fixes",
      { _id: 7, $and: [{ a: 1 }, { b: 2 }] },
      { $set: { c: 1 } },
      { _id: 7, a: 1, b: 2, c: 1 },
    ),
    inserted(
      "takes what an $or of one fixes",
      { _id: 7, $or: [{ a: 1 }] },
      { $set: { b: 1 } },
      { _id: 7, a: 1, b: 1 },
    ),
    inserted(
      "takes nothing of an $or of two",
      { _id: 7, $or: [{ a: 1 }, { a: 2 }] },
      { $set: { b: 1 } },
      { _id: 7, b: 1 },
    ),
    inserted(
      "takes nothing of comparisons",
      { _id: 7, a: { $gt: 5 } },
      { $set: { b: 1 } },
      { _id: 7, b: 1 },
    ),
    inserted(
      "takes nothing of an $in of two",
      { _id: 7, a: { $in: [1, 2] } },
      { $set: { b: 1 } },
      { _id: 7, b: 1 },
    ),
    inserted(
      "takes nothing of $exists",
      { _id: 7, a: { $exists: false } },
      { $set: { b: 1 } },
      { _id: 7, b: 1 },
    ),
    inserted(
      "makes documents of dotted fields",
      { _id: 7, "a.b": 1, "a.c": 2 },
      { $set: { d: 1 } },
      { _id: 7, a: { b: 1, c: 2 }, d: 1 },
    ),
    inserted(
      "takes a document of the filter whole",
      { _id: 7, a: { b: 1 } },
      { $set: { c: 1 } },
      { _id: 7, a: { b: 1 }, c: 1 },
    ),
    inserted(
      "lets the update overrule the filter",
      { _id: 7, a: 1 },
      { $set: { a: 2 } },
      { _id: 7, a: 2 },
    ),
    inserted(
      "counts on from what the filter fixes",
      { _id: 7, a: 1 },
      { $inc: { a: 2 } },
      { _id: 7, a: 3 },
    ),
    inserted("pushes onto nothing", { _id: 7 }, { $push: { a: 1 } }, { _id: 7, a: [1] }),
    {
      name: "an upsert changes what is there",
      documents: [{ a: 1 }],
      operation: andThen(counts("updateOne", { a: 1 }, { $set: { b: 1 } }, upsert)),
      expected: { answer: FOUND, documents: [{ _id: 0, a: 1, b: 1 }] },
    },
    {
      name: "refused: an upsert whose filter fixes a field twice",
      documents: [],
      operation: refusal(
        counts("updateOne", { $and: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, upsert),
      ),
      expected: { code: 54, documents: [] },
    },
    {
      name: "refused: an upsert whose _id is not the filter's",
      documents: [],
      operation: refusal(counts("updateOne", { _id: 1 }, { $set: { _id: 2 } }, upsert)),
      expected: { code: 66, documents: [] },
    },
  ]),
  ...cases("reference/operator/update/setOnInsert", [
    inserted(
      "with $setOnInsert sets it on insert",
      { _id: 7 },
      { $set: { a: 1 }, $setOnInsert: { b: 2 } },
      { _id: 7, a: 1, b: 2 },
    ),
    inserted(
      "with $setOnInsert alone",
      { _id: 7, a: 1 },
      { $setOnInsert: { b: 2 } },
      { _id: 7, a: 1, b: 2 },
    ),
    inserted(
      "with $setOnInsert of a dotted field",
      { _id: 7 },
      { $setOnInsert: { "b.c": 2 } },
      { _id: 7, b: { c: 2 } },
    ),
    inserted(
      "takes its _id from $setOnInsert",
      { a: 1 },
      { $setOnInsert: { _id: 9 } },
      { _id: 9, a: 1 },
    ),
    {
      name: "$setOnInsert leaves alone what is there",
      documents: [{ a: 1 }],
      operation: andThen(
        counts("updateOne", { a: 1 }, { $set: { b: 1 }, $setOnInsert: { c: 1 } }, upsert),
      ),
      expected: { answer: FOUND, documents: [{ _id: 0, a: 1, b: 1 }] },
    },
    {
      name: "$setOnInsert alone modifies nothing that is there",
      documents: [{ a: 1 }],
      operation: counts("updateOne", { a: 1 }, { $setOnInsert: { c: 1 } }, upsert),
      expected: { matched: 1, modified: 0, upserted: 0 },
    },
  ]),
  ...cases("reference/method/db.collection.replaceOne", [
    {
      name: "a replacement keeps the _id and nothing else",
      documents: [{ a: 1, b: 2 }],
      operation: andThen(counts("replaceOne", { a: 1 }, { c: 3 })),
      expected: { answer: FOUND, documents: [{ _id: 0, c: 3 }] },
    },
    {
      name: "a replacement that matches nothing",
      documents: [{ a: 1 }],
      operation: andThen(counts("replaceOne", { a: 2 }, { c: 3 })),
      expected: { answer: { matched: 0, modified: 0, upserted: 0 }, documents: [{ _id: 0, a: 1 }] },
    },
    {
      name: "an upsert stores a replacement with the filter's _id and no other field of it",
      documents: [],
      operation: andThen(counts("replaceOne", { _id: 3, a: 9 }, { b: 1 }, upsert)),
      expected: { answer: INSERTED, documents: [{ _id: 3, b: 1 }] },
    },
    {
      name: "refused: a replacement with another _id",
      documents: [{ a: 1 }],
      operation: refusal(counts("replaceOne", { a: 1 }, { _id: 5, b: 1 })),
      expected: { code: 66, documents: [{ _id: 0, a: 1 }] },
    },
  ]),
  ...cases("reference/method/db.collection.update", [
    {
      name: "of many upserts of one key by a unique index one inserts, and none is lost",
      documents: [],
      indexes: [{ key: { key: 1 }, unique: true }],
      operation: race(20),
      expected: { inserted: 1, others: 0, lost: 0, strange: 0 },
    },
  ]),
];
