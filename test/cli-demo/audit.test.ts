import { describe, expect, test } from "vitest";
import { auditLedger } from "../../src/cli/demo/audit.ts";
import { type PlannedSubscription, createPlan } from "../../src/cli/demo/plan.ts";
import type { LedgerEntry } from "../../src/cli/demo/simulator-client.ts";

const MINUTE_MS = 60_000;
const plan = createPlan({ subscriptions: 40, months: 6, seed: 42 });
const billingKeyByCustomer = new Map(
  plan.map(({ customerId }) => [customerId, `BILLKEY_${customerId}`]),
);
const periodCount = plan.reduce((sum, { periods }) => sum + periods.length, 0);
const endedCount = plan.filter(({ periods }) => periods.at(-1)?.ends === true).length;

function entryOf(subscription: PlannedSubscription, kind: LedgerEntry["kind"], at: Date) {
  const billingKey = billingKeyByCustomer.get(subscription.customerId) ?? "";
  return { seq: 0, at: at.toISOString(), kind, billingKey, amount: subscription.amount };
}

/** What the gateway books if everything goes as planned. */
function soundLedger(): LedgerEntry[] {
  return plan.flatMap((subscription) =>
    subscription.periods.flatMap((period) =>
      period.faults.flatMap((fault, position) => {
        const at = new Date(period.dueAt.getTime() + position * MINUTE_MS);
        if (fault === "hang") return [];
        const declined = fault === "soft" || fault === "hard";
        return [entryOf(subscription, declined ? "decline" : "approval", at)];
      }),
    ),
  );
}

function audit(ledger: readonly LedgerEntry[], openPeriods: ReadonlySet<string> = new Set()) {
  return auditLedger({ plan, ledger, billingKeyByCustomer, openPeriods });
}

/** A subscription of the plan with a period that goes well. */
function anyPaid() {
  for (const subscription of plan) {
    const period = subscription.periods.find(({ faults }) => faults[0] === null);
    if (period !== undefined) return { subscription, period };
  }
  throw new Error("the plan has no period that goes well");
}

function without(ledger: LedgerEntry[], gone: LedgerEntry): LedgerEntry[] {
  const index = ledger.findIndex(
    (entry) => entry.billingKey === gone.billingKey && entry.at === gone.at,
  );
  expect(index).toBeGreaterThanOrEqual(0);
  return ledger.toSpliced(index, 1);
}

describe("the audit", () => {
  test("finds nothing in a sound ledger, and says how much it looked at", () => {
    const ledger = soundLedger();
    expect(audit(ledger)).toMatchObject({
      periodsDue: periodCount,
      periodsPaid: periodCount - endedCount,
      periodsOpen: 0,
      gatewayApprovals: periodCount - endedCount,
      declines: ledger.filter((entry) => entry.kind === "decline").length,
      doubleCharges: 0,
      missedPeriods: 0,
    });
    expect(audit(ledger).recovered).toBeGreaterThan(0);
  });

  test("finds every period missed in an empty ledger", () => {
    expect(audit([])).toMatchObject({
      periodsPaid: 0,
      doubleCharges: 0,
      missedPeriods: periodCount,
    });
  });

  test("finds a double, also one that was refunded", () => {
    const { subscription, period } = anyPaid();
    const later = new Date(period.dueAt.getTime() + MINUTE_MS);
    const double = entryOf(subscription, "approval", later);
    expect(audit([...soundLedger(), double])).toMatchObject({ doubleCharges: 1, missedPeriods: 0 });
    const refund = entryOf(subscription, "refund", later);
    expect(audit([...soundLedger(), double, refund]).doubleCharges).toBe(1);
    expect(audit([...soundLedger(), double, double]).doubleCharges).toBe(2);
  });

  test("finds a double in the last moment of a period, and none a moment later", () => {
    const { subscription, period } = anyPaid();
    const last = entryOf(subscription, "approval", new Date(period.untilAt.getTime() - 1));
    const next = entryOf(subscription, "approval", period.untilAt);
    expect(audit([entryOf(subscription, "approval", period.dueAt), last]).doubleCharges).toBe(1);
    expect(audit([entryOf(subscription, "approval", period.dueAt), next]).doubleCharges).toBe(0);
  });

  test("finds a miss", () => {
    const { subscription, period } = anyPaid();
    const gone = entryOf(subscription, "approval", period.dueAt);
    expect(audit(without(soundLedger(), gone))).toMatchObject({
      doubleCharges: 0,
      missedPeriods: 1,
      periodsOpen: 0,
    });
  });

  test("lets one customer's approval stand in for nobody else's", () => {
    const { subscription, period } = anyPaid();
    const other = plan.find((one) => one !== subscription) ?? subscription;
    const gone = entryOf(subscription, "approval", period.dueAt);
    const ledger = [...without(soundLedger(), gone), entryOf(other, "approval", period.dueAt)];
    expect(audit(ledger)).toMatchObject({ doubleCharges: 1, missedPeriods: 1 });
  });

  test("does not call a miss what is listed open with a reason", () => {
    const { subscription, period } = anyPaid();
    const gone = entryOf(subscription, "approval", period.dueAt);
    const listed = new Set([`${subscription.customerId}/${period.startOn}`]);
    expect(audit(without(soundLedger(), gone), listed)).toMatchObject({
      missedPeriods: 0,
      periodsOpen: 1,
    });
  });

  test("finds an approval outside any period: before the first and after the last", () => {
    const { subscription } = anyPaid();
    const [first] = subscription.periods;
    const last = subscription.periods.at(-1);
    const early = new Date((first?.dueAt.getTime() ?? 0) - 1);
    const before = entryOf(subscription, "approval", early);
    const after = entryOf(subscription, "approval", last?.untilAt ?? early);
    expect(audit([...soundLedger(), before]).doubleCharges).toBe(1);
    expect(audit([...soundLedger(), after]).doubleCharges).toBe(1);
  });

  test("finds a charge of a subscription that had ended", () => {
    const ended = plan.find(({ periods }) => periods.at(-1)?.ends === true);
    const last = ended?.periods.at(-1);
    if (ended === undefined || last === undefined) throw new Error("nobody ends in this plan");
    const charged = entryOf(ended, "approval", new Date(last.untilAt.getTime() + MINUTE_MS));
    expect(audit([...soundLedger(), charged]).doubleCharges).toBe(1);
  });

  test("calls a final decline no miss, and a ladder that was broken off one", () => {
    const ended = plan.find(({ periods }) => periods.at(-1)?.faults.length === 5);
    const last = ended?.periods.at(-1);
    if (ended === undefined || last === undefined) throw new Error("no ladder is used up");
    expect(audit(soundLedger()).missedPeriods).toBe(0);
    const step = entryOf(ended, "decline", new Date(last.dueAt.getTime() + 4 * MINUTE_MS));
    expect(audit(without(soundLedger(), step)).missedPeriods).toBe(1);
  });
});
