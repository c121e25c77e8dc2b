import { mongo } from "mongoose";
import { describe, expect, it } from "vitest";
import { bounded, endSoon, withEnds } from "../../src/stores/bounded.ts";
import { isDatabaseUnavailable } from "../../src/stores/connection.ts";

const NEVER = new Promise<never>(() => {});
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );

describe("an operation of the database", () => {
  it("that never ends is given up, as one whose answer was lost", async () => {
    expect(isDatabaseUnavailable(await errorOf(bounded(NEVER, 10)))).toBe(true);
  });

  it("has some seconds left once connections have broken; one that begins then has its time", async () => {
    const before = errorOf(bounded(NEVER));
    endSoon(10);
    const after = bounded(new Promise((resolve) => setTimeout(resolve, 100, "kept")));
    expect(isDatabaseUnavailable(await before)).toBe(true);
    expect(await after).toBe("kept");
  });

  it("keeps its answer, and its own error", async () => {
    expect(await bounded(Promise.resolve(7))).toBe(7);
    await expect(bounded(Promise.reject(new Error("own")))).rejects.toThrow("own");
  });
});

describe("a collection with ends", () => {
  it("ends its operations and those of its cursors, also after a chain of calls", async () => {
    const client = new mongo.MongoClient("mongodb://127.0.0.1:1", { maxPoolSize: 1 });
    const collection = client.db("test").collection("test");
    // As if each were written to a socket that is closed.
    Object.assign(collection, { insertOne: () => NEVER });
    const find = collection.find.bind(collection);
    Object.assign(collection, {
      find: (...given: Parameters<typeof find>) =>
        Object.assign(find(...given), { toArray: () => NEVER }),
    });
    const ended = withEnds(collection);
    const trips = [
      ended.insertOne({}),
      ended.find({}).sort({ at: 1 }).limit(1).project({ at: 1 }).toArray(),
    ];
    endSoon(10);
    for (const trip of trips) expect(isDatabaseUnavailable(await errorOf(trip))).toBe(true);
    expect(ended.collectionName).toBe("test");
    await client.close();
  });
});
