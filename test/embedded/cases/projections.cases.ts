import { type Case, type Fields, cases } from "./case.ts";
import { find, refusal } from "./operations.ts";

const document = { a: 1, b: { c: 2, d: 3 }, e: [{ f: 4, g: 5 }, 6, { g: 7 }] };
const whole = { _id: 0, ...document };

type Row = [name: string, projection: Fields, expected: Fields];

const KEPT: Row[] = [
  ["keeps fields and _id", { a: 1 }, { _id: 0, a: 1 }],
  ["keeps by true", { a: true }, { _id: 0, a: 1 }],
  ["keeps without _id", { a: 1, _id: 0 }, { a: 1 }],
  ["keeps _id alone", { _id: 1 }, { _id: 0 }],
  ["keeps in the order of the document", { e: 1, a: 1 }, { _id: 0, a: 1, e: document.e }],
  ["keeps nothing of what is not there", { x: 1, "a.b": 1 }, { _id: 0 }],
  ["that is empty keeps all", {}, whole],
];
const LEFT_OUT: Row[] = [
  ["leaves out fields", { a: 0, e: 0 }, { _id: 0, b: { c: 2, d: 3 } }],
  ["leaves out _id alone", { _id: 0 }, document],
  ["leaves out fields and _id", { a: 0, _id: 0 }, { b: document.b, e: document.e }],
  ["leaves out what is not there", { x: 0 }, whole],
];
const INSIDE: Row[] = [
  ["keeps inside documents", { "b.c": 1 }, { _id: 0, b: { c: 2 } }],
  ["keeps two fields inside a document", { "b.c": 1, "b.d": 1 }, { _id: 0, b: { c: 2, d: 3 } }],
  [
    "keeps inside arrays, where only documents have fields",
    { "e.f": 1, _id: 0 },
    { e: [{ f: 4 }, {}] },
  ],
  ["leaves out inside documents", { "b.c": 0, e: 0 }, { _id: 0, a: 1, b: { d: 3 } }],
  ["leaves out inside arrays", { "e.g": 0, a: 0, b: 0 }, { _id: 0, e: [{ f: 4 }, 6, {}] }],
  ["takes documents for dotted names", { b: { d: 1 }, _id: 0 }, { b: { d: 3 } }],
];

function rows(list: readonly Row[]): Omit<Case, "page">[] {
  return list.map(([name, projection, expected]) => ({
    name: `a projection ${name}`,
    documents: [document],
    operation: find({}, { projection }),
    expected: [expected],
  }));
}

const REFUSED: [string, Fields, number][] = [
  ["leaves out in one that keeps", { a: 1, b: 0 }, 31254],
  ["keeps in one that leaves out", { a: 0, b: 1 }, 31253],
  ["a field and one below it", { b: 1, "b.c": 1 }, 31249],
  ["one below a field and the field", { "b.c": 1, b: 1 }, 31250],
];

/** What a projection leaves of a document. */
export const PROJECTIONS: Case[] = [
  ...cases("tutorial/project-fields-from-query-results", [...rows(KEPT), ...rows(LEFT_OUT)]),
  ...cases("reference/method/db.collection.find", rows(INSIDE)),
  ...cases(
    "reference/method/db.collection.find",
    REFUSED.map(([name, projection, code]) => ({
      name: `refused: a projection that ${name}`,
      documents: [document],
      operation: refusal(find({}, { projection })),
      expected: { code, documents: [whole] },
    })),
  ),
];
