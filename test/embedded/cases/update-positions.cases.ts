import type { Case } from "./case.ts";
import { updates } from "./operations.ts";

const attempts = [
  { n: 1, state: "declined" },
  { n: 2, state: "unknown" },
];

/** Updates of the elements that a filter, or all, select. */
export const POSITIONAL_UPDATES: Case[] = [
  ...updates("reference/operator/update/positional", [
    [
      "$ is the element that matched",
      { a: attempts },
      { $set: { "a.$.state": "approved" } },
      { a: [attempts[0], { n: 2, state: "approved" }] },
      { filter: { "a.n": 2 } },
    ],
    [
      "$ with $elemMatch",
      { a: attempts },
      { $set: { "a.$.state": "approved" } },
      { a: [attempts[0], { n: 2, state: "approved" }] },
      { filter: { a: { $elemMatch: { n: 2, state: "unknown" } } } },
    ],
    [
      "$ of plain values",
      { a: [1, 5, 9] },
      { $inc: { "a.$": 10 } },
      { a: [1, 15, 9] },
      { filter: { a: { $gt: 4 } } },
    ],
    [
      "$ with $elemMatch of values",
      { a: [1, 5, 9] },
      { $set: { "a.$": 0 } },
      { a: [1, 0, 9] },
      { filter: { a: { $elemMatch: { $gt: 4, $lt: 8 } } } },
    ],
    [
      "$ below a document",
      { a: { b: [1, 2] } },
      { $set: { "a.b.$": 0 } },
      { a: { b: [1, 0] } },
      { filter: { "a.b": 2 } },
    ],
    [
      "$ inside $and",
      { a: attempts },
      { $set: { "a.$.x": 1 } },
      { a: [attempts[0], { ...attempts[1], x: 1 }] },
      { filter: { $and: [{ "a.n": 2 }] } },
    ],
    [
      "$ is the first of several that match",
      { a: [5, 7] },
      { $set: { "a.$": 0 } },
      { a: [0, 7] },
      { filter: { a: { $gt: 4 } } },
    ],
    [
      "$ with $push inside the element",
      {
        a: [
          { n: 1, b: [] },
          { n: 2, b: [] },
        ],
      },
      { $push: { "a.$.b": 9 } },
      {
        a: [
          { n: 1, b: [] },
          { n: 2, b: [9] },
        ],
      },
      { filter: { "a.n": 2 } },
    ],
    [
      "$ with $unset leaves null",
      { a: [1, 2] },
      { $unset: { "a.$": 1 } },
      { a: [1, null] },
      { filter: { a: 2 } },
    ],
  ]),
  ...updates("reference/operator/update/positional-all", [
    ["$[] is every element", { a: [1, 2] }, { $inc: { "a.$[]": 10 } }, { a: [11, 12] }],
    [
      "$[] of documents",
      { a: attempts },
      { $set: { "a.$[].x": 1 } },
      { a: attempts.map((attempt) => ({ ...attempt, x: 1 })) },
    ],
    ["$[] of an empty array", { a: [] }, { $inc: { "a.$[]": 1 } }, { a: [] }],
    [
      "$[] on two levels",
      { a: [{ b: [1] }, { b: [2, 3] }] },
      { $inc: { "a.$[].b.$[]": 1 } },
      { a: [{ b: [2] }, { b: [3, 4] }] },
    ],
  ]),
  ...updates("reference/operator/update/positional-filtered", [
    [
      "$[id] is the elements of its filter",
      { a: attempts },
      { $set: { "a.$[x].state": "approved" } },
      { a: [attempts[0], { n: 2, state: "approved" }] },
      { arrayFilters: [{ "x.n": 2 }] },
    ],
    [
      "$[id] of plain values",
      { a: [1, 5, 9] },
      { $set: { "a.$[x]": 0 } },
      { a: [1, 0, 0] },
      { arrayFilters: [{ x: { $gt: 4 } }] },
    ],
    [
      "two identifiers in one path",
      {
        a: [
          { k: 1, b: [1, 2] },
          { k: 2, b: [1, 2] },
        ],
      },
      { $set: { "a.$[x].b.$[y]": 0 } },
      {
        a: [
          { k: 1, b: [1, 2] },
          { k: 2, b: [1, 0] },
        ],
      },
      { arrayFilters: [{ "x.k": 2 }, { y: { $gte: 2 } }] },
    ],
    [
      "a filter with $or",
      { a: [1, 5, 9] },
      { $unset: { "a.$[x]": 1 } },
      { a: [null, 5, null] },
      { arrayFilters: [{ $or: [{ x: 1 }, { x: 9 }] }] },
    ],
    [
      "$[id] that selects nobody",
      { a: [1] },
      { $set: { "a.$[x]": 0 } },
      { a: [1] },
      { arrayFilters: [{ x: 7 }] },
    ],
    [
      "$[id] with several conditions",
      {
        a: [
          { x: 1, y: 1 },
          { x: 1, y: 2 },
        ],
      },
      { $set: { "a.$[e].z": 1 } },
      {
        a: [
          { x: 1, y: 1 },
          { x: 1, y: 2, z: 1 },
        ],
      },
      { arrayFilters: [{ "e.x": 1, "e.y": 2 }] },
    ],
    [
      "$[id] with $exists",
      { a: [{ x: 1 }, { y: 1 }] },
      { $set: { "a.$[e].y": 9 } },
      { a: [{ x: 1 }, { y: 9 }] },
      { arrayFilters: [{ "e.y": { $exists: true } }] },
    ],
  ]),
];
