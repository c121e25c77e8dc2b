/** The control: the same storm over a worker written the usual way. It must charge twice. */
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { type Config, loadConfig } from "../../config.ts";
import { createGateways } from "../../compose-gateways.ts";
import { DEFAULT_ACCOUNT } from "../../domain/merchant-account.ts";
import type { GatewayAdapter } from "../../gateways/gateway.ts";
import { sleep, systemClock } from "../../lib/clock.ts";
import { type Database, createDatabase, openDatabase } from "../../stores/connection.ts";
import { tellSimulator } from "../../tell-simulator.ts";
import type { CommandContext } from "../command.ts";
import { type Arena, openArena } from "./arena.ts";
import type { SimulatedGateway } from "../simulated-gateway.ts";
import { STORM_START } from "./calendar.ts";
import { planFaults } from "./fault-plan.ts";
import { strike } from "./faults.ts";
import { setWeather } from "./gateway-weather.ts";
import { createInjector } from "./injector.ts";
import { followLedger } from "./ledger-feed.ts";
import { NAIVE_QUEUE, type NaiveInvoice, type NaiveSettings } from "./naive-invoice.ts";
import { driveNaive } from "./naive-drive.ts";
import type { StormProgress } from "./storm-product.ts";
import { WORKERS } from "./settings.ts";

export interface NaiveWish {
  charges: number;
  faults: number;
  kills: number;
  seed: number;
  gateway: SimulatedGateway;
  stopped: () => boolean;
  tell: (line: string) => void;
  onProgress: (progress: StormProgress) => void;
}

export interface NaiveResult {
  charges: number;
  doubleCharges: number;
  falselyFailed: number;
}

export async function stormNaive(context: CommandContext, wish: NaiveWish): Promise<NaiveResult> {
  const arena = await openArena(context, {
    worker: new URL("./naive-worker.ts", import.meta.url),
    workerArgs: (env) => [JSON.stringify(naiveSettings(env))],
    withApi: false,
    gateway: wish.gateway,
  });
  const config = loadConfig(arena.env);
  const database = createDatabase();
  const redis = connectRedis(config);
  const queue = new Queue(NAIVE_QUEUE, { connection: redis });
  queue.on("error", () => {});
  try {
    await openDatabase(database, config.mongoUrl ?? "");
    return await perform({ arena, config, database, redis, queue, wish });
  } finally {
    await Promise.race([queue.close(), sleep(1000)]);
    redis.disconnect();
    await database.close();
    await arena.close();
  }
}

function connectRedis(config: Config): Redis {
  const redis = new Redis(config.redisUrl ?? "", { maxRetriesPerRequest: null });
  redis.on("error", () => {});
  return redis;
}

/** The queue is shortened in the same way as the product's. */
function naiveSettings(env: Record<string, string | undefined>): NaiveSettings {
  const config = loadConfig(env);
  return {
    mongoUrl: config.mongoUrl ?? "",
    redisUrl: config.redisUrl ?? "",
    environment: gatewayEnvironment(env),
    concurrency: config.charge.concurrency,
    lockMs: config.charge.lockMs,
    stalledMs: Math.round(config.charge.lockMs / 3),
  };
}

function gatewayEnvironment(env: Record<string, string | undefined>): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && ABOUT_GATEWAYS.test(entry[0]),
  );
  return Object.fromEntries(entries);
}

const ABOUT_GATEWAYS = /^(GATEWAYS|(COOKIEPAY|KIWOOM|PORTONE|CHARGE|SETTLE|LOOKUP)_\w+)$/;

interface Run {
  arena: Arena;
  config: Config;
  database: Database;
  redis: Redis;
  queue: Queue;
  wish: NaiveWish;
}

async function perform({ arena, config, database, redis, queue, wish }: Run): Promise<NaiveResult> {
  await tellSimulator(config, STORM_START);
  const invoices = database.collection<NaiveInvoice>("naive_invoices");
  await invoices.insertMany(await issueInvoices(config, wish.charges));
  await setWeather(arena.simulatorUrl, wish.seed, wish.gateway);
  wish.tell(`control: ${wish.charges} invoices for a worker written the usual way`);

  const approvals = new Map<string, number>();
  const feed = followLedger(arena.simulatorUrl, (entry) => {
    if (entry.kind !== "approval") return;
    approvals.set(entry.orderNumber ?? "", (approvals.get(entry.orderNumber ?? "") ?? 0) + 1);
  });
  const injector = createInjector({
    plan: planFaults({ ...wish, without: ["kill_api"] }),
    workers: WORKERS,
    strike: (fault) => strike({ arena, redis }, fault),
    onFailure: (fault, error) => wish.tell(`${fault.kind} could not strike: ${String(error)}`),
  });
  await driveNaive({
    invoices,
    queue,
    feed,
    injector,
    charges: wish.charges,
    stopped: wish.stopped,
    onLook: (settled) =>
      wish.onProgress({
        settled,
        charges: wish.charges,
        kills: injector.kills(),
        struck: injector.struck(),
        faults: wish.faults,
        doubles: countDoubles(approvals),
      }),
  });
  const failed = await invoices.find({ status: "failed" }).toArray();
  return {
    charges: wish.charges,
    doubleCharges: countDoubles(approvals),
    falselyFailed: failed.filter(({ _id }) => approvals.has(_id)).length,
  };
}

function countDoubles(approvals: ReadonlyMap<string, number>): number {
  return [...approvals.values()].reduce((sum, count) => sum + count - 1, 0);
}

const ISSUED_AT_ONCE = 8;

/** A card of its own for each invoice, and the invoice. */
async function issueInvoices(config: Config, charges: number): Promise<NaiveInvoice[]> {
  const gateways = createGateways(config, systemClock);
  const adapter = gateways.get(config.defaultGateway, DEFAULT_ACCOUNT);
  const invoices: NaiveInvoice[] = [];
  let next = 0;
  const take = async (): Promise<void> => {
    while (next < charges) {
      next += 1;
      const number = String(next).padStart(6, "0");
      const billingKey = await issueKey(adapter, number);
      invoices.push({
        _id: `NV-${number}`,
        customerId: `naive-${number}`,
        billingKey,
        amount: 9900,
        status: "due",
        transactionId: null,
      });
    }
  };
  await Promise.all(Array.from({ length: ISSUED_AT_ONCE }, take));
  gateways.close();
  return invoices.sort((one, other) => one._id.localeCompare(other._id));
}

async function issueKey(adapter: GatewayAdapter, number: string): Promise<string> {
  const opened = await adapter.openCredential({ call: "issue" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  const issued = await adapter.issueBillingKey(
    { credential: opened.credential, maySend: () => true },
    {
      orderNumber: `NK-${number}`,
      card: { number: "4111111111111111", expiry: "2512", password: "12", holderId: "901231" },
      customerId: `naive-${number}`,
      customerName: "김하늘",
      productName: "billing key",
    },
  );
  if (issued.kind !== "issued") throw new Error(`no billing key for the control: ${issued.kind}`);
  return issued.billingKey;
}
