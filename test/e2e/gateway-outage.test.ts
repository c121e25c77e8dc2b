/**
 * A gateway that is away for forty minutes while five thousand charges are due. Real workers, Redis and
 * MongoDB; the gateway is scripted, and all times are scaled alike: they are printed.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedPeriods } from "../../bench/contenders/periods.ts";
import { type Composition, accountsOf, compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { sleep } from "../../src/lib/clock.ts";
import { watchCalls } from "../../src/traffic/watch-calls.ts";
import { type RunningWorkers, startWorkers } from "../../workers/start-workers.ts";
import { createCollectingLogger } from "../http/support.ts";
import { type TestServices, startTestServices } from "../support/services.ts";
import { mostInASecond } from "../traffic/line.ts";
import { type ScriptedGateway, createScriptedGateway } from "./scripted-gateway.ts";

const DUE = 5000;
const WORKERS = 2;
/** One minute of the outage. */
const MINUTE_MS = 100;
const OUTAGE_MS = 40 * MINUTE_MS;
const PER_SECOND = 900;
const CONCURRENCY = 50;

const QUEUE_WINDOW = 1000;
const BREAKER = { failures: 10, windowMs: 1000, pauseMs: 100, pauseMaxMs: 1000 };
const ACCOUNT = { gateway: "cookiepay", account: "default" };
/** Nothing that a customer is told of begins with any of these. */
const QUIET = ["invoice.paid", "charge_attempt.unknown", "charge_attempt.absent"];

const SETTINGS = {
  NODE_ENV: "test",
  LOG_LEVEL: "silent",
  GATEWAYS: "cookiepay",
  COOKIEPAY_API_URL: "http://127.0.0.1:1",
  CHARGE_CONCURRENCY: String(CONCURRENCY),
  CHARGE_CALL_DEADLINE_MS: "500",
  CHARGE_CONNECT_TIMEOUT_MS: "100",
  CHARGE_TOKEN_TIMEOUT_MS: "500",
  CHARGE_LEASE_MARGIN_MS: "100",
  CHARGE_LEASE_MS: "2000",
  CHARGE_LOCK_MS: "4000",
  LOOKUP_LAG_MS: "50",
  SETTLE_DELAY_MS: "2600",
  RECONCILE_FIRST_DELAY_MS: "50",
  RECONCILE_MAX_DELAY_MS: "500",
  RESEND_FIRST_DELAY_MS: "10",
  RESEND_MAX_DELAY_MS: "500",
  SWEEP_INTERVAL_MS: "1000",
  CHARGE_QUEUE_WINDOW: String(QUEUE_WINDOW),
  BREAKER_FAILURES: String(BREAKER.failures),
  BREAKER_WINDOW_MS: String(BREAKER.windowMs),
  BREAKER_PAUSE_MS: String(BREAKER.pauseMs),
  BREAKER_PAUSE_MAX_MS: String(BREAKER.pauseMaxMs),
};

describe("an outage of the gateway", () => {
  let services: TestServices;
  const processes: { composition: Composition; workers: RunningWorkers | null }[] = [];
  const { log, lines } = createCollectingLogger();

  beforeAll(async () => {
    services = await startTestServices();
  });
  afterAll(async () => {
    for (const { composition, workers } of processes) {
      await workers?.stop(2000);
      await composition.close();
    }
    await services?.stop();
  });

  /** What a worker process has of its own: its connections, its breaker's view, its workers. */
  const startProcess = async (gateway: ScriptedGateway): Promise<Composition> => {
    const config = loadConfig({
      ...SETTINGS,
      MONGODB_URI: services.mongoUrl,
      REDIS_URL: services.redisUrl,
      QUEUE_PREFIX: services.keyPrefix,
    });
    const composed = compose(config, log);
    await composed.ready;
    const watched = watchCalls(gateway.adapter, composed.traffic);
    const composition = { ...composed, gateways: createGatewayRegistry([watched]) };
    processes.push({ composition, workers: null });
    return composition;
  };
  const startAll = () => {
    for (const one of processes) {
      one.workers = startWorkers(one.composition, ["charge", "reconcile", "sweep"]);
    }
  };
  const collection = (name: "invoices" | "subscriptions") => {
    const [first] = processes;
    if (first === undefined) throw new Error("no process runs");
    return first.composition.database.collection(name);
  };
  const readInvoices = async () =>
    (await collection("invoices").find({}).toArray()) as unknown as (Invoice & { _id: string })[];
  const eventsOf = (name: string) => lines.filter(({ fields }) => fields["event"] === name);
  const until = async (what: () => boolean | Promise<boolean>) => {
    while (!(await what())) await sleep(250);
  };

  it("tells no customer, uses no dunning step, and is drained within the rate limit", async () => {
    process.stdout.write(
      `outage: 40 minutes at ${MINUTE_MS} ms each, ${DUE} due, ${WORKERS} worker processes with ` +
        `${CONCURRENCY} calls each, ${PER_SECOND} calls a second; ` +
        `breaker: ${BREAKER.failures} failures in ${BREAKER.windowMs} ms, ` +
        `pauses from ${BREAKER.pauseMs} to ${BREAKER.pauseMaxMs} ms\n`,
    );
    const gateway = createScriptedGateway(PER_SECOND);
    const composition = await startProcess(gateway);
    for (let number = 1; number < WORKERS; number += 1) await startProcess(gateway);
    await seedPeriods(composition, 1, DUE);
    const seeded = new Map((await readInvoices()).map(({ _id, revision }) => [_id, revision]));
    expect(seeded.size).toBe(DUE);

    gateway.isDown = true;
    startAll();
    await until(() => eventsOf("breaker_opened").length > 0);
    // What was in flight comes back, and every process has heard of it.
    await sleep(OUTAGE_MS / 5);
    const foundOut = gateway.failed;
    const probedBefore = eventsOf("breaker_probe_failed").length;
    await sleep((OUTAGE_MS * 4) / 5);

    const [waiting = ACCOUNT] = accountsOf(composition.gateways);
    // A sweep counts what waits; what a worker has in hand at that moment goes back as well.
    const windowMax = QUEUE_WINDOW + WORKERS * CONCURRENCY;
    expect(await composition.queues.countWaiting(waiting)).toBeLessThanOrEqual(windowMax);
    const inOutage = await readInvoices();
    const sentInOutage = gateway.sentAt.length;
    gateway.isDown = false;
    // Some calls find it out; from then on one call at a time tries whether the gateway is back.
    expect(foundOut).toBeLessThanOrEqual(3 * WORKERS * CONCURRENCY);
    const probes = eventsOf("breaker_probe_failed").length - probedBefore;
    expect(gateway.failed - foundOut).toBeLessThanOrEqual(probes + 1);
    const touched = inOutage.filter(({ _id, revision }) => seeded.get(_id) !== revision);
    expect(touched.length).toBeLessThanOrEqual(gateway.failed);

    await until(
      async () => (await collection("invoices").countDocuments({ state: "paid" })) === DUE,
    );
    expect(gateway.booked.size).toBe(DUE);
    expect(mostInASecond(gateway.sentAt)).toBeLessThanOrEqual(PER_SECOND);
    expect(gateway.sentAt.length).toBe(DUE + sentInOutage);
    expect(eventsOf("breaker_opened")).toHaveLength(1);
    expect(eventsOf("breaker_closed")).toHaveLength(1);

    const paid = await readInvoices();
    const untouched = paid.filter(({ _id }) => !touched.some((one) => one._id === _id));
    expect(untouched.length).toBe(DUE - touched.length);
    expect(untouched.filter((one) => one.attempts.length !== 1 || one.deferrals > 0)).toEqual([]);
    expect(paid.filter(({ dunning }) => dunning.step > 0 || dunning.firstDeclinedAt)).toEqual([]);
    const closed = paid.flatMap(({ attempts }) => attempts.map(({ state }) => state));
    expect(new Set(closed)).toEqual(new Set(["approved", "absent"]));
    expect(await collection("subscriptions").countDocuments({ state: { $ne: "active" } })).toBe(0);
    await composition.events.relayOutboxes(2 * DUE);
    const told = await composition.database.collection("events").distinct("type");
    expect(told.filter((type) => !QUIET.includes(String(type)))).toEqual([]);
  }, 240_000);
});
