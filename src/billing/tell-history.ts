/** The audit trail of a subscription and its invoices, page by page. Reads only. */
import { BillingError } from "../domain/errors.ts";
import type { OutboxEntry } from "../domain/events.ts";
import type { EventStore } from "../stores/events.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import type { Clocks } from "./instants.ts";

export interface HistoryDeps extends Pick<Clocks, "businessClock"> {
  invoices: Pick<InvoiceStore, "listOfSubscription">;
  subscriptions: Pick<SubscriptionStore, "find">;
  events: Pick<EventStore, "listOfSubscription">;
}

/** An entry of the trail: what the relay has copied, or what still waits in its document. */
export interface HistoryEntry extends OutboxEntry {
  /** Document id and running number. */
  id: string;
}

export interface HistoryPage {
  zone: string;
  /** Business time of the answer. */
  asOf: Date;
  /** Oldest first. */
  entries: HistoryEntry[];
  /** The id to go on after; null on the last page. */
  next: string | null;
}

/** More entries than a subscription of many years has. */
const ENTRIES_MAX = 50_000;

/**
 * Tells the entries after the one that is named, oldest first. Throws NOT_FOUND, or
 * VALIDATION_FAILED where the named entry is none of this subscription's.
 */
export async function tellHistory(
  deps: HistoryDeps,
  input: { subscriptionId: string; after: string | null; limit: number },
): Promise<HistoryPage> {
  const { subscriptionId, after, limit } = input;
  const subscription = await deps.subscriptions.find(subscriptionId);
  if (subscription === null) throw new BillingError("NOT_FOUND", { id: subscriptionId });
  // Documents first: what the relay moves meanwhile is then met twice, and never missed.
  const documents = [subscription, ...(await deps.invoices.listOfSubscription(subscriptionId))];
  const waiting = documents.flatMap(({ id, outbox }) =>
    outbox.map((entry): HistoryEntry => ({ ...entry, id: `${id}:${entry.number}` })),
  );
  const copied = await deps.events.listOfSubscription(subscriptionId, ENTRIES_MAX);
  const known = new Map<string, HistoryEntry>([...waiting, ...copied].map((one) => [one.id, one]));
  const entries = [...known.values()].toSorted(inOrder);
  const from = after === null ? 0 : entries.findIndex((entry) => entry.id === after) + 1;
  if (after !== null && from === 0) throw new BillingError("VALIDATION_FAILED", {}, "/after");
  const page = entries.slice(from, from + limit);
  return {
    zone: subscription.schedule.zone,
    asOf: await deps.businessClock.now(),
    entries: page,
    next: from + limit < entries.length ? (page.at(-1)?.id ?? null) : null,
  };
}

/** By business time, then by the instant of writing; of one document by its running number. */
function inOrder(one: HistoryEntry, other: HistoryEntry): number {
  return (
    one.at.getTime() - other.at.getTime() ||
    one.recordedAt.getTime() - other.recordedAt.getTime() ||
    one.number - other.number ||
    (one.id < other.id ? -1 : 1)
  );
}
