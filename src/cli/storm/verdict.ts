/** The gateway's ledger against what our database says, period by period. */
import type { Invoice } from "../../domain/invoice.ts";

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
  /** Declines in the ledger. */
  declines: number;
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
  if (invoice.state === "failed" && isLadderUsedUp(invoice, declines)) return { kind: "declined" };
  if (invoice.state !== "open") {
    return { kind: "missed", reason: `no approval, and we say ${describe(invoice)}` };
  }
  if (invoice.held !== null) return { kind: "open", reason: invoice.held };
  if (invoice.step === "call" || invoice.step === "ask") {
    const last = invoice.attempts.at(-1);
    return { kind: "unknown", reason: last?.reason ?? last?.state ?? invoice.step };
  }
  if (declines > 0 && invoice.dueAt > now) return { kind: "open", reason: "tried again later" };
  return { kind: "missed", reason: "due, and nobody charged it" };
}

/** The ladder of the storm's settings: four further tries, the last one seven days after the first. */
const TRIES = 5;
const LADDER_DAYS = 7;

const KOREA_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Every try was declined, or the last one came when no step was left. That each decline on record
 * happened is for the ledger to say; its date is the record's own. Business time goes on while an
 * answer is on its way: a step that was still to come when the gateway declined may have passed by
 * the time at which we wrote it.
 */
function isLadderUsedUp({ attempts }: JudgedInvoice, inLedger: number): boolean {
  const declined = attempts.filter(({ state }) => state === "declined");
  if (declined.length > inLedger) return false;
  if (declined.length >= TRIES) return true;
  const days = declined.map(({ closedAt }) => dayNumber(closedAt ?? new Date(0)));
  return declined.length > 1 && (days.at(-1) ?? 0) - (days[0] ?? 0) >= LADDER_DAYS;
}

/** The day in Korea, counted from the epoch. */
function dayNumber(at: Date): number {
  return Math.floor((at.getTime() + KOREA_MS) / DAY_MS);
}

function describe(invoice: JudgedInvoice | undefined): string {
  if (invoice === undefined) return "nothing at all";
  return `${invoice.state} (${invoice.held ?? invoice.attempts.at(-1)?.state ?? invoice.step})`;
}
