import { Worker } from "bullmq";
import type { Redis, RedisOptions } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import { connectSoon, createProducerConnection } from "../../src/queues/connection.ts";
import { CLEAN_JOB, RECONCILE_QUEUE, SWEEP_QUEUE } from "../../src/queues/names.ts";
import { type Queues, createQueues } from "../../src/queues/queues.ts";
import { createSweepWorker } from "../../workers/sweep-worker.ts";
import type { WorkerDeps } from "../../workers/worker-deps.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const ACCOUNT = { gateway: "cookiepay", account: "default" };

describe("hints in the queues", () => {
  let services: TestServices;
  let connection: Redis;
  let queues: Queues;
  let lost = 0;
  // BullMQ closes no connection that it was given.
  const workerConnections: Redis[] = [];

  beforeAll(async () => {
    services = await startTestServices({ mongo: false });
    connection = createProducerConnection(services.redisUrl);
    await connectSoon(connection);
    queues = createQueues({
      connection,
      prefix: services.keyPrefix,
      accounts: [ACCOUNT],
      clock: systemClock,
      onLostHint: () => {
        lost += 1;
      },
    });
  });
  afterAll(async () => {
    await queues?.close();
    for (const one of [connection, ...workerConnections]) one?.disconnect();
    await services?.stop();
  });

  const connectWorker = (options: RedisOptions): Redis => {
    const own = connection.duplicate({ ...options, maxRetriesPerRequest: null });
    workerConnections.push(own);
    return own;
  };

  const queueOf = (name: string) => {
    const queue = queues.all().find((one) => one.name === name);
    if (queue === undefined) throw new Error(`no queue ${name}`);
    return queue;
  };
  const countOf = async (name: string) => {
    const counts = await queues.countJobs(queueOf(name));
    const waiting = (counts["waiting"] ?? 0) + (counts["prioritized"] ?? 0);
    return { waiting, active: counts["active"] ?? 0, failed: counts["failed"] ?? 0 };
  };

  it("are one job however often the same work is found", async () => {
    const invoice = {
      id: "inv-1",
      step: "charge",
      revision: 3,
      urgent: false,
      ...ACCOUNT,
    } as const;
    await queues.addCharges(ACCOUNT, [invoice, invoice]);
    await queues.addCharges(ACCOUNT, [invoice]);
    expect(await queues.countWaiting(ACCOUNT)).toBe(1);
    await queues.addCharges(ACCOUNT, [{ ...invoice, revision: 4 }]);
    expect(await queues.countWaiting(ACCOUNT)).toBe(2);
  });

  it("fill the window with work that has no job yet", async () => {
    await services.redis.flush();
    const due = [1, 2, 3, 4].map((number) => ({
      id: `inv-due-${number}`,
      step: "charge" as const,
      revision: 1,
      urgent: number === 1,
      ...ACCOUNT,
    }));
    const idsWithoutJob = async () =>
      (await queues.listWithoutJob(ACCOUNT, due)).map(({ id }) => id);
    expect(await idsWithoutJob()).toEqual(due.map(({ id }) => id));
    await queues.addCharges(ACCOUNT, due.slice(0, 2));
    expect(await idsWithoutJob()).toEqual(["inv-due-3", "inv-due-4"]);
    expect(await queues.listWithoutJob(ACCOUNT, [])).toEqual([]);
    // One that a worker has taken is still there.
    const worker = new Worker(queueOf("charge-cookiepay-default").name, null, {
      connection: connectWorker({ enableOfflineQueue: true }),
      prefix: services.keyPrefix,
      autorun: false,
    });
    await worker.getNextJob("token", { block: false });
    expect(await queues.countWaiting(ACCOUNT)).toBe(1);
    expect(await idsWithoutJob()).toEqual(["inv-due-3", "inv-due-4"]);
    await worker.close();
    await services.redis.flush();
  });

  it("give one sweep its turn at a time: a tick passes, a hint waits", async () => {
    const everyMs = 2000;
    const first = await queues.takeSweepTurn("tick", everyMs);
    expect(await queues.takeSweepTurn("tick", everyMs)).toBeNull();
    let hasTurn = false;
    const second = queues.takeSweepTurn("now", everyMs).then((turn) => {
      hasTurn = true;
      return turn;
    });
    await sleep(100);
    expect(hasTurn).toBe(false);
    await first?.end();
    const turn = await second;
    expect(turn).not.toBeNull();
    // The one that ended before must not end the turn of another.
    await first?.end();
    expect(await queues.takeSweepTurn("tick", everyMs)).toBeNull();
    // A Redis that forgets lets every sweep run; so does the death of the one whose turn it was.
    await services.redis.flush();
    expect(await queues.takeSweepTurn("tick", everyMs)).not.toBeNull();
    expect(await queues.takeSweepTurn("now", everyMs)).not.toBeNull();
  });

  it("are taken again after their job has failed", async () => {
    const question = { id: "inv-2", revision: 1 };
    const failing = new Worker(
      RECONCILE_QUEUE,
      () => Promise.reject(new Error("the database is away")),
      {
        connection: connectWorker({}),
        prefix: services.keyPrefix,
      },
    );
    const failed = new Promise((resolve) => failing.once("failed", resolve));
    await queues.addQuestions("ask", [question]);
    await failed;
    await failing.close();
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ waiting: 0, failed: 0 });
    await queues.addQuestions("ask", [question]);
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ waiting: 1 });
  });

  it("are taken again after their job has failed by stalls", async () => {
    await services.redis.flush();
    const question = { id: "inv-3", revision: 1 };
    const options = () => ({
      connection: connectWorker({ enableOfflineQueue: true }),
      prefix: services.keyPrefix,
      lockDuration: 200,
      stalledInterval: 100,
      maxStalledCount: 0,
    });
    // Takes whatever waits and neither ends it nor renews its lock, as a frozen worker does.
    const frozen = new Worker(RECONCILE_QUEUE, null, { ...options(), skipStalledCheck: true });
    await queues.addQuestions("ask", [question]);
    const taken: string[] = [];
    while (!taken.includes(question.id)) {
      const job = await frozen.getNextJob("token", { block: false });
      if (job !== undefined) taken.push(job.data.invoiceId);
    }
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ waiting: 0, active: taken.length });
    const finder = new Worker(RECONCILE_QUEUE, () => Promise.resolve(), options());
    while ((await countOf(RECONCILE_QUEUE)).active > 0) await sleep(50);
    await Promise.all([finder.close(), frozen.close()]);
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ waiting: 0 });
    await queues.addQuestions("ask", [question]);
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ waiting: 1 });
  });

  it("have regular jobs, once however often they are asked for, and again after a flush", async () => {
    const namesOf = async () =>
      (await queueOf(SWEEP_QUEUE).getJobSchedulers()).map(({ key }) => key).toSorted();
    await queues.upsertSchedulers(60_000);
    await queues.upsertSchedulers(60_000);
    expect(await namesOf()).toEqual([CLEAN_JOB, "tick"]);
    await services.redis.flush();
    expect(await namesOf()).toEqual([]);
    await queues.upsertSchedulers(60_000);
    expect(await namesOf()).toEqual([CLEAN_JOB, "tick"]);
  });

  it("lose failed jobs to the regular clean-up once they are old, and no others", async () => {
    await services.redis.flush();
    const kept = { attempts: 1, removeOnFail: false };
    await queueOf(RECONCILE_QUEUE).add("ask", { invoiceId: "inv-4" }, kept);
    const failing = new Worker(RECONCILE_QUEUE, () => Promise.reject(new Error("broken")), {
      connection: connectWorker({}),
      prefix: services.keyPrefix,
    });
    while ((await countOf(RECONCILE_QUEUE)).failed !== 1) await sleep(20);
    await failing.close();
    await queues.addQuestions("ask", [{ id: "inv-5", revision: 1 }]);

    const inbox = { removeRaw: () => Promise.resolve(2) };
    const deps = {
      sweep: { queues, clock: systemClock, inbox },
      deliveries: { removeClosed: () => Promise.resolve(0) },
    };
    const clean = async (jobsKeptDays: number) => {
      const options = () => ({ connection: connectWorker({}), prefix: services.keyPrefix });
      const worker = createSweepWorker(deps as unknown as WorkerDeps, {
        options,
        jobsKeptDays,
        deliveriesKeptDays: 30,
        inboxKeptDays: 30,
        sweepIntervalMs: 60_000,
      });
      const done = new Promise<string>((resolve) => {
        worker.on("completed", (_job, result: string) => resolve(result));
      });
      await queueOf(SWEEP_QUEUE).add(CLEAN_JOB, { invoiceId: "" });
      const result = await done;
      await worker.close();
      return result;
    };
    expect(await clean(1)).toBe("0 jobs, 0 deliveries and the bytes of 2 notices removed");
    expect(await clean(0)).toBe("1 jobs, 0 deliveries and the bytes of 2 notices removed");
    expect(await countOf(RECONCILE_QUEUE)).toMatchObject({ failed: 0, waiting: 1 });
  });

  it("are not lost without a word", async () => {
    connection.disconnect();
    await queues.hints.sweep();
    expect(lost).toBe(1);
  });
});
