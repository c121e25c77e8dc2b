/**
 * A lane: a database, queues, a gateway and a clock of its own, on which cases run one after the
 * other. Several lanes run beside each other on one Redis and one MongoDB server.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { type Composition, accountsOf, compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { settleUnknown } from "../../src/cli/console-reader.ts";
import { createGateways } from "../../src/compose-gateways.ts";
import { DEFAULT_ACCOUNT } from "../../src/domain/merchant-account.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import type { OperationalClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { type InvoiceJob, RECONCILE_QUEUE, SWEEP_QUEUE } from "../../src/queues/names.ts";
import { chargeQueueName } from "../../src/queues/names.ts";
import { type Queues, createQueues } from "../../src/queues/queues.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { type LaneGateway, translate } from "./crash-gateways.ts";
import { type TestServices, withDatabase } from "../support/services.ts";

/** Time that moves when it is told to: the product's and the gateway's, leases and due dates. */
export interface LaneClock extends OperationalClock {
  advanceTo(at: Date): void;
}

/** The one thing that really takes time is a gateway's silence. */
export const CALL_DEADLINE_MS = 300;
export const LEASE_MS = 45_000;

const SETTINGS = {
  LOG_LEVEL: "silent",
  CHARGE_CALL_DEADLINE_MS: String(CALL_DEADLINE_MS),
  CHARGE_CONNECT_TIMEOUT_MS: "200",
  CHARGE_TOKEN_TIMEOUT_MS: "1000",
  CHARGE_LEASE_MS: String(LEASE_MS),
  // On a busy machine the silence of some calls is the machine's: the next case must not wait for it.
  BREAKER_PAUSE_MS: "100",
  BREAKER_PAUSE_MAX_MS: "100",
};

export interface Lane {
  readonly composition: Composition;
  readonly clock: LaneClock;
  readonly queues: Queues;
  readonly workers: readonly Worker<InvoiceJob>[];
  readonly simulatorUrl: string;
  readonly gateway: LaneGateway;
  /** What a person does where the gateway cannot be asked. */
  settleByPerson(): Promise<void>;
  /** The gateway's own billing key, whose card always approves. */
  readonly gatewayKey: string;
  /** An adapter as a process that has just started has it; with another address if one is given. */
  newAdapter(url?: string): GatewayAdapter;
  plantFaults(rules: readonly object[]): Promise<void>;
  /** The workers whose queue has a job for them. */
  findBusy(): Promise<Worker<InvoiceJob>[]>;
  /** What a flush does, to this lane alone. */
  wipeRedis(): Promise<void>;
  /** Takes away everything that a case left. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

const BEGIN = Date.parse("2030-01-01T02:00:00Z");

function createLaneClock(): LaneClock {
  let nowMs = BEGIN;
  return {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs - BEGIN,
    advanceTo(at) {
      nowMs = Math.max(nowMs, at.getTime());
    },
  };
}

export async function openLane(
  services: TestServices,
  number: number,
  gateway: LaneGateway,
): Promise<Lane> {
  const clock = createLaneClock();
  const folder = mkdtempSync(join(tmpdir(), "billing-lane-"));
  const simulated = await createSimulator({ dir: folder, port: 0, clock });
  const simulatorUrl = `http://127.0.0.1:${simulated.port}`;
  const name = `${services.keyPrefix}_lane${number}`;
  const config = loadConfig({
    ...SETTINGS,
    MONGODB_URI: withDatabase(services.mongoUrl, name),
    REDIS_URL: services.redisUrl,
    QUEUE_PREFIX: name,
    GATEWAYS: gateway.name,
    [gateway.url]: simulatorUrl,
    ...gateway.settings,
  });
  const composed = compose(config, createLogger({ level: "silent", name: "test" }));
  await composed.ready;
  // One second look shows what further ones would.
  const policy = { ...composed.policy, recheckDelaysMs: [3_600_000] };
  const composition = { ...composed, policy };
  const { database, redis } = composition;
  const accounts = accountsOf(composition.gateways);
  const queues = createQueues({
    connection: redis,
    prefix: name,
    accounts,
    clock,
    onLostHint: () => {},
  });
  const connection = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
  connection.on("error", () => {});
  const workers = await openWorkers(composition, connection, name);
  // A connection without BullMQ's scripts: every pipeline of theirs carries them all.
  const looks = new Redis(services.redisUrl);
  const newAdapter = (url = simulatorUrl) => {
    const { [gateway.name]: access } = config;
    const made = createGateways({ ...config, [gateway.name]: { ...access, url } }, clock);
    // A gateway's limit is kept in real time, and anew after each flush: test/traffic/pace.test.ts.
    return { ...made.get(gateway.name, DEFAULT_ACCOUNT), paceOf: () => null };
  };
  await control(simulatorUrl, "switches", { method: "POST", body: gateway.switches });
  const wipeRedis = async () => {
    const keys = await redis.keys(`${name}:*`);
    if (keys.length > 0) await redis.unlink(...keys);
  };
  let hasFaults = false;
  return {
    composition,
    clock,
    queues,
    workers,
    simulatorUrl,
    gateway,
    async settleByPerson() {
      if (gateway.looksUp) return;
      const businessClock = { now: () => Promise.resolve(clock.now()) };
      await settleUnknown({ ...composition, clock, businessClock }, simulatorUrl);
    },
    gatewayKey: await issueKey(newAdapter()),
    newAdapter,
    wipeRedis,
    async findBusy() {
      const lengths = looks.pipeline();
      for (const worker of workers) {
        lengths.llen(worker.toKey("wait")).zcard(worker.toKey("prioritized"));
      }
      const counts = ((await lengths.exec()) ?? []).map(([_error, count]) => Number(count));
      return workers.filter((_worker, at) => (counts[2 * at] ?? 0) + (counts[2 * at + 1] ?? 0) > 0);
    },
    async plantFaults(rules) {
      hasFaults = true;
      await control(simulatorUrl, "faults", {
        method: "POST",
        body: { rules: translate(gateway, rules) },
      });
    },
    async reset() {
      const emptied = ["invoices", "subscriptions", "billingkeys", "accountpauses", "events"].map(
        (collection) => database.collection(collection).deleteMany({}),
      );
      const faults = hasFaults ? [control(simulatorUrl, "faults", { method: "DELETE" })] : [];
      hasFaults = false;
      await Promise.all([...emptied, ...faults, wipeRedis()]);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.close()));
      connection.disconnect();
      looks.disconnect();
      await queues.close();
      await wipeRedis();
      await database.dropDatabase();
      await composition.close();
      await simulated.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Workers that never run by themselves: they are asked for a job when it is time. */
async function openWorkers(composition: Composition, connection: Redis, prefix: string) {
  const names = [
    ...accountsOf(composition.gateways).map((one) => chargeQueueName(one.gateway, one.account)),
    RECONCILE_QUEUE,
    SWEEP_QUEUE,
  ];
  const workers = names.map((name) => {
    const worker = new Worker<InvoiceJob>(name, null, { connection, prefix, autorun: false });
    worker.on("error", () => {});
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  return workers;
}

async function issueKey(adapter: GatewayAdapter): Promise<string> {
  // A busy machine may answer too late: registering moves no money and may be repeated.
  for (let round = 0; round < 20; round += 1) {
    const opened = await adapter.openCredential({ call: "issue" });
    if (opened.kind !== "ready") continue;
    const issued = await adapter.issueBillingKey(
      { credential: opened.credential, maySend: () => true },
      {
        orderNumber: `KB-LANE-${round}`,
        card: { number: "4111111111111111", expiry: "9912", password: "12", holderId: "901231" },
        customerId: "lane",
        customerName: "홍길동",
        productName: "billing key",
      },
    );
    if (issued.kind === "issued") {
      adapter.close();
      return issued.billingKey;
    }
  }
  throw new Error("the simulator issues no billing key");
}

async function control(
  url: string,
  what: "faults" | "switches",
  request: { method: string; body?: object },
): Promise<void> {
  const answer = await fetch(`${url}/_sim/${what}`, {
    method: request.method,
    ...(request.body === undefined
      ? {}
      : {
          headers: { "content-type": "application/json" },
          body: JSON.stringify(request.body),
        }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
