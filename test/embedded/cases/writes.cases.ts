import { type Case, type Fields, cases, values } from "./case.ts";
import { andThen, refusal, writes } from "./operations.ts";

const stored = (...ids: number[]): Fields[] => ids.map((_id) => ({ _id }));
const duplicate = (index: number, _id: number): Fields => ({
  index,
  code: 11000,
  keyPattern: { _id: 1 },
  keyValue: { _id },
});
const uniqueKey = [{ key: { key: 1 }, unique: true }] as const;
const keys: Fields[] = [{ key: "a" }, { key: "b" }, { key: "c" }];
const toA = [0, 1, 2].map((_id) => ({ q: { _id }, u: { $set: { key: "a", seen: true } } }));
const taken = (index: number): Fields => ({
  index,
  code: 11000,
  keyPattern: { key: 1 },
  keyValue: { key: "a" },
});

/** Lists of writes and the errors in their middle. */
export const WRITES: Case[] = [
  ...cases("reference/command/insert", [
    {
      name: "an ordered insert ends at the first error",
      documents: [],
      operation: andThen(writes("insert", { documents: [{ _id: 1 }, { _id: 1 }, { _id: 2 }] })),
      expected: { answer: { n: 1, failed: [duplicate(1, 1)] }, documents: stored(1) },
    },
    {
      name: "an unordered insert goes on behind an error",
      documents: [],
      operation: andThen(
        writes("insert", {
          documents: [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }],
          ordered: false,
        }),
      ),
      expected: {
        answer: { n: 3, failed: [duplicate(1, 1), duplicate(3, 2)] },
        documents: stored(1, 2, 3),
      },
    },
    {
      name: "an unordered insert whose first fails",
      documents: [{}],
      operation: andThen(writes("insert", { documents: [{ _id: 0 }, { _id: 1 }], ordered: false })),
      expected: { answer: { n: 1, failed: [duplicate(0, 0)] }, documents: stored(0, 1) },
    },
    {
      name: "refused: an _id that is an array",
      documents: [],
      operation: andThen(writes("insert", { documents: [{ _id: [1] }] })),
      expected: { answer: { n: 0, failed: [{ index: 0, code: 53 }] }, documents: [] },
    },
    {
      name: "_id comes first in what is stored",
      documents: [],
      operation: andThen(writes("insert", { documents: [{ a: 1, _id: 5 }] })),
      expected: { answer: { n: 1, failed: [] }, documents: [{ _id: 5, a: 1 }] },
    },
    {
      name: "an _id may be a document",
      documents: [],
      operation: andThen(
        writes("insert", { documents: [{ _id: { a: 1, b: 1 } }, { _id: { b: 1, a: 1 } }] }),
      ),
      expected: {
        answer: { n: 2, failed: [] },
        documents: [{ _id: { a: 1, b: 1 } }, { _id: { b: 1, a: 1 } }],
      },
    },
    {
      name: "refused: an empty list",
      documents: [],
      operation: refusal(writes("insert", { documents: [] })),
      expected: { code: 16, documents: [] },
    },
    {
      name: "refused: a list that is missing",
      documents: [],
      operation: refusal(writes("insert", {})),
      expected: { code: 40414, documents: [] },
    },
  ]),
  ...cases("reference/command/update", [
    {
      name: "an ordered update ends at the first error",
      indexes: uniqueKey,
      documents: keys,
      operation: andThen(writes("update", { updates: toA })),
      expected: {
        answer: { n: 1, nModified: 1, failed: [taken(1)] },
        documents: [
          { _id: 0, key: "a", seen: true },
          { _id: 1, key: "b" },
          { _id: 2, key: "c" },
        ],
      },
    },
    {
      name: "an unordered update goes on behind an error",
      indexes: uniqueKey,
      documents: keys,
      operation: andThen(writes("update", { updates: [toA[1], toA[0], toA[2]], ordered: false })),
      expected: {
        answer: { n: 1, nModified: 1, failed: [taken(0), taken(2)] },
        documents: [
          { _id: 0, key: "a", seen: true },
          { _id: 1, key: "b" },
          { _id: 2, key: "c" },
        ],
      },
    },
    {
      name: "a failed statement among good ones, out of order",
      documents: values(1, "x", 3),
      operation: andThen(
        writes("update", {
          updates: [0, 1, 2].map((_id) => ({ q: { _id }, u: { $inc: { a: 1 } } })),
          ordered: false,
        }),
      ),
      expected: {
        answer: { n: 2, nModified: 2, failed: [{ index: 1, code: 14 }] },
        documents: [
          { _id: 0, a: 2 },
          { _id: 1, a: "x" },
          { _id: 2, a: 4 },
        ],
      },
    },
    {
      name: "a failed statement among good ones, in order",
      documents: values(1, "x", 3),
      operation: andThen(
        writes("update", {
          updates: [0, 1, 2].map((_id) => ({ q: { _id }, u: { $inc: { a: 1 } } })),
        }),
      ),
      expected: {
        answer: { n: 1, nModified: 1, failed: [{ index: 1, code: 14 }] },
        documents: [
          { _id: 0, a: 2 },
          { _id: 1, a: "x" },
          { _id: 2, a: 3 },
        ],
      },
    },
    {
      name: "refused: a replacement of many",
      documents: values(1),
      operation: andThen(writes("update", { updates: [{ q: {}, u: { a: 2 }, multi: true }] })),
      expected: {
        answer: { n: 0, nModified: 0, failed: [{ index: 0, code: 9 }] },
        documents: [{ _id: 0, a: 1 }],
      },
    },
  ]),
];
