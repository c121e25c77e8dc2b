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

  test.each<[string, Fields, number]>([
    ["text", { key: { a: "text" }, name: "x" }, 238],
    ["hashed", { key: { a: "hashed" }, name: "x" }, 238],
    ["wildcard", { key: { "a.$**": 1 }, name: "x" }, 238],
    ["a position", { key: { "a.0": 1 }, name: "x" }, 238],
    ["a time to live", { key: { a: 1 }, name: "x", expireAfterSeconds: 5 }, 238],
    ["a collation", { key: { a: 1 }, name: "x", collation: { locale: "ko" } }, 238],
    ["hidden", { key: { a: 1 }, name: "x", hidden: true }, 238],
    ["no key", { name: "x" }, 9],
    ["a direction of 0", { key: { a: 0 }, name: "x" }, 67],
  ])("refuses %s", async (_name, spec, code) => {
    expect((await errorOf(create(spec))).code).toBe(code);
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
});

describe("a unique partial index over the order numbers of attempts", () => {
  const options = {
    unique: true,
    partialFilterExpression: { "attempts.orderNumber": { $exists: true } },
  };

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
