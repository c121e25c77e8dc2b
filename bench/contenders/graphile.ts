// graphile-worker with the settings of its own performance page: a local queue, batched completion.
import { loadPeer, openPeriods, type Pool } from "../peers/periods.ts";
import { serveContender } from "../contender.ts";
import { createGatewayOf } from "./gateway-of.ts";
import { pages } from "./periods.ts";

interface Runner {
  stop(): Promise<void>;
}

interface GraphileWorker {
  run(options: {
    pgPool: Pool;
    concurrency: number;
    noHandleSignals: boolean;
    taskList: Record<string, (payload: { id: string }) => Promise<void>>;
    logger: unknown;
    preset: {
      worker: {
        localQueue: { size: number };
        completeJobBatchDelay: number;
        failJobBatchDelay: number;
      };
    };
  }): Promise<Runner>;
  runMigrations(options: { pgPool: Pool; logger: unknown }): Promise<void>;
  makeWorkerUtils(options: { pgPool: Pool; logger: unknown }): Promise<{
    addJobs(jobs: { identifier: string; payload: { id: string } }[]): Promise<unknown>;
  }>;
  Logger: new (factory: () => () => void) => unknown;
}

/** Its own page takes 500 for 24 jobs at once; it must not be below what is in flight. */
const LOCAL_QUEUE_MIN = 500;

await serveContender(async (settings) => {
  const worker = loadPeer(settings, "graphile-worker") as GraphileWorker;
  const periods = await openPeriods(settings, createGatewayOf(settings));
  const shared = { pgPool: periods.pool, logger: new worker.Logger(() => () => {}) };
  await worker.runMigrations(shared);
  const utils = await worker.makeWorkerUtils(shared);
  let runner: Runner | null = null;
  return {
    seed: (round, charges) => periods.seed(round, charges),
    async begin() {
      runner = await worker.run({
        ...shared,
        concurrency: settings.inFlight,
        noHandleSignals: true,
        taskList: { charge: ({ id }) => periods.charge(id) },
        preset: {
          worker: {
            localQueue: { size: Math.max(LOCAL_QUEUE_MIN, settings.inFlight) },
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
          },
        },
      });
      for (const some of pages(await periods.listDue())) {
        await utils.addJobs(some.map((id) => ({ identifier: "charge", payload: { id } })));
      }
    },
    async isSettled() {
      const left = await periods.pool.query("select from graphile_worker.jobs limit 1");
      return left.rows.length === 0;
    },
    async end() {
      await runner?.stop();
      return periods.books();
    },
  };
});
