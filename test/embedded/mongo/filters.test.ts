import { Binary, Double, Int32, Long, MaxKey, ObjectId } from "bson";
import { describe, expect, test } from "vitest";
import { type Fields, errorOf, useServer } from "./harness.ts";

const harness = useServer();

const early = new Date("2026-01-31T15:00:00Z");
const late = new Date("2026-02-28T15:00:00Z");
const oid = new ObjectId("65a000000000000000000001");
const laterOid = new ObjectId("65a000000000000000000002");

/** Name, the documents by their `a` (their place is their `_id`), the filter, who passes. */
type Case = [string, Fields[], Fields, number[]];

const ABSENT = { b: 1 };
const values = (...list: unknown[]): Fields[] => list.map((a) => ({ a }));

const CASES: Case[] = [
  [
    "equality takes numbers by amount",
    values(1, new Double(1), Long.fromNumber(1), 2, "1"),
    { a: 1 },
    [0, 1, 2],
  ],
  [
    "a Long beyond 2^53 is told from its neighbour",
    values(Long.fromString("9007199254740993"), Long.fromString("9007199254740992")),
    { a: Long.fromString("9007199254740993") },
    [0],
  ],
  [
    "equality looks into arrays and at the whole array",
    values([1, 2], [[1, 2]], [3]),
    { a: [1, 2] },
    [0, 1],
  ],
  ["equality with an element", values([1, 2], [3], 1, [[1]]), { a: 1 }, [0, 2]],
  ["null matches null and missing", [...values(null, 0, "", false), ABSENT], { a: null }, [0, 4]],
  ["null matches an element that is null", values([1, null], [1], []), { a: null }, [0]],
  ["$ne null leaves out null and missing", [...values(null, 0), ABSENT], { a: { $ne: null } }, [1]],
  ["$exists true takes null", [...values(null, 1), ABSENT], { a: { $exists: true } }, [0, 1]],
  [
    "$exists false takes the missing only",
    [...values(null, 1), ABSENT],
    { a: { $exists: false } },
    [2],
  ],
  [
    "documents compare with the order of their fields",
    values({ x: 1, y: 2 }, { y: 2, x: 1 }, { x: 1 }),
    { a: { x: 1, y: 2 } },
    [0],
  ],
  [
    "documents compare numbers by amount",
    values({ x: new Double(1) }, { x: 2 }),
    { a: { x: 1 } },
    [0],
  ],
  ["a dotted path enters documents", values({ b: 1 }, { b: 2 }, 1), { "a.b": 1 }, [0]],
  [
    "a dotted path enters documents in arrays",
    values([{ b: 1 }, { b: 2 }], [{ b: 3 }], { b: 2 }),
    { "a.b": 2 },
    [0, 2],
  ],
  [
    "a dotted path ends in an array within an array",
    values([{ b: [1, 2] }], [{ b: [3] }]),
    { "a.b": 2 },
    [0],
  ],
  [
    "a dotted null matches where the field is missing",
    [...values({ b: null }, { c: 1 }, { b: 1 }, 5), ABSENT],
    { "a.b": null },
    [0, 1, 3, 4],
  ],
  [
    "a dotted null in arrays needs a document without the field",
    values([{ b: 1 }, {}], [{ b: 1 }], [], [1, 2]),
    { "a.b": null },
    [0],
  ],
  ["a position in a path", values([1, 2], [2, 1], { 0: 1 }), { "a.0": 1 }, [0, 2]],
  [
    "a position then a field",
    values([{ b: 1 }, { b: 2 }], [{ b: 2 }, { b: 1 }]),
    { "a.0.b": 1 },
    [0],
  ],
  [
    "$gt compares numbers of every type",
    values(1, new Double(2.5), Long.fromNumber(3), "9"),
    { a: { $gt: 2 } },
    [1, 2],
  ],
  ["$gt never leaves the type", values(5, "b", true, null, early), { a: { $gt: "a" } }, [1]],
  ["$lt of a date", values(early, late, 0), { a: { $lt: late } }, [0]],
  ["$gte and $lte include the bound", values(1, 2, 3), { a: { $gte: 2, $lte: 2 } }, [1]],
  [
    "bounds may be met by different elements",
    values([1, 9], [5], [1], [9]),
    { a: { $gt: 4, $lt: 6 } },
    [0, 1],
  ],
  [
    "$elemMatch wants one element for all bounds",
    values([1, 9], [5]),
    { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
    [1],
  ],
  ["$gte null is null or missing", [...values(null, 1), ABSENT], { a: { $gte: null } }, [0, 2]],
  ["$gt null is nobody", [...values(null, 1), ABSENT], { a: { $gt: null } }, []],
  ["NaN equals itself", values(Number.NaN, 1), { a: Number.NaN }, [0]],
  ["NaN is on no side of a number", values(Number.NaN, 1), { a: { $lt: 5 } }, [1]],
  ["minus zero equals zero", values(new Double(-0), 0), { a: 0 }, [0, 1]],
  ["booleans are no numbers", values(true, 1, false, 0), { a: true }, [0]],
  ["$gt of booleans", values(true, false), { a: { $gt: false } }, [0]],
  [
    "ObjectIds compare by their bytes",
    values(oid, laterOid, oid.toHexString()),
    { a: { $gt: oid } },
    [1],
  ],
  [
    "ObjectIds equal by their bytes",
    values(oid, laterOid),
    { a: new ObjectId(oid.toHexString()) },
    [0],
  ],
  [
    "binaries of different bytes differ",
    values(new Binary(Buffer.from([0xff])), new Binary(Buffer.from([0xfe]))),
    { a: new Binary(Buffer.from([0xff])) },
    [0],
  ],
  [
    "binaries of different subtypes differ",
    values(new Binary(Buffer.from([1]), 0), new Binary(Buffer.from([1]), 5)),
    { a: new Binary(Buffer.from([1]), 5) },
    [1],
  ],
  [
    "binaries order by length first",
    values(new Binary(Buffer.from([9])), new Binary(Buffer.from([1, 1]))),
    { a: { $gt: new Binary(Buffer.from([9])) } },
    [1],
  ],
  ["strings order by code point", values("\uffff", "😀"), { a: { $gt: "\uffff" } }, [1]],
  ["strings may hold a zero", values("a\0b", "a", "a\0"), { a: "a\0" }, [2]],
  ["$in takes any of its values", values(1, 2, "3", [4, 1]), { a: { $in: [1, "3"] } }, [0, 2, 3]],
  [
    "$in with null takes the missing",
    [...values(null, 1), ABSENT],
    { a: { $in: [null, 5] } },
    [0, 2],
  ],
  ["$in with a pattern", values("alpha", "beta", "x"), { a: { $in: [/^al/, "x"] } }, [0, 2]],
  ["$in of nothing is nobody", values(1), { a: { $in: [] } }, []],
  ["$nin leaves out arrays that hold one", values([1, 2], 3, 1), { a: { $nin: [1] } }, [1]],
  [
    "$nin with null leaves out the missing",
    [...values(null, 1), ABSENT],
    { a: { $nin: [null] } },
    [1],
  ],
  ["$ne leaves out arrays that hold it", values([1, 2], [2], 1), { a: { $ne: 1 } }, [1]],
  ["$not takes the missing", [...values(1, 9), ABSENT], { a: { $not: { $gt: 5 } } }, [0, 2]],
  [
    "$not of two conditions is not both",
    values(1, 5, 9),
    { a: { $not: { $gt: 2, $lt: 8 } } },
    [0, 2],
  ],
  ["$not of a pattern", values("ab", "cd", 1), { a: { $not: /^a/ } }, [1, 2]],
  [
    "$and of conditions on one field",
    values(1, 5, 9),
    { $and: [{ a: { $gt: 2 } }, { a: { $lt: 8 } }] },
    [1],
  ],
  ["$or takes either", values(1, 2, 3), { $or: [{ a: 1 }, { a: 3 }] }, [0, 2]],
  ["$nor takes neither", values(1, 2, 3), { $nor: [{ a: 1 }, { a: 3 }] }, [1]],
  [
    "$or inside $and",
    values(1, 2, 3),
    { $and: [{ $or: [{ a: 1 }, { a: 2 }] }, { a: { $ne: 1 } }] },
    [1],
  ],
  [
    "$elemMatch wants one document for all fields",
    values(
      [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
      [{ x: 1, y: 2 }],
    ),
    { a: { $elemMatch: { x: 1, y: 2 } } },
    [1],
  ],
  [
    "dotted fields may be met by different documents",
    values(
      [
        { x: 1, y: 1 },
        { x: 2, y: 2 },
      ],
      [{ x: 3 }],
    ),
    { "a.x": 1, "a.y": 2 },
    [0],
  ],
  [
    "$elemMatch with $or",
    values([{ x: 1 }], [{ y: 2 }], [{ z: 3 }]),
    { a: { $elemMatch: { $or: [{ x: 1 }, { y: 2 }] } } },
    [0, 1],
  ],
  ["$elemMatch never takes a plain value", values(5, [5]), { a: { $elemMatch: { $gt: 4 } } }, [1]],
  [
    "$elemMatch with $ne wants an element that differs",
    values([1, 2], [1], []),
    { a: { $elemMatch: { $ne: 1 } } },
    [0],
  ],
  ["$size counts", values([1, 2], [1], [], 2), { a: { $size: 2 } }, [0]],
  ["$size of zero", values([], [1], null), { a: { $size: 0 } }, [0]],
  ["$all wants every value", values([1, 2, 3], [1], 1), { a: { $all: [1, 2] } }, [0]],
  ["$all takes a plain value", values(1, [1], 2), { a: { $all: [1] } }, [0, 1]],
  ["$all of nothing is nobody", values([], 1), { a: { $all: [] } }, []],
  [
    "$all with $elemMatch",
    values([{ x: 1 }, { x: 2 }], [{ x: 1 }]),
    { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
    [0],
  ],
  ["$type by name", values(1, "x", null, new Double(1.5)), { a: { $type: "string" } }, [1]],
  [
    "$type tells the kinds of numbers apart",
    values(new Int32(1), new Double(1), Long.fromNumber(1)),
    { a: { $type: "double" } },
    [1],
  ],
  [
    "$type number takes all numbers",
    values(1, new Double(1.5), Long.fromNumber(1), "1"),
    { a: { $type: "number" } },
    [0, 1, 2],
  ],
  ["$type array takes arrays", values([1], 1), { a: { $type: "array" } }, [0]],
  ["$type looks at elements", values(["x"], [1]), { a: { $type: "string" } }, [0]],
  ["$type by number, in a list", values(oid, early, true), { a: { $type: [7, "date"] } }, [0, 1]],
  ["$type null is no missing", [...values(null), ABSENT], { a: { $type: "null" } }, [0]],
  ["$regex takes strings", values("INV-1", "inv-2", 3), { a: { $regex: "^INV-" } }, [0]],
  ["$regex with i", values("INV-1", "inv-2"), { a: { $regex: "^inv-", $options: "i" } }, [0, 1]],
  ["$regex on elements", values(["x", "INV"], ["y"]), { a: /^INV/ }, [0]],
  ["$regex ends before a last line feed", values("ab\n", "ab\nc"), { a: /ab$/ }, [0]],
  ["$regex on Hangul", values("정기결제", "일시불"), { a: /^정기/ }, [0]],
  ["$eq with an operator-free document", values({ x: 1 }, { x: 2 }), { a: { $eq: { x: 1 } } }, [0]],
  ["an empty filter takes all", values(1, 2), {}, [0, 1]],
  [
    "an array of documents equals as a whole",
    values([{ x: 1 }], [{ x: 1 }, { x: 2 }]),
    { a: [{ x: 1 }] },
    [0],
  ],
  [
    "$gt of documents goes field by field",
    values({ x: 1 }, { x: 2 }),
    { a: { $gt: { x: 1 } } },
    [1],
  ],
  ["MaxKey equals itself", values(new MaxKey(), 1), { a: new MaxKey() }, [0]],
  ["names that objects inherit are missing", values(1), { constructor: { $exists: true } }, []],
];

describe("a filter", () => {
  test.each(CASES)("%s", async (_name, documents, filter, expected) => {
    await harness.things.insertMany(documents.map((fields, _id) => ({ _id, ...fields })));
    const found = await harness.things.find(filter).sort({ _id: 1 }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual(expected);
  });

  test("finds the same with an index over the field as without", async () => {
    for (const [name, documents, filter, expected] of CASES) {
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
  ["an unknown operator", { a: { $foo: 1 } }, 2, /unknown operator: \$foo/],
  ["an unknown operator at the top", { $foo: 1 }, 2, /unknown top level operator: \$foo/],
  ["$where", { $where: "1" }, 238, /\$where/],
  ["$expr", { $expr: { $eq: ["$a", 1] } }, 238, /\$expr/],
  ["$mod", { a: { $mod: [2, 0] } }, 238, /\$mod/],
  ["$text", { $text: { $search: "x" } }, 238, /\$text/],
  ["$regex with x", { a: { $regex: "a", $options: "x" } }, 238, /options 'x'/],
  ["$options alone", { a: { $options: "i" } }, 2, /\$regex/],
  ["a broken pattern", { a: { $regex: "(" } }, 2, /\(/],
  ["$in without an array", { a: { $in: 1 } }, 2, /\$in needs an array/],
  ["an empty $or", { $or: [] }, 2, /nonempty array/],
  ["$or of no documents", { $or: [1] }, 2, /full objects/],
  ["$size of a fraction", { a: { $size: 1.5 } }, 2, /\$size/],
  ["an unknown $type", { a: { $type: "money" } }, 2, /\$type/],
  ["operators mixed with fields", { a: { $gt: 1, b: 2 } }, 2, /unknown operator: b/],
  ["$not of a value", { a: { $not: 1 } }, 2, /\$not/],
  ["$elemMatch of a value", { a: { $elemMatch: 1 } }, 2, /\$elemMatch/],
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
