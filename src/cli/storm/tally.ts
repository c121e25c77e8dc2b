/**
 * The gateway's ledger, counted as it grows: approvals and declines by customer and due period. Two
 * bytes for each period, however long the run.
 */
import type { LedgerEntry } from "../demo/simulator-client.ts";
import type { StormCalendar, StormSubscription } from "./calendar.ts";

export interface Tally {
  add: (entry: LedgerEntry) => void;
  approvals(subscription: StormSubscription, month: number): number;
  /** How often a period was declined. */
  declines(subscription: StormSubscription, month: number): number;
  /** Periods that have an approval. */
  paid(): number;
  /** Approvals beyond one for a period, and those that belong to no period at all. */
  doubles(): number;
  /** Where the first doubles were found. */
  doubleNotes(): readonly string[];
}

const NOTES_MAX = 20;

export function createTally(calendar: StormCalendar): Tally {
  const { months, subscriptions } = calendar;
  const approvals = new Uint8Array(subscriptions.length * months);
  const declines = new Uint8Array(subscriptions.length * months);
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
    declines[place] = Math.min(255, (declines[place] ?? 0) + 1);
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
    declines: ({ index }, month) => declines[index * months + month] ?? 0,
    paid: () => paid,
    doubles: () => doubles,
    doubleNotes: () => notes,
  };
}
