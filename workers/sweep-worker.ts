import { Worker } from "bullmq";
import { sweep } from "../src/billing/sweep.ts";
import { CLEAN_JOB, type InvoiceJob, SWEEP_QUEUE } from "../src/queues/names.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

/** Looks for what is due, on every tick and whenever somebody says that there is work. */
export function createSweepWorker(deps: WorkerDeps, settings: WorkerSettings): Worker<InvoiceJob> {
  return new Worker<InvoiceJob>(
    SWEEP_QUEUE,
    async (job) => {
      if (job.name === CLEAN_JOB) {
        return `${await deps.sweep.queues.removeOldJobs(settings.jobsKeptDays)} removed`;
      }
      const why = job.name === "tick" ? "tick" : "now";
      const turn = await deps.sweep.queues.takeSweepTurn(why, settings.sweepIntervalMs);
      if (turn === null) return "another is under way";
      try {
        await sweep(deps.sweep);
      } finally {
        await turn.end();
      }
      return "swept";
    },
    settings.options(1),
  );
}
