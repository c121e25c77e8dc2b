import { Double } from "bson";
import { type Case, type Fields, cases } from "./case.ts";
import { counts, duplicate, insert, refusal, update } from "./operations.ts";

const unique = { key: { a: 1 }, unique: true } as const;

const ofA = (a: unknown): Fields => duplicate({ a: 1 }, { a });

/** Unique indexes through inserts and updates. */
export const UNIQUE_INDEXES: Case[] = [
  ...cases("core/index-unique", [
    {
      name: "E11000 names the key and its value",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: insert({ _id: 5, a: 1 }),
      expected: ofA(1),
    },
    {
      name: "the index of _id is unique",
      documents: [{ a: 1 }],
      operation: insert({ _id: 0 }),
      expected: duplicate({ _id: 1 }, { _id: 0 }),
    },
    {
      name: "a missing field counts as null",
      indexes: [unique],
      documents: [{}],
      operation: insert({ _id: 5, a: null }),
      expected: ofA(null),
    },
    {
      name: "two documents without the field collide",
      indexes: [unique],
      documents: [{}],
      operation: insert({ _id: 5 }),
      expected: ofA(null),
    },
    {
      name: "numbers are unique by amount",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: insert({ _id: 5, a: new Double(1) }),
      expected: ofA(1),
    },
    {
      name: "a number and its text are two keys",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: insert({ _id: 5, a: "1" }),
      expected: 2,
    },
    {
      name: "documents with their fields in another order are two keys",
      indexes: [unique],
      documents: [{ a: { x: 1, y: 1 } }],
      operation: insert({ _id: 5, a: { y: 1, x: 1 } }),
      expected: 2,
    },
    {
      name: "a unique index over a dotted field",
      indexes: [{ key: { "a.b": 1 }, unique: true }],
      documents: [{ a: { b: 1 } }],
      operation: insert({ _id: 5, a: { b: 1, c: 2 } }),
      expected: duplicate({ "a.b": 1 }, { "a.b": 1 }),
    },
    {
      name: "over several fields all must be equal",
      indexes: [{ key: { a: 1, b: 1 }, unique: true }],
      documents: [{ a: 1, b: 1 }],
      operation: insert({ _id: 5, a: 1, b: 2 }),
      expected: 2,
    },
    {
      name: "E11000 names all fields of the key",
      indexes: [{ key: { a: 1, b: 1 }, unique: true }],
      documents: [{ a: 1, b: 1 }],
      operation: insert({ _id: 5, a: 1, b: 1 }),
      expected: duplicate({ a: 1, b: 1 }, { a: 1, b: 1 }),
    },
    {
      name: "an update into a taken key is refused",
      indexes: [unique],
      documents: [{ a: 1 }, { a: 2 }],
      operation: update({ $set: { a: 2 } }),
      expected: ofA(2),
    },
    {
      name: "an update into a taken key changes nothing",
      indexes: [unique],
      documents: [{ a: 1, b: 1 }, { a: 2 }],
      operation: refusal(update({ $set: { a: 2, b: 9 } })),
      expected: {
        code: 11000,
        documents: [
          { _id: 0, a: 1, b: 1 },
          { _id: 1, a: 2 },
        ],
      },
    },
    {
      name: "an update to its own key is none",
      indexes: [unique],
      documents: [{ a: 1 }, { a: 2 }],
      operation: update({ $set: { a: 1, b: 1 } }),
      expected: [
        { _id: 0, a: 1, b: 1 },
        { _id: 1, a: 2 },
      ],
    },
    {
      name: "an update frees the key that it leaves",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: async (scene) => {
        await update({ $set: { a: 2 } })(scene);
        return insert({ _id: 5, a: 1 })(scene);
      },
      expected: 2,
    },
    {
      name: "a delete frees its key",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: async (scene) => {
        await scene.things.deleteOne({ a: 1 });
        return insert({ _id: 5, a: 1 })(scene);
      },
      expected: 1,
    },
    {
      name: "$inc into a taken key is refused",
      indexes: [unique],
      documents: [{ a: 1 }, { a: 2 }],
      operation: update({ $inc: { a: 1 } }),
      expected: ofA(2),
    },
    {
      name: "$unset beside a missing field is refused",
      indexes: [unique],
      documents: [{ a: 1 }, {}],
      operation: update({ $unset: { a: 1 } }),
      expected: ofA(null),
    },
    {
      name: "a replacement into a taken key is refused",
      indexes: [unique],
      documents: [{ a: 1 }, { a: 2 }],
      operation: counts("replaceOne", { a: 1 }, { a: 2 }),
      expected: ofA(2),
    },
    {
      name: "an upsert into a taken key is refused",
      indexes: [unique],
      documents: [{ a: 1 }],
      operation: counts("updateOne", { _id: 9 }, { $set: { a: 1 } }, { upsert: true }),
      expected: ofA(1),
    },
    {
      name: "an update of many stops at the first collision",
      indexes: [unique],
      documents: [{ a: 1 }, { a: 2 }],
      operation: refusal(counts("updateMany", {}, { $set: { a: 7 } })),
      expected: {
        code: 11000,
        documents: [
          { _id: 0, a: 7 },
          { _id: 1, a: 2 },
        ],
      },
    },
    {
      name: "a unique index over duplicates is refused",
      documents: [{ a: 1 }, { a: 1 }],
      operation: ({ things }) => things.createIndex({ a: 1 }, { unique: true }),
      expected: ofA(1),
    },
    {
      name: "an index that could not be made is not there",
      documents: [{ a: 1 }, { a: 1 }],
      operation: async ({ things }) => {
        await things.createIndex({ a: 1 }, { unique: true }).catch(() => null);
        return (await things.indexes()).map(({ name }) => name);
      },
      expected: ["_id_"],
    },
  ]),
  ...cases("core/index-multikey", [
    {
      name: "a unique index holds each element of an array",
      indexes: [unique],
      documents: [{ a: [1, 2] }],
      operation: insert({ _id: 5, a: [2, 3] }),
      expected: ofA(2),
    },
    {
      name: "one document may repeat its own elements",
      indexes: [unique],
      documents: [],
      operation: insert({ _id: 5, a: [1, 1] }),
      expected: 1,
    },
    {
      name: "an element and a plain value are one key",
      indexes: [unique],
      documents: [{ a: [1, 2] }],
      operation: insert({ _id: 5, a: 1 }),
      expected: ofA(1),
    },
    {
      name: "$push of a taken element is refused",
      indexes: [unique],
      documents: [{ a: [1] }, { a: [2] }],
      operation: update({ $push: { a: 2 } }),
      expected: ofA(2),
    },
    {
      name: "$pull frees the element",
      indexes: [unique],
      documents: [{ a: [1, 2] }, { a: [3] }],
      operation: async (scene) => {
        await update({ $pull: { a: 2 } })(scene);
        return update({ $push: { a: 2 } }, { filter: { _id: 1 } })(scene);
      },
      expected: [
        { _id: 0, a: [1] },
        { _id: 1, a: [3, 2] },
      ],
    },
    {
      name: "refused: two arrays in one key",
      indexes: [{ key: { a: 1, b: 1 } }],
      documents: [],
      operation: refusal(insert({ _id: 1, a: [1], b: [2] })),
      expected: { code: 171, documents: [] },
    },
  ]),
];
