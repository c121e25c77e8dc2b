/**
 * The gateway's ledger, counted as it grows: approvals and declines by customer and due period. A
 * byte for each period, and a little for each that was declined, however long the run.
 */
import type { LedgerEntry } from "../demo/simulator-client.ts";
import type { StormCalendar, StormSubscription } from "./calendar.ts";

/** How often a period was declined, and over how many days. */
export interface Declines {
  count: number;
  days: number;
}

export interface Tally {
  add: (entry: LedgerEntry) => void;
  approvals(subscription: StormSubscription, month: number): number;
  declines(subscription: StormSubscription, month: number): Declines;
  /** Periods that have an approval. */
  paid(): number;
  /** Approvals beyond one for a period, and those that belong to no period at all. */
  doubles(): number;
  /** Where the first doubles were found. */
  doubleNotes(): readonly string[];
}

const NOTES_MAX = 20;
const DAY_MS = 86_400_000;

export function createTally(calendar: StormCalendar): Tally {
  const { months, subscriptions } = calendar;
  const approvals = new Uint8Array(subscriptions.length * months);
  const declines = new Map<number, { count: number; firstMs: number; lastMs: number }>();
  const ownerByKey = new Map<string, number>();
  const notes: string[] = [];
  let paid = 0;
  let doubles = 0;

  const placeOf = (entry: LedgerEntry): number | null => {
    const index = ownerByKey.get(entry.billingKey ?? "");
    const subscription = index === undefined ? undefined : subscriptions[index];
    if (subscription === undefined) return null;
    const month = calendar.monthOf(subscription, new Date(entry.at));
    return month === null ? null : subscription.index * months + month;
  };
  const noteDouble = (entry: LedgerEntry): void => {
    doubles += 1;
    if (notes.length < NOTES_MAX) {
      notes.push(`${entry.buyerId ?? "?"} ${entry.at} ${entry.orderNumber ?? "?"}`);
    }
  };
  const addApproval = (entry: LedgerEntry): void => {
    const place = placeOf(entry);
    if (place === null) return noteDouble(entry);
    const before = approvals[place] ?? 0;
    approvals[place] = Math.min(255, before + 1);
    if (before === 0) paid += 1;
    else noteDouble(entry);
  };

  const addDecline = (entry: LedgerEntry): void => {
    const place = placeOf(entry);
    if (place === null) return;
    const lastMs = new Date(entry.at).getTime();
    const before = declines.get(place);
    declines.set(place, {
      count: (before?.count ?? 0) + 1,
      firstMs: before?.firstMs ?? lastMs,
      lastMs,
    });
  };

  return {
    add(entry) {
      if (entry.kind === "billing_key_issued") {
        const index = calendar.indexOf(entry.buyerId ?? "");
        if (index !== null) ownerByKey.set(entry.billingKey ?? "", index);
      }
      if (entry.kind === "approval") addApproval(entry);
      if (entry.kind === "decline") addDecline(entry);
    },
    approvals: ({ index }, month) => approvals[index * months + month] ?? 0,
    declines({ index }, month) {
      const found = declines.get(index * months + month);
      if (found === undefined) return { count: 0, days: 0 };
      return { count: found.count, days: (found.lastMs - found.firstMs) / DAY_MS };
    },
    paid: () => paid,
    doubles: () => doubles,
    doubleNotes: () => notes,
  };
}
