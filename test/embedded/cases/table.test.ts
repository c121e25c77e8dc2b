import mongoose from "mongoose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../../support/services.ts";
import { type Case, type Thing, play, show } from "./case.ts";
import { type ForeignServer, foreignServerOf } from "../differences/difference.ts";
import { DIFFERENCES, differenceOf } from "../differences/list.ts";
import { TABLE } from "./table.ts";

let services: TestServices;
let client: mongoose.mongo.MongoClient;
let server: ForeignServer | null;

beforeAll(async () => {
  services = await startTestServices({ redis: false });
  client = await mongoose.mongo.MongoClient.connect(services.mongoUrl);
  server = await foreignServerOf(client.db());
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

test("every explanation of a difference speaks of cases of the table, each once a server", () => {
  const known = new Set(TABLE.map(({ name }) => name));
  for (const list of Object.values(DIFFERENCES)) {
    const explained = list.flatMap(({ cases }) => cases);
    expect(explained.filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(explained).size).toBe(explained.length);
  }
});

const rows = TABLE.map((one, place) => [one.name, { one, place }] as const);

test.each(rows)("%s", async (_name, { one, place }) => {
  const db = client.db();
  const things = db.collection<Thing>(`case_${place}`);
  const outcome = show(await play({ things, db }, one));
  expect(outcome).toBe(acceptable(one, outcome));
});

/** What the table says; of an explained difference, anything else. */
function acceptable({ name, expected }: Case, outcome: string): string {
  const wanted = show(expected);
  const difference = differenceOf(server, name);
  if (difference === undefined) return wanted;
  if (outcome !== wanted || difference.isRace === true) return outcome;
  return `another outcome, since it is explained: ${difference.reason}`;
}
