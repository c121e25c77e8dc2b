/**
 * What many runs share: the database server, two connections of two deployments to one database,
 * and a simulator with its cards. A lane does one run after the other; lanes do not meet.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BillingKey } from "../../src/domain/billing-key.ts";
import { createCookiepayAdapter } from "../../src/gateways/cookiepay/index.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import type { OperationalClock } from "../../src/lib/clock.ts";
import { createSecretBox } from "../../src/lib/secret-box.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import {
  type AccountPauseStore,
  createAccountPauseStore,
} from "../../src/stores/account-pauses.ts";
import { type BillingKeyStore, createBillingKeyStore } from "../../src/stores/billing-keys.ts";
import { createNoticeDesk } from "../../src/compose-notices.ts";
import type { NoticeReader } from "../../src/billing/apply-notice.ts";
import { loadConfig } from "../../src/config.ts";
import { type InboxStore, createInboxStore } from "../../src/stores/inbox.ts";
import { type Database, createDatabase, openDatabase } from "../../src/stores/connection.ts";
import {
  type DeclineCountStore,
  createDeclineCountStore,
} from "../../src/stores/decline-counts.ts";
import { type EventStore, createEventStore } from "../../src/stores/events.ts";
import { createIndexes } from "../../src/stores/indexes.ts";
import { type InvoiceStore, createInvoiceStore } from "../../src/stores/invoices.ts";
import { type SubscriptionStore, createSubscriptionStore } from "../../src/stores/subscriptions.ts";
import { withDatabase } from "../support/services.ts";
import { type Accounts, readAccounts } from "./invariants.ts";

/** 10:00 in Korea on 15 March 2026: every run begins then. */
export const START = new Date("2026-03-15T01:00:00Z");
export const CALL_DEADLINE_MS = 20_000;
export const LOOKUP_LAG_MS = 3000;
/** Cards by what they do. */
export const CARDS = {
  good: "4111111111111111",
  empty: "4000000000010118",
} as const;
export type Card = keyof typeof CARDS;

/** Runs that share a merchant, so that its listing stays short. */
const RUNS_PER_MERCHANT = 20;
const MERCHANTS = 600;

export interface Stores {
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  pauses: AccountPauseStore;
  declines: DeclineCountStore;
  events: EventStore;
  inbox: InboxStore;
}

type Cards = Record<Card, BillingKey>;

/** One run's view of its lane. */
export interface Site {
  customerId: string;
  stores: readonly [Stores, Stores];
  /** The adapters of both deployments, new for each run: a token is kept by its process. */
  adapters: readonly [GatewayAdapter, GatewayAdapter];
  billingKeys: Cards;
  notices: NoticeReader;
  /** Everything that the database and the gateway know of the customer. */
  accounts(): Promise<Accounts>;
}

export interface Lane {
  /** Empties the database and opens a shop and a customer for the next run. */
  begin(clock: OperationalClock): Promise<Site>;
  close(): Promise<void>;
}

export const secrets = createSecretBox([{ id: "k1", secret: Buffer.alloc(32, 7) }]);

export async function openLane(mongoUrl: string, name: string): Promise<Lane> {
  const url = withDatabase(mongoUrl, `interleavings_${name}_${process.pid}`);
  const databases = [createDatabase(), createDatabase()] as const;
  await Promise.all(databases.map((database) => openDatabase(database, url)));
  await createIndexes(databases[0]);
  const folder = mkdtempSync(join(tmpdir(), "billing-interleavings-"));
  let time: OperationalClock = fixedClock;
  const accounts = Array.from({ length: MERCHANTS }, (_, index) => accountOf(index));
  const clock: OperationalClock = {
    now: () => time.now(),
    monotonicMs: () => time.monotonicMs(),
  };
  const simulator = await createSimulator({
    dir: folder,
    port: 0,
    accounts: accounts.map((one) => ({ gateway: "cookiepay", ...one })),
    clock,
  });
  const baseUrl = `http://127.0.0.1:${simulator.port}`;
  const config = loadConfig({
    MONGODB_URI: url,
    GATEWAYS: "cookiepay",
    COOKIEPAY_API_URL: baseUrl,
  });
  const notices = createNoticeDesk(config, secrets);
  await post(`${baseUrl}/_sim/switches`, { lookupLagMs: LOOKUP_LAG_MS });
  const stores = [storesOf(databases[0]), storesOf(databases[1])] as const;
  let runs = 0;
  let saved = new Map<string, Cards>();
  const idOf = (run: number) => `c_${name}_${run}`;
  let open: GatewayAdapter[] = [];
  return {
    async begin(clockOfRun) {
      time = clockOfRun;
      for (const adapter of open) adapter.close();
      const account = accountOf(Math.floor(runs / RUNS_PER_MERCHANT) % MERCHANTS);
      const makeAdapter = () => createAdapter({ baseUrl, account }, clockOfRun);
      const adapters = [makeAdapter(), makeAdapter()] as const;
      open = [...adapters];
      if (runs % RUNS_PER_MERCHANT === 0) {
        const tokens = await registerCards({ baseUrl, account });
        const ids = Array.from({ length: RUNS_PER_MERCHANT }, (_, at) => idOf(runs + at));
        saved = await saveCards(databases[0], ids, tokens);
      }
      const customerId = idOf(runs);
      runs += 1;
      await empty(databases[0]);
      const billingKeys = saved.get(customerId);
      if (billingKeys === undefined) throw new Error(`${customerId} has no cards`);
      return {
        customerId,
        stores,
        adapters,
        billingKeys,
        notices,
        accounts: () => readAccounts(databases[1], baseUrl, [customerId]),
      };
    },
    async close() {
      for (const adapter of open) adapter.close();
      await databases[0].dropDatabase();
      await Promise.all(databases.map((database) => database.close()));
      await simulator.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const fixedClock: OperationalClock = { now: () => START, monotonicMs: () => 0 };

function accountOf(index: number) {
  return { id: `shop${index}`, secret: `secret${index}` };
}

function storesOf(database: Database): Stores {
  return {
    invoices: createInvoiceStore(database),
    subscriptions: createSubscriptionStore(database),
    billingKeys: createBillingKeyStore(database),
    pauses: createAccountPauseStore(database),
    declines: createDeclineCountStore(database),
    events: createEventStore(database),
    inbox: createInboxStore(database),
  };
}

interface Shop {
  baseUrl: string;
  account: { id: string; secret: string };
}

function createAdapter({ baseUrl, account }: Shop, clock: OperationalClock): GatewayAdapter {
  return createCookiepayAdapter(
    {
      account: "default",
      apiId: account.id,
      secret: account.secret,
      baseUrl,
      connectTimeoutMs: 5000,
      callDeadlineMs: CALL_DEADLINE_MS,
      tokenTimeoutMs: 5000,
    },
    { clock },
  );
}

async function registerCards(shop: Shop): Promise<Record<Card, string>> {
  const adapter = createAdapter(shop, fixedClock);
  const opened = await adapter.openCredential({ call: "issue" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  const call = { credential: opened.credential, maySend: () => true };
  const register = async (card: Card) => {
    const issued = await adapter.issueBillingKey(call, {
      orderNumber: `REG-${shop.account.id.toUpperCase()}-${card === "good" ? "G" : "E"}`,
      card: { number: CARDS[card], expiry: "3012", password: "12", holderId: "901231" },
      customerId: "c",
      customerName: "김하늘",
      productName: "구독",
    });
    if (issued.kind !== "issued") throw new Error(`card is not registered: ${issued.kind}`);
    return issued.billingKey;
  };
  const tokens = { good: await register("good"), empty: await register("empty") };
  adapter.close();
  return tokens;
}

/** The cards of so many customers, written at once. */
async function saveCards(
  database: Database,
  customerIds: readonly string[],
  tokens: Record<Card, string>,
): Promise<Map<string, Cards>> {
  const entries = customerIds.map((customerId): [string, Cards] => [
    customerId,
    { good: cardOf(customerId, "good", tokens), empty: cardOf(customerId, "empty", tokens) },
  ]);
  const documents = entries.flatMap(([, cards]) =>
    Object.values(cards).map(({ id, ...rest }) => ({ _id: id, ...rest })),
  );
  await database.collection<{ _id: string }>("billingkeys").deleteMany({});
  await database.collection<{ _id: string }>("billingkeys").insertMany(documents);
  return new Map(entries);
}

function cardOf(customerId: string, card: Card, tokens: Record<Card, string>): BillingKey {
  const id = `bk_${customerId}_${card}`;
  return {
    id,
    gateway: "cookiepay",
    account: "default",
    customerId,
    customerName: "김하늘",
    customerEmail: null,
    customerPhone: null,
    locale: "ko",
    state: "active",
    orderNumber: `REG-${id}`,
    secret: secrets.seal(tokens[card], id),
    cardName: null,
    maskedNumber: CARDS[card].replace(/\d{6}(?=\d{4}$)/, "******"),
    reason: null,
    createdAt: START,
    remindAt: null,
    startedAt: START,
    idempotency: null,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
}

async function empty(database: Database): Promise<void> {
  // Events of earlier runs are in nobody's way.
  const names = ["invoices", "subscriptions", "inbox"];
  await Promise.all(names.map((name) => database.collection(name).deleteMany({})));
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
}
