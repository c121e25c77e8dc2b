import type { WorkerOptions } from "bullmq";
import type { AttemptChargeDeps } from "../src/billing/attempt-charge.ts";
import type { ReconcileDeps } from "../src/billing/reconcile-attempt.ts";
import type { ApplyNoticeDeps } from "../src/billing/apply-notice.ts";
import type { SweepInboxDeps } from "../src/billing/sweep-inbox.ts";
import type { SweepDeps } from "../src/billing/sweep.ts";
import type { DeliveryStore } from "../src/stores/deliveries.ts";
import type { TellCustomersDeps } from "../src/billing/messages/tell-customers.ts";
import type { WorkHints } from "../src/queues/work-hints.ts";

/** What the workers hand to the use cases. */
export interface WorkerDeps {
  charge: AttemptChargeDeps & { hints: WorkHints };
  reconcile: ReconcileDeps;
  deliveries: Pick<DeliveryStore, "removeClosed">;
  tell: TellCustomersDeps;
  sweep: SweepDeps & SweepInboxDeps;
  notice: ApplyNoticeDeps;
  /** Charges in flight per gateway account. */
  concurrency: number;
}

export interface WorkerSettings {
  options: (concurrency: number) => WorkerOptions;
  sweepIntervalMs: number;
  /** Age at which failed jobs are removed. Money, audit and idempotency keys are never. */
  jobsKeptDays: number;
  /** Age at which the records of ended deliveries are. */
  deliveriesKeptDays: number;
  /** Age at which the stored bytes of notices are removed. */
  inboxKeptDays: number;
}
