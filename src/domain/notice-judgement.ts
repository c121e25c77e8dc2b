/** What a notice says, and what is decided about it: the words that the rules about notices share. */
import type { Invoice } from "./invoice.ts";

/** What a notice says, in our words (gateways/notice.ts). */
export interface NoticeFacts {
  kind: "paid" | "canceled" | "failed" | "pending";
  orderNumber: string;
  transactionId: string | null;
  /** Won: what was paid, or what this one cancellation gave back. */
  amount: number | null;
  /** What the gateway calls this one cancellation. */
  cancellationId: string | null;
  /** What it was paid with, as the gateway calls it. */
  payMethod?: string;
  at: Date | null;
}

/** Every reason that stands beside a state. */
export const INBOX_REASONS = [
  // Waiting.
  "call_in_flight",
  "charge_unknown",
  "refund_unknown",
  "invoice_held",
  "not_confirmed",
  "fault",
  // Applied.
  "charge_settled",
  "late_approval",
  "refund_settled",
  "refunded_at_gateway",
  // Nothing to do.
  "pending",
  "already_known",
  "own_refund",
  // Flagged.
  "unknown_order",
  "another_gateway",
  "another_merchant",
  "no_merchant",
  "wrong_amount",
  "no_amount",
  "no_transaction",
  "another_transaction",
  "never_sent",
  "failure_not_proof",
  "contradicts",
  "nothing_captured",
  "more_than_captured",
  "maybe_known",
  // Unreadable.
  "no_fields",
  "doubled_field",
  "bad_field",
  "raw_gone",
] as const;
export type InboxReason = (typeof INBOX_REASONS)[number];

/** What is to be asked of the gateway before anything moves. */
export type Question = "charge" | "closed_charge" | "refunds";

export type Judgement =
  /** The invoice as it becomes. */
  | { kind: "change"; invoice: Invoice; reason: InboxReason }
  | { kind: "nothing"; reason: InboxReason }
  /** Something of ours is to be settled first. */
  | { kind: "wait"; reason: InboxReason }
  | { kind: "flag"; reason: InboxReason }
  | { kind: "ask"; about: Question };

export const change = (invoice: Invoice, reason: InboxReason) =>
  ({ kind: "change", invoice, reason }) as const satisfies Judgement;
export const nothing = (reason: InboxReason) =>
  ({ kind: "nothing", reason }) as const satisfies Judgement;
export const wait = (reason: InboxReason) =>
  ({ kind: "wait", reason }) as const satisfies Judgement;
export const flag = (reason: InboxReason) =>
  ({ kind: "flag", reason }) as const satisfies Judgement;
export const ask = (about: Question) => ({ kind: "ask", about }) as const satisfies Judgement;
