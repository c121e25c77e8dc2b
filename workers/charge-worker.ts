import { Worker } from "bullmq";
import { attemptCharge } from "../src/billing/attempt-charge.ts";
import { attemptRefund } from "../src/billing/attempt-refund.ts";
import type { InvoiceJob } from "../src/queues/names.ts";
import { chargeQueueName } from "../src/queues/names.ts";
import { finishJob } from "./job-result.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

/** Charges and refunds of one gateway account. */
export function createChargeWorker(
  deps: WorkerDeps,
  account: { gateway: string; account: string },
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
  return worker;
}
