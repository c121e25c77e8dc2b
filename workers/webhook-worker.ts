import { Worker } from "bullmq";
import { applyNotice } from "../src/billing/apply-notice.ts";
import { type DocumentJob, WEBHOOK_QUEUE } from "../src/queues/names.ts";
import type { WorkerDeps, WorkerSettings } from "./worker-deps.ts";

const CONCURRENCY = 10;

/** Notices of gateways, each once it is on record. */
export function createWebhookWorker(
  deps: WorkerDeps,
  settings: WorkerSettings,
): Worker<DocumentJob> {
  return new Worker<DocumentJob>(
    WEBHOOK_QUEUE,
    (job) => applyNotice(deps.notice, job.data),
    settings.options(CONCURRENCY),
  );
}
