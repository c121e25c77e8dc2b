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

const FAILURES: [string, Fields, Fields, number, RegExp, (Options & { filter?: Fields })?][] = [
  ["$rename", {}, { $rename: { a: "b" } }, 238, /\$rename/],
  ["$currentDate", {}, { $currentDate: { a: true } }, 238, /\$currentDate/],
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
  ["an operator as a stored name", {}, { $set: { a: { $gt: 1 } } }, 52, /\$gt/],
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
});

describe("an upsert", () => {
  const upsert = async (filter: Fields, change: Fields): Promise<Fields> => {
    const result = await harness.things.updateOne(filter, change, { upsert: true });
    expect(result).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 });
    return (await harness.things.findOne({
      _id: result.upsertedId as unknown as number,
    })) as Fields;
  };

  test("makes an _id where the filter fixes none", async () => {
    const stored = await upsert({ a: { $in: [1, 2] } }, { $set: { b: 1 } });
    expect(stored).toEqual({ _id: expect.any(mongoose.mongo.ObjectId), b: 1 });
  });
});
