import { Double, Int32, Long, MinKey, ObjectId } from "bson";
import { describe, expect, test } from "vitest";
import { type Fields, type Thing, errorOf, useServer } from "./harness.ts";

const harness = useServer();

const idsOf = (found: readonly Thing[]): unknown[] => found.map(({ _id }) => _id);

async function insert(...documents: Fields[]): Promise<void> {
  await harness.things.insertMany(documents.map((fields, _id) => ({ _id, ...fields })));
}

describe("a sort", () => {
  test("orders values of all types as MongoDB does", async () => {
    const inOrder = [
      new MinKey(),
      [],
      null,
      -1,
      new Double(0.5),
      Long.fromNumber(7),
      "",
      "a",
      { x: 1 },
      Buffer.from([1]),
      new ObjectId(),
      false,
      true,
      new Date(0),
      /x/,
    ];
    await insert(...inOrder.map((a) => ({ a })).toReversed());
    const found = await harness.things.find().sort({ a: 1 }).toArray();
    expect(idsOf(found)).toEqual(inOrder.map((_, i) => inOrder.length - 1 - i));
    const back = await harness.things.find().sort({ a: -1 }).toArray();
    expect(idsOf(back)).toEqual(inOrder.map((_, i) => i));
  });

  test("takes an array's least element going up and its greatest going down", async () => {
    await insert({ a: [1, 9] }, { a: 5 }, { a: [3, 4] });
    expect(idsOf(await harness.things.find().sort({ a: 1 }).toArray())).toEqual([0, 2, 1]);
    expect(idsOf(await harness.things.find().sort({ a: -1 }).toArray())).toEqual([0, 1, 2]);
  });

  test("orders by several fields, each in its direction", async () => {
    await insert({ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { b: 9 });
    const sorted = harness.things.find().sort({ a: 1, b: -1 });
    expect(idsOf(await sorted.toArray())).toEqual([3, 2, 0, 1]);
  });

  test("is the same by an index, forward and backward, with skip and limit", async () => {
    await insert(...Array.from({ length: 50 }, (_, i) => ({ a: i % 5, b: (i * 7) % 50 })));
    const ask = (): Promise<unknown[]> =>
      Promise.all(
        ([1, -1] as const).map(async (direction) => {
          const found = harness.things.find({ a: 3 }).sort({ b: direction }).skip(2).limit(4);
          return idsOf(await found.toArray());
        }),
      );
    const scanned = await ask();
    await harness.things.createIndex({ a: 1, b: 1 });
    expect(await ask()).toEqual(scanned);
  });

  test("refuses a direction other than 1 and -1", async () => {
    const error = await errorOf(harness.db.command({ find: "things", sort: { a: 2 } }));
    expect(error.code).toBe(2);
  });
});

describe("a projection", () => {
  const document = { a: 1, b: { c: 2, d: 3 }, e: [{ f: 4, g: 5 }, 6, { g: 7 }] };
  const CASES: [string, Fields, Fields][] = [
    ["keeps fields and _id", { a: 1 }, { _id: 0, a: 1 }],
    ["keeps without _id", { a: 1, _id: 0 }, { a: 1 }],
    ["keeps _id alone", { _id: 1 }, { _id: 0 }],
    ["leaves out fields", { a: 0, e: 0 }, { _id: 0, b: { c: 2, d: 3 } }],
    ["leaves out _id alone", { _id: 0 }, document],
    ["keeps inside documents", { "b.c": 1 }, { _id: 0, b: { c: 2 } }],
    [
      "keeps inside arrays, where only documents have fields",
      { "e.f": 1, _id: 0 },
      { e: [{ f: 4 }, {}] },
    ],
    ["leaves out inside arrays", { "e.g": 0, a: 0, b: 0 }, { _id: 0, e: [{ f: 4 }, 6, {}] }],
    ["takes documents for dotted names", { b: { d: 1 }, _id: 0 }, { b: { d: 3 } }],
    ["keeps nothing of what is not there", { x: 1, "a.b": 1 }, { _id: 0 }],
  ];

  test.each(CASES)("%s", async (_name, projection, expected) => {
    await insert(document);
    expect(await harness.things.findOne({}, { projection })).toEqual(expected);
  });

  test("refuses to mix, to compute and to cut", async () => {
    const codes = [{ a: 1, b: 0 }, { a: "$b" }, { e: { $slice: 1 } }, { a: 1, "a.b": 1 }].map(
      async (projection) => (await errorOf(harness.things.findOne({}, { projection }))).code,
    );
    expect(await Promise.all(codes)).toEqual([2, 238, 238, 2]);
  });
});

describe("a cursor", () => {
  test("hands out all documents over batches", async () => {
    await insert(...Array.from({ length: 250 }, (_, a) => ({ a })));
    const found = await harness.things.find().sort({ a: 1 }).batchSize(40).toArray();
    expect(found.map(({ a }) => a)).toEqual(Array.from({ length: 250 }, (_, a) => a));
    const limited = await harness.things.find().batchSize(40).limit(90).toArray();
    expect(limited).toHaveLength(90);
  });

  test("gives a first batch of 101 and the rest at once", async () => {
    await insert(...Array.from({ length: 250 }, (_, a) => ({ a })));
    const first = await harness.db.command({ find: "things" });
    expect(first.cursor.firstBatch).toHaveLength(101);
    const next = await harness.db.command({ getMore: first.cursor.id, collection: "things" });
    expect(next.cursor.nextBatch).toHaveLength(149);
    expect(next.cursor.id.toString()).toBe("0");
  });

  test("shows the instant at which it was opened", async () => {
    await insert({ a: 1 }, { a: 1 }, { a: 1 });
    const cursor = harness.things.find({ a: 1 }).batchSize(1);
    await cursor.next();
    await harness.things.updateMany({}, { $set: { a: 2 } });
    await harness.things.deleteOne({ _id: 2 });
    expect((await cursor.toArray()).map(({ a }) => a)).toEqual([1, 1]);
  });

  test("is gone once it was killed, used up or asked for elsewhere", async () => {
    await insert({}, {}, {});
    const open = async (): Promise<Long> =>
      (await harness.db.command({ find: "things", batchSize: 0 })).cursor.id as Long;
    const id = await open();
    const killed = await harness.db.command({ killCursors: "things", cursors: [id] });
    expect(killed.cursorsKilled).toHaveLength(1);
    const more = (cursorId: Long, collection: string): Promise<unknown> =>
      harness.db.command({ getMore: Long.fromString(String(cursorId)), collection });
    expect((await errorOf(more(id, "things"))).code).toBe(43);
    expect((await errorOf(more(await open(), "others"))).code).toBe(43);
  });

  test("a single batch leaves no cursor", async () => {
    await insert({}, {}, {});
    const reply = await harness.db.command({ find: "things", batchSize: 2, singleBatch: true });
    expect(reply.cursor.firstBatch).toHaveLength(2);
    expect(String(reply.cursor.id)).toBe("0");
  });

  test("splits what does not fit into one message", async () => {
    const text = "x".repeat(6_000_000);
    await insert({ text }, { text }, { text }, { text });
    const first = await harness.db.command({ find: "things", batchSize: 100 });
    expect(first.cursor.firstBatch).toHaveLength(2);
    expect(await harness.things.find().toArray()).toHaveLength(4);
  });
});

describe("count and distinct", () => {
  test("count with filter, skip and limit", async () => {
    await insert({ a: 1 }, { a: 1 }, { a: 2 });
    expect(await harness.things.countDocuments({ a: 1 })).toBe(2);
    expect(await harness.things.countDocuments({ a: 1 }, { skip: 1 })).toBe(1);
    expect(await harness.things.estimatedDocumentCount()).toBe(3);
    expect(await harness.things.countDocuments({ a: 9 })).toBe(0);
    const counted = await harness.db.command({ count: "things", query: { a: 1 }, limit: 1 });
    expect(counted.n).toBe(1);
  });

  test("distinct takes elements, and each value once", async () => {
    await insert(
      { a: 1 },
      { a: [1, 2, [3]] },
      { a: new Double(2) },
      { b: 1 },
      { a: null },
      { a: [] },
    );
    expect(await harness.things.distinct("a")).toEqual([1, 2, [3], null]);
    expect(await harness.things.distinct("a", { a: 1 })).toEqual([1, 2, [3]]);
  });
});

describe("an aggregation", () => {
  const run = (pipeline: Fields[]): Promise<Fields[]> =>
    harness.things.aggregate<Fields>(pipeline).toArray();

  test("groups by a field", async () => {
    await insert({ s: "a", n: 1 }, { s: "b", n: 2 }, { s: "a", n: 4 }, { n: 8 });
    const stages = [
      { $match: { n: { $gt: 0 } } },
      {
        $group: {
          _id: "$s",
          n: { $sum: "$n" },
          count: { $sum: 1 },
          least: { $min: "$n" },
          most: { $max: "$n" },
          first: { $first: "$n" },
        },
      },
      { $sort: { _id: 1 } },
    ];
    expect(await run(stages)).toEqual([
      { _id: null, n: 8, count: 1, least: 8, most: 8, first: 8 },
      { _id: "a", n: 5, count: 2, least: 1, most: 4, first: 1 },
      { _id: "b", n: 2, count: 1, least: 2, most: 2, first: 2 },
    ]);
  });

  test("groups by several fields and by none", async () => {
    await insert({ s: "a", t: 1 }, { s: "a", t: 1 }, { s: "a" });
    expect(await run([{ $group: { _id: { s: "$s", t: "$t" }, n: { $sum: 1 } } }])).toEqual([
      { _id: { s: "a", t: 1 }, n: 2 },
      { _id: { s: "a" }, n: 1 },
    ]);
    expect(await run([{ $group: { _id: null, n: { $sum: "$t" } } }])).toEqual([
      { _id: null, n: 2 },
    ]);
  });

  test("sums only numbers, in their types", async () => {
    await insert({ n: new Int32(2_147_483_647) }, { n: 1 }, { n: "x" }, {});
    const [row] = await run([{ $group: { _id: null, n: { $sum: "$n" } } }]);
    expect(row?.n).toBe(2_147_483_648);
  });

  test("sorts, skips, limits, projects and counts", async () => {
    await insert({ a: 3, b: 1 }, { a: 1, b: 1 }, { a: 2, b: 1 });
    const ordered = [
      { $sort: { a: 1 } },
      { $skip: 1 },
      { $limit: 1 },
      { $project: { a: 1, _id: 0 } },
    ];
    expect(await run(ordered)).toEqual([{ a: 2 }]);
    const late = [{ $limit: 2 }, { $sort: { a: 1 } }, { $match: { a: { $gt: 1 } } }];
    expect((await run(late)).map(({ a }) => a)).toEqual([3]);
    expect(await run([{ $match: { b: 1 } }, { $count: "n" }])).toEqual([{ n: 3 }]);
    expect(await run([{ $match: { b: 9 } }, { $count: "n" }])).toEqual([]);
  });

  test("unwinds arrays", async () => {
    await insert({ a: [1, 2] }, { a: [] }, { a: 5 }, { b: 1 }, { a: null });
    const unwound = await run([{ $unwind: "$a" }, { $project: { a: 1, _id: 0 } }]);
    expect(unwound).toEqual([{ a: 1 }, { a: 2 }, { a: 5 }]);
    const kept = await run([{ $unwind: { path: "$a", preserveNullAndEmptyArrays: true } }]);
    expect(kept).toHaveLength(6);
  });

  test("changes no stored document", async () => {
    await insert({ a: { b: 1, c: 2 } });
    await run([{ $project: { "a.b": 0 } }]);
    expect(await harness.things.findOne({})).toEqual({ _id: 0, a: { b: 1, c: 2 } });
  });

  test("refuses what it does not know", async () => {
    const pipelines = [
      [{ $lookup: {} }],
      [{ $out: "x" }],
      [{ $group: { _id: null, n: { $avg: "$a" } } }],
      [{ $group: { _id: null, n: { $sum: { $add: [1, 2] } } } }],
      [{ $project: { a: "$b" } }],
      [{ $match: {}, $sort: { a: 1 } }],
    ];
    const codes = pipelines.map(async (pipeline) => (await errorOf(run(pipeline))).code);
    expect(await Promise.all(codes)).toEqual([238, 238, 238, 238, 238, 9]);
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
