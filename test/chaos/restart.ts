/** Everything goes on until nothing is due any more: what a restart, and time, make of a state. */
import type { Invoice } from "../../src/domain/invoice.ts";
import { BILLABLE_STATES, type Subscription } from "../../src/domain/subscription.ts";
import { type Lane, LEASE_MS } from "./crash-lane.ts";
import type { Process } from "./crash-process.ts";

/** No case needs nearly as many. */
const ROUNDS_MAX = 60;
/** A stuck job swallows hints of its id no longer than this. */
const STRETCH_MS = 301_000;
/** A dead worker's credential ends within an hour; then the settle delay passes. */
const CREDENTIAL_MS = 66 * 60_000;

/** Raised when work is left after more rounds than any case needs. */
export class NotAtRestError extends Error {}

/** Sweeps, works and moves the clock in turns. Throws NotAtRestError where that has no end. */
export async function driveToRest(process: Process, lane: Lane): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await process.sweep();
    await process.runJobs();
    await lane.settleByPerson();
    const documents = await readDocuments(lane);
    const next = nextMove(documents, lane.clock.now());
    if (next !== null) lane.clock.advanceTo(next);
    // What a sweep does last is all that is left to do: the other steps need not look again.
    else if (!hasEvents(documents)) return;
    else await process.relay();
    if (next === null && !hasEvents(await readDocuments(lane))) return;
  }
  const left = (await readDocuments(lane)).invoices.map((one) => `${one.state} ${one.step}`);
  throw new NotAtRestError(`does not come to rest: ${left.join(", ")}`);
}

interface Documents {
  invoices: Invoice[];
  subscriptions: Subscription[];
}

/** Read past the product's own finders: what they overlook must not look like rest. */
async function readDocuments({ composition: { database } }: Lane): Promise<Documents> {
  const [invoices, subscriptions] = await Promise.all([
    database.collection("invoices").find({}).toArray(),
    database.collection("subscriptions").find({}).toArray(),
  ]);
  return {
    invoices: invoices as unknown as Invoice[],
    subscriptions: subscriptions as unknown as Subscription[],
  };
}

function hasEvents({ invoices, subscriptions }: Documents): boolean {
  return [...invoices, ...subscriptions].some((document) => document.outbox.length > 0);
}

/** The next instant at which there is something to do; null when there is none. */
function nextMove({ invoices, subscriptions }: Documents, now: Date): Date | null {
  const times = [
    ...invoices.flatMap((invoice) => timesOfInvoice(invoice, now)),
    ...subscriptions.flatMap((subscription) => timesOfSubscription(subscription, now)),
  ];
  return times.length === 0 ? null : new Date(Math.min(...times.map((at) => at.getTime())));
}

function timesOfInvoice(invoice: Invoice, now: Date): Date[] {
  const times = timesOfStep(invoice, now);
  if (invoice.recheckAt !== null) times.push(soonest(invoice.recheckAt, now));
  if (invoice.followUp) times.push(now);
  return times;
}

function timesOfStep({ step, held, ...invoice }: Invoice, now: Date): Date[] {
  if (held !== null || step === "none") return [];
  if (step === "charge" && invoice.dueAt > now) return [invoice.dueAt];
  if (step === "ask" && lookUpsOf(invoice) > 0) return [after(now, CREDENTIAL_MS)];
  if (step === "call") return [soonest(after(invoice.nextActionAt, 1), now)];
  return [soonest(invoice.nextActionAt, now)];
}

function lookUpsOf({ claim, attempts, refunds }: Pick<Invoice, "claim" | "attempts" | "refunds">) {
  const refund = refunds.find((one) => one.id === claim?.subject);
  return refund?.lookUps ?? attempts.at(-1)?.lookUps ?? 0;
}

/** What was due already and was not done waits for a new hint. */
function soonest(at: Date, now: Date): Date {
  return at > now ? at : after(now, STRETCH_MS + LEASE_MS);
}

function timesOfSubscription(subscription: Subscription, now: Date): Date[] {
  const { aligning, nextPeriodAt, state } = subscription;
  const opens = nextPeriodAt !== null && nextPeriodAt <= now && BILLABLE_STATES.includes(state);
  return aligning || opens ? [now] : [];
}

function after(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}
