import { Binary, Double, Int32, Long } from "bson";
import mongoose from "mongoose";
import { describe, expect, test } from "vitest";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

type Options = mongoose.mongo.UpdateOptions;

/** What `updateOne` makes of `{_id: 1, ...before}`; the whole document, its order included. */
async function update(
  before: Fields,
  change: Fields,
  { filter = {}, ...options }: Options & { filter?: Fields } = {},
): Promise<Fields> {
  await harness.things.insertOne({ _id: 1, ...before });
  await harness.things.updateOne({ _id: 1, ...filter }, change, options);
  const after = await harness.things.findOne({ _id: 1 }, { promoteValues: true });
  const { _id, ...fields } = after ?? { _id: 0 };
  return fields;
}

const attempts = [
  { n: 1, state: "declined" },
  { n: 2, state: "unknown" },
];

/** Name, before, update, after, filter and options. */
type Case = [string, Fields, Fields, Fields, (Options & { filter?: Fields })?];

const CASES: Case[] = [
  ["$set replaces and adds", { a: 1 }, { $set: { a: 2, b: 3 } }, { a: 2, b: 3 }],
  ["$set makes the documents of its path", {}, { $set: { "a.b.c": 1 } }, { a: { b: { c: 1 } } }],
  ["$set by position", { a: [1, 2] }, { $set: { "a.1": 5 } }, { a: [1, 5] }],
  [
    "$set beyond an array fills with null",
    { a: [1] },
    { $set: { "a.3": 5 } },
    { a: [1, null, null, 5] },
  ],
  ["$set with a number on no array makes a document", {}, { $set: { "a.0": 1 } }, { a: { 0: 1 } }],
  ["$set of the same _id", { a: 1 }, { $set: { _id: 1, a: 2 } }, { a: 2 }],
  ["$unset removes", { a: 1, b: 2 }, { $unset: { a: "" } }, { b: 2 }],
  ["$unset inside", { a: { b: 1, c: 2 } }, { $unset: { "a.b": 1 } }, { a: { c: 2 } }],
  ["$unset of an element leaves null", { a: [1, 2] }, { $unset: { "a.0": 1 } }, { a: [null, 2] }],
  ["$unset of what is not there", { a: 1 }, { $unset: { "b.c": 1, "a.x": 1 } }, { a: 1 }],
  ["$inc adds and starts", { a: 1 }, { $inc: { a: 2, b: 5 } }, { a: 3, b: 5 }],
  ["$inc with a fraction", { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
  ["$mul multiplies and starts at zero", { a: 3 }, { $mul: { a: 4, b: 5 } }, { a: 12, b: 0 }],
  ["$min keeps the lesser", { a: 5, b: 5 }, { $min: { a: 3, b: 9, c: 1 } }, { a: 3, b: 5, c: 1 }],
  ["$max keeps the greater", { a: 5, b: 5 }, { $max: { a: 3, b: 9 } }, { a: 5, b: 9 }],
  ["$min compares across types", { a: "x" }, { $min: { a: 3 } }, { a: 3 }],
  ["$max of dates", { a: new Date(5) }, { $max: { a: new Date(9) } }, { a: new Date(9) }],
  ["$push appends and starts", { a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
  ["$push of an array is one element", { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
  ["$push with $each", { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  [
    "$push with $position",
    { a: [1, 4] },
    { $push: { a: { $each: [2, 3], $position: 1 } } },
    { a: [1, 2, 3, 4] },
  ],
  [
    "$push with a $position from the end",
    { a: [1, 2, 3] },
    { $push: { a: { $each: [9], $position: -1 } } },
    { a: [1, 2, 9, 3] },
  ],
  [
    "$push with $slice keeps the first",
    { a: [1, 2] },
    { $push: { a: { $each: [3], $slice: 2 } } },
    { a: [1, 2] },
  ],
  [
    "$push with a negative $slice keeps the last",
    { a: [1, 2] },
    { $push: { a: { $each: [3], $slice: -2 } } },
    { a: [2, 3] },
  ],
  [
    "$push with $slice on a missing field",
    {},
    { $push: { a: { $each: [1, 2, 3], $slice: -2 } } },
    { a: [2, 3] },
  ],
  [
    "$push with $slice 0 empties",
    { a: [1] },
    { $push: { a: { $each: [2], $slice: 0 } } },
    { a: [] },
  ],
  [
    "$push with $sort",
    { a: [3, 1] },
    { $push: { a: { $each: [2], $sort: -1 } } },
    { a: [3, 2, 1] },
  ],
  [
    "$push with $sort by fields",
    { a: [{ x: 2, y: 1 }] },
    {
      $push: {
        a: {
          $each: [
            { x: 1, y: 1 },
            { x: 2, y: 0 },
          ],
          $sort: { x: 1, y: -1 },
        },
      },
    },
    {
      a: [
        { x: 1, y: 1 },
        { x: 2, y: 1 },
        { x: 2, y: 0 },
      ],
    },
  ],
  [
    "$push sorts before it slices",
    { a: [5, 1] },
    { $push: { a: { $each: [3], $sort: 1, $slice: 2 } } },
    { a: [1, 3] },
  ],
  ["$addToSet adds once", { a: [1] }, { $addToSet: { a: 1 } }, { a: [1] }],
  [
    "$addToSet with $each",
    { a: [1] },
    { $addToSet: { a: { $each: [1, 2, 2, 3] } } },
    { a: [1, 2, 3] },
  ],
  [
    "$addToSet tells the order of fields apart",
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  ["$addToSet starts", {}, { $addToSet: { a: 1 } }, { a: [1] }],
  ["$pull by value", { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
  ["$pull by condition", { a: [1, 5, 9] }, { $pull: { a: { $gt: 4, $lt: 8 } } }, { a: [1, 9] }],
  [
    "$pull by fields",
    { a: attempts },
    { $pull: { a: { state: "unknown" } } },
    { a: [attempts[0]] },
  ],
  [
    "$pull by fields with conditions",
    { a: attempts },
    { $pull: { a: { n: { $gte: 2 }, state: { $in: ["unknown"] } } } },
    { a: [attempts[0]] },
  ],
  ["$pull by $in", { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
  [
    "$pull of an array wants it equal",
    { a: [[1, 2], [1], 1] },
    { $pull: { a: [1, 2] } },
    { a: [[1], 1] },
  ],
  ["$pull of what is not there", { a: [1] }, { $pull: { a: 2, b: 1 } }, { a: [1] }],
  [
    "$setOnInsert leaves a document alone",
    { a: 1 },
    { $setOnInsert: { a: 9 }, $set: { b: 1 } },
    { a: 1, b: 1 },
  ],
  [
    "new fields come in the order of their names",
    { z: 1 },
    { $set: { d: 1, b: 1 }, $inc: { c: 1 } },
    { z: 1, b: 1, c: 1, d: 1 },
  ],
  ["a replacement keeps _id", { a: 1 }, { $set: { a: 1 } }, { a: 1 }],
  [
    "$ is the element that matched",
    { a: attempts },
    { $set: { "a.$.state": "approved" } },
    { a: [attempts[0], { n: 2, state: "approved" }] },
    { filter: { "a.n": 2 } },
  ],
  [
    "$ with $elemMatch",
    { a: attempts },
    { $set: { "a.$.state": "approved" } },
    { a: [attempts[0], { n: 2, state: "approved" }] },
    { filter: { a: { $elemMatch: { n: 2, state: "unknown" } } } },
  ],
  [
    "$ of plain values",
    { a: [1, 5, 9] },
    { $inc: { "a.$": 10 } },
    { a: [1, 15, 9] },
    { filter: { a: { $gt: 4 } } },
  ],
  [
    "$ with $elemMatch of values",
    { a: [1, 5, 9] },
    { $set: { "a.$": 0 } },
    { a: [1, 0, 9] },
    { filter: { a: { $elemMatch: { $gt: 4, $lt: 8 } } } },
  ],
  [
    "$ below a document",
    { a: { b: [1, 2] } },
    { $set: { "a.b.$": 0 } },
    { a: { b: [1, 0] } },
    { filter: { "a.b": 2 } },
  ],
  [
    "$ inside $and",
    { a: attempts },
    { $set: { "a.$.x": 1 } },
    { a: [attempts[0], { ...attempts[1], x: 1 }] },
    { filter: { $and: [{ "a.n": 2 }] } },
  ],
  ["$[] is every element", { a: [1, 2] }, { $inc: { "a.$[]": 10 } }, { a: [11, 12] }],
  [
    "$[] of documents",
    { a: attempts },
    { $set: { "a.$[].x": 1 } },
    { a: attempts.map((attempt) => ({ ...attempt, x: 1 })) },
  ],
  [
    "$[id] is the elements of its filter",
    { a: attempts },
    { $set: { "a.$[x].state": "approved" } },
    { a: [attempts[0], { n: 2, state: "approved" }] },
    { arrayFilters: [{ "x.n": 2 }] },
  ],
  [
    "$[id] of plain values",
    { a: [1, 5, 9] },
    { $set: { "a.$[x]": 0 } },
    { a: [1, 0, 0] },
    { arrayFilters: [{ x: { $gt: 4 } }] },
  ],
  [
    "two identifiers in one path",
    {
      a: [
        { k: 1, b: [1, 2] },
        { k: 2, b: [1, 2] },
      ],
    },
    { $set: { "a.$[x].b.$[y]": 0 } },
    {
      a: [
        { k: 1, b: [1, 2] },
        { k: 2, b: [1, 0] },
      ],
    },
    { arrayFilters: [{ "x.k": 2 }, { y: { $gte: 2 } }] },
  ],
  [
    "a filter with $or",
    { a: [1, 5, 9] },
    { $unset: { "a.$[x]": 1 } },
    { a: [null, 5, null] },
    { arrayFilters: [{ $or: [{ x: 1 }, { x: 9 }] }] },
  ],
  [
    "$[id] that selects nobody",
    { a: [1] },
    { $set: { "a.$[x]": 0 } },
    { a: [1] },
    { arrayFilters: [{ x: 7 }] },
  ],
  [
    "several operators at once",
    { a: 1, b: [1], c: 1 },
    { $inc: { a: 1 }, $push: { b: 2 }, $unset: { c: 1 }, $set: { "d.e": 1 } },
    { a: 2, b: [1, 2], d: { e: 1 } },
  ],
];

describe("updateOne", () => {
  test.each(CASES)("%s", async (_name, before, change, after, options) => {
    const result = await update(before, change, options);
    expect(result).toEqual(after);
    expect(Object.keys(result)).toEqual(Object.keys(after));
  });
});

const FAILURES: [string, Fields, Fields, number, RegExp, (Options & { filter?: Fields })?][] = [
  ["$inc of a text", { a: "x" }, { $inc: { a: 1 } }, 14, /non-numeric type string/],
  ["$inc by a text", { a: 1 }, { $inc: { a: "1" } }, 14, /Cannot increment/],
  ["$inc of null", { a: null }, { $inc: { a: 1 } }, 14, /null/],
  ["$push on a number", { a: 1 }, { $push: { a: 2 } }, 2, /must be an array but is of type int/],
  ["$addToSet on a document", { a: {} }, { $addToSet: { a: 2 } }, 2, /must be an array/],
  ["$pull on a number", { a: 1 }, { $pull: { a: 2 } }, 2, /non-array/],
  [
    "$push with an unknown clause",
    { a: [] },
    { $push: { a: { $each: [1], $foo: 1 } } },
    2,
    /\$foo/,
  ],
  ["$each of a value", { a: [] }, { $push: { a: { $each: 1 } } }, 2, /\$each/],
  [
    "a path through a number",
    { a: 1 },
    { $set: { "a.b": 1 } },
    28,
    /Cannot create field 'b' in element \{a: 1\}/,
  ],
  ["a path through null", { a: null }, { $set: { "a.b": 1 } }, 28, /Cannot create field/],
  ["a name inside an array", { a: [1] }, { $set: { "a.b": 1 } }, 28, /Cannot create field 'b'/],
  ["a new _id", {}, { $set: { _id: 2 } }, 66, /immutable field '_id'/],
  ["no _id", {}, { $unset: { _id: 1 } }, 66, /immutable/],
  ["one path twice", {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40, /conflict at 'a'/],
  ["a path and one below it", {}, { $set: { a: 1, "a.b": 1 } }, 40, /conflict at 'a'/],
  [
    "a position and an identifier",
    { a: [1] },
    { $set: { "a.0": 1, "a.$[]": 2 } },
    40,
    /conflict at 'a'/,
  ],
  [
    "two identifiers for one element",
    { a: [{ n: 1 }] },
    { $set: { "a.$[x].n": 1, "a.$[y].n": 2 } },
    40,
    /conflict/,
    { arrayFilters: [{ "x.n": 1 }, { "y.n": { $gt: 0 } }] },
  ],
  ["an unknown operator", {}, { $foo: { a: 1 } }, 9, /Unknown modifier: \$foo/],
  ["$rename", {}, { $rename: { a: "b" } }, 238, /\$rename/],
  ["$currentDate", {}, { $currentDate: { a: true } }, 238, /\$currentDate/],
  [
    "$ without a match in an array",
    { a: [1] },
    { $set: { "a.$": 1 } },
    2,
    /positional operator did not find/,
  ],
  [
    "$ where conditions match different elements",
    {
      a: [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
    },
    { $set: { "a.$.z": 1 } },
    238,
    /different elements/,
    { filter: { "a.x": 1, "a.y": 2 } },
  ],
  ["$[] on no array", { a: 1 }, { $set: { "a.$[]": 1 } }, 2, /non-array/],
  ["$[] on a missing field", {}, { $set: { "a.$[]": 1 } }, 2, /must exist/],
  [
    "an identifier without a filter",
    { a: [] },
    { $set: { "a.$[x]": 1 } },
    2,
    /No array filter found for identifier 'x'/,
  ],
  [
    "a filter without use",
    { a: [] },
    { $set: { b: 1 } },
    9,
    /was not used/,
    { arrayFilters: [{ x: 1 }] },
  ],
  [
    "a filter for two identifiers",
    { a: [] },
    { $set: { "a.$[x]": 1 } },
    9,
    /single top-level field name/,
    { arrayFilters: [{ x: 1, y: 1 }] },
  ],
  ["an operator as a stored name", {}, { $set: { a: { $gt: 1 } } }, 52, /\$gt/],
  ["a sum beyond 64 bits", { a: Long.MAX_VALUE }, { $inc: { a: 1 } }, 2, /overflow/],
];

describe("an update that cannot be done", () => {
  test.each(FAILURES)(
    "is refused and changes nothing: %s",
    async (_name, before, change, code, message, options) => {
      const error = await errorOf(update(before, { ...change, $max: { A: 1 } }, options));
      expect({ code: error.code, message: error.message }).toEqual({
        code,
        message: expect.stringMatching(message),
      });
      expect(await harness.things.findOne({ _id: 1 })).toEqual({ _id: 1, ...before });
    },
  );

  test("an update with a pipeline", async () => {
    const error = await errorOf(harness.things.updateOne({}, [{ $set: { a: 1 } }]));
    expect(error.code).toBe(238);
  });

  test("a replacement of many", async () => {
    const command = { update: "things", updates: [{ q: {}, u: { a: 1 }, multi: true }] };
    const reply = await harness.db.command(command);
    expect(reply.writeErrors[0]).toMatchObject({ index: 0, code: 9 });
  });
});

describe("the types of numbers", () => {
  const stored = async (): Promise<Fields> =>
    (await harness.things.findOne({ _id: 1 }, { promoteValues: false })) as Fields;

  test("an int grows into a long when it no longer fits", async () => {
    await update({ a: new Int32(2_147_483_647) }, { $inc: { a: 1 } });
    expect((await stored()).a).toEqual(Long.fromNumber(2_147_483_648));
  });

  test("a long stays a long, a double makes a double", async () => {
    await update({ a: Long.fromNumber(5), b: new Int32(1) }, { $inc: { a: 1, b: new Double(2) } });
    expect(await stored()).toMatchObject({ a: Long.fromNumber(6), b: new Double(3) });
  });

  test("a long beyond 2^53 counts exactly", async () => {
    await update({ a: Long.fromString("9007199254740993") }, { $inc: { a: 1 } });
    expect((await stored()).a).toEqual(Long.fromString("9007199254740994"));
  });

  test("an unrelated update leaves types and bytes as they were", async () => {
    const bytes = new Binary(Buffer.from([0, 255]), 5);
    await update({ a: new Double(7), b: bytes, c: Long.fromNumber(7) }, { $set: { d: 1 } });
    expect(await stored()).toMatchObject({ a: new Double(7), b: bytes, c: Long.fromNumber(7) });
  });

  test("the same value of another type is a change", async () => {
    await harness.things.insertOne({ _id: 1, a: new Int32(1) });
    const result = await harness.things.updateOne({ _id: 1 }, { $set: { a: new Double(1) } });
    expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    const again = await harness.things.updateOne({ _id: 1 }, { $set: { a: new Double(1) } });
    expect(again).toMatchObject({ matchedCount: 1, modifiedCount: 0 });
  });
});

describe("an upsert", () => {
  const upsert = async (filter: Fields, change: Fields): Promise<Fields> => {
    const result = await harness.things.updateOne(filter, change, { upsert: true });
    expect(result).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 });
    return (await harness.things.findOne({
      _id: result.upsertedId as unknown as number,
    })) as Fields;
  };

  test("takes the fields that the filter fixes, then the update, then $setOnInsert", async () => {
    const filter: Fields = { _id: 7, a: 1, b: { $gt: 5 }, "c.d": { $eq: 2 }, $and: [{ e: 3 }] };
    const stored = await upsert(filter, { $set: { f: 4 }, $setOnInsert: { g: 5 }, $inc: { a: 1 } });
    expect(stored).toEqual({ _id: 7, a: 2, c: { d: 2 }, e: 3, f: 4, g: 5 });
    expect(Object.keys(stored)[0]).toBe("_id");
  });

  test("makes an _id where the filter fixes none", async () => {
    const stored = await upsert({ a: { $in: [1, 2] } }, { $set: { b: 1 } });
    expect(stored).toEqual({ _id: expect.any(mongoose.mongo.ObjectId), b: 1 });
  });

  test("stores a replacement with the filter's _id", async () => {
    const result = await harness.things.replaceOne({ _id: 3, a: 9 }, { b: 1 }, { upsert: true });
    expect(result.upsertedId).toBe(3);
    expect(await harness.things.findOne({})).toEqual({ _id: 3, b: 1 });
  });

  test("refuses a filter that fixes a field twice", async () => {
    const filter: Fields = { $and: [{ a: 1 }, { a: 2 }] };
    const error = await errorOf(
      harness.things.updateOne(filter, { $set: { b: 1 } }, { upsert: true }),
    );
    expect(error.code).toBe(54);
  });

  test("refuses an _id that differs from the filter's", async () => {
    const change = { $set: { _id: 2 } };
    const error = await errorOf(harness.things.updateOne({ _id: 1 }, change, { upsert: true }));
    expect(error.code).toBe(66);
    expect(await harness.things.countDocuments()).toBe(0);
  });

  test("changes a document that is there", async () => {
    await harness.things.insertOne({ _id: 1, a: 1 });
    const change = { $set: { b: 1 }, $setOnInsert: { c: 1 } };
    const result = await harness.things.updateOne({ a: 1 }, change, { upsert: true });
    expect(result).toMatchObject({ matchedCount: 1, upsertedCount: 0 });
    expect(await harness.things.findOne({})).toEqual({ _id: 1, a: 1, b: 1 });
  });
});
