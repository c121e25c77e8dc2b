import { describe, expect, test } from "vitest";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

const create = (...indexes: Fields[]): Promise<Fields> =>
  harness.db.command({ createIndexes: "things", indexes });

describe("createIndexes", () => {
  test("says how many there were and are, and lists them as they were asked for", async () => {
    const partialFilterExpression = { state: { $in: ["a", "b"] } };
    const reply = await create(
      { key: { a: 1, "b.c": -1 }, name: "one", unique: true, background: true },
      { key: { d: 1 }, name: "two", partialFilterExpression },
      { key: { e: 1 }, name: "three", sparse: true },
    );
    expect(reply).toMatchObject({
      numIndexesBefore: 1,
      numIndexesAfter: 4,
      createdCollectionAutomatically: true,
    });
    expect(await harness.things.indexes()).toEqual([
      { v: 2, key: { _id: 1 }, name: "_id_" },
      { v: 2, key: { a: 1, "b.c": -1 }, name: "one", unique: true },
      { v: 2, key: { d: 1 }, name: "two", partialFilterExpression },
      { v: 2, key: { e: 1 }, name: "three", sparse: true },
    ]);
  });

  test("takes the same index again", async () => {
    await create({ key: { a: 1 }, name: "a_1", unique: true });
    const again = await create({ key: { a: 1 }, name: "a_1", unique: true });
    expect(again).toMatchObject({ numIndexesAfter: 2, note: "all indexes already exist" });
  });

  test.each<[string, Fields, number]>([
    ["the same key under another name", { key: { a: 1 }, name: "other" }, 85],
    ["the same name for another key", { key: { b: 1 }, name: "a_1" }, 86],
    ["the same key and name with other options", { key: { a: 1 }, name: "a_1", unique: true }, 86],
    ["the same key with other options and name", { key: { a: 1 }, name: "x", unique: true }, 85],
  ])("refuses %s", async (_name, spec, code) => {
    await create({ key: { a: 1 }, name: "a_1" });
    expect((await errorOf(create(spec))).code).toBe(code);
    expect(await harness.things.indexes()).toHaveLength(2);
  });

  test.each<[string, Fields, number]>([
    ["text", { key: { a: "text" }, name: "x" }, 238],
    ["hashed", { key: { a: "hashed" }, name: "x" }, 238],
    ["wildcard", { key: { "a.$**": 1 }, name: "x" }, 238],
    ["a position", { key: { "a.0": 1 }, name: "x" }, 238],
    ["a time to live", { key: { a: 1 }, name: "x", expireAfterSeconds: 5 }, 238],
    ["a collation", { key: { a: 1 }, name: "x", collation: { locale: "ko" } }, 238],
    ["hidden", { key: { a: 1 }, name: "x", hidden: true }, 238],
    ["an unknown option", { key: { a: 1 }, name: "x", foo: 1 }, 72],
    ["no key", { name: "x" }, 9],
    ["an empty key", { key: {}, name: "x" }, 67],
    ["a direction of 0", { key: { a: 0 }, name: "x" }, 67],
    [
      "$ne in a partial filter",
      { key: { a: 1 }, name: "x", partialFilterExpression: { a: { $ne: 1 } } },
      67,
    ],
    [
      "sparse and partial",
      { key: { a: 1 }, name: "x", sparse: true, partialFilterExpression: { a: 1 } },
      67,
    ],
  ])("refuses %s", async (_name, spec, code) => {
    expect((await errorOf(create(spec))).code).toBe(code);
  });

  test("refuses a unique index over duplicates and leaves none behind", async () => {
    await harness.things.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 1 },
    ]);
    const error = await errorOf(harness.things.createIndex({ a: 1 }, { unique: true }));
    expect(error).toMatchObject({ code: 11000, keyValue: { a: 1 } });
    expect(await harness.things.indexes()).toHaveLength(1);
    await harness.things.insertOne({ _id: 3, a: 1 });
  });

  test("refuses two arrays in one key", async () => {
    await harness.things.createIndex({ a: 1, b: 1 });
    const error = await errorOf(harness.things.insertOne({ _id: 1, a: [1], b: [2] }));
    expect(error.code).toBe(171);
    expect(await harness.things.countDocuments()).toBe(0);
  });
});

describe("dropIndexes", () => {
  test("drops by name, by key, by list and all", async () => {
    const names = async (): Promise<unknown[]> =>
      (await harness.things.indexes()).map(({ name }) => name);
    await create(...["a", "b", "c", "d"].map((field) => ({ key: { [field]: 1 }, name: field })));
    await harness.things.dropIndex("a");
    await harness.db.command({ dropIndexes: "things", index: { b: 1 } });
    expect(await names()).toEqual(["_id_", "c", "d"]);
    await harness.db.command({ dropIndexes: "things", index: ["c"] });
    await harness.db.command({ dropIndexes: "things", index: "*" });
    expect(await names()).toEqual(["_id_"]);
  });

  test("refuses the index of _id, and one that is not there", async () => {
    await harness.db.createCollection("things");
    expect((await errorOf(harness.things.dropIndex("_id_"))).code).toBe(72);
    expect((await errorOf(harness.things.dropIndex("nope"))).code).toBe(27);
  });
});

describe("a unique index", () => {
  test("counts a missing field as null", async () => {
    await harness.things.createIndex({ a: 1 }, { unique: true });
    await harness.things.insertOne({ _id: 1 });
    const error = await errorOf(harness.things.insertOne({ _id: 2, a: null }));
    expect(error).toMatchObject({ code: 11000, keyValue: { a: null } });
  });

  test("that is sparse leaves out what lacks the field", async () => {
    await harness.things.createIndex({ a: 1 }, { unique: true, sparse: true });
    await harness.things.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3, a: null }]);
    expect((await errorOf(harness.things.insertOne({ _id: 4, a: null }))).code).toBe(11000);
  });

  test("takes numbers by amount", async () => {
    await harness.things.createIndex({ a: 1 }, { unique: true });
    await harness.things.insertOne({ _id: 1, a: 1 });
    const run = harness.db.command({ insert: "things", documents: [{ _id: 2, a: 1.0 }] });
    expect((await run).writeErrors).toMatchObject([{ code: 11000 }]);
  });

  test("over several fields wants them all equal", async () => {
    await harness.things.createIndex({ a: 1, b: 1 }, { unique: true });
    await harness.things.insertMany([
      { _id: 1, a: 1, b: 1 },
      { _id: 2, a: 1, b: 2 },
    ]);
    const error = await errorOf(harness.things.updateOne({ _id: 2 }, { $set: { b: 1 } }));
    expect(error).toMatchObject({ code: 11000, keyValue: { a: 1, b: 1 } });
  });

  test("that is partial follows its documents in and out", async () => {
    const partialFilterExpression = { state: "open" };
    await harness.things.createIndex({ a: 1 }, { unique: true, partialFilterExpression });
    await harness.things.insertMany([
      { _id: 1, a: 1, state: "open" },
      { _id: 2, a: 1, state: "done" },
    ]);
    const open = (): Promise<unknown> =>
      harness.things.updateOne({ _id: 2 }, { $set: { state: "open" } });
    expect((await errorOf(open())).code).toBe(11000);
    await harness.things.updateOne({ _id: 1 }, { $set: { state: "done" } });
    await open();
    const back = harness.things.updateOne({ _id: 1 }, { $set: { state: "open" } });
    expect((await errorOf(back)).code).toBe(11000);
  });
});

describe("a unique partial index over the order numbers of attempts", () => {
  const options = {
    unique: true,
    partialFilterExpression: { "attempts.orderNumber": { $exists: true } },
  };

  test("keeps an order number to one document, whichever attempt holds it", async () => {
    await harness.things.createIndex({ "attempts.orderNumber": 1 }, options);
    await harness.things.insertMany([
      { _id: 1, attempts: [] },
      { _id: 2, attempts: [] },
      { _id: 3 },
    ]);
    const push = (_id: number, orderNumber: string): Promise<unknown> =>
      harness.things.updateOne({ _id }, { $push: { attempts: { orderNumber } } } as Fields);
    await push(1, "A");
    await push(1, "B");
    expect(await errorOf(push(2, "B"))).toMatchObject({
      code: 11000,
      keyPattern: { "attempts.orderNumber": 1 },
      keyValue: { "attempts.orderNumber": "B" },
    });
    expect(await harness.things.findOne({ _id: 2 })).toEqual({ _id: 2, attempts: [] });
    await push(2, "C");
    await harness.things.updateOne({ _id: 1 }, {
      $pull: { attempts: { orderNumber: "B" } },
    } as Fields);
    await push(2, "B");
    const found = await harness.things.find({ "attempts.orderNumber": "B" }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual([2]);
  });

  test("lets one document repeat its own", async () => {
    await harness.things.createIndex({ "attempts.orderNumber": 1 }, options);
    const attempts = [{ orderNumber: "A" }, { orderNumber: "A" }];
    await harness.things.insertOne({ _id: 1, attempts });
    await harness.things.updateOne({ _id: 1 }, { $set: { "attempts.0.state": "x" } });
    expect(await harness.things.countDocuments({ "attempts.orderNumber": "A" })).toBe(1);
  });

  test("is used to find by order number", async () => {
    await harness.things.createIndex({ "attempts.orderNumber": 1 }, options);
    await harness.things.insertMany(
      Array.from({ length: 100 }, (_, _id) => ({
        _id,
        attempts: [{ orderNumber: `O${_id}`, n: 1 }],
      })),
    );
    for (const filter of [
      { "attempts.orderNumber": "O7" },
      { attempts: { $elemMatch: { orderNumber: "O7", n: 1 } } },
    ]) {
      const command = { explain: { find: "things", filter }, verbosity: "queryPlanner" };
      const { queryPlanner } = await harness.db.command(command);
      expect(queryPlanner.winningPlan.inputStage).toMatchObject({
        stage: "IXSCAN",
        keysToExamine: 1,
      });
      expect(await harness.things.countDocuments(filter)).toBe(1);
    }
  });
});
