import { MaxKey } from "bson";
import { describe, expect, test } from "vitest";
import { TABLE } from "../cases/table.ts";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

/** The filters of the table, asked by an index that holds every document. */
describe("a filter", () => {
  test("finds the same with an index over the field as without", async () => {
    const asked = TABLE.filter(({ filter }) => filter !== undefined);
    expect(asked.length).toBeGreaterThan(100);
    for (const { name, documents, filter = {}, expected } of asked) {
      await harness.db.dropDatabase();
      await harness.things.createIndex({ a: 1 });
      await harness.things.createIndex({ "a.b": -1, b: 1 });
      await harness.things.insertMany(documents.map((fields, _id) => ({ _id, ...fields })));
      for (const hint of ["a_1", "a.b_-1_b_1"]) {
        const found = await harness.things.find(filter, { hint }).toArray();
        const ids = found.map(({ _id }) => Number(_id)).toSorted((a, b) => a - b);
        expect({ name, hint, ids }).toEqual({ name, hint, ids: expected });
      }
    }
  });
});

const REFUSED: [string, Fields, number, RegExp][] = [
  ["$where", { $where: "1" }, 238, /\$where/],
  ["$expr", { $expr: { $eq: ["$a", 1] } }, 238, /\$expr/],
  ["$mod", { a: { $mod: [2, 0] } }, 238, /\$mod/],
  ["$text", { $text: { $search: "x" } }, 238, /\$text/],
  ["$regex with x", { a: { $regex: "a", $options: "x" } }, 238, /options 'x'/],
  ["$ of a position", { "a.$": 1 }, 2, /a\.\$/],
  ["an empty part of a path", { "a..b": 1 }, 56, /a\.\.b/],
  ["a comparison with MinKey or MaxKey", { a: { $lt: new MaxKey() } }, 238, /MaxKey/],
];

describe("a filter that is not supported", () => {
  test.each(REFUSED)("is refused by name: %s", async (_name, filter, code, message) => {
    const error = await errorOf(harness.things.find(filter).toArray());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });
});
