import { type Case, type Fields, type Operation, cases } from "./case.ts";
import { andThen, duplicate, insert, refusal, update } from "./operations.ts";

const unique = { key: { a: 1 }, unique: true } as const;
const open = { ...unique, partialFilterExpression: { state: "open" } };
const orderNumbers = {
  key: { "attempts.orderNumber": 1 },
  unique: true,
  partialFilterExpression: { "attempts.orderNumber": { $exists: true } },
} as const;

const ofA = (a: unknown): Fields => duplicate({ a: 1 }, { a });
const push = (orderNumber: string, filter: Fields): Operation =>
  update({ $push: { attempts: { orderNumber } } }, { filter });

/** Indexes over part of a collection, and what createIndexes refuses. */
export const PARTIAL_INDEXES: Case[] = [
  ...cases("core/index-sparse", [
    {
      name: "a sparse unique index leaves out what lacks the field",
      indexes: [{ ...unique, sparse: true }],
      documents: [{}, {}],
      operation: insert({ _id: 5, a: null }),
      expected: 3,
    },
    {
      name: "a sparse unique index holds null",
      indexes: [{ ...unique, sparse: true }],
      documents: [{ a: null }],
      operation: insert({ _id: 5, a: null }),
      expected: ofA(null),
    },
    {
      name: "a sparse unique index over two fields wants one of them",
      indexes: [{ key: { a: 1, b: 1 }, unique: true, sparse: true }],
      documents: [{ a: 1 }, {}, {}],
      operation: insert({ _id: 5, a: 1 }),
      expected: duplicate({ a: 1, b: 1 }, { a: 1, b: null }),
    },
  ]),
  ...cases("core/index-partial", [
    {
      name: "a partial unique index leaves out what does not pass",
      indexes: [open],
      documents: [{ a: 1, state: "open" }],
      operation: insert({ _id: 5, a: 1, state: "done" }, { _id: 6, a: 1, state: "done" }),
      expected: 3,
    },
    {
      name: "a partial unique index holds what passes",
      indexes: [open],
      documents: [{ a: 1, state: "open" }],
      operation: insert({ _id: 5, a: 1, state: "open" }),
      expected: ofA(1),
    },
    {
      name: "an update into a partial unique index is refused",
      indexes: [open],
      documents: [
        { a: 1, state: "done" },
        { a: 1, state: "open" },
      ],
      operation: update({ $set: { state: "open" } }),
      expected: ofA(1),
    },
    {
      name: "an update out of a partial unique index frees the key",
      indexes: [open],
      documents: [{ a: 1, state: "open" }],
      operation: async (scene) => {
        await update({ $set: { state: "done" } })(scene);
        return insert({ _id: 5, a: 1, state: "open" })(scene);
      },
      expected: 2,
    },
    {
      name: "a partial unique index over what exists",
      indexes: [{ ...unique, partialFilterExpression: { a: { $exists: true } } }],
      documents: [{}, {}],
      operation: insert({ _id: 5, a: null }, { _id: 6, a: null }),
      expected: ofA(null),
    },
    {
      name: "a partial unique index of numbers above one",
      indexes: [{ ...unique, partialFilterExpression: { b: { $gt: 5 } } }],
      documents: [{ a: 1, b: 6 }],
      operation: insert({ _id: 5, a: 1, b: 5 }, { _id: 6, a: 1, b: 7 }),
      expected: ofA(1),
    },
    {
      name: "a find by a partial index finds what passes its filter and the question's",
      indexes: [open],
      documents: [
        { a: 1, state: "open" },
        { a: 2, state: "done" },
      ],
      operation: async ({ things }) =>
        (await things.find({ state: "open", a: { $gte: 0 } }).toArray()).map(({ _id }) => _id),
      expected: [0],
    },
    {
      name: "an order number in an array belongs to one document",
      indexes: [orderNumbers],
      documents: [{ attempts: [{ orderNumber: "B" }] }, { attempts: [] }, {}],
      operation: push("B", { _id: 1 }),
      expected: duplicate({ "attempts.orderNumber": 1 }, { "attempts.orderNumber": "B" }),
    },
    {
      name: "an order number goes to another once it is pulled",
      indexes: [orderNumbers],
      documents: [{ attempts: [{ orderNumber: "B" }] }, { attempts: [] }],
      operation: async (scene) => {
        await update({ $pull: { attempts: { orderNumber: "B" } } })(scene);
        return push("B", { _id: 1 })(scene);
      },
      expected: [
        { _id: 0, attempts: [] },
        { _id: 1, attempts: [{ orderNumber: "B" }] },
      ],
    },
    {
      name: "documents without an order number do not collide",
      indexes: [orderNumbers],
      documents: [{ attempts: [] }, { attempts: [] }, {}],
      operation: push("A", { _id: 1 }),
      expected: [
        { _id: 0, attempts: [] },
        { _id: 1, attempts: [{ orderNumber: "A" }] },
        { _id: 2 },
      ],
    },
    {
      name: "refused: $ne in a partial filter",
      documents: [],
      operation: refusal(({ things }) =>
        things.createIndex({ a: 1 }, { partialFilterExpression: { a: { $ne: 1 } } }),
      ),
      expected: { code: 67, documents: [] },
    },
    {
      name: "refused: sparse and partial",
      documents: [],
      operation: refusal(({ things }) =>
        things.createIndex({ a: 1 }, { sparse: true, partialFilterExpression: { a: 1 } }),
      ),
      expected: { code: 67, documents: [] },
    },
  ]),
  ...cases("reference/command/createIndexes", [
    {
      name: "refused: the same key under another name",
      indexes: [{ key: { a: 1 } }],
      documents: [],
      operation: refusal(({ things }) => things.createIndex({ a: 1 }, { name: "other" })),
      expected: { code: 85, documents: [] },
    },
    {
      name: "refused: the same name for another key",
      indexes: [{ key: { a: 1 } }],
      documents: [],
      operation: refusal(({ things }) => things.createIndex({ b: 1 }, { name: "a_1" })),
      expected: { code: 86, documents: [] },
    },
    {
      name: "refused: the same key and name, unique now",
      indexes: [{ key: { a: 1 } }],
      documents: [],
      operation: refusal(({ things }) => things.createIndex({ a: 1 }, { unique: true })),
      expected: { code: 86, documents: [] },
    },
    {
      name: "refused: an empty key",
      documents: [],
      operation: refusal(({ things, db }) =>
        db.command({ createIndexes: things.collectionName, indexes: [{ key: {}, name: "x" }] }),
      ),
      expected: { code: 67, documents: [] },
    },
    {
      name: "refused: an unknown option",
      documents: [],
      operation: refusal(({ things, db }) =>
        db.command({
          createIndexes: things.collectionName,
          indexes: [{ key: { a: 1 }, name: "x", foo: 1 }],
        }),
      ),
      expected: { code: 197, documents: [] },
    },
    {
      name: "the same index again is taken",
      indexes: [unique],
      documents: [],
      operation: andThen(({ things }) => things.createIndex({ a: 1 }, { unique: true })),
      expected: { answer: "a_1", documents: [] },
    },
    {
      name: "refused: the index of _id cannot be dropped",
      documents: [{ a: 1 }],
      operation: refusal(({ things }) => things.dropIndex("_id_")),
      expected: { code: 72, documents: [{ _id: 0, a: 1 }] },
    },
    {
      name: "refused: an index that is not there cannot be dropped",
      documents: [{ a: 1 }],
      operation: refusal(({ things }) => things.dropIndex("nope")),
      expected: { code: 27, documents: [{ _id: 0, a: 1 }] },
    },
  ]),
];
