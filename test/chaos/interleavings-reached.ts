/** How often the search came near each of the faults that it looks for. */
import type { Remains } from "./interleavings-invariants.ts";

/** Runs that reached it. */
export interface Reached {
  runs: number;
  approved: number;
  declined: number;
  refunded: number;
  /** A lost or late answer, or a dead lease. */
  unknown: number;
  /** An unknown call that the gateway never got. */
  absent: number;
  /** A request that came after its worker had given up. */
  leaseSpent: number;
  leaseExpired: number;
  /** Cancelled while a call was out, and the money given back. */
  stoppedAndRefunded: number;
  cancelled: number;
  /** Two refunds asked for together, one of them refused. */
  refundTooLarge: number;
  paidByHand: number;
  cardChanged: number;
  reopened: number;
  /** A notice that moved something, one that told nothing new, and one that nobody believed. */
  noticeApplied: number;
  noticeKnown: number;
  noticeFlagged: number;
}

export function nothingReached(): Reached {
  return {
    runs: 0,
    approved: 0,
    declined: 0,
    refunded: 0,
    unknown: 0,
    absent: 0,
    leaseSpent: 0,
    leaseExpired: 0,
    stoppedAndRefunded: 0,
    cancelled: 0,
    refundTooLarge: 0,
    paidByHand: 0,
    cardChanged: 0,
    reopened: 0,
    noticeApplied: 0,
    noticeKnown: 0,
    noticeFlagged: 0,
  };
}

export function countReached(reached: Reached, { world, accounts }: Remains): void {
  const attempts = accounts.invoices.flatMap((invoice) => invoice.attempts);
  const answered = (kind: string) =>
    world.answers.some(({ request, refusal }) => request === kind && refusal === null);
  const kinds = new Set(accounts.ledger.map(({ kind }) => kind));
  const event = (type: string, reason?: string) =>
    accounts.events.some(
      (one) => one.type === type && (reason === undefined || one.reason === reason),
    );
  const happened: Record<keyof Reached, boolean> = {
    runs: true,
    approved: kinds.has("approval"),
    declined: kinds.has("decline"),
    refunded: kinds.has("refund"),
    unknown: event("charge_attempt.unknown"),
    absent: attempts.some(({ state }) => state === "absent"),
    leaseSpent: world.writes.some(({ after }) =>
      after.attempts.some(({ reason }) => reason?.includes("lease spent")),
    ),
    leaseExpired: event("charge_attempt.unknown", "lease expired"),
    stoppedAndRefunded: accounts.invoices.some(
      ({ stop, refunds }) => stop && refunds.some(({ state }) => state === "done"),
    ),
    cancelled: answered("cancel"),
    refundTooLarge: world.answers.some(({ refusal }) => refusal === "REFUND_TOO_LARGE"),
    paidByHand: answered("payOpen"),
    cardChanged: answered("changeCard"),
    reopened: event("subscription.reopened"),
    noticeApplied: world.noticed.includes("applied"),
    noticeKnown: world.noticed.includes("nothing_to_do"),
    noticeFlagged: world.noticed.includes("flagged"),
  };
  for (const key of Object.keys(reached) as (keyof Reached)[]) {
    if (happened[key]) reached[key] += 1;
  }
}
