import { type Case, type Fields, type Operation, cases, values } from "./case.ts";
import { andThen, command, refusal } from "./operations.ts";

const increment: Fields = { $inc: { n: 1 } };
const one: Fields[] = [{ n: 1 }];

/** The answer of findAndModify, without what concerns the connection. */
function modify(fields: Fields): Operation {
  return command(
    (findAndModify) => ({ findAndModify, ...fields }),
    ({ lastErrorObject, value }) => {
      if (lastErrorObject === undefined || lastErrorObject === null) return { value };
      // The order of its fields says nothing.
      const told = Object.entries(lastErrorObject).toSorted(([a], [b]) => (a < b ? -1 : 1));
      return { lastErrorObject: Object.fromEntries(told), value };
    },
  );
}

const answer = (value: Fields | null, lastErrorObject: Fields): Fields => ({
  lastErrorObject,
  value,
});
const FOUND = { n: 1, updatedExisting: true };
const NONE = { n: 0, updatedExisting: false };

/** Many callers claim one document; how many won, and how it stands. */
const race: Operation = async ({ things }) => {
  const claim = () => things.findOneAndUpdate({ n: 1 }, increment, { returnDocument: "after" });
  const claims = await Promise.all(Array.from({ length: 20 }, claim));
  return { won: claims.filter((claimed) => claimed !== null), stored: await things.findOne() };
};

/** findAndModify: before and after, upserts, order and removal. */
export const FIND_AND_MODIFY: Case[] = [
  ...cases("reference/command/findAndModify", [
    {
      name: "findAndModify shows the document before",
      documents: one,
      operation: andThen(modify({ query: { n: 1 }, update: increment })),
      expected: { answer: answer({ _id: 0, n: 1 }, FOUND), documents: [{ _id: 0, n: 2 }] },
    },
    {
      name: "findAndModify shows the document after",
      documents: one,
      operation: modify({ query: { n: 1 }, update: increment, new: true }),
      expected: answer({ _id: 0, n: 2 }, FOUND),
    },
    {
      name: "findAndModify that changes nothing shows the document",
      documents: one,
      operation: modify({ query: { n: 1 }, update: { $set: { n: 1 } }, new: true }),
      expected: answer({ _id: 0, n: 1 }, FOUND),
    },
    {
      name: "findAndModify without a match answers null",
      documents: one,
      operation: andThen(modify({ query: { n: 5 }, update: increment, new: true })),
      expected: { answer: answer(null, NONE), documents: [{ _id: 0, n: 1 }] },
    },
    {
      name: "findAndModify on a collection that is not there answers null",
      documents: [],
      operation: modify({ query: {}, update: increment }),
      expected: answer(null, NONE),
    },
    {
      name: "findAndModify takes the first in an order",
      documents: [{ n: 5 }, { n: 9 }, { n: 7 }],
      operation: modify({ sort: { n: -1 }, update: increment }),
      expected: answer({ _id: 1, n: 9 }, FOUND),
    },
    {
      name: "findAndModify projects",
      documents: [{ n: 5, m: 1 }],
      operation: modify({ update: increment, fields: { n: 1, _id: 0 } }),
      expected: answer({ n: 5 }, FOUND),
    },
    {
      name: "findAndModify projects the document after",
      documents: [{ n: 5, m: 1 }],
      operation: modify({ update: increment, fields: { m: 0 }, new: true }),
      expected: answer({ _id: 0, n: 6 }, FOUND),
    },
    {
      name: "findAndModify replaces",
      documents: one,
      operation: modify({ query: { n: 1 }, update: { m: 2 }, new: true }),
      expected: answer({ _id: 0, m: 2 }, FOUND),
    },
    {
      name: "findAndModify removes and shows what was",
      documents: one,
      operation: andThen(modify({ query: { n: 1 }, remove: true })),
      expected: { answer: answer({ _id: 0, n: 1 }, { n: 1 }), documents: [] },
    },
    {
      name: "findAndModify removes nothing",
      documents: one,
      operation: modify({ query: { n: 9 }, remove: true }),
      expected: answer(null, { n: 0 }),
    },
    {
      name: "findAndModify removes the first in an order",
      documents: values(3, 1, 2),
      operation: modify({ sort: { a: 1 }, remove: true }),
      expected: answer({ _id: 1, a: 1 }, { n: 1 }),
    },
    {
      name: "findAndModify that inserts shows null before",
      documents: [],
      operation: andThen(modify({ query: { _id: 7 }, update: increment, upsert: true })),
      expected: {
        answer: answer(null, { n: 1, updatedExisting: false, upserted: 7 }),
        documents: [{ _id: 7, n: 1 }],
      },
    },
    {
      name: "findAndModify that inserts shows the document after",
      documents: [],
      operation: modify({
        query: { _id: 7, a: 1 },
        update: { $setOnInsert: { b: 2 } },
        upsert: true,
        new: true,
      }),
      expected: answer({ _id: 7, a: 1, b: 2 }, { n: 1, updatedExisting: false, upserted: 7 }),
    },
    {
      name: "findAndModify with upsert changes what is there",
      documents: one,
      operation: modify({
        query: { n: 1 },
        update: { $set: { m: 1 }, $setOnInsert: { o: 1 } },
        upsert: true,
        new: true,
      }),
      expected: answer({ _id: 0, n: 1, m: 1 }, FOUND),
    },
    {
      name: "findAndModify with the positional operator",
      documents: [{ l: [{ n: 1 }, { n: 2 }] }],
      operation: modify({ query: { "l.n": 2 }, update: { $set: { "l.$.s": "done" } }, new: true }),
      expected: answer({ _id: 0, l: [{ n: 1 }, { n: 2, s: "done" }] }, FOUND),
    },
    {
      name: "findAndModify with array filters",
      documents: [{ l: [{ n: 1 }, { n: 2 }] }],
      operation: modify({
        update: { $set: { "l.$[x].s": "lost" } },
        arrayFilters: [{ "x.n": 1 }],
        new: true,
      }),
      expected: answer({ _id: 0, l: [{ n: 1, s: "lost" }, { n: 2 }] }, FOUND),
    },
    {
      name: "findAndModify into a taken key is an error of the command",
      documents: [{ key: "a" }, { key: "b" }],
      indexes: [{ key: { key: 1 }, unique: true }],
      operation: modify({ query: { _id: 1 }, update: { $set: { key: "a" } } }),
      expected: { error: { code: 11000, keyPattern: { key: 1 }, keyValue: { key: "a" } } },
    },
    {
      name: "findAndModify into a taken key changes nothing",
      documents: [{ key: "a" }, { key: "b" }],
      indexes: [{ key: { key: 1 }, unique: true }],
      operation: refusal(modify({ query: { _id: 1 }, update: { $set: { key: "a" } } })),
      expected: {
        code: 11000,
        documents: [
          { _id: 0, key: "a" },
          { _id: 1, key: "b" },
        ],
      },
    },
    {
      name: "refused: findAndModify that removes and updates",
      documents: one,
      operation: refusal(modify({ remove: true, update: increment })),
      expected: { code: 9, documents: [{ _id: 0, n: 1 }] },
    },
    {
      name: "refused: findAndModify with neither",
      documents: one,
      operation: refusal(modify({ query: {} })),
      expected: { code: 9, documents: [{ _id: 0, n: 1 }] },
    },
  ]),
  ...cases("core/write-operations-atomicity", [
    {
      name: "of many conditional updates of one document one wins",
      documents: one,
      operation: race,
      expected: { won: [{ _id: 0, n: 2 }], stored: { _id: 0, n: 2 } },
    },
  ]),
];
