import { Worker } from "bullmq";
import { type SendMessageDeps, sendMessage } from "../src/billing/messages/send-message.ts";
import { type DocumentJob, MESSAGE_QUEUE } from "../src/queues/names.ts";
import type { WorkerSettings } from "./worker-deps.ts";

/** Connections that a mail server lets one sender open. */
const CONCURRENCY = 5;

/** Sends messages to customers and operators. What is not taken the sweep hands out again. */
export function createMessageWorker(
  deps: SendMessageDeps,
  settings: WorkerSettings,
): Worker<DocumentJob> {
  return new Worker<DocumentJob>(
    MESSAGE_QUEUE,
    (job) => sendMessage(deps, job.data),
    settings.options(CONCURRENCY),
  );
}
