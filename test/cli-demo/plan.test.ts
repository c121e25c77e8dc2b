import { describe, expect, test } from "vitest";
import {
  DEMO_START,
  type PlannedFault,
  type PlannedPeriod,
  createPlan,
  demoEnd,
  effectOf,
} from "../../src/cli/demo/plan.ts";
import { dayOf, periodDueAt, periodStartOn } from "../../src/domain/calendar.ts";
import {
  type Subscription,
  advancePeriod,
  createSubscription,
} from "../../src/domain/subscription.ts";

const OPTIONS = { subscriptions: 40, months: 6, seed: 42 };

/** What the product itself makes of a planned subscription. */
function subscriptionOf(planned: ReturnType<typeof createPlan>[number]): Subscription {
  const { index: _index, periods: _periods, ...contract } = planned;
  return createSubscription({
    ...contract,
    id: "sub_1",
    billingKeyId: "bk_1",
    gateway: "cookiepay",
    account: "default",
    zone: "Asia/Seoul",
    dueHour: 10,
    trialDays: 0,
    metadata: {},
    idempotency: null,
    at: { business: DEMO_START, operational: DEMO_START },
  });
}

function faultsOf(plan: ReturnType<typeof createPlan>): (PlannedFault | null)[] {
  return plan.flatMap(({ periods }) => periods.flatMap((period) => period.faults));
}

/** A hard decline, or a soft one on every step of the ladder. */
function isFinal({ faults }: PlannedPeriod): boolean {
  return faults.includes("hard") || faults.filter((fault) => fault === "soft").length === 5;
}

describe("the demo's plan", () => {
  test("is the same for the same seed and another for another", () => {
    expect(createPlan(OPTIONS)).toEqual(createPlan(OPTIONS));
    expect(createPlan({ ...OPTIONS, seed: 43 })).not.toEqual(createPlan(OPTIONS));
  });

  test("does not change for those who were there when more come", () => {
    const few = createPlan({ ...OPTIONS, subscriptions: 10 });
    expect(createPlan(OPTIONS).slice(0, 10)).toEqual(few);
  });

  test("begins on 1 January 2026 at 09:00 in Korea and ends at a midnight there", () => {
    expect(DEMO_START).toEqual(new Date("2026-01-01T00:00:00Z"));
    expect(demoEnd(6)).toEqual(new Date("2026-06-30T15:00:00Z"));
    expect(dayOf(demoEnd(12), "Asia/Seoul")).toBe("2027-01-01");
  });

  test("agrees for five years with the product's calendar, which it does not use", () => {
    const plan = createPlan({ subscriptions: 200, months: 60, seed: 42 });
    let compared = 0;
    for (const planned of plan) {
      let subscription = subscriptionOf(planned);
      for (const [number, period] of planned.periods.entries()) {
        expect(period.startOn).toBe(periodStartOn(subscription.schedule, number));
        expect(period.dueAt).toEqual(subscription.nextPeriodAt);
        expect(period.untilAt).toEqual(periodDueAt(subscription.schedule, number + 1));
        const at = { business: period.dueAt, operational: period.dueAt };
        subscription = advancePeriod(subscription, at);
        compared += 1;
      }
      const ended = planned.periods.at(-1)?.ends ?? false;
      const next = subscription.nextPeriodAt?.getTime() ?? 0;
      // Nothing that falls due within the demo is left out.
      expect(ended || next >= demoEnd(60).getTime()).toBe(true);
    }
    expect(compared).toBeGreaterThan(5000);
    expect(plan.some((planned) => planned.cycleDay === 31)).toBe(true);
    expect(plan.some((planned) => planned.firstCharge === "now")).toBe(true);
  });

  test("shows every case that it names, whatever the seed", () => {
    for (const seed of [0, 1, 42, 2 ** 31]) {
      const plan = createPlan({ subscriptions: 5, months: 4, seed });
      const firsts = plan.map(({ periods }) => periods.find(({ faults }) => faults[0] !== null));
      expect(firsts.map((period) => period?.faults)).toEqual([
        ["soft", null],
        ["hard"],
        ["drop"],
        ["hang", null],
        ["soft", "soft", "soft", "soft", "soft"],
      ]);
    }
  });

  test("ends a subscription with its final decline and nowhere else", () => {
    const plan = createPlan({ subscriptions: 200, months: 24, seed: 42 });
    for (const { periods } of plan) {
      for (const [number, period] of periods.entries()) {
        expect(period.ends).toBe(isFinal(period));
        expect(period.ends && number < periods.length - 1).toBe(false);
      }
    }
    expect(plan.some(({ periods }) => periods.at(-1)?.ends === true)).toBe(true);
  });

  test("has faults of every kind, each with an effect at the simulator", () => {
    const faults = faultsOf(createPlan({ subscriptions: 400, months: 12, seed: 42 }));
    const kinds = new Set(faults.filter((fault) => fault !== null));
    expect([...kinds].sort()).toEqual(["drop", "enc_data", "hang", "hard", "http_500", "soft"]);
    for (const kind of kinds) expect(effectOf(kind, 0, true)).toBeDefined();
    expect(effectOf("drop", 0, true)).toBe("commit_then_drop");
    expect(effectOf("hard", 0, true)).toEqual({ decline: "2003" });
    expect(effectOf("enc_data", 0, true)).toEqual({ decryptFails: 1 });
    expect(effectOf("enc_data", 0, false)).toBe("commit_then_garbage");
  });
});
