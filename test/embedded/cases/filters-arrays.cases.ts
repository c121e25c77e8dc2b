import { Double } from "bson";
import { type Case, values } from "./case.ts";
import { filters } from "./operations.ts";

/** Arrays, embedded documents and dotted paths. */
export const ARRAYS_AND_PATHS: Case[] = [
  ...filters("tutorial/query-arrays", [
    [
      "equality looks into arrays and at the whole array",
      values([1, 2], [[1, 2]], [3]),
      { a: [1, 2] },
      [0, 1],
    ],
    ["equality with an element", values([1, 2], [3], 1, [[1]]), { a: 1 }, [0, 2]],
    ["a whole array equals in its order", values([1, 2], [2, 1]), { a: [2, 1] }, [1]],
    ["an empty array equals an empty array", values([], [[]], [1]), { a: [] }, [0, 1]],
    ["a position in a path", values([1, 2], [2, 1], { 0: 1 }), { "a.0": 1 }, [0, 2]],
    ["a position beyond the end", values([1, 2], [1, 2, 3]), { "a.2": 3 }, [1]],
    ["a position that is a whole array", values([[1, 2]], [1, 2]), { "a.0": [1, 2] }, [0]],
    ["a comparison with a position", values([1, 9], [9, 1]), { "a.1": { $gt: 5 } }, [0]],
  ]),
  ...filters("tutorial/query-embedded-documents", [
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
    ["an empty document equals an empty document only", values({}, { x: 1 }, []), { a: {} }, [0]],
    ["a dotted path enters documents", values({ b: 1 }, { b: 2 }, 1), { "a.b": 1 }, [0]],
    [
      "a dotted path enters documents in documents",
      values({ b: { c: 1 } }, { b: { c: 2 } }, { b: 1 }),
      { "a.b.c": 2 },
      [1],
    ],
    [
      "two dotted fields of one document",
      values({ b: 1, c: 1 }, { b: 1, c: 2 }),
      { "a.b": 1, "a.c": 2 },
      [1],
    ],
  ]),
  ...filters("tutorial/query-array-of-documents", [
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
      "a position then a field",
      values([{ b: 1 }, { b: 2 }], [{ b: 2 }, { b: 1 }]),
      { "a.0.b": 1 },
      [0],
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
      "bounds on a dotted field may be met by different documents",
      values([{ x: 1 }, { x: 9 }], [{ x: 1 }]),
      { "a.x": { $gt: 4, $lt: 6 } },
      [0],
    ],
    [
      "an array of documents equals as a whole",
      values([{ x: 1 }], [{ x: 1 }, { x: 2 }]),
      { a: [{ x: 1 }] },
      [0],
    ],
    [
      "a document equals an element",
      values([{ x: 1 }, { x: 2 }], [{ x: 1, y: 1 }]),
      { a: { x: 2 } },
      [0],
    ],
    [
      "a path enters arrays on two levels",
      values([{ b: [{ c: 1 }, { c: 2 }] }], [{ b: [{ c: 3 }] }]),
      { "a.b.c": 2 },
      [0],
    ],
  ]),
  ...filters("reference/operator/query/elemMatch", [
    [
      "$elemMatch wants one element for all bounds",
      values([1, 9], [5]),
      { a: { $elemMatch: { $gt: 4, $lt: 6 } } },
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
      "$elemMatch with $or",
      values([{ x: 1 }], [{ y: 2 }], [{ z: 3 }]),
      { a: { $elemMatch: { $or: [{ x: 1 }, { y: 2 }] } } },
      [0, 1],
    ],
    [
      "$elemMatch never takes a plain value",
      values(5, [5]),
      { a: { $elemMatch: { $gt: 4 } } },
      [1],
    ],
    [
      "$elemMatch never takes a plain document",
      values({ x: 1 }, [{ x: 1 }]),
      { a: { $elemMatch: { x: 1 } } },
      [1],
    ],
    [
      "$elemMatch with $ne wants an element that differs",
      values([1, 2], [1], []),
      { a: { $elemMatch: { $ne: 1 } } },
      [0],
    ],
    [
      "$elemMatch with $exists",
      values([{ x: 1 }], [{ y: 1 }]),
      { a: { $elemMatch: { x: { $exists: true } } } },
      [0],
    ],
    [
      "$elemMatch inside $elemMatch",
      values([{ b: [{ c: 1, d: 1 }] }], [{ b: [{ c: 1 }, { d: 1 }] }]),
      { a: { $elemMatch: { b: { $elemMatch: { c: 1, d: 1 } } } } },
      [0],
    ],
    ["$elemMatch with $in", values([1, 5], [7]), { a: { $elemMatch: { $in: [5, 6] } } }, [0]],
    [
      "$not of $elemMatch takes what is no array",
      values([1, 9], [5], 5),
      { a: { $not: { $elemMatch: { $gt: 4, $lt: 6 } } } },
      [0, 2],
    ],
  ]),
  ...filters("reference/operator/query/size", [
    ["$size counts", values([1, 2], [1], [], 2), { a: { $size: 2 } }, [0]],
    ["$size of zero", values([], [1], null), { a: { $size: 0 } }, [0]],
    ["$size counts an array in an array once", values([[1, 2]], [1, 2]), { a: { $size: 1 } }, [0]],
  ]),
  ...filters("reference/operator/query/all", [
    ["$all wants every value", values([1, 2, 3], [1], 1), { a: { $all: [1, 2] } }, [0]],
    ["$all takes a plain value", values(1, [1], 2), { a: { $all: [1] } }, [0, 1]],
    ["$all of nothing is nobody", values([], 1), { a: { $all: [] } }, []],
    ["$all in any order", values([3, 2, 1], [3]), { a: { $all: [1, 3] } }, [0]],
    [
      "$all of an array takes the whole or an element",
      values([1, 2], [[1, 2]], [[1], 2]),
      { a: { $all: [[1, 2]] } },
      [0, 1],
    ],
    [
      "$all with $elemMatch",
      values([{ x: 1 }, { x: 2 }], [{ x: 1 }]),
      { a: { $all: [{ $elemMatch: { x: 1 } }, { $elemMatch: { x: 2 } }] } },
      [0],
    ],
    [
      "$all on a dotted field",
      values([{ x: 1 }, { x: 2 }], [{ x: 1 }]),
      { "a.x": { $all: [1, 2] } },
      [0],
    ],
  ]),
];
