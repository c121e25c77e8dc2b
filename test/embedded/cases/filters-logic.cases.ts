import { Double, Int32, Long, ObjectId } from "bson";
import { type Case, type Fields, cases, values } from "./case.ts";
import { filters, ids, refusal } from "./operations.ts";

const ABSENT: Fields = { b: 1 };
const oid = new ObjectId("65a000000000000000000001");

const REFUSED: [string, Fields, number][] = [
  ["an unknown operator of a field", { a: { $foo: 1 } }, 2],
  ["an unknown operator at the top", { $foo: 1 }, 2],
  ["$in without an array", { a: { $in: 1 } }, 2],
  ["$nin without an array", { a: { $nin: 1 } }, 2],
  ["$all without an array", { a: { $all: 1 } }, 2],
  ["an empty $or", { $or: [] }, 2],
  ["$and that is no array", { $and: {} }, 2],
  ["$or of no documents", { $or: [1] }, 2],
  ["$size of a fraction", { a: { $size: 1.5 } }, 2],
  ["$size below zero", { a: { $size: -1 } }, 2],
  ["an unknown $type", { a: { $type: "money" } }, 2],
  ["operators mixed with fields", { a: { $gt: 1, b: 2 } }, 2],
  ["$not of a value", { a: { $not: 1 } }, 2],
  ["$elemMatch of a value", { a: { $elemMatch: 1 } }, 2],
  ["$options alone", { a: { $options: "i" } }, 2],
  ["$ne of a pattern", { a: { $ne: /x/ } }, 2],
  ["$gt of a pattern", { a: { $gt: /x/ } }, 2],
  ["a broken pattern", { a: { $regex: "(" } }, 51091],
];

/** Sets, negation, combination, types and patterns; and filters that are refused. */
export const LOGIC: Case[] = [
  ...filters("reference/operator/query/in", [
    ["$in takes any of its values", values(1, 2, "3", [4, 1]), { a: { $in: [1, "3"] } }, [0, 2, 3]],
    [
      "$in with null takes the missing",
      [...values(null, 1), ABSENT],
      { a: { $in: [null, 5] } },
      [0, 2],
    ],
    ["$in with a pattern", values("alpha", "beta", "x"), { a: { $in: [/^al/, "x"] } }, [0, 2]],
    ["$in of nothing is nobody", values(1), { a: { $in: [] } }, []],
    ["$in takes a whole array", values([1, 2], [1], 1), { a: { $in: [[1, 2]] } }, [0]],
    [
      "$in takes numbers by amount",
      values(Long.fromNumber(1), new Double(1), 2),
      { a: { $in: [1] } },
      [0, 1],
    ],
    ["$in takes a document", values({ x: 1 }, { x: 2 }), { a: { $in: [{ x: 2 }] } }, [1]],
  ]),
  ...filters("reference/operator/query/nin", [
    ["$nin leaves out arrays that hold one", values([1, 2], 3, 1), { a: { $nin: [1] } }, [1]],
    [
      "$nin with null leaves out the missing",
      [...values(null, 1), ABSENT],
      { a: { $nin: [null] } },
      [1],
    ],
    ["$nin of nothing is everybody", [...values(1), ABSENT], { a: { $nin: [] } }, [0, 1]],
    ["$nin takes the missing", [...values(1, 2), ABSENT], { a: { $nin: [1] } }, [1, 2]],
  ]),
  ...filters("reference/operator/query/ne", [
    ["$ne leaves out arrays that hold it", values([1, 2], [2], 1), { a: { $ne: 1 } }, [1]],
    ["$ne takes the missing", [...values(1, 2), ABSENT], { a: { $ne: 1 } }, [1, 2]],
    ["$ne of another type is true", values("1", 1), { a: { $ne: 1 } }, [0]],
    [
      "$ne on a dotted field wants it of every document",
      values([{ x: 1 }, { x: 2 }], [{ x: 2 }]),
      { "a.x": { $ne: 1 } },
      [1],
    ],
  ]),
  ...filters("reference/operator/query/not", [
    ["$not takes the missing", [...values(1, 9), ABSENT], { a: { $not: { $gt: 5 } } }, [0, 2]],
    [
      "$not of two conditions is not both",
      values(1, 5, 9),
      { a: { $not: { $gt: 2, $lt: 8 } } },
      [0, 2],
    ],
    ["$not of a pattern", values("ab", "cd", 1), { a: { $not: /^a/ } }, [1, 2]],
    ["$not takes other types", values(1, "x"), { a: { $not: { $lt: 5 } } }, [1]],
    ["$not of $not", values(1, 9), { a: { $not: { $not: { $gt: 5 } } } }, [1]],
  ]),
  ...filters("reference/operator/query/and", [
    [
      "$and of conditions on one field",
      values(1, 5, 9),
      { $and: [{ a: { $gt: 2 } }, { a: { $lt: 8 } }] },
      [1],
    ],
    [
      "$and beside a field",
      [
        { a: 1, b: 1 },
        { a: 1, b: 2 },
      ],
      { a: 1, $and: [{ b: 2 }] },
      [1],
    ],
    [
      "$or inside $and",
      values(1, 2, 3),
      { $and: [{ $or: [{ a: 1 }, { a: 2 }] }, { a: { $ne: 1 } }] },
      [1],
    ],
  ]),
  ...filters("reference/operator/query/or", [
    ["$or takes either", values(1, 2, 3), { $or: [{ a: 1 }, { a: 3 }] }, [0, 2]],
    [
      "$or beside a field",
      [{ a: 1, b: 1 }, { a: 1, b: 2 }, { a: 1 }],
      { a: 1, $or: [{ b: 2 }, { b: null }] },
      [1, 2],
    ],
    ["$or of an empty filter takes all", values(1, 2), { $or: [{}] }, [0, 1]],
  ]),
  ...filters("reference/operator/query/nor", [
    ["$nor takes neither", values(1, 2, 3), { $nor: [{ a: 1 }, { a: 3 }] }, [1]],
    ["$nor takes the missing", [...values(1), ABSENT], { $nor: [{ a: 1 }] }, [1]],
  ]),
  ...filters("reference/operator/query/type", [
    ["$type by name", values(1, "x", null, new Double(1.5)), { a: { $type: "string" } }, [1]],
    [
      "$type tells the kinds of numbers apart",
      values(new Int32(1), new Double(1), Long.fromNumber(1)),
      { a: { $type: "double" } },
      [1],
    ],
    [
      "$type int and long",
      values(new Int32(1), new Double(1), Long.fromNumber(1)),
      { a: { $type: ["int", "long"] } },
      [0, 2],
    ],
    [
      "$type number takes all numbers",
      values(1, new Double(1.5), Long.fromNumber(1), "1"),
      { a: { $type: "number" } },
      [0, 1, 2],
    ],
    ["$type array takes arrays", values([1], 1), { a: { $type: "array" } }, [0]],
    ["$type looks at elements", values(["x"], [1]), { a: { $type: "string" } }, [0]],
    [
      "$type by number, in a list",
      values(oid, new Date(0), true),
      { a: { $type: [7, "date"] } },
      [0, 1],
    ],
    ["$type object is no array", values({}, [], [{}]), { a: { $type: "object" } }, [0, 2]],
    ["$type bool", values(true, 1, null), { a: { $type: "bool" } }, [0]],
  ]),
  ...filters("reference/operator/query/regex", [
    ["$regex takes strings", values("INV-1", "inv-2", 3), { a: { $regex: "^INV-" } }, [0]],
    ["$regex with i", values("INV-1", "inv-2"), { a: { $regex: "^inv-", $options: "i" } }, [0, 1]],
    ["$regex on elements", values(["x", "INV"], ["y"]), { a: /^INV/ }, [0]],
    ["$regex ends before a last line feed", values("ab\n", "ab\nc"), { a: /ab$/ }, [0]],
    ["$regex on Hangul", values("정기결제", "일시불"), { a: /^정기/ }, [0]],
    [
      "$regex beside a comparison",
      values("ab", "ac", "b"),
      { a: { $regex: "^a", $gt: "ab" } },
      [1],
    ],
    ["$regex on a dotted field", values({ x: "INV-1" }, { x: "x" }), { "a.x": /^INV/ }, [0]],
  ]),
  ...cases(
    "reference/operator/query",
    REFUSED.map(([name, filter, code]) => ({
      name: `refused: ${name}`,
      documents: values("x"),
      operation: refusal(ids(filter)),
      expected: { code, documents: [{ _id: 0, a: "x" }] },
    })),
  ),
];
