/**
 * The demo's verdict: what the calendar says is due against what the simulator's ledger says was
 * approved. Our own database is asked for one thing only: which due periods it lists as open.
 */
import type { ToldCounts } from "./outside.ts";
import type { PlannedPeriod, PlannedSubscription } from "./plan.ts";
import type { LedgerEntry } from "./simulator-client.ts";

export interface DemoResult extends ToldCounts {
  months: number;
  subscriptions: number;
  periodsDue: number;
  periodsPaid: number;
  periodsOpen: number;
  declines: number;
  recovered: number;
  unknownResolved: number;
  gatewayApprovals: number;
  doubleCharges: number;
  missedPeriods: number;
  seconds: number;
}

export interface AuditInput {
  plan: readonly PlannedSubscription[];
  ledger: readonly LedgerEntry[];
  /** Gateway billing key by customer: each demo subscription has its own. */
  billingKeyByCustomer: ReadonlyMap<string, string>;
  /** `customer/first day` of every due period that is listed open, with a reason. */
  openPeriods: ReadonlySet<string>;
}

export type AuditCounts = Pick<
  DemoResult,
  | "periodsDue"
  | "periodsPaid"
  | "periodsOpen"
  | "declines"
  | "recovered"
  | "gatewayApprovals"
  | "doubleCharges"
  | "missedPeriods"
>;

/** Counts doubles, misses and the rest, period by period. */
export function auditLedger(input: AuditInput): AuditCounts {
  const counts: AuditCounts = {
    periodsDue: 0,
    periodsPaid: 0,
    periodsOpen: 0,
    declines: input.ledger.filter((entry) => entry.kind === "decline").length,
    recovered: 0,
    gatewayApprovals: input.ledger.filter((entry) => entry.kind === "approval").length,
    doubleCharges: 0,
    missedPeriods: 0,
  };
  const entriesByKey = groupByBillingKey(input.ledger);
  for (const subscription of input.plan) {
    const key = input.billingKeyByCustomer.get(subscription.customerId) ?? "";
    const entries = entriesByKey.get(key) ?? [];
    for (const period of subscription.periods) {
      const open = input.openPeriods.has(`${subscription.customerId}/${period.startOn}`);
      auditPeriod(counts, period, { entries, open });
    }
    counts.doubleCharges += approvalsOutside(entries, subscription.periods);
  }
  return counts;
}

function groupByBillingKey(ledger: readonly LedgerEntry[]): Map<string, LedgerEntry[]> {
  const entriesByKey = new Map<string, LedgerEntry[]>();
  for (const entry of ledger) {
    const key = entry.billingKey ?? "";
    const entries = entriesByKey.get(key) ?? [];
    entries.push(entry);
    entriesByKey.set(key, entries);
  }
  return entriesByKey;
}

function auditPeriod(
  counts: AuditCounts,
  period: PlannedPeriod,
  found: { entries: readonly LedgerEntry[]; open: boolean },
): void {
  const within = found.entries.filter((entry) => isWithin(entry, period));
  const approvals = within.filter((entry) => entry.kind === "approval").length;
  const declines = within.filter((entry) => entry.kind === "decline").length;
  counts.periodsDue += 1;
  // Any approval beyond one is a double, refunded or not.
  counts.doubleCharges += Math.max(0, approvals - 1);
  if (approvals > 0) {
    counts.periodsPaid += 1;
    if (declines > 0) counts.recovered += 1;
    return;
  }
  if (found.open) {
    counts.periodsOpen += 1;
    return;
  }
  const plannedDeclines = period.faults.filter((fault) => fault === "soft" || fault === "hard");
  const finallyDeclined = period.ends && declines >= plannedDeclines.length;
  if (!finallyDeclined) counts.missedPeriods += 1;
}

/** Approvals that belong to no due period at all: before the first, or after the last. */
function approvalsOutside(
  entries: readonly LedgerEntry[],
  periods: readonly PlannedPeriod[],
): number {
  return entries.filter(
    (entry) => entry.kind === "approval" && !periods.some((period) => isWithin(entry, period)),
  ).length;
}

function isWithin(entry: LedgerEntry, period: PlannedPeriod): boolean {
  const at = new Date(entry.at);
  return at >= period.dueAt && at < period.untilAt;
}

/** The ledger without random numbers and real time, sorted: the same seed gives the same lines. */
export function comparableLines(ledger: readonly LedgerEntry[]): string[] {
  return ledger
    .map(({ at, kind, buyerId, amount, code, fault }) =>
      [at, kind, buyerId, amount, code, fault].map((value) => value ?? "-").join(" "),
    )
    .sort();
}
