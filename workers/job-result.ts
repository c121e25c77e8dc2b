import { DelayedError, type Job, RateLimitError } from "bullmq";
import type { AttemptResult } from "../src/billing/attempt-result.ts";

/** How a job is held by its worker. */
export interface HeldJob {
  token: string | undefined;
  /** Hands out no job of this queue until then, to any worker. */
  pauseQueue: (until: Date) => Promise<void>;
}

/**
 * What the end of an attempt means for its job. Business code never meets BullMQ; every kind of
 * outcome appears here, and the compiler refuses a missing one.
 */
export async function finishJob(
  job: Job,
  { token, pauseQueue }: HeldJob,
  result: AttemptResult,
): Promise<string> {
  switch (result.kind) {
    case "waits":
      // The account's other calls would only hear the same. The job goes back to its place: no
      // attempt is counted, the window stays as full as it was, and what is urgent stays first.
      await pauseQueue(result.until);
      throw new RateLimitError();
    case "skipped":
      return `skipped: ${result.why}`;
    case "deferred":
      return delayUntil(job, token, result.retryAt);
    case "charged":
      break;
  }
  switch (result.outcome) {
    case "approved":
      return "approved";
    case "declined":
      // Done: a new attempt is dunning's business, scheduled in the database.
      return "declined";
    case "not_sent":
      return result.retryAt === null ? "not sent" : delayUntil(job, token, result.retryAt);
    case "unknown":
    case "pending":
      // Never charged again: the sweep hands it to reconciliation.
      return result.outcome;
  }
}

/** The same attempt goes out again later; BullMQ's delay mirrors what the database says. */
async function delayUntil(job: Job, token: string | undefined, at: Date): Promise<never> {
  await job.moveToDelayed(at.getTime(), token);
  throw new DelayedError();
}
