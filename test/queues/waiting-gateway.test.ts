import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { sleep, systemBusinessClock, systemClock } from "../../src/lib/clock.ts";
import { createProducerConnection } from "../../src/queues/connection.ts";
import { chargeQueueName } from "../../src/queues/names.ts";
import { type Queues, createQueues } from "../../src/queues/queues.ts";
import { createChargeWorker } from "../../workers/charge-worker.ts";
import type { WorkerDeps, WorkerSettings } from "../../workers/worker-deps.ts";
import { paymentInvoice } from "../domain/fixtures.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const ACCOUNT = { gateway: "cookiepay", account: "default" };

describe("jobs of a gateway whose calls wait", () => {
  let services: TestServices;
  let queues: Queues;
  const connections: Redis[] = [];

  beforeAll(async () => {
    services = await startTestServices({ mongo: false });
    const connection = createProducerConnection(services.redisUrl);
    connections.push(connection);
    queues = createQueues({
      connection,
      prefix: services.keyPrefix,
      accounts: [ACCOUNT],
      clock: systemClock,
      onLostHint: () => {},
    });
    await queues.all()[0]?.waitUntilReady();
  });
  afterAll(async () => {
    await queues?.close();
    for (const connection of connections) connection.disconnect();
    await services?.stop();
  });

  it("stay in their places, use no attempt, are written nowhere, and go on by themselves", async () => {
    const ordinary = Array.from({ length: 20 }, (_, number) => `inv-${number}`);
    let isBlocked = true;
    const [looked, gone]: [string[], string[]] = [[], []];
    const unused = () => Promise.reject(new Error("a call that waits touches nothing"));
    const find = async (id: string): Promise<Invoice | null> => {
      (isBlocked ? looked : gone).push(id);
      return isBlocked ? { ...paymentInvoice(), id } : null;
    };
    const deps = {
      charge: {
        clock: systemClock,
        businessClock: systemBusinessClock,
        hints: { sweep: async () => {}, charge: async () => {} },
        invoices: { find, write: unused, claimAttempt: unused },
        pauses: { find: async () => null },
        gateways: createGatewayRegistry([
          { ...ACCOUNT, openCredential: unused, paceOf: () => null } as unknown as GatewayAdapter,
        ]),
        traffic: {
          ...FREE_TRAFFIC,
          blockOf: () => {
            const until = new Date(systemClock.now().getTime() + 200);
            return isBlocked ? { kind: "waits", why: "breaker", until, mayProbe: false } : null;
          },
        },
      },
      sweep: { queues, queueWindow: 100 },
      concurrency: 2,
    } as unknown as WorkerDeps;
    const settings = {
      options: (concurrency: number) => {
        const connection = new Redis(services.redisUrl, { maxRetriesPerRequest: null });
        connection.on("error", () => {});
        connections.push(connection);
        return { connection, prefix: services.keyPrefix, concurrency };
      },
    } as unknown as WorkerSettings;
    const hint = (id: string, urgent: boolean) =>
      queues.addCharges(ACCOUNT, [{ id, step: "charge", revision: 1, urgent, ...ACCOUNT }]);
    for (const id of ordinary) await hint(id, false);
    const workers = [1, 2].map(() => createChargeWorker(deps, ACCOUNT, settings));
    const failures: unknown[] = [];
    for (const worker of workers) worker.on("failed", (job) => failures.push(job?.id));

    while (looked.length < 6) await sleep(20);
    await hint("inv-urgent", true);
    expect(await queues.countWaiting(ACCOUNT)).toBeGreaterThan(0);
    const queue = queues.all().find(({ name }) => name === chargeQueueName("cookiepay", "default"));
    const counts = (await queue?.getJobCounts()) ?? {};
    expect(counts).toMatchObject({ delayed: 0, failed: 0 });
    const jobs = (await queue?.getJobs(["prioritized"])) ?? [];
    expect(jobs.map(({ attemptsMade }) => attemptsMade)).toEqual(jobs.map(() => 0));
    // Paused as a whole: nobody goes through the others to hear the same of each.
    const before = looked.length;
    await sleep(400);
    expect(looked.length - before).toBeLessThanOrEqual(4 * 4);
    expect(looked.slice(before)).toContain("inv-urgent");

    isBlocked = false;
    while (gone.length < 21) await sleep(20);
    // What was in hand in that moment may be before it, and nothing else.
    expect(gone.indexOf("inv-urgent")).toBeLessThanOrEqual(4);
    expect([...gone].sort()).toEqual([...ordinary, "inv-urgent"].sort());
    expect(failures).toEqual([]);
    await Promise.all(workers.map((worker) => worker.close()));
  });
});
