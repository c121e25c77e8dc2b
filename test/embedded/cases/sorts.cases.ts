import { Binary, Double, Long, MaxKey, MinKey, ObjectId } from "bson";
import { type Case, type Fields, cases, values } from "./case.ts";
import { order, refusal } from "./operations.ts";

/** One value of each type, in the order that the manual gives. */
const IN_ORDER = [
  new MinKey(),
  [],
  null,
  -1,
  new Double(0.5),
  Long.fromNumber(7),
  "",
  "a",
  { x: 1 },
  new Binary(Buffer.from([1])),
  new ObjectId("65a000000000000000000001"),
  false,
  true,
  new Date(0),
  /x/,
  new MaxKey(),
];
const places = IN_ORDER.map((_value, place) => place);
const numbers = [new Double(2.5), 2, Long.fromNumber(3), new Double(-1), Number.NaN];
const many: Fields[] = Array.from({ length: 50 }, (_none, i) => ({ a: i % 5, b: (i * 7) % 50 }));
const page = { sort: { b: 1 }, skip: 2, limit: 4 } as const;

/** The order of what a find gives, within a type and across types. */
export const SORTS: Case[] = [
  ...cases("reference/bson-type-comparison-order", [
    {
      name: "a sort orders values of all types",
      documents: values(...IN_ORDER.toReversed()),
      operation: order({ sort: { a: 1 } }),
      expected: places.toReversed(),
    },
    {
      name: "a sort down orders values of all types the other way",
      documents: values(...IN_ORDER),
      operation: order({ sort: { a: -1 } }),
      expected: places.toReversed(),
    },
    {
      name: "numbers of all types sort by amount, NaN first",
      documents: values(...numbers),
      operation: order({ sort: { a: 1 } }),
      expected: [4, 3, 1, 0, 2],
    },
    {
      name: "a missing field sorts as null",
      documents: [{ a: 1 }, {}, { a: "x" }],
      operation: order({ sort: { a: 1 } }),
      expected: [1, 0, 2],
    },
    {
      name: "documents sort by type, then name, then value of each field",
      documents: values({ b: 1 }, { a: "x" }, { a: 2 }, { a: 1, b: 1 }, { a: 1 }),
      operation: order({ sort: { a: 1 } }),
      expected: [4, 3, 2, 0, 1],
    },
    {
      name: "dates sort by instant",
      documents: values(new Date(5), new Date(-5), new Date(0)),
      operation: order({ sort: { a: 1 } }),
      expected: [1, 2, 0],
    },
    {
      name: "strings sort by their bytes",
      documents: values("b", "B", "가", "a", ""),
      operation: order({ sort: { a: 1 } }),
      expected: [4, 1, 3, 0, 2],
    },
  ]),
  ...cases("reference/method/cursor.sort", [
    {
      name: "a sort up takes an array's least element",
      documents: values([1, 9], 5, [3, 4]),
      operation: order({ sort: { a: 1 } }),
      expected: [0, 2, 1],
    },
    {
      name: "a sort down takes an array's greatest element",
      documents: values([1, 9], 5, [3, 4]),
      operation: order({ sort: { a: -1 } }),
      expected: [0, 1, 2],
    },
    {
      name: "an empty array sorts before null",
      documents: values(null, [], 1),
      operation: order({ sort: { a: 1 } }),
      expected: [1, 0, 2],
    },
    {
      name: "a sort by several fields, each in its direction",
      documents: [{ a: 1, b: 1 }, { a: 2, b: 1 }, { a: 1, b: 2 }, { b: 9 }],
      operation: order({ sort: { a: 1, b: -1 } }),
      expected: [3, 2, 0, 1],
    },
    {
      name: "a sort by a dotted field",
      documents: values({ b: 2 }, { b: 1 }, { c: 1 }),
      operation: order({ sort: { "a.b": 1 } }),
      expected: [2, 1, 0],
    },
    {
      name: "a sort by a dotted field in arrays takes the least",
      documents: values([{ b: 5 }, { b: 1 }], [{ b: 3 }]),
      operation: order({ sort: { "a.b": 1 } }),
      expected: [0, 1],
    },
    {
      name: "refused: a direction other than 1 and -1",
      documents: values(1),
      operation: refusal(({ things, db }) =>
        db.command({ find: things.collectionName, sort: { a: 2 } }),
      ),
      expected: { code: 15975, documents: [{ _id: 0, a: 1 }] },
    },
  ]),
  ...cases("reference/method/cursor.limit", [
    {
      name: "a sort with a limit gives the first",
      documents: values(3, 1, 2),
      operation: order({ sort: { a: 1 }, limit: 2 }),
      expected: [1, 2],
    },
    {
      name: "a limit of 0 is no limit",
      documents: values(3, 1, 2),
      operation: order({ sort: { a: 1 }, limit: 0 }),
      expected: [1, 2, 0],
    },
    {
      name: "a sort with skip and limit",
      documents: many,
      operation: order(page, { a: 3 }),
      expected: sortedBy(1),
    },
    {
      name: "a sort with skip and limit by an index",
      documents: many,
      indexes: [{ key: { a: 1, b: 1 } }],
      operation: order(page, { a: 3 }),
      expected: sortedBy(1),
    },
    {
      name: "a sort down with skip and limit by an index",
      documents: many,
      indexes: [{ key: { a: 1, b: 1 } }],
      operation: order({ ...page, sort: { b: -1 } }, { a: 3 }),
      expected: sortedBy(-1),
    },
    {
      name: "a sort with a limit over a range of an index",
      documents: many,
      indexes: [{ key: { b: 1 } }],
      operation: order({ sort: { b: 1 }, limit: 3 }, { b: { $gte: 10 } }),
      expected: byB(10, 3),
    },
    {
      name: "a skip beyond the end gives nothing",
      documents: values(1, 2),
      operation: order({ sort: { a: 1 }, skip: 5 }),
      expected: [],
    },
    {
      name: "refused: a negative skip",
      documents: [],
      operation: refusal(({ things, db }) => db.command({ find: things.collectionName, skip: -1 })),
      expected: { code: 51024, documents: [] },
    },
  ]),
];

/** The third to sixth of those with `a: 3`, by `b`. */
function sortedBy(direction: 1 | -1): number[] {
  const wanted = many.flatMap(({ a, b }, id) => (a === 3 ? [{ id, b: Number(b) }] : []));
  wanted.sort((left, right) => direction * (left.b - right.b));
  return wanted.slice(2, 6).map(({ id }) => id);
}

/** The first of those whose `b` is at least so much, by `b`. */
function byB(least: number, count: number): number[] {
  const wanted = many.flatMap(({ b }, id) => (Number(b) >= least ? [{ id, b: Number(b) }] : []));
  wanted.sort((left, right) => left.b - right.b);
  return wanted.slice(0, count).map(({ id }) => id);
}
