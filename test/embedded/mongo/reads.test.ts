import { describe, expect, test } from "vitest";
import { type Fields, type Thing, errorOf, useServer } from "./harness.ts";

const harness = useServer();

const idsOf = (found: readonly Thing[]): unknown[] => found.map(({ _id }) => _id);

async function insert(...documents: Fields[]): Promise<void> {
  await harness.things.insertMany(documents.map((fields, _id) => ({ _id, ...fields })));
}

test("a projection that computes or cuts is refused", async () => {
  const codes = [{ a: "$b" }, { e: { $slice: 1 } }].map(
    async (projection) => (await errorOf(harness.things.findOne({}, { projection }))).code,
  );
  expect(await Promise.all(codes)).toEqual([238, 238]);
});

describe("a cursor", () => {
  test("shows the instant at which it was opened", async () => {
    await insert({ a: 1 }, { a: 1 }, { a: 1 });
    const cursor = harness.things.find({ a: 1 }).batchSize(1);
    await cursor.next();
    await harness.things.updateMany({}, { $set: { a: 2 } });
    await harness.things.deleteOne({ _id: 2 });
    expect((await cursor.toArray()).map(({ a }) => a)).toEqual([1, 1]);
  });

  test("splits what does not fit into one message", async () => {
    const text = "x".repeat(6_000_000);
    await insert({ text }, { text }, { text }, { text });
    const first = await harness.db.command({ find: "things", batchSize: 100 });
    expect(first.cursor.firstBatch).toHaveLength(2);
    expect(await harness.things.find().toArray()).toHaveLength(4);
  });
});

describe("an aggregation", () => {
  const run = (pipeline: Fields[]): Promise<Fields[]> =>
    harness.things.aggregate<Fields>(pipeline).toArray();

  test("refuses what it does not know", async () => {
    const pipelines = [
      [{ $lookup: {} }],
      [{ $out: "x" }],
      [{ $group: { _id: null, n: { $avg: "$a" } } }],
      [{ $group: { _id: null, n: { $sum: { $add: [1, 2] } } } }],
      [{ $project: { a: "$b" } }],
    ];
    const codes = pipelines.map(async (pipeline) => (await errorOf(run(pipeline))).code);
    expect(await Promise.all(codes)).toEqual([238, 238, 238, 238, 238]);
  });
});

describe("the plan of a find", () => {
  const plan = async (filter: Fields, sort: Fields = {}, limit = 0): Promise<Fields> => {
    const command = { find: "things", filter, sort, limit };
    const reply = await harness.db.command({ explain: command, verbosity: "queryPlanner" });
    return reply.queryPlanner.winningPlan as Fields;
  };
  const scanOf = (stage: Fields): Fields => (stage.inputStage as Fields | undefined) ?? stage;

  test("uses the index that leaves the fewest keys", async () => {
    await insert(...Array.from({ length: 200 }, (_, i) => ({ a: i % 2, b: i, state: "due" })));
    await harness.things.createIndex({ a: 1 });
    await harness.things.createIndex({ b: 1 });
    expect(scanOf(await plan({ a: 1, b: 7 }))).toMatchObject({
      indexName: "b_1",
      keysToExamine: 1,
    });
    expect(scanOf(await plan({ _id: { $in: [1, 2] } }))).toMatchObject({ keysToExamine: 2 });
    expect(await plan({ c: 1 })).toMatchObject({ stage: "COLLSCAN", documentsToExamine: 200 });
  });

  test("takes the order from an index where a limit makes it stop early", async () => {
    await insert(...Array.from({ length: 200 }, (_, i) => ({ a: i % 2, b: i })));
    await harness.things.createIndex({ a: 1, b: 1 });
    expect(await plan({ a: 1 }, { b: -1 }, 5)).toMatchObject({
      stage: "FETCH",
      inputStage: { indexName: "a_1_b_1", direction: "backward" },
    });
    expect(await plan({ a: 1 }, { c: 1 })).toMatchObject({ stage: "SORT" });
  });

  test("uses a partial index only where the filter implies its own", async () => {
    await insert(
      ...Array.from({ length: 50 }, (_, i) => ({ a: i, state: i < 3 ? "due" : "done" })),
    );
    const partialFilterExpression = { state: { $in: ["due", "open"] } };
    await harness.things.createIndex({ a: 1 }, { partialFilterExpression });
    expect(scanOf(await plan({ state: "due", a: { $gte: 0 } }))).toMatchObject({ stage: "IXSCAN" });
    expect(await plan({ state: { $ne: "done" }, a: { $gte: 0 } })).toMatchObject({
      stage: "COLLSCAN",
    });
    expect(await plan({ a: { $gte: 0 } })).toMatchObject({ stage: "COLLSCAN" });
  });

  test("uses a sparse index only where the filter wants the field", async () => {
    await insert({ a: 1 }, { b: 1 }, { b: 1 }, { b: 1 });
    await harness.things.createIndex({ a: 1 }, { sparse: true });
    expect(scanOf(await plan({ a: { $exists: true } }))).toMatchObject({ stage: "IXSCAN" });
    expect(await plan({ a: null })).toMatchObject({ stage: "COLLSCAN" });
    expect(await plan({}, { a: 1 })).toMatchObject({ stage: "SORT" });
  });

  test("follows a hint, by name or key, and refuses one that misleads", async () => {
    await insert({ a: 1, b: 1 }, { b: 2 });
    await harness.things.createIndex({ a: 1 }, { sparse: true });
    const find = (hint: Fields | string, filter: Fields = { a: 1 }): Promise<Thing[]> =>
      harness.things.find(filter, { hint }).toArray();
    expect(await find("a_1")).toHaveLength(1);
    expect(await find({ a: 1 })).toHaveLength(1);
    expect(idsOf(await find({ $natural: -1 }, {}))).toEqual([1, 0]);
    expect((await errorOf(find("nope"))).code).toBe(2);
    expect((await errorOf(find("a_1", {}))).code).toBe(291);
  });

  test("is not run", async () => {
    const command = { explain: { find: "things" }, verbosity: "executionStats" };
    expect((await errorOf(harness.db.command(command))).code).toBe(238);
  });
});
