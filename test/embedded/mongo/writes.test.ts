import type mongoose from "mongoose";
import { describe, expect, test } from "vitest";
import { type Fields, type Thing, errorOf, useServer } from "./harness.ts";

const harness = useServer();
const increment: Fields = { $inc: { n: 1 } };

async function bulkErrorOf(run: Promise<unknown>): Promise<mongoose.mongo.MongoBulkWriteError> {
  return (await errorOf(run)) as unknown as mongoose.mongo.MongoBulkWriteError;
}

describe("insert", () => {
  test("reports a duplicate with its key", async () => {
    await harness.things.insertOne({ _id: 1 });
    const error = await errorOf(harness.things.insertOne({ _id: 1 }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
    expect(error.message).toContain(
      "E11000 duplicate key error collection: test.things index: _id_",
    );
  });

  test("in order ends at the first error", async () => {
    const documents: Thing[] = [{ _id: 1 }, { _id: 1 }, { _id: 2 }];
    const error = await bulkErrorOf(harness.things.insertMany(documents));
    expect(error.insertedCount).toBe(1);
    expect(error.writeErrors).toMatchObject([{ index: 1, code: 11000 }]);
    expect(await harness.things.countDocuments()).toBe(1);
  });

  test("out of order goes on behind an error", async () => {
    const documents: Thing[] = [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }];
    const error = await bulkErrorOf(harness.things.insertMany(documents, { ordered: false }));
    expect(error.insertedCount).toBe(2);
    expect([error.writeErrors].flat().map(({ index }) => index)).toEqual([1, 3]);
  });

  test("puts _id first and makes one where it is missing", async () => {
    await harness.db.command({ insert: "things", documents: [{ a: 1, _id: 5 }, { a: 2 }] });
    const found = await harness.things.find().sort({ a: 1 }).toArray();
    expect(found.map((document) => Object.keys(document))).toEqual([
      ["_id", "a"],
      ["_id", "a"],
    ]);
  });

  test.each<[string, Fields, number]>([
    ["an _id that is an array", { _id: [1] }, 53],
    ["a name with $", { a: { $b: 1 } }, 52],
    ["a name with a dot", { "a.b": 1 }, 57],
    ["a name that is none to JavaScript", JSON.parse('{"a": {"__proto__": 1}}') as Fields, 238],
    ["a document beyond 16 MB", { text: "x".repeat(17_000_000) }, 10334],
  ])("refuses %s", async (_name, document, code) => {
    const reply = await harness.db.command({ insert: "things", documents: [document] });
    expect(reply.writeErrors).toMatchObject([{ index: 0, code }]);
  });

  test("without acknowledgement is done all the same", async () => {
    const result = await harness.things.insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
    expect(result.acknowledged).toBe(false);
    await expect.poll(() => harness.things.countDocuments()).toBe(1);
  });

  test.each<[string, Fields]>([
    ["majority and journal", { w: "majority", j: true }],
    ["no journal", { w: 1, j: false }],
    ["one with a timeout", { w: 1, wtimeout: 500 }],
  ])("takes the write concern %s", async (_name, writeConcern) => {
    const reply = await harness.db.command({
      insert: "things",
      documents: [{ a: 1 }],
      writeConcern,
    });
    expect(reply).toMatchObject({ n: 1, ok: 1 });
  });
});

describe("bulkWrite", () => {
  test("mixes kinds and counts each", async () => {
    await harness.things.insertMany([
      { _id: 1, n: 1 },
      { _id: 2, n: 1 },
      { _id: 3, n: 1 },
    ]);
    const result = await harness.things.bulkWrite([
      { insertOne: { document: { _id: 4, n: 1 } } },
      { updateOne: { filter: { _id: 1, n: 1 }, update: increment } },
      { updateOne: { filter: { _id: 1, n: 1 }, update: increment } },
      { updateMany: { filter: { n: 1 }, update: { $set: { m: 1 } } } },
      { replaceOne: { filter: { _id: 2 }, replacement: { r: 1 } } },
      { updateOne: { filter: { _id: 9 }, update: { $set: { u: 1 } }, upsert: true } },
      { deleteOne: { filter: { _id: 3 } } },
      { deleteMany: { filter: { n: 99 } } },
    ]);
    expect(result).toMatchObject({
      insertedCount: 1,
      matchedCount: 5,
      modifiedCount: 5,
      upsertedCount: 1,
      deletedCount: 1,
      upsertedIds: { 5: 9 },
    });
  });

  test("out of order reports each failure and does the rest", async () => {
    await harness.things.createIndex({ key: 1 }, { unique: true, sparse: true });
    await harness.things.insertMany([{ _id: 1, key: "a" }, { _id: 2, key: "b" }, { _id: 3 }]);
    const updates = [1, 2, 3].map((_id) => ({
      updateOne: { filter: { _id }, update: { $set: { key: "a", seen: true } } },
    }));
    const error = await bulkErrorOf(harness.things.bulkWrite(updates, { ordered: false }));
    expect(error.result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(error.writeErrors).toMatchObject([
      { index: 1, code: 11000 },
      { index: 2, code: 11000 },
    ]);
    expect(await harness.things.findOne({ _id: 2 })).toEqual({ _id: 2, key: "b" });
  });

  test("of 500 conditional updates lets each document be won once", async () => {
    const ids = Array.from({ length: 250 }, (_, i) => i);
    await harness.things.insertMany(ids.map((_id) => ({ _id, state: "due" })));
    const claims = [...ids, ...ids].map((_id, i) => ({
      updateOne: { filter: { _id, state: "due" }, update: { $set: { state: "claimed", by: i } } },
    }));
    const result = await harness.things.bulkWrite(claims, { ordered: false });
    expect(result.modifiedCount).toBe(250);
    expect(await harness.things.countDocuments({ by: { $lt: 250 } })).toBe(250);
  });
});

describe("updateMany and delete", () => {
  test("updateMany changes all that match and counts what changed", async () => {
    await harness.things.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
      { _id: 3, a: 1 },
    ]);
    const result = await harness.things.updateMany({}, { $set: { a: 1 } });
    expect(result).toMatchObject({ matchedCount: 3, modifiedCount: 1 });
  });

  test("deleteOne takes one, deleteMany all", async () => {
    await harness.things.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
      { _id: 3, a: 1 },
    ]);
    expect((await harness.things.deleteOne({ a: 1 })).deletedCount).toBe(1);
    expect((await harness.things.deleteMany({ a: 1 })).deletedCount).toBe(2);
    expect((await harness.things.deleteMany({ a: 1 })).deletedCount).toBe(0);
  });
});

describe("findAndModify", () => {
  test("shows the document before or after", async () => {
    await harness.things.insertOne({ _id: 1, n: 1 });
    expect(await harness.things.findOneAndUpdate({ _id: 1 }, increment)).toEqual({ _id: 1, n: 1 });
    const after = { returnDocument: "after" } as const;
    expect(await harness.things.findOneAndUpdate({ _id: 1 }, increment, after)).toEqual({
      _id: 1,
      n: 3,
    });
  });

  test("answers null to whoever comes too late", async () => {
    await harness.things.insertOne({ _id: 1, n: 1 });
    const claim = (): Promise<Thing | null> =>
      harness.things.findOneAndUpdate({ _id: 1, n: 1 }, increment, { returnDocument: "after" });
    const claims = await Promise.all(Array.from({ length: 20 }, claim));
    expect(claims.filter((claimed) => claimed !== null)).toEqual([{ _id: 1, n: 2 }]);
  });

  test("takes the first in an order, and projects", async () => {
    await harness.things.insertMany([
      { _id: 1, n: 5 },
      { _id: 2, n: 9 },
    ]);
    const options = { sort: { n: -1 }, projection: { n: 1, _id: 0 } } as const;
    expect(await harness.things.findOneAndUpdate({}, increment, options)).toEqual({ n: 9 });
  });

  test("inserts, and shows null or the new document", async () => {
    const upsert = { upsert: true, includeResultMetadata: true } as const;
    const before = await harness.things.findOneAndUpdate({ _id: 1 }, increment, upsert);
    expect(before).toMatchObject({
      value: null,
      lastErrorObject: { n: 1, updatedExisting: false, upserted: 1 },
    });
    const after = { ...upsert, returnDocument: "after" } as const;
    const second = await harness.things.findOneAndUpdate({ _id: 2 }, increment, after);
    expect(second.value).toEqual({ _id: 2, n: 1 });
  });

  test("replaces and removes", async () => {
    await harness.things.insertOne({ _id: 1, n: 1 });
    const after = { returnDocument: "after" } as const;
    const replaced = await harness.things.findOneAndReplace({ n: 1 }, { m: 2 }, after);
    expect(replaced).toEqual({ _id: 1, m: 2 });
    expect(await harness.things.findOneAndDelete({ m: 2 })).toEqual({ _id: 1, m: 2 });
    expect(await harness.things.findOneAndDelete({ m: 2 })).toBeNull();
  });

  test("answers a duplicate as an error of the command, and changes nothing", async () => {
    await harness.things.createIndex({ key: 1 }, { unique: true });
    await harness.things.insertMany([
      { _id: 1, key: "a" },
      { _id: 2, key: "b" },
    ]);
    const change = { $set: { key: "a" } };
    const error = await errorOf(harness.things.findOneAndUpdate({ _id: 2 }, change));
    expect(error).toMatchObject({ code: 11000, keyPattern: { key: 1 }, keyValue: { key: "a" } });
    expect(await harness.things.findOne({ _id: 2 })).toEqual({ _id: 2, key: "b" });
  });

  test("uses array filters and the positional operator", async () => {
    const attempts = [
      { n: 1, s: "open" },
      { n: 2, s: "open" },
    ];
    await harness.things.insertOne({ _id: 1, attempts });
    await harness.things.findOneAndUpdate(
      { "attempts.n": 2 },
      { $set: { "attempts.$.s": "done" } },
    );
    const arrayFilters = [{ "x.s": "open" }];
    const options = { arrayFilters, returnDocument: "after" } as const;
    const after = await harness.things.findOneAndUpdate(
      {},
      { $set: { "attempts.$[x].s": "lost" } },
      options,
    );
    expect(after?.attempts).toEqual([
      { n: 1, s: "lost" },
      { n: 2, s: "done" },
    ]);
  });
});
