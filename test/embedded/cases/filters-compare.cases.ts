import { Binary, Double, Long, MaxKey, ObjectId } from "bson";
import type { Case, Fields } from "./case.ts";
import { values } from "./case.ts";
import { filters } from "./operations.ts";

const early = new Date("2026-01-31T15:00:00Z");
const late = new Date("2026-02-28T15:00:00Z");
const oid = new ObjectId("65a000000000000000000001");
const laterOid = new ObjectId("65a000000000000000000002");
const bytes = (list: number[], subtype = 0): Binary => new Binary(Buffer.from(list), subtype);
const ABSENT: Fields = { b: 1 };

/** Equality and order: null and missing, numbers, dates, ObjectIds, binaries, strings. */
export const COMPARISONS: Case[] = [
  ...filters("reference/operator/query/eq", [
    [
      "equality takes numbers by amount",
      values(1, new Double(1), Long.fromNumber(1), 2, "1"),
      { a: 1 },
      [0, 1, 2],
    ],
    [
      "equality of a double with a fraction",
      values(1, new Double(1.5), 2, Long.fromNumber(1)),
      { a: 1.5 },
      [1],
    ],
    [
      "a Long beyond 2^53 is told from its neighbour",
      values(Long.fromString("9007199254740993"), Long.fromString("9007199254740992")),
      { a: Long.fromString("9007199254740993") },
      [0],
    ],
    ["NaN equals itself", values(Number.NaN, 1), { a: Number.NaN }, [0]],
    ["minus zero equals zero", values(new Double(-0), 0), { a: 0 }, [0, 1]],
    ["booleans are no numbers", values(true, 1, false, 0), { a: true }, [0]],
    ["false is no null", [...values(false, null), ABSENT], { a: false }, [0]],
    ["an empty string is no null", [...values("", null), ABSENT], { a: "" }, [0]],
    ["strings tell cases apart", values("a", "A"), { a: "A" }, [1]],
    ["strings may hold a zero", values("a\0b", "a", "a\0"), { a: "a\0" }, [2]],
    [
      "$eq with an operator-free document",
      values({ x: 1 }, { x: 2 }),
      { a: { $eq: { x: 1 } } },
      [0],
    ],
    ["$eq is equality", values(1, 2), { a: { $eq: 2 } }, [1]],
    ["$eq null is null or missing", [...values(null, 1), ABSENT], { a: { $eq: null } }, [0, 2]],
    ["$eq with an element of an array", values([1, 2], [3]), { a: { $eq: 2 } }, [0]],
    ["MaxKey equals itself", values(new MaxKey(), 1), { a: new MaxKey() }, [0]],
    ["an empty filter takes all", values(1, 2), {}, [0, 1]],
    ["names that objects inherit are missing", values(1), { constructor: { $exists: true } }, []],
    [
      "two fields must both hold",
      [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
      { a: 1, b: 2 },
      [1],
    ],
  ]),
  ...filters("tutorial/query-for-null-fields", [
    ["null matches null and missing", [...values(null, 0, "", false), ABSENT], { a: null }, [0, 4]],
    ["null matches an element that is null", values([1, null], [1], []), { a: null }, [0]],
    ["null does not match an empty document", values({}, null), { a: null }, [1]],
    [
      "$ne null leaves out null and missing",
      [...values(null, 0), ABSENT],
      { a: { $ne: null } },
      [1],
    ],
    [
      "$not of $eq null is $ne null",
      [...values(null, 0), ABSENT],
      { a: { $not: { $eq: null } } },
      [1],
    ],
    ["$type null is no missing", [...values(null), ABSENT], { a: { $type: "null" } }, [0]],
    ["null that exists", [...values(null, 1), ABSENT], { a: { $eq: null, $exists: true } }, [0]],
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
    [
      "a dotted $ne null wants the field in every document",
      values([{ b: 1 }, {}], [{ b: 1 }], { b: 2 }, {}),
      { "a.b": { $ne: null } },
      [1, 2],
    ],
  ]),
  ...filters("reference/operator/query/exists", [
    ["$exists true takes null", [...values(null, 1), ABSENT], { a: { $exists: true } }, [0, 1]],
    [
      "$exists false takes the missing only",
      [...values(null, 1), ABSENT],
      { a: { $exists: false } },
      [2],
    ],
    ["$exists true takes an empty array", values([], 1), { a: { $exists: true } }, [0, 1]],
    [
      "$exists inside documents",
      values({ b: null }, { c: 1 }, 1),
      { "a.b": { $exists: true } },
      [0],
    ],
    [
      "$exists inside documents of an array",
      values([{ b: 1 }, {}], [{}], []),
      { "a.b": { $exists: true } },
      [0],
    ],
    ["$exists of a position", values([1], [], [1, 2]), { "a.1": { $exists: true } }, [2]],
  ]),
  ...filters("reference/operator/query/gt", [
    [
      "$gt compares numbers of every type",
      values(1, new Double(2.5), Long.fromNumber(3), "9"),
      { a: { $gt: 2 } },
      [1, 2],
    ],
    ["$gt never leaves the type", values(5, "b", true, null, early), { a: { $gt: "a" } }, [1]],
    ["$gt of booleans", values(true, false), { a: { $gt: false } }, [0]],
    ["$gt null is nobody", [...values(null, 1), ABSENT], { a: { $gt: null } }, []],
    [
      "ObjectIds compare by their bytes",
      values(oid, laterOid, oid.toHexString()),
      { a: { $gt: oid } },
      [1],
    ],
    ["strings order by code point", values("\uffff", "😀"), { a: { $gt: "\uffff" } }, [1]],
    ["upper case comes before lower case", values("Z", "a"), { a: { $gt: "Z" } }, [1]],
    ["a longer string comes after its beginning", values("ab", "a"), { a: { $gt: "a" } }, [0]],
    [
      "$gt of documents goes field by field",
      values({ x: 1 }, { x: 2 }),
      { a: { $gt: { x: 1 } } },
      [1],
    ],
    [
      "a Long beyond 2^53 is greater than the double before it",
      values(Long.fromString("9007199254740993"), new Double(9007199254740992)),
      { a: { $gt: new Double(9007199254740992) } },
      [0],
    ],
    [
      "infinity is greater than any number",
      values(Number.POSITIVE_INFINITY, 1),
      { a: { $gt: 1e300 } },
      [0],
    ],
    [
      "bounds may be met by different elements",
      values([1, 9], [5], [1], [9]),
      { a: { $gt: 4, $lt: 6 } },
      [0, 1],
    ],
  ]),
  ...filters("reference/operator/query/gte", [
    ["$gte and $lte include the bound", values(1, 2, 3), { a: { $gte: 2, $lte: 2 } }, [1]],
    ["$gte null is null or missing", [...values(null, 1), ABSENT], { a: { $gte: null } }, [0, 2]],
    ["$gte of a date takes the same instant", values(early, late), { a: { $gte: late } }, [1]],
    ["$gte NaN is NaN", values(Number.NaN, 1), { a: { $gte: Number.NaN } }, [0]],
  ]),
  ...filters("reference/operator/query/lt", [
    ["$lt of a date", values(early, late, 0), { a: { $lt: late } }, [0]],
    ["NaN is on no side of a number", values(Number.NaN, 1), { a: { $lt: 5 } }, [1]],
    [
      "dates before 1970 come first",
      values(new Date(-1), new Date(1)),
      { a: { $lt: new Date(0) } },
      [0],
    ],
    ["$lt is met by one element", values([9, 1], [9]), { a: { $lt: 5 } }, [0]],
    ["a date is no number", values(early, 1), { a: { $lt: 10 } }, [1]],
  ]),
  ...filters("reference/operator/query/lte", [
    ["$lte null is null or missing", [...values(null, 1), ABSENT], { a: { $lte: null } }, [0, 2]],
    [
      "$lte of a Long and a double",
      values(Long.fromNumber(3), new Double(2.5)),
      { a: { $lte: 2.5 } },
      [1],
    ],
  ]),
  ...filters("reference/bson-types", [
    [
      "ObjectIds equal by their bytes",
      values(oid, laterOid),
      { a: new ObjectId(oid.toHexString()) },
      [0],
    ],
    ["an ObjectId is not its text", values(oid, oid.toHexString()), { a: oid.toHexString() }, [1]],
    [
      "dates equal by their millisecond",
      values(early, new Date(early.getTime() + 1)),
      { a: early },
      [0],
    ],
    [
      "binaries of different bytes differ",
      values(bytes([0xff]), bytes([0xfe])),
      { a: bytes([0xff]) },
      [0],
    ],
    [
      "binaries of different subtypes differ",
      values(bytes([1]), bytes([1], 5)),
      { a: bytes([1], 5) },
      [1],
    ],
  ]),
  ...filters("reference/bson-type-comparison-order", [
    [
      "binaries order by length first",
      values(bytes([9]), bytes([1, 1])),
      { a: { $gt: bytes([9]) } },
      [1],
    ],
    [
      "binaries of one length order by subtype, then bytes",
      values(bytes([9], 0), bytes([1], 5), bytes([1], 0)),
      { a: { $gt: bytes([1], 0) } },
      [0, 1],
    ],
  ]),
];
