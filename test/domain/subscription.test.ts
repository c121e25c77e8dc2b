import { describe, expect, test } from "vitest";
import {
  advancePeriod,
  cancelAtPeriodEnd,
  endOfPresentPeriod,
  endSubscription,
} from "../../src/domain/subscription.ts";
import { openPeriodInvoice, periodInvoiceId } from "../../src/domain/invoice.ts";
import { START, after, eventsOf, newSubscription, periodInvoice } from "./fixtures.ts";

describe("a new subscription", () => {
  test("is due today at the hour where today is the cycle day", () => {
    const subscription = newSubscription({ cycleDay: 5 });
    expect(subscription).toMatchObject({
      state: "active",
      version: 1,
      nextPeriod: 0,
      nextPeriodAt: new Date("2026-01-05T01:00:00Z"),
      schedule: { firstPeriodOn: "2026-01-05", cycleDay: 5 },
    });
  });

  test("waits for its cycle day", () => {
    const subscription = newSubscription({ cycleDay: 31 });
    expect(subscription.nextPeriodAt).toEqual(new Date("2026-01-31T01:00:00Z"));
  });

  test("is due at once where the first charge is now, and then on its cycle day", () => {
    const created = newSubscription({ cycleDay: 20, firstCharge: "now", at: after(1234) });
    expect(created.nextPeriodAt).toEqual(after(1234).business);
    expect(created.schedule.firstPeriodOn).toBe("2026-01-05");
    expect(advancePeriod(created, after(2000)).nextPeriodAt).toEqual(
      new Date("2026-01-20T01:00:00Z"),
    );
  });

  test("takes its first day from Korea, where it is tomorrow already", () => {
    const evening = new Date("2026-01-05T15:00:00Z");
    const at = { business: evening, operational: evening };
    const subscription = newSubscription({ cycleDay: 5, firstCharge: "now", at });
    expect(subscription.schedule.firstPeriodOn).toBe("2026-01-06");
  });

  test("begins no earlier than its start day", () => {
    const subscription = newSubscription({ cycleDay: 5, startOn: "2026-01-06" });
    expect(subscription.schedule.firstPeriodOn).toBe("2026-02-05");
    const now = newSubscription({ cycleDay: 5, startOn: "2026-03-10", firstCharge: "now" });
    expect(now.nextPeriodAt).toEqual(new Date("2026-03-10T01:00:00Z"));
  });

  test("on trial owes nothing before the first cycle day after the trial", () => {
    const subscription = newSubscription({ cycleDay: 5, trialDays: 14 });
    expect(subscription).toMatchObject({
      state: "trialing",
      schedule: { firstPeriodOn: "2026-02-05" },
    });
    const now = newSubscription({ cycleDay: 5, trialDays: 14, firstCharge: "now" });
    expect(now.nextPeriodAt).toEqual(new Date("2026-01-19T01:00:00Z"));
  });

  test("says so in its outbox", () => {
    expect(eventsOf(newSubscription())).toEqual(["subscription.created"]);
  });
});

describe("a subscription that goes on", () => {
  test("opens one period after the other", () => {
    let subscription = newSubscription({ cycleDay: 31 });
    const due: (string | undefined)[] = [];
    for (let number = 0; number < 4; number += 1) {
      due.push(subscription.nextPeriodAt?.toISOString().slice(0, 10));
      subscription = advancePeriod(subscription, after(0));
    }
    expect(due).toEqual(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
    expect(subscription.nextPeriod).toBe(4);
  });

  test("leaves its trial with the first period", () => {
    const onTrial = newSubscription({ trialDays: 7 });
    const advanced = advancePeriod(onTrial, after(0));
    expect(advanced.state).toBe("active");
    expect(eventsOf(advanced)).toEqual(["subscription.created", "subscription.activated"]);
  });

  test("opens an invoice with the contract as it stands", () => {
    expect(periodInvoice()).toMatchObject({
      id: "sub_1-p0",
      kind: "period",
      state: "open",
      step: "charge",
      held: null,
      version: 1,
      amount: 9900,
      billingKeyId: "bk_1",
      dueAt: START,
      capturedAmount: 0,
      refundable: 0,
    });
    expect(periodInvoiceId("sub_1", 7)).toBe("sub_1-p7");
  });

  test("has a period that is a whole period late held for a person", () => {
    const period = { startOn: "2026-01-05", endOn: "2026-02-05", dueAt: START, late: true };
    const late = openPeriodInvoice(newSubscription(), period, { number: "N", at: after(0) });
    expect(late).toMatchObject({ state: "open", step: "none", held: "late" });
    expect(eventsOf(late)).toEqual(["invoice.held"]);
  });
});

describe("a subscription that ends", () => {
  const move = { at: after(0), actor: "api" as const, reason: "customer asked" };

  test("opens no period any more and has its open invoices follow", () => {
    const ended = endSubscription(newSubscription(), "canceled", move);
    expect(ended).toMatchObject({
      state: "canceled",
      version: 2,
      aligning: true,
      nextPeriodAt: null,
      canceledAt: START,
      cancelReason: "customer asked",
    });
    expect(endSubscription(newSubscription(), "unpaid", move).canceledAt).toBeNull();
  });

  test("with its period keeps its state, its version and its next instant", () => {
    const running = advancePeriod(newSubscription({ cycleDay: 5 }), after(0));
    const scheduled = cancelAtPeriodEnd(running, move);
    expect(scheduled).toMatchObject({
      state: "active",
      version: 1,
      cancelAtPeriodEnd: true,
      nextPeriodAt: new Date("2026-02-05T01:00:00Z"),
    });
    expect(endOfPresentPeriod(scheduled)).toBe("2026-02-05");
    expect(scheduled.outbox.at(-1)).toMatchObject({
      type: "subscription.cancel_scheduled",
      number: 2,
      data: { endsOn: "2026-02-05" },
    });
  });
});
