import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { inOrderOfWriting, writtenBefore } from "../../src/domain/event-order.ts";
import { type Instants, type OutboxEntry, withEvent } from "../../src/domain/events.ts";
import { type Database, createDatabase, openDatabase } from "../../src/stores/connection.ts";
import { createEventStore } from "../../src/stores/events.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { type InvoiceStore, createInvoiceStore } from "../../src/stores/invoices.ts";
import { type SubscriptionStore, createSubscriptionStore } from "../../src/stores/subscriptions.ts";
import { START, newSubscription, paymentInvoice, periodInvoice } from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

interface Numbered {
  _id: string;
  stream: string;
  sequence: number;
  documentId: string;
  number: number;
  type: string;
  toTell?: boolean;
}

/** A process that dies: its call number `diesAt` never happens, or is never answered. */
class DiedError extends Error {}

function dyingDatabase(database: Database, diesAt: number, side: "before" | "after"): Database {
  let calls = 0;
  const step = async <T>(effect: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls > diesAt || (calls === diesAt && side === "before")) throw new DiedError();
    const answer = await effect();
    if (calls >= diesAt) throw new DiedError();
    return answer;
  };
  const METHODS = new Set(["insertMany", "bulkWrite"]);
  const wrap = (collection: object): unknown =>
    new Proxy(collection, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        const method = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
        return METHODS.has(String(name))
          ? (...given: unknown[]) => step(() => method(...given))
          : method;
      },
    });
  return {
    collection: (name: string) => wrap(database.collection(name)),
    model: (...given: Parameters<Database["model"]>) => ({
      collection: wrap(database.model(...given).collection),
    }),
  } as unknown as Database;
}

describe("the relay of events", () => {
  let services: TestServices;
  let database: Database;
  let invoices: InvoiceStore;
  let subscriptions: SubscriptionStore;
  let round = 0;

  beforeAll(async () => {
    services = await startTestServices({ redis: false });
    database = createDatabase();
    await openDatabase(database, services.mongoUrl);
    await createIndexes(database);
    invoices = createInvoiceStore(database);
    subscriptions = createSubscriptionStore(database);
  });
  beforeEach(async () => {
    for (const name of ["invoices", "subscriptions", "events"]) {
      await database.collection(name).deleteMany({});
    }
    round += 1;
  });
  afterAll(async () => {
    await database?.close();
    await services?.stop();
  });

  const at = (ms: number): Instants => {
    const instant = new Date(START.getTime() + ms);
    return { business: instant, operational: instant };
  };

  /** A subscription and two invoices of it, all with events whose times interleave. */
  async function plant(index: number): Promise<string> {
    const id = `sub_r${round}x${index}`;
    const subscription = newSubscription({ id });
    await subscriptions.insert(
      [10, 40, 70].reduce(
        (document, ms) =>
          withEvent(document, { type: "subscription.tested", actor: "api", at: at(ms) }),
        subscription,
      ),
    );
    for (const period of [0, 1]) {
      const invoice = periodInvoice({
        id: `${id}-p${period}`,
        number: `R${round}X${index}P${period}`,
        subscriptionId: id,
      });
      await invoices.insert(
        [20, 50, 80].reduce(
          (document, ms) =>
            withEvent(document, { type: "invoice.tested", actor: "api", at: at(ms + period) }),
          invoice,
        ),
      );
    }
    return id;
  }

  async function readEvents(): Promise<Map<string, Numbered[]>> {
    const found = (await database
      .collection("events")
      .find({})
      .sort({ stream: 1, sequence: 1 })
      .toArray()) as unknown as Numbered[];
    const streams = new Map<string, Numbered[]>();
    for (const event of found) {
      streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
    }
    return streams;
  }

  /** Numbered from 1 without a gap, each event once, each document's in its own order. */
  function expectSound(events: readonly Numbered[], count: number): void {
    expect(events.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: count }, (_none, index) => index + 1),
    );
    expect(new Set(events.map(({ _id }) => _id)).size).toBe(count);
    const last = new Map<string, number>();
    for (const { documentId, number } of events) {
      expect(number).toBe((last.get(documentId) ?? 0) + 1);
      last.set(documentId, number);
    }
  }

  async function countWaiting(): Promise<number> {
    const counts = await Promise.all(
      ["invoices", "subscriptions"].map((name) =>
        database.collection(name).countDocuments({ "outbox.number": { $gt: 0 } }),
      ),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  it("numbers the events of a subscription and its invoices in the order of time", async () => {
    const id = await plant(0);
    await createEventStore(database).relayOutboxes(100);
    const events = (await readEvents()).get(id) ?? [];
    expectSound(events, 12);
    expect(events.slice(3).map(({ documentId, number }) => `${documentId}:${number}`)).toEqual([
      `${id}:2`,
      `${id}-p0:2`,
      `${id}-p1:2`,
      `${id}:3`,
      `${id}-p0:3`,
      `${id}-p1:3`,
      `${id}:4`,
      `${id}-p0:4`,
      `${id}-p1:4`,
    ]);
    expect(events[0]).toMatchObject({ type: "subscription.created", toTell: true });
    expect(events.filter(({ type, toTell }) => type !== "subscription.created" && toTell)).toEqual(
      [],
    );
  });

  it("numbers a one-off payment's events within the payment", async () => {
    const invoice = paymentInvoice({ id: `pay_r${round}`, number: `PAYR${round}` });
    await invoices.insert(invoice);
    const events = createEventStore(database);
    await events.relayOutboxes(100);
    const told = withEvent(invoice, { type: "payment.tested", actor: "api", at: at(1) });
    await invoices.write(invoice, told);
    await events.relayOutboxes(100);
    const numbered = (await readEvents()).get(invoice.id) ?? [];
    expect(numbered.map(({ sequence, number }) => [sequence, number])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it("loses, doubles and skips none when several relays run at once", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, (_none, index) => plant(index)));
    // Each sees another part of what waits: the next pass takes what a pass has lost.
    const relays = [7, 100, 30, 13].map((limit) => ({ limit, store: createEventStore(database) }));
    while ((await countWaiting()) > 0) {
      await Promise.all(relays.map(({ limit, store }) => store.relayOutboxes(limit)));
    }
    const streams = await readEvents();
    expect(streams.size).toBe(20);
    for (const id of ids) expectSound(streams.get(id) ?? [], 12);
  });

  it("loses, doubles and skips none wherever a relay dies, beside another that lives", async () => {
    const deaths = [1, 2, 3, 4, 6, 12, 14].flatMap((diesAt) =>
      (["before", "after"] as const).map((side) => ({ diesAt, side })),
    );
    const store = createEventStore(database);
    let died = 0;
    for (const [index, { diesAt, side }] of deaths.entries()) {
      const id = await plant(100 + index);
      const dying = createEventStore(dyingDatabase(database, diesAt, side));
      const dies = dying.relayOutboxes(100).catch((error: unknown) => {
        if (!(error instanceof DiedError)) throw error;
        died += 1;
      });
      // Every second time somebody else is at it meanwhile.
      await Promise.all([dies, ...(index % 2 === 0 ? [store.relayOutboxes(3)] : [])]);
      while ((await countWaiting()) > 0) await store.relayOutboxes(100);
      expectSound((await readEvents()).get(id) ?? [], 12);
    }
    expect(died).toBeGreaterThan(deaths.length / 2);
  });
});

describe("the order of waiting events", () => {
  const entry = (number: number, ms: number): OutboxEntry => ({
    number,
    type: "invoice.tested",
    at: START,
    recordedAt: new Date(START.getTime() + ms),
    actor: "api",
    by: null,
    reason: null,
    before: null,
    after: null,
    data: {},
  });

  it("is that of the document where the clocks of its writers differ", () => {
    const skewed = [entry(1, 500), entry(2, 100)].map((one) => ({ documentId: "a", entry: one }));
    const other = [entry(1, 300)].map((one) => ({ documentId: "b", entry: one }));
    const ordered = inOrderOfWriting([skewed, other]);
    expect(ordered.map(({ documentId, entry: { number } }) => `${documentId}${number}`)).toEqual([
      "b1",
      "a1",
      "a2",
    ]);
  });

  it("ends where the pass began, but for a clock that is far ahead", () => {
    const began = new Date(START.getTime() + 100);
    expect(writtenBefore([entry(1, 50), entry(2, 101), entry(3, 90)], began)).toHaveLength(1);
    expect(writtenBefore([entry(1, 50), entry(2, 90_000_000)], began)).toHaveLength(2);
  });
});
