import type { Case } from "./case.ts";
import { updates } from "./operations.ts";

const attempts = [
  { n: 1, state: "declined" },
  { n: 2, state: "unknown" },
];

/** Updates of arrays as a whole. */
export const ARRAY_UPDATES: Case[] = [
  ...updates("reference/operator/update/push", [
    ["$push appends and starts", { a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
    ["$push of an array is one element", { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
    ["$push with $each", { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
    [
      "$push with $position",
      { a: [1, 4] },
      { $push: { a: { $each: [2, 3], $position: 1 } } },
      { a: [1, 2, 3, 4] },
    ],
    [
      "$push with a $position from the end",
      { a: [1, 2, 3] },
      { $push: { a: { $each: [9], $position: -1 } } },
      { a: [1, 2, 9, 3] },
    ],
    [
      "$push with $slice keeps the first",
      { a: [1, 2] },
      { $push: { a: { $each: [3], $slice: 2 } } },
      { a: [1, 2] },
    ],
    [
      "$push with a negative $slice keeps the last",
      { a: [1, 2] },
      { $push: { a: { $each: [3], $slice: -2 } } },
      { a: [2, 3] },
    ],
    [
      "$push with $slice on a missing field",
      {},
      { $push: { a: { $each: [1, 2, 3], $slice: -2 } } },
      { a: [2, 3] },
    ],
    [
      "$push with $slice 0 empties",
      { a: [1] },
      { $push: { a: { $each: [2], $slice: 0 } } },
      { a: [] },
    ],
    [
      "$push with $sort",
      { a: [3, 1] },
      { $push: { a: { $each: [2], $sort: -1 } } },
      { a: [3, 2, 1] },
    ],
    [
      "$push with $sort by fields",
      { a: [{ x: 2, y: 1 }] },
      {
        $push: {
          a: {
            $each: [
              { x: 1, y: 1 },
              { x: 2, y: 0 },
            ],
            $sort: { x: 1, y: -1 },
          },
        },
      },
      {
        a: [
          { x: 1, y: 1 },
          { x: 2, y: 1 },
          { x: 2, y: 0 },
        ],
      },
    ],
    [
      "$push sorts before it slices",
      { a: [5, 1] },
      { $push: { a: { $each: [3], $sort: 1, $slice: 2 } } },
      { a: [1, 3] },
    ],
    ["$push of a document", { a: [] }, { $push: { a: { x: 1 } } }, { a: [{ x: 1 }] }],
    ["$push with $each of nothing", { a: [1] }, { $push: { a: { $each: [] } } }, { a: [1] }],
    [
      "$push to an array inside an element",
      { a: [{ b: [] }] },
      { $push: { "a.0.b": 1 } },
      { a: [{ b: [1] }] },
    ],
    [
      "$push with a $position beyond the end appends",
      { a: [1] },
      { $push: { a: { $each: [2], $position: 9 } } },
      { a: [1, 2] },
    ],
    [
      "$push with $each and $slice only cuts",
      { a: [1, 2, 3] },
      { $push: { a: { $each: [], $slice: -1 } } },
      { a: [3] },
    ],
  ]),
  ...updates("reference/operator/update/addToSet", [
    ["$addToSet adds once", { a: [1] }, { $addToSet: { a: 1 } }, { a: [1] }],
    [
      "$addToSet with $each",
      { a: [1] },
      { $addToSet: { a: { $each: [1, 2, 2, 3] } } },
      { a: [1, 2, 3] },
    ],
    [
      "$addToSet tells the order of fields apart",
      { a: [{ x: 1, y: 2 }] },
      { $addToSet: { a: { y: 2, x: 1 } } },
      {
        a: [
          { x: 1, y: 2 },
          { y: 2, x: 1 },
        ],
      },
    ],
    ["$addToSet starts", {}, { $addToSet: { a: 1 } }, { a: [1] }],
    [
      "$addToSet of an array adds it as one element",
      { a: [1] },
      { $addToSet: { a: [1] } },
      { a: [1, [1]] },
    ],
    ["$addToSet takes numbers by amount", { a: [1] }, { $addToSet: { a: 1.0 } }, { a: [1] }],
    [
      "$addToSet of a document that is there",
      { a: [{ x: 1 }] },
      { $addToSet: { a: { x: 1 } } },
      { a: [{ x: 1 }] },
    ],
  ]),
  ...updates("reference/operator/update/pull", [
    ["$pull by value", { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ["$pull by condition", { a: [1, 5, 9] }, { $pull: { a: { $gt: 4, $lt: 8 } } }, { a: [1, 9] }],
    [
      "$pull by fields",
      { a: attempts },
      { $pull: { a: { state: "unknown" } } },
      { a: [attempts[0]] },
    ],
    [
      "$pull by fields with conditions",
      { a: attempts },
      { $pull: { a: { n: { $gte: 2 }, state: { $in: ["unknown"] } } } },
      { a: [attempts[0]] },
    ],
    ["$pull by $in", { a: [1, 2, 3] }, { $pull: { a: { $in: [1, 3] } } }, { a: [2] }],
    [
      "$pull of an array wants it equal",
      { a: [[1, 2], [1], 1] },
      { $pull: { a: [1, 2] } },
      { a: [[1], 1] },
    ],
    ["$pull of what is not there", { a: [1] }, { $pull: { a: 2, b: 1 } }, { a: [1] }],
    ["$pull of null", { a: [1, null] }, { $pull: { a: null } }, { a: [1] }],
    ["$pull by $ne", { a: [1, 2, 1] }, { $pull: { a: { $ne: 1 } } }, { a: [1, 1] }],
    [
      "$pull in a nested array",
      { a: { b: [1, 2] } },
      { $pull: { "a.b": { $gte: 2 } } },
      { a: { b: [1] } },
    ],
  ]),
];
