/** Goes through all subscriptions, a page at a time, and counts the verdicts. */
import type { Composition } from "../../compose.ts";
import type { Subscription } from "../../domain/subscription.ts";
import type { StormCalendar, StormSubscription } from "./calendar.ts";
import type { Tally } from "./tally.ts";
import { type PeriodVerdict, judgePeriod } from "./verdict.ts";

export interface StormCounts {
  doubleCharges: number;
  missed: number;
  falselyFailed: number;
  unknownOpen: number;
  /** Periods judged: a final decline ends a subscription, and what would follow is not due. */
  periods: number;
  /** Finally declined, and listed open for another reason. */
  declined: number;
  open: number;
  /** The first of everything that is not simply paid, in words. */
  notes: string[];
}

const PAGE = 100;
const NOTES_MAX = 40;

export interface AuditInput {
  composition: Composition;
  calendar: StormCalendar;
  tally: Tally;
  /** Business time: what is due later is not judged. */
  now: Date;
}

export async function audit(input: AuditInput): Promise<StormCounts> {
  const { calendar, composition, tally } = input;
  const counts: StormCounts = {
    doubleCharges: tally.doubles(),
    missed: 0,
    falselyFailed: 0,
    unknownOpen: 0,
    periods: 0,
    declined: 0,
    open: 0,
    notes: tally.doubleNotes().map((note) => `double: ${note}`),
  };
  const unseen = new Set(calendar.subscriptions);
  for (let after: string | undefined; ; ) {
    const page = await composition.subscriptions.list(after === undefined ? {} : { after }, PAGE);
    for (const subscription of page) {
      const planned = calendar.subscriptions[calendar.indexOf(subscription.customerId) ?? -1];
      if (planned === undefined || !unseen.delete(planned)) continue;
      await auditSubscription(input, counts, { planned, subscription });
    }
    after = page.at(-1)?.id;
    if (page.length < PAGE) break;
  }
  for (const planned of unseen) await auditSubscription(input, counts, { planned });
  return counts;
}

async function auditSubscription(
  { calendar, composition, tally, now }: AuditInput,
  counts: StormCounts,
  { planned, subscription }: { planned: StormSubscription; subscription?: Subscription },
): Promise<void> {
  const invoices =
    subscription === undefined
      ? []
      : await composition.invoices.listOfSubscription(subscription.id);
  const byStart = new Map(invoices.map((invoice) => [invoice.periodStartOn, invoice]));
  for (let month = planned.firstMonth; month < calendar.months; month += 1) {
    if (calendar.dueAt(planned, month) > now) break;
    const startOn = calendar.startsOn(planned, month);
    const verdict = judgePeriod({
      approvals: tally.approvals(planned, month),
      declines: tally.declines(planned, month),
      invoice: byStart.get(startOn),
      now,
    });
    const state = subscription?.state ?? "no subscription";
    count(counts, verdict, `${planned.customerId} ${startOn} (${state})`);
    if (verdict.kind === "declined" && subscription?.state === "unpaid") return;
  }
}

function count(counts: StormCounts, verdict: PeriodVerdict, period: string): void {
  counts.periods += 1;
  if (verdict.kind === "missed") counts.missed += 1;
  if (verdict.kind === "falsely_failed") counts.falselyFailed += 1;
  if (verdict.kind === "unknown") counts.unknownOpen += 1;
  if (verdict.kind === "declined") counts.declined += 1;
  if (verdict.kind === "open") counts.open += 1;
  if (verdict.kind === "paid" || counts.notes.length >= NOTES_MAX) return;
  const reason = "reason" in verdict ? verdict.reason : "every try was declined";
  counts.notes.push(`${verdict.kind}: ${period}: ${reason}`);
}
