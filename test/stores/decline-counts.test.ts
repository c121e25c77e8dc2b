import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DeclineCode } from "../../src/domain/decline.ts";
import { type Database, createDatabase, openDatabase } from "../../src/stores/connection.ts";
import {
  type DeclineCountStore,
  createDeclineCountStore,
} from "../../src/stores/decline-counts.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { DAY_MS, START, after } from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

describe("the count of declines", () => {
  let services: TestServices;
  let database: Database;
  let declines: DeclineCountStore;

  beforeAll(async () => {
    services = await startTestServices({ redis: false });
    database = createDatabase();
    await openDatabase(database, services.mongoUrl);
    await createIndexes(database);
    declines = createDeclineCountStore(database);
  });
  afterAll(async () => {
    await database?.close();
    await services?.stop();
  });

  const add = (gateway: string, code: DeclineCode, rawCode: string, at = START) =>
    declines.add({ gateway, decline: { code, rawCode }, orderNumber: `KB-${rawCode}`, at });
  const countsOf = async (gateway: string) =>
    (await declines.listAll()).filter((one) => one.gateway === gateway);

  it("has one entry for each of our codes, whatever the gateway's own was", async () => {
    await add("a", "card_declined", "2001", after(DAY_MS).business);
    await add("a", "card_declined", "2099", START);
    expect(await countsOf("a")).toEqual([
      {
        gateway: "a",
        code: "card_declined",
        rawCode: null,
        count: 2,
        firstSeenAt: after(DAY_MS).business,
        lastSeenAt: after(DAY_MS).business,
        orderNumber: "KB-2099",
      },
    ]);
  });

  it("counts the first ones of a kind that come at once", async () => {
    await Promise.all(Array.from({ length: 20 }, () => add("b", "unrecognized", "8837")));
    expect(await countsOf("b")).toMatchObject([{ rawCode: "8837", count: 20 }]);
  });

  it("keeps a gateway's own code short and free of card numbers", async () => {
    await add("c", "unrecognized", "4111111111111111");
    await add("c", "unrecognized", "X".repeat(300));
    await add("c", "unrecognized", "");
    const codes = new Set((await countsOf("c")).map(({ rawCode }) => rawCode));
    expect(codes).toEqual(new Set(["(none)", "X".repeat(20), "[removed]"]));
  });

  it("tells a hundred unknown codes of a gateway apart, and takes the others together", async () => {
    for (let code = 0; code < 110; code += 1) await add("d", "unrecognized", `D${code}`);
    await add("d", "unrecognized", "D5");
    const counts = await countsOf("d");
    expect(counts).toHaveLength(101);
    expect(counts[0]).toMatchObject({ rawCode: "(others)", count: 10 });
    expect(counts[1]).toMatchObject({ rawCode: "D5", count: 2 });
  });
});
