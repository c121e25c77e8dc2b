/** The gateway's ledger against what our database says, period by period. */
import type { Invoice } from "../../domain/invoice.ts";
import type { Declines } from "./tally.ts";

/** What the ledger and the database say about one due period, once everything is at rest. */
export type PeriodVerdict =
  | { kind: "paid" | "declined" }
  /** Listed as open, with the reason why. */
  | { kind: "open" | "unknown"; reason: string }
  | { kind: "missed" | "falsely_failed"; reason: string };

/** The part of an invoice that the verdict reads. */
export type JudgedInvoice = Pick<Invoice, "state" | "step" | "held" | "attempts" | "dueAt">;

export interface PeriodEvidence {
  approvals: number;
  declines: Declines;
  /** Undefined: our database has no invoice for the period. */
  invoice: JudgedInvoice | undefined;
  /** Business time of the judgement. */
  now: Date;
}

export function judgePeriod(evidence: PeriodEvidence): PeriodVerdict {
  return evidence.approvals > 0 ? judgeApproved(evidence) : judgeUnpaid(evidence);
}

function judgeApproved({ invoice }: PeriodEvidence): PeriodVerdict {
  if (invoice?.state === "paid") return { kind: "paid" };
  return { kind: "falsely_failed", reason: `approved, and we say ${describe(invoice)}` };
}

function judgeUnpaid({ invoice, declines, now }: PeriodEvidence): PeriodVerdict {
  if (invoice === undefined) return { kind: "missed", reason: "no invoice" };
  if (invoice.state === "failed" && isLadderUsedUp(declines)) return { kind: "declined" };
  if (invoice.state !== "open") {
    return { kind: "missed", reason: `no approval, and we say ${describe(invoice)}` };
  }
  if (invoice.held !== null) return { kind: "open", reason: invoice.held };
  if (invoice.step === "call" || invoice.step === "ask") {
    const last = invoice.attempts.at(-1);
    return { kind: "unknown", reason: last?.reason ?? last?.state ?? invoice.step };
  }
  if (declines.count > 0 && invoice.dueAt > now)
    return { kind: "open", reason: "tried again later" };
  return { kind: "missed", reason: "due, and nobody charged it" };
}

/** The ladder of the storm's settings: four further tries, the last one seven days after the first. */
const TRIES = 5;
const LADDER_DAYS = 7;

/** By the ledger's own dates: every try was declined, or the last one came when no step was left. */
function isLadderUsedUp({ count, days }: Declines): boolean {
  return count >= TRIES || (count > 1 && days >= LADDER_DAYS);
}

function describe(invoice: JudgedInvoice | undefined): string {
  if (invoice === undefined) return "nothing at all";
  return `${invoice.state} (${invoice.held ?? invoice.attempts.at(-1)?.state ?? invoice.step})`;
}
