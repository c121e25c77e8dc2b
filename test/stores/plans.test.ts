import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Database, createDatabase, openDatabase } from "../../src/stores/connection.ts";
import { createAccountPauseStore } from "../../src/stores/account-pauses.ts";
import { createBillingKeyStore } from "../../src/stores/billing-keys.ts";
import { createDeclineCountStore } from "../../src/stores/decline-counts.ts";
import { createDeliveryStore } from "../../src/stores/deliveries.ts";
import { createEventStore } from "../../src/stores/events.ts";
import { createInboxStore } from "../../src/stores/inbox.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { createInvoiceStore } from "../../src/stores/invoices.ts";
import { createMessageStore } from "../../src/stores/messages.ts";
import { createSubscriptionStore } from "../../src/stores/subscriptions.ts";
import { createWebhookEndpointStore } from "../../src/stores/webhook-endpoints.ts";
import { START } from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const PAGE = { newestFirst: true, limit: 10 };
const ACCOUNT = { gateway: "cookiepay", account: "default" };

/** Asked for by people, a page at a time, and not on any path of money. */
const PAGES = ["list"];

interface Find {
  find: string;
  filter: object;
  [field: string]: unknown;
}

interface Stage {
  stage: string;
  indexName?: string;
  inputStage?: Stage;
}

describe("the queries of the stores", () => {
  let services: TestServices;
  let database: Database;
  const sent: Find[] = [];

  beforeAll(async () => {
    services = await startTestServices({ redis: false });
    const url = new URL(services.mongoUrl);
    url.searchParams.set("monitorCommands", "true");
    database = createDatabase();
    await openDatabase(database, url.href);
    await createIndexes(database);
    await fill(database);
    database.getClient().on("commandStarted", ({ commandName, command }) => {
      if (commandName === "find") sent.push(command as unknown as Find);
    });
  });
  afterAll(async () => {
    await database?.close();
    await services?.stop();
  });

  /** Every method that reads, with arguments of its kind. */
  function reads(): Record<string, () => Promise<unknown>> {
    const before = { business: START, operational: START };
    const invoices = createInvoiceStore(database);
    const subscriptions = createSubscriptionStore(database);
    const keys = createBillingKeyStore(database);
    const pauses = createAccountPauseStore(database);
    const declines = createDeclineCountStore(database);
    const messages = createMessageStore(database);
    const events = createEventStore(database);
    const deliveries = createDeliveryStore(database);
    const inbox = createInboxStore(database);
    return {
      "invoices.find": () => invoices.find("a"),
      "invoices.findByIdempotencyKey": () => invoices.findByIdempotencyKey("a"),
      "invoices.findByRefundKey": () => invoices.findByRefundKey("a"),
      "invoices.findByRefundId": () => invoices.findByRefundId("a"),
      "invoices.findByOrderNumber": () => invoices.findByOrderNumber("a"),
      "invoices.listOfSubscription": () => invoices.listOfSubscription("a"),
      "invoices.listOpenOfSubscription": () => invoices.listOpenOfSubscription("a"),
      "invoices.listOwedOfSubscription": () => invoices.listOwedOfSubscription("a"),
      "invoices.listChargeable": () => invoices.listChargeable(ACCOUNT, before, 10),
      "invoices.listRefundable": () => invoices.listRefundable(ACCOUNT, START, 10),
      "invoices.listExpiredClaims": () => invoices.listExpiredClaims(START, 10),
      "invoices.findByOrderId": () => invoices.findByOrderId("a"),
      "invoices.listEndedWindows": () => invoices.listEndedWindows(START, 10),
      "invoices.listToAsk": () => invoices.listToAsk(START, 10),
      "invoices.listToRecheck": () => invoices.listToRecheck(START, 10),
      "invoices.listFollowUps": () => invoices.listFollowUps(10),
      "invoices.listHeld": () => invoices.listHeld(10),
      "invoices.listUnknown": () => invoices.listUnknown(10),
      "invoices.hasWork": () => invoices.hasWork(START),
      "invoices.nextBusinessInstant": () => invoices.nextBusinessInstant(START),
      "subscriptions.find": () => subscriptions.find("a"),
      "subscriptions.findContract": () => subscriptions.findContract("a"),
      "subscriptions.findByIdempotencyKey": () => subscriptions.findByIdempotencyKey("a"),
      "subscriptions.findByChangeKey": () => subscriptions.findByChangeKey("a"),
      "subscriptions.listDue": () => subscriptions.listDue(START, 10),
      "subscriptions.listAligning": () => subscriptions.listAligning(10),
      "subscriptions.listParked": () => subscriptions.listParked(10),
      "subscriptions.hasWork": () => subscriptions.hasWork(START),
      "subscriptions.nextBusinessInstant": () => subscriptions.nextBusinessInstant(START),
      "subscriptions.listToNotice": () => subscriptions.listToNotice(START, START, 10),
      "subscriptions.nextToNotice": () => subscriptions.nextToNotice(START),
      "keys.listToRemind": () => keys.listToRemind(START, 10),
      "messages.find": () => messages.find("a"),
      "messages.listDue": () => messages.listDue(START, 10),
      "messages.listRecent": () => messages.listRecent(10),
      "keys.find": () => keys.find("a"),
      "keys.findSealed": () => keys.findSealed("a"),
      "keys.findByIdempotencyKey": () => keys.findByIdempotencyKey("a"),
      "invoices.hasWork, with a stopped account": () =>
        invoices.hasWork(START, [{ ...ACCOUNT, queue: "charge" }]),
      "pauses.find": () => pauses.find("a"),
      "pauses.listPaused": () => pauses.listPaused(),
      "declines.listAll": () => declines.listAll(),
      "declines.add": () =>
        declines.add({
          gateway: "cookiepay",
          decline: { code: "unrecognized", rawCode: "8837" },
          orderNumber: "a",
          at: START,
        }),
      "events.relayOutboxes": () => events.relayOutboxes(10),
      "events.listOfSubscription": () => events.listOfSubscription("a", 10),
      "events.find": () => events.find("a:1"),
      "events.findAll": () => events.findAll(["a:1", "b:1"]),
      "events.list": () => events.list({ type: "invoice.paid" }, { after: null, ...PAGE }),
      "events.list, of a subscription, further on": () =>
        events.list({ subscriptionId: "a" }, { after: { at: START, id: "a:1" }, ...PAGE }),
      "events.listToTell": () => events.listToTell(10),
      "events.listToDeliver": () => events.listToDeliver(10),
      "events.firstToDeliver": () => events.firstToDeliver("a"),
      "endpoints.find": () => createWebhookEndpointStore(database).find("a"),
      "endpoints.listAll": () => createWebhookEndpointStore(database).listAll(),
      "deliveries.hasDue": () => deliveries.hasDue("a", START),
      "deliveries.listWaiting": () => deliveries.listWaiting("a|b", 10),
      "deliveries.listOfEvent": () => deliveries.listOfEvent("a:1"),
      "deliveries.removeClosed": () => deliveries.removeClosed(START, 10),
      "inbox.find": () => inbox.find("a"),
      "inbox.listDue": () => inbox.listDue(START, 10),
      "inbox.list": () => inbox.list({}, 10),
      "inbox.list, of a state": () => inbox.list({ state: "flagged" }, 10),
      "inbox.listFlagged": () => inbox.listFlagged("a", "nothing_captured", 10),
      "inbox.listFlaggedOfInvoices": () => inbox.listFlaggedOfInvoices(["a"], 10),
      "inbox.countUnseen": () => inbox.countUnseen(10),
      "inbox.removeRaw": () => inbox.removeRaw(START, START, 10),
    };
  }

  it("are all here", () => {
    const called = new Set(Object.keys(reads()).map((name) => name.split(".")[1]));
    const reading = [
      createInvoiceStore,
      createSubscriptionStore,
      createBillingKeyStore,
      createAccountPauseStore,
      createDeclineCountStore,
      createMessageStore,
      createInboxStore,
    ].flatMap((create) => Object.keys(create(freshDatabase())));
    const writing = [
      "insert",
      "write",
      "claimAttempt",
      "recordOutcome",
      "receive",
      "markNoticed",
      "markReminded",
      // An aggregation: on the index that leads with the state.
      "count",
    ];
    const missing = reading.filter((name) => ![...writing, ...PAGES].includes(name));
    expect(missing.filter((name) => !called.has(name))).toEqual([]);
  });

  it("are each served by an index, and read no collection whole", async () => {
    const unserved: string[] = [];
    for (const [name, read] of Object.entries(reads())) {
      sent.length = 0;
      await read();
      expect(sent.length, name).toBeGreaterThan(0);
      for (const asked of sent) {
        if (await readsWhole(asked)) unserved.push(`${name}: ${JSON.stringify(asked.filter)}`);
      }
    }
    expect(unserved).toEqual([]);
  });

  it("would be told from one that no index serves", async () => {
    expect(await readsWhole({ find: "invoices", filter: { productName: "x" } })).toBe(true);
  });

  async function readsWhole({ find, filter, sort, limit, projection }: Find): Promise<boolean> {
    const asked = { find, filter, ...(sort ? { sort } : {}), ...(limit ? { limit } : {}) };
    const answer = await database.db?.command({
      explain: { ...asked, ...(projection ? { projection } : {}) },
      verbosity: "queryPlanner",
    });
    let stage = answer?.["queryPlanner"].winningPlan as Stage | undefined;
    for (; stage !== undefined; stage = stage.inputStage) {
      if (stage.stage === "COLLSCAN") return true;
    }
    return false;
  }
});

/** Documents that no query wants: an index tells so, and a scan would read them. */
async function fill(database: Database): Promise<void> {
  const idle = { step: "none", followUp: false, held: null, recheckAt: null, nextPeriodAt: null };
  for (const name of [
    "invoices",
    "subscriptions",
    "billingkeys",
    "accountpauses",
    "declinecounts",
    "messages",
    "events",
    "webhookendpoints",
    "deliveries",
    "deliverylanes",
    "inbox",
  ]) {
    await database.collection<{ _id: string }>(name).insertMany(
      Array.from({ length: 20 }, (_none, index) => ({
        _id: `x${index}`,
        number: `x${index}`,
        orderNumber: `x${index}`,
        subscriptionId: `x${index}`,
        ...idle,
      })),
    );
  }
}

/** A connection of its own, never opened: its models are not those of another test. */
function freshDatabase(): Database {
  return createDatabase();
}
