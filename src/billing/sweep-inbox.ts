/** The sweep's part that is about notices: beside the sweep of money, which it cannot hold up. */
import type { OperationalClock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { Queues } from "../queues/queues.ts";
import type { InboxStore } from "../stores/inbox.ts";
import { runSteps } from "./run-steps.ts";

export interface SweepInboxDeps {
  inbox: Pick<InboxStore, "listDue" | "removeRaw">;
  queues: Pick<Queues, "addDocuments">;
  clock: OperationalClock;
  log: Logger;
}

/** Most notices that one sweep hands out. */
const BATCH = 500;
/** Most of them whose bytes one call removes. */
const REMOVED_MAX = 5000;
const DAY_MS = 86_400_000;
/** However long nobody looks: card companies settle what is disputed within a year. */
const UNSEEN_KEPT_DAYS = 365;

/** Hands out the notices that are to be looked at: those whose hint was lost, and those that waited. */
export async function sweepInbox(deps: SweepInboxDeps): Promise<void> {
  const enqueue = async () => {
    const due = await deps.inbox.listDue(deps.clock.now(), BATCH);
    await deps.queues.addDocuments("webhook", due);
  };
  await runSteps(deps.log, [["enqueue notices", enqueue]]);
}

/**
 * Removes the stored bytes of notices that are older than so many days. One that waits for a person's
 * eyes keeps them longer; what a notice said and did stays. Returns how many were removed.
 */
export async function removeOldNotices(deps: SweepInboxDeps, keptDays: number): Promise<number> {
  const daysAgo = (days: number) => new Date(deps.clock.now().getTime() - days * DAY_MS);
  const unseenDays = Math.max(keptDays, UNSEEN_KEPT_DAYS);
  return deps.inbox.removeRaw(daysAgo(keptDays), daysAgo(unseenDays), REMOVED_MAX);
}
