/**
 * Moving business time. An advance is not an outage: it stops at every instant at which something
 * falls due, in order, and waits there until all work of that instant is at rest.
 */
import { isStopped } from "../domain/account-pause.ts";
import { BillingError } from "../domain/errors.ts";
import { type OperationalClock, sleep } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { TestClockStore } from "../stores/clock.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";

export interface AdvanceClockDeps {
  testClock: TestClockStore | null;
  /** Others that keep the same business time, such as the simulator. */
  tellOthers: (now: Date) => Promise<void>;
  clock: OperationalClock;
  pauses: Pick<AccountPauseStore, "listPaused">;
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  /** Days before a charge on which it is announced; 0: it is not. */
  noticeDays: number;
  hints: WorkHints;
  log: Logger;
}

export interface AdvanceProgress {
  now: Date;
  target: Date;
}

/** Pause between two looks at whether an instant is at rest, milliseconds. */
const REST_POLL_MS = 15;
/** Looks without rest after which the workers are told again. */
const HINT_EVERY = 10;

/**
 * Advances to an instant. Returns how many instants were visited. Throws TEST_CLOCK_DISABLED or
 * CLOCK_CANNOT_GO_BACK. `shouldStop` ends the wait early, with the clock where it then stands.
 */
export async function advanceClock(
  deps: AdvanceClockDeps,
  input: { to: Date; shouldStop?: () => boolean },
  onInstant: (progress: AdvanceProgress) => void | Promise<void> = () => {},
): Promise<{ now: Date; visited: number }> {
  if (deps.testClock === null) throw new BillingError("TEST_CLOCK_DISABLED");
  let now = await deps.testClock.now();
  if (input.to < now) {
    throw new BillingError("CLOCK_CANNOT_GO_BACK", { now: now.toISOString() }, "/to");
  }
  const stop = input.shouldStop ?? (() => false);
  await moveTo(deps, deps.testClock, now);
  await waitForRest(deps, now, stop);
  for (let visited = 0; ; visited += 1) {
    if (stop() || now >= input.to) return { now, visited };
    now = await nextInstant(deps, now, input.to);
    await moveTo(deps, deps.testClock, now);
    await waitForRest(deps, now, stop);
    await onInstant({ now, target: input.to });
  }
}

async function nextInstant(deps: AdvanceClockDeps, now: Date, target: Date): Promise<Date> {
  const [invoice, subscription, notice] = await Promise.all([
    deps.invoices.nextBusinessInstant(now),
    deps.subscriptions.nextBusinessInstant(now),
    nextNotice(deps, now),
  ]);
  const times = [invoice, subscription, notice, target].flatMap((at) =>
    at === null ? [] : [at.getTime()],
  );
  return new Date(Math.min(...times));
}

const DAY_MS = 86_400_000;

/** The next instant at which a charge is announced. */
async function nextNotice(
  { subscriptions, noticeDays }: NoticeDeps,
  now: Date,
): Promise<Date | null> {
  const aheadMs = noticeDays * DAY_MS;
  if (aheadMs === 0) return null;
  const chargeAt = await subscriptions.nextToNotice(new Date(now.getTime() + aheadMs));
  return chargeAt === null ? null : new Date(chargeAt.getTime() - aheadMs);
}

/** Whether a charge is to be announced now. */
async function hasNotices({ subscriptions, noticeDays }: NoticeDeps, now: Date): Promise<boolean> {
  const until = new Date(now.getTime() + noticeDays * DAY_MS);
  return noticeDays > 0 && (await subscriptions.listToNotice(now, until, 1)).length > 0;
}

type NoticeDeps = Pick<AdvanceClockDeps, "subscriptions" | "noticeDays">;

async function moveTo(deps: AdvanceClockDeps, clock: TestClockStore, now: Date): Promise<void> {
  // The simulator first: no charge of an instant may reach it while it still lives in the past.
  await deps.tellOthers(now);
  if (!(await clock.set(now))) {
    throw new BillingError("CLOCK_CANNOT_GO_BACK", { now: now.toISOString() }, "/to");
  }
}

async function waitForRest(
  deps: AdvanceClockDeps,
  business: Date,
  stop: () => boolean,
): Promise<void> {
  for (let look = 0; !stop(); look += 1) {
    const busy =
      (await deps.subscriptions.hasWork(business)) ||
      (await isBusy(deps, business)) ||
      (await hasNotices(deps, business));
    if (!busy) return;
    if (look % HINT_EVERY === 0) await deps.hints.sweep();
    await sleep(REST_POLL_MS);
  }
}

/** What waits for a stopped account waits for a person: time goes on without it. */
async function isBusy(deps: AdvanceClockDeps, business: Date): Promise<boolean> {
  if (!(await deps.invoices.hasWork(business))) return false;
  const pauses = await deps.pauses.listPaused();
  const stopped = pauses.filter((pause) => isStopped(pause, deps.clock.now()));
  return stopped.length === 0 || deps.invoices.hasWork(business, stopped);
}
