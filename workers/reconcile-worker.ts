import { Worker } from "bullmq";
import { recheckAttempts } from "../src/billing/recheck-attempts.ts";
import { reconcileAttempt } from "../src/billing/reconcile-attempt.ts";
import { type InvoiceJob, RECONCILE_QUEUE } from "../src/queues/names.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

const CONCURRENCY = 5;

/** Questions about unknown attempts, and second looks at closed ones. */
export function createReconcileWorker(
  deps: WorkerDeps,
  settings: WorkerSettings,
): Worker<InvoiceJob> {
  return new Worker<InvoiceJob>(
    RECONCILE_QUEUE,
    async (job) => {
      if (job.name === "ask") return reconcileAttempt(deps.reconcile, job.data);
      await recheckAttempts(deps.reconcile, job.data);
      return "looked";
    },
    settings.options(CONCURRENCY),
  );
}
