import { describe, expect, test } from "vitest";
import { COMMANDS } from "../../../src/embedded/mongo/commands/dispatch.ts";
import { FIELD_OPERATORS, REFUSED_TESTS } from "../../../src/embedded/mongo/filter-tests.ts";
import { REFUSED_AT_TOP } from "../../../src/embedded/mongo/filter.ts";
import { ACCUMULATORS, REFUSED_ACCUMULATORS } from "../../../src/embedded/mongo/group.ts";
import { INDEX_OPTIONS, REFUSED_OPTIONS } from "../../../src/embedded/mongo/index-spec.ts";
import { REFUSED_STAGES, STAGES } from "../../../src/embedded/mongo/pipeline.ts";
import { UPDATE_OPERATORS } from "../../../src/embedded/mongo/update-operators.ts";
import { REFUSED_OPERATORS } from "../../../src/embedded/mongo/updater.ts";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

const REFUSED = { code: 238, codeName: "NotImplemented", isNamed: true };

/** What a client is told: MongoDB's code for what is not implemented, and the name of it. */
async function refusalOf(run: Promise<unknown>, name: string): Promise<Fields> {
  const { code, codeName, message } = await errorOf(run);
  const isNamed = message.includes(name) && message.includes("not supported by the embedded");
  return { code, codeName, isNamed };
}

/** A sound command of each kind, to which one field is added. */
const SOUND: Readonly<Record<string, Fields>> = {
  insert: { documents: [{ a: 1 }] },
  update: { updates: [{ q: {}, u: { $set: { a: 1 } } }] },
  delete: { deletes: [{ q: {}, limit: 1 }] },
  findAndModify: { update: { $set: { a: 1 } } },
  findandmodify: { update: { $set: { a: 1 } } },
  aggregate: { pipeline: [], cursor: {} },
  distinct: { key: "a" },
  createIndexes: { indexes: [{ key: { a: 1 }, name: "a_1" }] },
};

describe("what MongoDB has and this server has not is refused by name", () => {
  test.each(
    Object.entries(COMMANDS).flatMap(([name, { refused = [] }]) =>
      refused.map((field) => [name, field] as const),
    ),
  )("%s with %s", async (name, field) => {
    const command = { [name]: "things", ...SOUND[name], [field]: true };
    expect(await refusalOf(harness.db.command(command), field)).toEqual(REFUSED);
    expect(await harness.db.listCollections().toArray()).toEqual([]);
  });

  test.each([...REFUSED_TESTS])("the test %s", async (operator) => {
    expect(await refusalOf(harness.things.findOne({ a: { [operator]: 1 } }), operator)).toEqual(
      REFUSED,
    );
    expect(FIELD_OPERATORS).not.toHaveProperty([operator]);
  });

  test.each([...REFUSED_AT_TOP])("the condition %s", async (operator) => {
    expect(await refusalOf(harness.things.findOne({ [operator]: 1 }), operator)).toEqual(REFUSED);
  });

  test.each([...REFUSED_OPERATORS])("the update operator %s", async (operator) => {
    await harness.things.insertOne({ _id: 1, a: 1 });
    const run = harness.things.findOneAndUpdate({}, { [operator]: { a: 1 } });
    expect(await refusalOf(run, operator)).toEqual(REFUSED);
    expect(await harness.things.findOne()).toEqual({ _id: 1, a: 1 });
    expect(UPDATE_OPERATORS).not.toHaveProperty([operator]);
  });

  test.each([...REFUSED_STAGES])("the stage %s", async (stage) => {
    expect(await refusalOf(harness.things.aggregate([{ [stage]: {} }]).toArray(), stage)).toEqual(
      REFUSED,
    );
    expect(STAGES).not.toHaveProperty([stage]);
  });

  test.each([...REFUSED_ACCUMULATORS])("the accumulator %s", async (accumulator) => {
    const pipeline = [{ $group: { _id: null, n: { [accumulator]: "$a" } } }];
    expect(await refusalOf(harness.things.aggregate(pipeline).toArray(), accumulator)).toEqual(
      REFUSED,
    );
    expect(ACCUMULATORS).not.toHaveProperty([accumulator]);
  });

  test.each([...REFUSED_OPTIONS])("the index option %s", async (option) => {
    const indexes = [{ key: { a: 1 }, name: "a_1", [option]: option === "hidden" ? true : 1 }];
    expect(
      await refusalOf(harness.db.command({ createIndexes: "things", indexes }), option),
    ).toEqual(REFUSED);
    expect(INDEX_OPTIONS).not.toContain(option);
    expect(await harness.db.listCollections().toArray()).toEqual([]);
  });

  test.each(["text", "2d", "2dsphere", "hashed"])("an index of the kind %s", async (kind) => {
    const indexes = [{ key: { a: kind }, name: "x" }];
    expect(await refusalOf(harness.db.command({ createIndexes: "things", indexes }), kind)).toEqual(
      REFUSED,
    );
  });

  test.each([
    ["update", "updates", { q: {}, u: { $set: { a: 1 } } }],
    ["delete", "deletes", { q: {}, limit: 1 }],
  ])("a collation of a statement of %s", async (name, list, statement) => {
    const command = { [name]: "things", [list]: [{ ...statement, collation: { locale: "ko" } }] };
    expect(await refusalOf(harness.db.command(command), "collation")).toEqual(REFUSED);
  });
});

describe("what only a replica set has is refused with MongoDB's code for a standalone server", () => {
  test.each<[string, Fields]>([
    ["a retryable write", { txnNumber: 1 }],
    ["the beginning of a transaction", { txnNumber: 1, startTransaction: true, autocommit: false }],
    ["a statement of a transaction", { txnNumber: 1, autocommit: false }],
    ["a numbered statement", { stmtId: 1 }],
  ])("%s", async (_name, fields) => {
    const insert = { insert: "things", documents: [{ _id: 1 }], ...fields };
    const { code, codeName } = await errorOf(harness.db.command(insert));
    expect({ code, codeName }).toEqual({ code: 20, codeName: "IllegalOperation" });
    expect(await harness.things.countDocuments()).toBe(0);
  });

  test.each([
    "commitTransaction",
    "abortTransaction",
    "replSetGetStatus",
    "bulkWrite",
    "collMod",
    "mapReduce",
    "saslStart",
    "createUser",
    "convertToCapped",
    "compact",
  ])("the command %s is one that is not known", async (name) => {
    const { code, codeName } = await errorOf(harness.db.command({ [name]: 1 }));
    expect({ code, codeName }).toEqual({ code: 59, codeName: "CommandNotFound" });
  });
});
