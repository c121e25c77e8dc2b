import type { Case } from "./case.ts";
import { updates } from "./operations.ts";

/** Updates of fields that are no arrays. */
export const FIELD_UPDATES: Case[] = [
  ...updates("reference/operator/update/set", [
    ["$set replaces and adds", { a: 1 }, { $set: { a: 2, b: 3 } }, { a: 2, b: 3 }],
    ["$set makes the documents of its path", {}, { $set: { "a.b.c": 1 } }, { a: { b: { c: 1 } } }],
    ["$set by position", { a: [1, 2] }, { $set: { "a.1": 5 } }, { a: [1, 5] }],
    [
      "$set beyond an array fills with null",
      { a: [1] },
      { $set: { "a.3": 5 } },
      { a: [1, null, null, 5] },
    ],
    [
      "$set with a number on no array makes a document",
      {},
      { $set: { "a.0": 1 } },
      { a: { 0: 1 } },
    ],
    ["$set of the same _id", { a: 1 }, { $set: { _id: 0, a: 2 } }, { a: 2 }],
    [
      "$set of a whole document replaces it",
      { a: { b: 1, c: 2 } },
      { $set: { a: { d: 3 } } },
      { a: { d: 3 } },
    ],
    [
      "$set of a dotted field leaves its neighbours",
      { a: { b: 1, c: 2 } },
      { $set: { "a.b": 9 } },
      { a: { b: 9, c: 2 } },
    ],
    [
      "$set of a field inside an element",
      { a: [{ b: 1 }, { b: 2 }] },
      { $set: { "a.1.b": 9 } },
      { a: [{ b: 1 }, { b: 9 }] },
    ],
    ["$set to null keeps the field", { a: 1 }, { $set: { a: null } }, { a: null }],
    ["$set keeps the place of a field", { a: 1, b: 2 }, { $set: { a: 3 } }, { a: 3, b: 2 }],
    ["$set of no field changes nothing", { a: 1 }, { $set: {} }, { a: 1 }],
  ]),
  ...updates("reference/operator/update/unset", [
    ["$unset removes", { a: 1, b: 2 }, { $unset: { a: "" } }, { b: 2 }],
    ["$unset inside", { a: { b: 1, c: 2 } }, { $unset: { "a.b": 1 } }, { a: { c: 2 } }],
    ["$unset of an element leaves null", { a: [1, 2] }, { $unset: { "a.0": 1 } }, { a: [null, 2] }],
    ["$unset of what is not there", { a: 1 }, { $unset: { "b.c": 1, "a.x": 1 } }, { a: 1 }],
  ]),
  ...updates("reference/operator/update/inc", [
    ["$inc adds and starts", { a: 1 }, { $inc: { a: 2, b: 5 } }, { a: 3, b: 5 }],
    ["$inc with a fraction", { a: 1 }, { $inc: { a: 0.5 } }, { a: 1.5 }],
    ["$inc by a negative amount", { a: 5 }, { $inc: { a: -7 } }, { a: -2 }],
    [
      "$inc of a dotted field",
      { a: { b: 1 } },
      { $inc: { "a.b": 2, "a.c": 3 } },
      { a: { b: 3, c: 3 } },
    ],
    ["$inc of an element", { a: [1, 2] }, { $inc: { "a.0": 5 } }, { a: [6, 2] }],
  ]),
  ...updates("reference/operator/update/mul", [
    ["$mul multiplies and starts at zero", { a: 3 }, { $mul: { a: 4, b: 5 } }, { a: 12, b: 0 }],
    ["$mul by a fraction", { a: 3 }, { $mul: { a: 0.5 } }, { a: 1.5 }],
  ]),
  ...updates("reference/operator/update/min", [
    ["$min keeps the lesser", { a: 5, b: 5 }, { $min: { a: 3, b: 9, c: 1 } }, { a: 3, b: 5, c: 1 }],
    ["$min compares across types", { a: "x" }, { $min: { a: 3 } }, { a: 3 }],
    ["$min of an equal amount keeps what is there", { a: 5 }, { $min: { a: 5.0 } }, { a: 5 }],
  ]),
  ...updates("reference/operator/update/max", [
    ["$max keeps the greater", { a: 5, b: 5 }, { $max: { a: 3, b: 9 } }, { a: 5, b: 9 }],
    ["$max of dates", { a: new Date(5) }, { $max: { a: new Date(9) } }, { a: new Date(9) }],
    ["$max compares across types", { a: 5 }, { $max: { a: "x" } }, { a: "x" }],
    ["$max starts", {}, { $max: { a: 1 } }, { a: 1 }],
  ]),
  ...updates("reference/operator/update/setOnInsert", [
    [
      "$setOnInsert leaves a document alone",
      { a: 1 },
      { $setOnInsert: { a: 9 }, $set: { b: 1 } },
      { a: 1, b: 1 },
    ],
  ]),
  ...updates("reference/operator/update", [
    [
      "new fields come in the order of their names",
      { z: 1 },
      { $set: { d: 1, b: 1 }, $inc: { c: 1 } },
      { z: 1, b: 1, c: 1, d: 1 },
    ],
    [
      "several operators at once",
      { a: 1, b: [1], c: 1 },
      { $inc: { a: 1 }, $push: { b: 2 }, $unset: { c: 1 }, $set: { "d.e": 1 } },
      { a: 2, b: [1, 2], d: { e: 1 } },
    ],
  ]),
];
