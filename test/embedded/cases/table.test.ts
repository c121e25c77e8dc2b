import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../../support/services.ts";
import { type Thing, play, show } from "./case.ts";
import { TABLE } from "./table.ts";

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

test("the table has at least 200 cases, each with a name of its own and a page", () => {
  expect(TABLE.length).toBeGreaterThanOrEqual(200);
  const names = TABLE.map(({ name }) => name);
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  for (const { page } of TABLE) expect(page).toMatch(/^(core|reference|tutorial)\/[\w./-]+$/);
});

const rows = TABLE.map((one, place) => [one.name, { one, place }] as const);

test.each(rows)("%s", async (_name, { one, place }) => {
  const db = client.db();
  const things = db.collection<Thing>(`case_${place}`);
  expect(show(await play({ things, db }, one))).toBe(show(one.expected));
});
