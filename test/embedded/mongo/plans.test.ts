import { Int32 } from "bson";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Collection } from "../../../src/embedded/mongo/collection.ts";
import { MongoError } from "../../../src/embedded/mongo/errors.ts";
import { parseFilter } from "../../../src/embedded/mongo/filter.ts";
import { parseIndexSpec } from "../../../src/embedded/mongo/index-spec.ts";
import { type Query, select } from "../../../src/embedded/mongo/query.ts";
import { parseSort, sortKeyOf } from "../../../src/embedded/mongo/sort-order.ts";
import { DecodedDocs, type StoredDoc } from "../../../src/embedded/mongo/stored-doc.ts";
import { type Doc, type Value, encode } from "../../../src/embedded/mongo/values.ts";

/** Few values and few fields, so that documents, filters and indexes meet often. */
const int = fc.integer({ min: 0, max: 4 }).map((value): Value => new Int32(value));
const scalar = fc.oneof(
  { weight: 6, arbitrary: int },
  { weight: 1, arbitrary: fc.constantFrom<Value>(null, "x", "y", true) },
);
const inner = fc.record({ x: scalar, y: scalar }, { requiredKeys: [], noNullPrototype: true });
const field = fc.oneof(
  { weight: 2, arbitrary: scalar },
  { weight: 1, arbitrary: inner },
  {
    weight: 4,
    arbitrary: fc.array(fc.oneof(scalar, inner as fc.Arbitrary<Value>), { maxLength: 3 }),
  },
);
/** Only `b` holds arrays, for a compound key allows one. */
const mixed = fc.record(
  { a: scalar, b: field, c: scalar },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Doc>;

const bounds = fc
  .constantFrom("$gt", "$gte")
  .chain((low) =>
    fc
      .constantFrom("$lt", "$lte")
      .chain((high) => fc.tuple(int, int).map(([from, to]): Doc => ({ [low]: from, [high]: to }))),
  );
const condition: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: scalar },
  { weight: 4, arbitrary: bounds },
  { weight: 2, arbitrary: bounds.map((inside): Value => ({ $elemMatch: inside })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ x: scalar, y: scalar }, { requiredKeys: ["x"], noNullPrototype: true })
      .map((fields): Value => ({ $elemMatch: fields })),
  },
  fc.array(scalar, { maxLength: 3 }).map((values): Value => ({ $in: values })),
  fc.boolean().map((exists): Value => ({ $exists: exists })),
  scalar.map((value): Value => ({ $ne: value })),
  scalar.map((value): Value => ({ $gte: value })),
  scalar.map((value): Value => ({ $lt: value })),
  fc.constantFrom<Value>({ $type: "int" }, { $type: "string" }, { $size: new Int32(2) }),
);
const direction = fc.constantFrom(1, -1).map((value): Value => new Int32(value));
const options = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom<Doc>({}, {}, { sparse: true }) },
  fc.constantFrom<Doc>(
    { partialFilterExpression: { a: { $exists: true } } },
    { partialFilterExpression: { a: { $gt: new Int32(1) } } },
    { partialFilterExpression: { "b.x": { $exists: true } } },
    { partialFilterExpression: { b: { $in: [new Int32(1), new Int32(2)] } } },
    { partialFilterExpression: { a: { $type: "int" }, c: { $lte: new Int32(3) } } },
  ),
);

interface World {
  readonly name: string;
  readonly document: fc.Arbitrary<Doc>;
  readonly filter: fc.Arbitrary<Doc>;
  readonly pattern: fc.Arbitrary<Doc>;
}

/** Documents, filters and indexes over the same names. */
function worldOf(name: string, document: fc.Arbitrary<Doc>, paths: readonly string[]): World {
  const names = fc.constantFrom(...paths);
  const pattern = fc.dictionary(names, direction, {
    minKeys: 1,
    maxKeys: 3,
    noNullPrototype: true,
  });
  const some = (maxKeys: number): fc.Arbitrary<Doc> =>
    fc.dictionary(names, condition, { minKeys: 1, maxKeys, noNullPrototype: true });
  const parts = (maxKeys: number): fc.Arbitrary<Doc[]> =>
    fc.array(some(maxKeys), { minLength: 1, maxLength: 2 });
  const filter = fc.oneof(
    { weight: 4, arbitrary: some(3) },
    { weight: 1, arbitrary: fc.constant<Doc>({}) },
    { weight: 2, arbitrary: parts(2).map((list): Doc => ({ $and: list })) },
    { weight: 1, arbitrary: parts(1).map((list): Doc => ({ $or: list })) },
  );
  return { name, document, filter, pattern };
}

const elements = fc
  .record(
    { b: fc.oneof(fc.array(inner, { maxLength: 3 }), inner), a: int },
    { requiredKeys: ["b"], noNullPrototype: true },
  )
  .map((doc) => doc as Doc);
const WORLDS = [
  worldOf("values of all kinds", mixed, ["a", "b", "b", "c", "b.x", "b.y"]),
  worldOf("arrays of documents", elements, ["b.x", "b.y", "b.x", "b.y", "a"]),
];

function collectionOf(documents: readonly Doc[]): Collection {
  const collection = new Collection("test", "things", new DecodedDocs());
  for (const [i, fields] of documents.entries()) {
    const doc: Doc = { _id: new Int32(i), ...fields };
    collection.insert({ doc, raw: encode(doc) });
  }
  return collection;
}

const ids = (found: readonly StoredDoc[]): number[] =>
  found.map(({ id }) => id).toSorted((a, b) => a - b);

interface Answers {
  readonly all: number[];
  readonly expectedAll: number[];
  readonly order: (string | undefined)[];
  readonly expectedOrder: (string | undefined)[];
}

/** The answers with and without indexes; null where the hinted index refuses to answer. */
function tryBoth(
  { collection, plain }: { collection: Collection; plain: Collection },
  question: Omit<Query, "hint">,
  hint: string | undefined,
): Answers | null {
  const { sort: parsed } = question;
  const whole = { ...question, skip: 0, limit: 0 };
  // Documents that sort alike may come in either order; their keys may not differ.
  const keys = (list: readonly StoredDoc[]): (string | undefined)[] =>
    list.map(({ doc }) => (parsed === null ? undefined : sortKeyOf(doc, parsed)));
  try {
    return {
      all: ids(select(collection, { ...whole, hint })),
      expectedAll: ids(select(plain, { ...whole, hint: undefined })),
      order: keys(select(collection, { ...question, hint })),
      expectedOrder: keys(select(plain, { ...question, hint: undefined })),
    };
  } catch (error) {
    if (error instanceof MongoError && error.code === 291) return null;
    throw error;
  }
}

test.each(WORLDS)("a find gives the same with any indexes as with none: $name", (world) => {
  let hinted = 0;
  fc.assert(
    fc.property(
      fc.record({
        documents: fc.array(world.document, { maxLength: 30 }),
        later: fc.array(world.document, { maxLength: 5 }),
        filter: world.filter,
        sort: fc.oneof(fc.constant<Doc>({}), world.pattern),
        limit: fc.constantFrom(0, 0, 1, 3),
        skip: fc.constantFrom(0, 0, 2),
        indexes: fc.array(fc.record({ key: world.pattern, options }), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
      ({ documents, later, filter: source, sort: order, limit, skip, indexes }) => {
        const collection = collectionOf(documents);
        const plain = collectionOf([...documents, ...later]);
        for (const [i, { key, options: more }] of indexes.entries()) {
          collection.createIndex(parseIndexSpec({ key, name: `i${i}`, ...more }));
        }
        for (const [i, fields] of later.entries()) {
          const doc: Doc = { _id: new Int32(documents.length + i), ...fields };
          collection.insert({ doc, raw: encode(doc) });
        }
        const question = { filter: parseFilter(source), sort: parseSort(order) };
        const hints = [undefined, ...indexes.map((_, i) => `i${i}`)];
        for (const hint of hints) {
          const answers = tryBoth({ collection, plain }, { ...question, skip, limit }, hint);
          if (answers === null) continue;
          if (hint !== undefined) hinted += 1;
          expect(answers.all).toEqual(answers.expectedAll);
          expect(answers.order).toEqual(answers.expectedOrder);
        }
      },
    ),
    { numRuns: 1500 },
  );
  // An index that does not hold every answer refuses the hint.
  expect(hinted).toBeGreaterThan(500);
});

test.each(WORLDS)("an index stays what a fresh one would be: $name", (world) => {
  fc.assert(
    fc.property(
      fc.array(world.document, { minLength: 1, maxLength: 10 }),
      fc.array(fc.tuple(fc.nat(), fc.option(world.document)), { maxLength: 20 }),
      fc.record({ key: world.pattern, options }),
      world.filter,
      (documents, changes, { key, options: more }, source) => {
        const spec = parseIndexSpec({ key, name: "one", ...more });
        const collection = collectionOf(documents);
        collection.createIndex(spec);
        for (const [place, fields] of changes) {
          const stored = [...collection.documents][place % Math.max(1, collection.documents.size)];
          if (stored === undefined) break;
          if (fields === null) collection.remove(stored);
          else {
            const doc: Doc = { _id: stored.doc._id as Value, ...fields };
            collection.replace(stored, { doc, raw: encode(doc) });
          }
        }
        const question = { filter: parseFilter(source), sort: null, skip: 0, limit: 0 };
        const byIndex = select(collection, { ...question, hint: undefined });
        const byScan = select(collection, { ...question, hint: { $natural: new Int32(1) } });
        expect(ids(byIndex)).toEqual(ids(byScan));
        collection.removeIndex(collection.getIndex("one"));
        collection.createIndex(spec);
        expect(ids(select(collection, { ...question, hint: undefined }))).toEqual(ids(byScan));
      },
    ),
    { numRuns: 400 },
  );
});
