import { Long } from "bson";
import type { Case } from "./case.ts";
import { refusedUpdates } from "./operations.ts";

/** Updates that are refused, each with MongoDB's code, and change nothing. */
export const REFUSED_UPDATES: Case[] = refusedUpdates("reference/operator/update", [
  ["$inc of a text", { a: "x" }, { $inc: { a: 1 } }, 14],
  ["$inc by a text", { a: 1 }, { $inc: { a: "1" } }, 14],
  ["$inc of null", { a: null }, { $inc: { a: 1 } }, 14],
  ["$push on a number", { a: 1 }, { $push: { a: 2 } }, 2],
  ["$addToSet on a document", { a: {} }, { $addToSet: { a: 2 } }, 2],
  ["$pull on a number", { a: 1 }, { $pull: { a: 2 } }, 2],
  ["$push with an unknown clause", { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, 2],
  ["$each of a value", { a: [] }, { $push: { a: { $each: 1 } } }, 2],
  ["a path through a number", { a: 1 }, { $set: { "a.b": 1 } }, 28],
  ["a path through null", { a: null }, { $set: { "a.b": 1 } }, 28],
  ["a name inside an array", { a: [1] }, { $set: { "a.b": 1 } }, 28],
  ["a new _id", {}, { $set: { _id: 2 } }, 66],
  ["no _id", {}, { $unset: { _id: 1 } }, 66],
  ["one path twice", {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
  ["a path and one below it", {}, { $set: { a: 1, "a.b": 1 } }, 40],
  ["a position and an identifier", { a: [1] }, { $set: { "a.0": 1, "a.$[]": 2 } }, 40],
  [
    "two identifiers for one element",
    { a: [{ n: 1 }] },
    { $set: { "a.$[x].n": 1, "a.$[y].n": 2 } },
    40,
    { arrayFilters: [{ "x.n": 1 }, { "y.n": { $gt: 0 } }] },
  ],
  ["an unknown operator", {}, { $foo: { a: 1 } }, 9],
  ["$ without a match in an array", { a: [1] }, { $set: { "a.$": 1 } }, 2],
  ["$[] on no array", { a: 1 }, { $set: { "a.$[]": 1 } }, 2],
  ["$[] on a missing field", {}, { $set: { "a.$[]": 1 } }, 2],
  ["an identifier without a filter", { a: [] }, { $set: { "a.$[x]": 1 } }, 2],
  ["a filter without use", { a: [] }, { $set: { b: 1 } }, 9, { arrayFilters: [{ x: 1 }] }],
  [
    "a filter for two identifiers",
    { a: [] },
    { $set: { "a.$[x]": 1 } },
    9,
    { arrayFilters: [{ x: 1, y: 1 }] },
  ],
  ["a sum beyond 64 bits", { a: Long.MAX_VALUE }, { $inc: { a: 1 } }, 2],
  ["an operator on a value that is no document", {}, { $set: 1 }, 9],
  ["$mul of a text", { a: "x" }, { $mul: { a: 2 } }, 14],
]);
