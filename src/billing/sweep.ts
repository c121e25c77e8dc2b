/**
 * The sweep looks in the database for whatever is due and turns it into jobs. It owns no schedule
 * of its own: a missed tick costs one interval, a flushed Redis costs time and nothing else.
 */
import {
  type AccountPause,
  type PausedQueue,
  accountPauseId,
  isStopped,
} from "../domain/account-pause.ts";
import type { ChargePolicy } from "../domain/charge-policy.ts";
import { expireClaim } from "../domain/claim-rules.ts";
import type { Instants } from "../domain/events.ts";
import { endWindow } from "../domain/payment-window.ts";
import { newId } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import type { Queues } from "../queues/queues.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { EventStore } from "../stores/events.ts";
import type { InvoiceHint } from "../stores/invoice-work.ts";
import { type AlignDeps, finishContractChange } from "./align-invoices.ts";
import { type FollowUpDeps, followUp } from "./follow-up.ts";
import { readInstants } from "./instants.ts";
import { type OpenDuePeriodsDeps, openDuePeriods } from "./open-due-periods.ts";
import { runSteps } from "./run-steps.ts";
import { stopWhenBroken } from "./stop-broken.ts";
import { updateDocument } from "./update-document.ts";
import type { Outgoing } from "./webhooks/outgoing.ts";

export interface SweepDeps extends AlignDeps, FollowUpDeps, OpenDuePeriodsDeps {
  policy: ChargePolicy;
  random: () => number;
  queues: Queues;
  events: Pick<EventStore, "relayOutboxes">;
  outgoing: Outgoing;
  pauses: Pick<AccountPauseStore, "listPaused">;
  accounts: readonly { gateway: string; account: string }[];
  /** Most charge jobs waiting in Redis per account. */
  queueWindow: number;
  /** Age at which an unknown charge is an alarm. */
  alarmAfterMs: number;
  log: Logger;
}

/** Most documents of one kind that one sweep looks at. */
const BATCH = 500;

/** One look at everything. A step that fails is logged and holds up no other. */
export async function sweep(deps: SweepDeps): Promise<void> {
  await runSteps(deps.log, [
    ["finish contract changes", () => finishContractChanges(deps)],
    ["expire claims", () => expireClaims(deps)],
    ["end windows", () => endWindows(deps)],
    ["tell subscriptions", () => tellSubscriptions(deps)],
    ["open due periods", () => openDuePeriods(deps)],
    // Before the charges: the relay writes the same documents, and a claim would lose against it.
    ["relay events", () => relayEvents(deps)],
    ["enqueue charges", () => enqueueCharges(deps)],
    ["enqueue questions", () => enqueueQuestions(deps)],
    // Money first.
    ["make deliveries", () => deps.outgoing.spread()],
    ["enqueue deliveries", () => deps.outgoing.enqueue()],
    ["raise alarms", () => raiseAlarms(deps)],
  ]);
}

async function finishContractChanges(deps: SweepDeps): Promise<void> {
  const changed = await deps.subscriptions.listAligning(BATCH);
  for (const subscription of changed) await finishContractChange(deps, subscription, "sweep");
}

/** A lease that ran out: its call may have gone out, so it becomes a question. */
async function expireClaims(deps: SweepDeps): Promise<void> {
  const at = await readInstants(deps);
  const expired = await deps.invoices.listExpiredClaims(at.operational, BATCH);
  for (const invoice of expired) {
    await stopWhenBroken(deps, invoice.id, () =>
      updateDocument(deps.invoices, invoice.id, (read) => expireClaim(read, at)),
    );
    deps.log.warn({ invoiceId: invoice.id, worker: invoice.claim?.worker }, "a claim has expired");
  }
}

/** Nobody finished the payment: where money can have moved it becomes a question, elsewhere it ends. */
async function endWindows(deps: SweepDeps): Promise<void> {
  const at = await readInstants(deps);
  const ended = await deps.invoices.listEndedWindows(at.operational, BATCH);
  for (const invoice of ended) {
    const refundId = newId("ref");
    const recording = { at, actor: "sweep" as const, random: deps.random(), refundId };
    await stopWhenBroken(deps, invoice.id, () =>
      updateDocument(deps.invoices, invoice.id, (read) => endWindow(read, deps.policy, recording)),
    );
  }
}

async function tellSubscriptions(deps: SweepDeps): Promise<void> {
  const waiting = await deps.invoices.listFollowUps(BATCH);
  for (const invoice of waiting) await followUp(deps, invoice);
}

async function relayEvents(deps: SweepDeps): Promise<void> {
  const toDeliver = await deps.outgoing.prepare();
  await deps.events.relayOutboxes(BATCH, { toDeliver });
}

/** Fills each account's queue up to its window, those that a customer waits for first. */
async function enqueueCharges(deps: SweepDeps): Promise<void> {
  const at = await readInstants(deps);
  const pauses = await deps.pauses.listPaused();
  for (const account of deps.accounts) {
    const windowOf = (queue: PausedQueue) =>
      windowUnder(pauses, accountPauseId(account, queue), { at, most: deps.queueWindow });
    const waiting = await deps.queues.countWaiting(account);
    const room = deps.queueWindow - waiting;
    if (room <= 0) continue;
    // What has its job already is due too and comes first: a window is read, and that left out.
    const [refunds, charges] = await Promise.all([
      listUpTo(windowOf("refund"), (most) =>
        deps.invoices.listRefundable(account, at.operational, most),
      ),
      listUpTo(windowOf("charge"), (most) => deps.invoices.listChargeable(account, at, most)),
    ]);
    const hinted = [...refunds, ...charges].map((hint) => ({ ...hint, ...account }));
    const missing = waiting === 0 ? hinted : await deps.queues.listWithoutJob(account, hinted);
    await deps.queues.addCharges(account, missing.slice(0, room));
  }
}

/** Of an account whose pause is over: one of so many goes ahead, should the first not be sent at all. */
const PROBES_MAX = 20;

/** How many of a queue may be handed out: none while it is stopped. */
function windowUnder(
  pauses: readonly AccountPause[],
  id: string,
  { at, most }: { at: Instants; most: number },
): number {
  const pause = pauses.find((one) => one.id === id);
  if (pause === undefined) return most;
  return isStopped(pause, at.operational) ? 0 : Math.min(PROBES_MAX, most);
}

async function listUpTo(
  most: number,
  list: (most: number) => Promise<InvoiceHint[]>,
): Promise<InvoiceHint[]> {
  return most === 0 ? [] : list(most);
}

async function enqueueQuestions(deps: SweepDeps): Promise<void> {
  const at = await readInstants(deps);
  const [unknown, closed] = await Promise.all([
    deps.invoices.listToAsk(at.operational, BATCH),
    deps.invoices.listToRecheck(at.business, BATCH),
  ]);
  await deps.queues.addQuestions("ask", unknown);
  await deps.queues.addQuestions("recheck", closed);
}

async function raiseAlarms(deps: SweepDeps): Promise<void> {
  const now = deps.clock.now().getTime();
  const unknown = await deps.invoices.listUnknown(BATCH);
  for (const invoice of unknown) {
    const since = invoice.attempts.at(-1)?.unknownSince ?? invoice.nextActionAt;
    const ageMs = now - since.getTime();
    if (ageMs < deps.alarmAfterMs) continue;
    deps.log.error(
      {
        alarm: "unknown_charge",
        subscriptionId: invoice.subscriptionId,
        invoiceId: invoice.id,
        orderNumber: invoice.attempts.at(-1)?.orderNumber,
        ageMinutes: Math.round(ageMs / 60_000),
      },
      "nobody knows yet whether this charge moved money",
    );
  }
}
