import { Worker } from "bullmq";
import { sweep } from "../src/billing/sweep.ts";
import { tellCustomers } from "../src/billing/messages/tell-customers.ts";
import { removeOldNotices, sweepInbox } from "../src/billing/sweep-inbox.ts";
import { CLEAN_JOB, type InvoiceJob, SWEEP_QUEUE } from "../src/queues/names.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

/** Looks for what is due, on every tick and whenever somebody says that there is work. */
export function createSweepWorker(deps: WorkerDeps, settings: WorkerSettings): Worker<InvoiceJob> {
  return new Worker<InvoiceJob>(
    SWEEP_QUEUE,
    async (job) => {
      if (job.name === CLEAN_JOB) {
        return clean(deps, settings);
      }
      const why = job.name === "tick" ? "tick" : "now";
      const turn = await deps.sweep.queues.takeSweepTurn(why, settings.sweepIntervalMs);
      if (turn === null) return "another is under way";
      try {
        await sweep(deps.sweep);
        await sweepInbox(deps.sweep);
        await tellCustomers(deps.tell);
      } finally {
        await turn.end();
      }
      return "swept";
    },
    settings.options(1),
  );
}

const DAY_MS = 86_400_000;
/** Most deliveries that one round removes, and rounds of one clean-up. */
const REMOVED_MAX = 500;
const ROUNDS_MAX = 20;

/** Takes away what nobody will ask for any more, a bounded number at a time. */
async function clean({ sweep: sweeping, deliveries }: WorkerDeps, settings: WorkerSettings) {
  const { queues, clock } = sweeping;
  const before = new Date(clock.now().getTime() - settings.deliveriesKeptDays * DAY_MS);
  let records = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const removed = await deliveries.removeClosed(before, REMOVED_MAX);
    records += removed;
    if (removed < REMOVED_MAX) break;
  }
  const jobs = await queues.removeOldJobs(settings.jobsKeptDays);
  const notices = await removeOldNotices(sweeping, settings.inboxKeptDays);
  return `${jobs} jobs, ${records} deliveries and the bytes of ${notices} notices removed`;
}
