import { describe, expect, test } from "vitest";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

describe("insert", () => {
  test("reports a duplicate with its key", async () => {
    await harness.things.insertOne({ _id: 1 });
    const error = await errorOf(harness.things.insertOne({ _id: 1 }));
    expect(error).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
    expect(error.message).toContain(
      "E11000 duplicate key error collection: test.things index: _id_",
    );
  });

  test.each<[string, Fields, number]>([
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
