import { Worker } from "bullmq";
import { attemptCharge } from "../src/billing/attempt-charge.ts";
import { attemptRefund } from "../src/billing/attempt-refund.ts";
import type { InvoiceJob } from "../src/queues/names.ts";
import { chargeQueueName } from "../src/queues/names.ts";
import type { AccountName } from "../src/queues/queues.ts";
import { finishJob } from "./job-result.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

/** Charges and refunds of one gateway account. */
export function createChargeWorker(
  deps: WorkerDeps,
  account: AccountName,
  settings: WorkerSettings,
): Worker<InvoiceJob> {
  const worker = new Worker<InvoiceJob>(
    chargeQueueName(account.gateway, account.account),
    async (job, token) => {
      const attempt = job.name === "refund" ? attemptRefund : attemptCharge;
      return finishJob(job, token, await attempt(deps.charge, job.data));
    },
    settings.options(deps.concurrency),
  );
  // The queue's window was drained: whatever else is due is asked for at once.
  worker.on("drained", () => void deps.charge.hints.sweep());
  worker.on("completed", refillWhenHalfEmpty(deps, account));
  return worker;
}

/** A look at the queue, once in a tenth of its window, so that it never runs dry under load. */
function refillWhenHalfEmpty(deps: WorkerDeps, account: AccountName): () => void {
  const { queues, queueWindow } = deps.sweep;
  const lookEvery = Math.ceil(queueWindow / 10);
  let completed = 0;
  const look = async (): Promise<void> => {
    if ((await queues.countWaiting(account)) < queueWindow / 2) await deps.charge.hints.sweep();
  };
  return () => {
    completed += 1;
    // Without Redis nobody can count; the tick goes on as soon as it is back.
    if (completed % lookEvery === 0) look().catch(() => {});
  };
}
