import { Worker } from "bullmq";
import type { Deliverer } from "../src/billing/webhooks/deliver-events.ts";
import { type DocumentJob, EVENT_QUEUE } from "../src/queues/names.ts";
import { ENDPOINTS_MAX } from "../src/domain/webhook-endpoint.ts";
import type { WorkerSettings } from "./worker-deps.ts";

/**
 * Deliveries to the merchant's endpoints. A job names an endpoint; there is room for one of each, so
 * that a slow one holds up no other.
 */
export function createEventWorker(
  deliver: Deliverer,
  settings: WorkerSettings,
): Worker<DocumentJob> {
  return new Worker<DocumentJob>(
    EVENT_QUEUE,
    (job) => deliver(job.data.id),
    settings.options(2 * ENDPOINTS_MAX),
  );
}
