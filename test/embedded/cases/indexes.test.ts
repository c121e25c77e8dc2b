import fc from "fast-check";
import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../../support/services.ts";
import { type Fields, type Index, type Thing, type Things, show } from "./case.ts";

/** Few values and few fields, so that documents, filters and indexes meet often. */
const scalar = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(null, "x", 1.5, true, new Date(0)) },
);
const plain = { noNullPrototype: true, requiredKeys: [] } as const;
const inner = fc.record({ x: scalar, y: scalar }, { ...plain, requiredKeys: [] });
const field = fc.oneof(scalar, inner, fc.array(fc.oneof(scalar, inner), { maxLength: 3 }));
const document = fc.record({ a: scalar, b: field, c: scalar }, { ...plain, requiredKeys: [] });
const path = fc.constantFrom("a", "b", "c", "b.x", "b.y");
const condition = fc.oneof(
  scalar,
  fc
    .tuple(fc.constantFrom("$gt", "$gte", "$lt", "$lte", "$ne"), scalar)
    .map(([name, value]) => ({ [name]: value })),
  fc.array(scalar, { maxLength: 3 }).map(($in) => ({ $in })),
  fc.boolean().map(($exists) => ({ $exists })),
  inner.map(({ x = 1 }) => ({ $elemMatch: { x } })),
);
const some = fc.dictionary(path, condition, { minKeys: 1, maxKeys: 2, noNullPrototype: true });
const filter: fc.Arbitrary<Fields> = fc.oneof(
  some,
  fc.array(some, { minLength: 1, maxLength: 2 }).map(($or) => ({ $or })),
);
const direction = fc.constantFrom<1 | -1>(1, -1);
const index: fc.Arbitrary<Index> = fc
  .record({
    key: fc.dictionary(path, direction, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
    options: fc.constantFrom<Omit<Index, "key">>(
      {},
      {},
      { sparse: true },
      { partialFilterExpression: { a: { $exists: true } } },
      { partialFilterExpression: { a: { $gt: 1 } } },
    ),
  })
  .map(({ key, options }) => ({ key, ...options }));

let services: TestServices;
let client: mongoose.mongo.MongoClient;

beforeAll(async () => {
  services = await startTestServices({ redis: false });
  client = await mongoose.mongo.MongoClient.connect(services.mongoUrl);
});
afterAll(async () => {
  await client?.close();
  await services?.stop();
});

const ask = async (things: Things, question: Fields): Promise<string> =>
  show(
    await things
      .find(question as object)
      .sort({ _id: 1 })
      .toArray(),
  );

test("random filters over random documents give the same with and without an index", async () => {
  const things = client.db().collection<Thing>("random");
  const documents = fc.array(document, { minLength: 5, maxLength: 25 });
  let found = 0;
  await fc.assert(
    fc.asyncProperty(
      documents,
      index,
      fc.array(filter, { minLength: 5, maxLength: 5 }),
      async (list, { key, ...options }, filters) => {
        await things.drop().catch(() => false);
        await things.insertMany(list.map((fields, _id) => ({ _id, ...fields })));
        const expected = await Promise.all(filters.map((one) => ask(things, one)));
        // Two of its fields may be arrays in one document, which no index holds.
        const made = await things
          .createIndex(key, options)
          .catch((error: { code?: number }) => error.code);
        if (made === 171) return;
        expect(await Promise.all(filters.map((one) => ask(things, one)))).toEqual(expected);
        found += expected.filter((answer) => answer !== "[]").length;
      },
    ),
    { numRuns: 60 },
  );
  // Answers that are all empty would agree as well.
  expect(found).toBeGreaterThan(30);
});
