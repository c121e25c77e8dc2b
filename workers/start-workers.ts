import { hostname } from "node:os";
import type { Worker } from "bullmq";
import { Redis } from "ioredis";
import {
  type Composition,
  accountsOf,
  chargeDepsOf,
  noticeDepsOf,
  reconcileDepsOf,
  sweepDepsOf,
} from "../src/compose.ts";
import { startDelivering } from "../src/compose-webhooks.ts";
import { messageDepsOf, tellDepsOf } from "../src/compose-messages.ts";
import { sleep } from "../src/lib/clock.ts";
import { describeError } from "../src/lib/logger.ts";
import type { DocumentJob, InvoiceJob } from "../src/queues/names.ts";
import { createChargeWorker } from "./charge-worker.ts";
import { createEventWorker } from "./event-worker.ts";
import { createMessageWorker } from "./message-worker.ts";
import { createReconcileWorker } from "./reconcile-worker.ts";
import { createSweepWorker } from "./sweep-worker.ts";
import { createWebhookWorker } from "./webhook-worker.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

/** The workers that can be named on the command line. */
export const WORKER_NAMES = [
  "charge",
  "reconcile",
  "sweep",
  "webhook",
  "event",
  "message",
] as const;
export type WorkerName = (typeof WORKER_NAMES)[number];

export interface RunningWorkers {
  /** Takes no new job and waits for the calls in flight, at most so long; the rest is left. */
  stop(deadlineMs: number): Promise<void>;
}

/** Starts the named workers of a composition that is ready. */
export function startWorkers(
  composition: Composition,
  names: readonly WorkerName[],
): RunningWorkers {
  const { config } = composition;
  const connection = new Redis(config.redisUrl ?? "", {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * times, 1000),
  });
  connection.on("error", () => {});
  const settings: WorkerSettings = {
    sweepIntervalMs: config.sweepIntervalMs,
    jobsKeptDays: config.jobsKeptDays,
    deliveriesKeptDays: config.webhooks.keptDays,
    inboxKeptDays: config.notices.keptDays,
    options: (concurrency) => ({
      connection,
      prefix: config.queuePrefix,
      concurrency,
      lockDuration: config.charge.lockMs,
      stalledInterval: Math.max(1000, Math.round(config.charge.lockMs / 3)),
      // A stalled job is harmless: only the claim decides. It must not end as failed for it.
      maxStalledCount: 10,
      // After an error that is no broken connection, such as a Redis without memory.
      runRetryDelay: RETRY_DELAY_MS,
      name: `${hostname()}-${process.pid}`,
    }),
  };
  const deps: WorkerDeps = {
    charge: chargeDepsOf(composition, `${hostname()}-${process.pid}`),
    reconcile: reconcileDepsOf(composition),
    sweep: { ...sweepDepsOf(composition), inbox: composition.inbox },
    notice: noticeDepsOf(composition),
    deliveries: composition.deliveries,
    tell: tellDepsOf(composition),
    concurrency: config.charge.concurrency,
  };
  const delivering = startDelivering(composition);
  const workers = names.flatMap((name): AnyWorker[] =>
    name === "event"
      ? [createEventWorker(delivering.deliver, settings)]
      : createNamed(name, deps, settings, composition),
  );
  for (const worker of workers) watch(worker, composition);
  const stopTicking = names.includes("sweep") ? keepTicking(composition) : () => {};
  return {
    async stop(deadlineMs) {
      stopTicking();
      await Promise.race([Promise.all(workers.map((worker) => worker.close())), sleep(deadlineMs)]);
      delivering.close();
      connection.disconnect();
    },
  };
}

function createNamed(
  name: Exclude<WorkerName, "event">,
  deps: WorkerDeps,
  settings: WorkerSettings,
  composition: Composition,
): AnyWorker[] {
  switch (name) {
    case "charge":
      return accountsOf(composition.gateways).map((account) =>
        createChargeWorker(deps, account, settings),
      );
    case "reconcile":
      return [createReconcileWorker(deps, settings)];
    case "sweep":
      return [createSweepWorker(deps, settings)];
    case "message":
      return [createMessageWorker(messageDepsOf(composition), settings)];
    case "webhook":
      return [createWebhookWorker(deps, settings)];
  }
}

type AnyWorker = Worker<InvoiceJob> | Worker<DocumentJob>;

const RETRY_DELAY_MS = 2_000;

/** A Redis that is away raises hundreds of errors a second: one line each ten seconds is enough. */
const LOG_PAUSE_MS = 10_000;

function watch(worker: AnyWorker, composition: Composition): void {
  let silentUntilMs = 0;
  const events = worker as Pick<Worker<Partial<InvoiceJob & DocumentJob>>, "name" | "on">;
  events.on("error", (error) => {
    if (composition.clock.monotonicMs() < silentUntilMs) return;
    silentUntilMs = composition.clock.monotonicMs() + LOG_PAUSE_MS;
    composition.log.error({ queue: worker.name, err: describeError(error) }, "worker has trouble");
  });
  events.on("failed", (job, error) => {
    const { id, invoiceId } = job?.data ?? {};
    composition.log.error(
      { queue: worker.name, invoiceId, id, err: describeError(error) },
      "a job failed; the sweep will find its work again",
    );
  });
}

/**
 * The tick and the hourly clean-up are BullMQ job schedulers. A flush takes them away without a sign,
 * so they are written again on a timer of our own.
 */
function keepTicking(composition: Composition): () => void {
  const everyMs = composition.config.sweepIntervalMs;
  const upsert = () => {
    composition.queues.upsertSchedulers(everyMs).catch((error: unknown) => {
      composition.log.warn({ err: describeError(error) }, "the regular jobs could not be renewed");
    });
  };
  upsert();
  void composition.queues.hints.sweep();
  const timer = setInterval(upsert, Math.min(5 * everyMs, 30_000));
  return () => clearInterval(timer);
}
