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
  const pauseQueue = createPause(deps, account);
  const worker = new Worker<InvoiceJob>(
    chargeQueueName(account.gateway, account.account),
    async (job, token) => {
      const attempt = job.name === "refund" ? attemptRefund : attemptCharge;
      const result = await attempt(deps.charge, job.data);
      return finishJob(job, { token, pauseQueue }, result);
    },
    { ...settings.options(deps.concurrency), limiter: PAUSABLE },
  );
  const refill = createRefill(deps, account);
  // The queue's window was drained: whatever else is due is asked for at once.
  worker.on("drained", refill.look);
  worker.on("completed", refill.count);
  return worker;
}

/** BullMQ looks for a pause only where there is a limit; this one is never met. */
const PAUSABLE = { max: 1_000_000_000, duration: 1000 };

/** Longest pause without a look: the breaker may have closed, or a window been taken back. */
const PAUSE_MAX_MS = 5000;

function createPause({ sweep, charge }: WorkerDeps, account: AccountName) {
  return async (until: Date): Promise<void> => {
    const leftMs = until.getTime() - charge.clock.now().getTime();
    await sweep.queues.pauseCharges(account, Math.min(Math.max(1, leftMs), PAUSE_MAX_MS));
  };
}

interface Refill {
  look: () => void;
  count: () => void;
}

/** Looks at the queue once in a tenth of its window, so that it never runs dry under load. */
function createRefill(deps: WorkerDeps, account: AccountName): Refill {
  const { queues, queueWindow } = deps.sweep;
  const lookEvery = Math.ceil(queueWindow / 10);
  let completed = 0;
  const fill = async (): Promise<void> => {
    if ((await queues.countWaiting(account)) < queueWindow / 2) await deps.charge.hints.sweep();
  };
  // Without Redis nobody can count; the tick goes on as soon as it is back. A queue that pauses is
  // called drained as well, and has all its jobs.
  const look = () => void fill().catch(() => {});
  return {
    look,
    count: () => {
      completed += 1;
      if (completed % lookEvery === 0) look();
    },
  };
}
