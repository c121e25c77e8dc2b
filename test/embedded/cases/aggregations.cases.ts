import { Int32 } from "bson";
import { type Case, type Fields, cases, values } from "./case.ts";
import { aggregate, refusal } from "./operations.ts";

const orders: Fields[] = [{ s: "a", n: 1 }, { s: "b", n: 2 }, { s: "a", n: 4 }, { n: 8 }];
const three: Fields[] = [
  { a: 3, b: 1 },
  { a: 1, b: 1 },
  { a: 2, b: 1 },
];
const arrays: Fields[] = [...values([1, 2], [], 5, null), { b: 1 }];
const byId = { $sort: { _id: 1 } };
const REFUSED: [string, Fields[], number][] = [
  ["a stage with two names", [{ $match: {}, $sort: { a: 1 } }], 40323],
  ["an unknown stage", [{ $foo: {} }], 40324],
  ["$group without _id", [{ $group: { n: { $sum: 1 } } }], 15955],
  ["$group of no document", [{ $group: 1 }], 15947],
  ["$group with a field that is no accumulator", [{ $group: { _id: null, n: 1 } }], 40234],
  ["$group with an unknown accumulator", [{ $group: { _id: null, n: { $foo: 1 } } }], 15952],
  ["$match of no document", [{ $match: 1 }], 15959],
  ["$sort of no document", [{ $sort: 1 }], 15973],
  ["an empty $sort", [{ $sort: {} }], 15976],
  ["a $limit of 0", [{ $limit: 0 }], 15958],
  ["a negative $skip", [{ $skip: -1 }], 5107200],
  ["an empty $project", [{ $project: {} }], 51272],
  ["$count with an empty name", [{ $count: "" }], 40157],
  ["$unwind of a path without $", [{ $unwind: "a" }], 28818],
];

/** The stages that the embedded server knows. */
export const AGGREGATIONS: Case[] = [
  ...cases("reference/operator/aggregation/group", [
    {
      name: "$group by a field, with each accumulator",
      documents: orders,
      operation: aggregate([
        { $match: { n: { $gt: 0 } } },
        {
          $group: {
            _id: "$s",
            n: { $sum: "$n" },
            count: { $sum: 1 },
            least: { $min: "$n" },
            most: { $max: "$n" },
            first: { $first: "$n" },
          },
        },
        byId,
      ]),
      expected: [
        { _id: null, n: 8, count: 1, least: 8, most: 8, first: 8 },
        { _id: "a", n: 5, count: 2, least: 1, most: 4, first: 1 },
        { _id: "b", n: 2, count: 1, least: 2, most: 2, first: 2 },
      ],
    },
    {
      name: "$group by several fields",
      documents: [
        { s: "a", t: 1 },
        { s: "a", t: 1 },
        { s: "b", t: 1 },
      ],
      operation: aggregate([{ $group: { _id: { s: "$s", t: "$t" }, n: { $sum: 1 } } }, byId]),
      expected: [
        { _id: { s: "a", t: 1 }, n: 2 },
        { _id: { s: "b", t: 1 }, n: 1 },
      ],
    },
    {
      name: "$group leaves a missing field out of its _id",
      documents: [{ s: "a" }],
      operation: aggregate([{ $group: { _id: { s: "$s", t: "$t" }, n: { $sum: 1 } } }]),
      expected: [{ _id: { s: "a" }, n: 1 }],
    },
    {
      name: "$group of all",
      documents: [{ t: 1 }, { t: 1 }, {}],
      operation: aggregate([{ $group: { _id: null, n: { $sum: "$t" } } }]),
      expected: [{ _id: null, n: 2 }],
    },
    {
      name: "$group of nothing gives nothing",
      documents: [],
      operation: aggregate([{ $group: { _id: null, n: { $sum: 1 } } }]),
      expected: [],
    },
  ]),
  ...cases("reference/operator/aggregation/sum", [
    {
      name: "$sum takes only numbers and outgrows an int",
      documents: [{ n: new Int32(2_147_483_647) }, { n: 1 }, { n: "x" }, {}],
      operation: aggregate([{ $group: { _id: null, n: { $sum: "$n" } } }]),
      expected: [{ _id: null, n: 2_147_483_648 }],
    },
    {
      name: "$sum of no numbers is 0",
      documents: values("x"),
      operation: aggregate([{ $group: { _id: null, n: { $sum: "$a" } } }]),
      expected: [{ _id: null, n: 0 }],
    },
  ]),
  ...cases("reference/operator/aggregation-pipeline", [
    {
      name: "stages run in their order: $sort, $skip, $limit, $project",
      documents: three,
      operation: aggregate([
        { $sort: { a: 1 } },
        { $skip: 1 },
        { $limit: 1 },
        { $project: { a: 1, _id: 0 } },
      ]),
      expected: [{ a: 2 }],
    },
    {
      name: "a $match after $group",
      documents: orders,
      operation: aggregate([
        { $group: { _id: "$s", n: { $sum: "$n" } } },
        { $match: { n: { $gt: 4 } } },
        byId,
      ]),
      expected: [
        { _id: null, n: 8 },
        { _id: "a", n: 5 },
      ],
    },
    {
      name: "a $limit before a $sort",
      documents: three,
      operation: aggregate([
        { $sort: { _id: 1 } },
        { $limit: 2 },
        { $sort: { a: 1 } },
        { $project: { _id: 0, a: 1 } },
      ]),
      expected: [{ a: 1 }, { a: 3 }],
    },
    {
      name: "$project leaves out inside documents and changes none that is stored",
      documents: values({ b: 1, c: 2 }),
      operation: async (scene) => [
        await aggregate([{ $project: { "a.b": 0 } }])(scene),
        await aggregate([])(scene),
      ],
      expected: [[{ _id: 0, a: { c: 2 } }], [{ _id: 0, a: { b: 1, c: 2 } }]],
    },
  ]),
  ...cases("reference/operator/aggregation/count", [
    {
      name: "$count counts",
      documents: three,
      operation: aggregate([{ $match: { b: 1 } }, { $count: "n" }]),
      expected: [{ n: 3 }],
    },
    {
      name: "$count of nothing gives no document",
      documents: three,
      operation: aggregate([{ $match: { b: 9 } }, { $count: "n" }]),
      expected: [],
    },
  ]),
  ...cases("reference/operator/aggregation/unwind", [
    {
      name: "$unwind gives a document for each element",
      documents: arrays,
      operation: aggregate([
        { $sort: { _id: 1 } },
        { $unwind: "$a" },
        { $project: { a: 1, _id: 0 } },
      ]),
      expected: [{ a: 1 }, { a: 2 }, { a: 5 }],
    },
    {
      name: "$unwind may keep what has no element",
      documents: arrays,
      operation: aggregate([
        { $sort: { _id: 1 } },
        { $unwind: { path: "$a", preserveNullAndEmptyArrays: true } },
      ]),
      expected: [
        { _id: 0, a: 1 },
        { _id: 0, a: 2 },
        { _id: 1 },
        { _id: 2, a: 5 },
        { _id: 3, a: null },
        { _id: 4, b: 1 },
      ],
    },
  ]),
  ...cases(
    "reference/operator/aggregation-pipeline",
    REFUSED.map(([name, pipeline, code]) => ({
      name: `refused: ${name}`,
      documents: [],
      operation: refusal(aggregate(pipeline)),
      expected: { code, documents: [] },
    })),
  ),
];
