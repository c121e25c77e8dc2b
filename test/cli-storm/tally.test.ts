import { describe, expect, test } from "vitest";
import type { LedgerEntry } from "../../src/cli/demo/simulator-client.ts";
import { type StormSubscription, createCalendar } from "../../src/cli/storm/calendar.ts";
import { createTally } from "../../src/cli/storm/tally.ts";

const calendar = createCalendar(1900);
const one = calendar.subscriptions[7] as StormSubscription;
const late = calendar.subscriptions.at(-1) as StormSubscription;

let seq = 0;
function entry(kind: LedgerEntry["kind"], of: StormSubscription, at: Date): LedgerEntry {
  seq += 1;
  return {
    seq,
    at: at.toISOString(),
    kind,
    billingKey: `key of ${of.customerId}`,
    buyerId: of.customerId,
    orderNumber: `KB-${seq}`,
  };
}

function tallyWith(...entries: LedgerEntry[]) {
  const tally = createTally(calendar);
  for (const subscription of calendar.subscriptions) {
    tally.add(entry("billing_key_issued", subscription, new Date("2026-01-01T00:00:00Z")));
  }
  for (const added of entries) tally.add(added);
  return tally;
}

const hoursAfter = (at: Date, hours: number) => new Date(at.getTime() + hours * 3_600_000);

describe("the calendar", () => {
  test("has exactly as many periods as charges were asked for", () => {
    for (const charges of [10, 40, 499, 500, 501, 1200, 2000, 10_000, 100_000]) {
      const made = createCalendar(charges);
      expect(made.dueBy(made.endOfMonth(made.months - 1))).toBe(charges);
      expect(made.subscriptions.length).toBeLessThanOrEqual(2000);
    }
  });

  test("counts nothing of the next month at a month's end", () => {
    expect(calendar.dueBy(calendar.endOfMonth(0))).toBe(300);
    expect(calendar.dueBy(calendar.endOfMonth(1))).toBe(700);
  });

  test("tells the month of every instant of a period, across years", () => {
    const long = createCalendar(20_000);
    for (const subscription of [long.subscriptions[0], long.subscriptions.at(-1)]) {
      if (subscription === undefined) throw new Error("no subscription");
      for (let month = subscription.firstMonth; month < long.months; month += 1) {
        const due = long.dueAt(subscription, month);
        expect(long.monthOf(subscription, due)).toBe(month);
        expect(long.monthOf(subscription, hoursAfter(due, 27 * 24))).toBe(month);
        expect(long.monthOf(subscription, hoursAfter(due, -1))).toBe(
          month === subscription.firstMonth ? null : month - 1,
        );
      }
    }
  });

  test("stops once a day, from the first due instant to the end", () => {
    const days = calendar.days();
    expect(days[0]).toEqual(calendar.dueAt(calendar.subscriptions[0] as StormSubscription, 0));
    expect(days).toHaveLength(31 + 28 + 31 + 30 + 31);
  });
});

describe("the tally", () => {
  test("counts one approval of a period once", () => {
    const tally = tallyWith(entry("approval", one, calendar.dueAt(one, 0)));
    expect([tally.paid(), tally.doubles(), tally.approvals(one, 0)]).toEqual([1, 0, 1]);
  });

  test("counts every approval beyond one of a period, however late", () => {
    const due = calendar.dueAt(one, 0);
    const tally = tallyWith(
      entry("approval", one, due),
      entry("approval", one, hoursAfter(due, 24)),
      entry("approval", one, hoursAfter(due, 27 * 24)),
    );
    expect([tally.paid(), tally.doubles()]).toEqual([1, 2]);
    expect(tally.doubleNotes()).toHaveLength(2);
  });

  test("counts an approval of the next period for that one", () => {
    const tally = tallyWith(
      entry("approval", one, calendar.dueAt(one, 0)),
      entry("approval", one, calendar.dueAt(one, 1)),
    );
    expect([tally.paid(), tally.doubles()]).toEqual([2, 0]);
  });

  test("counts an approval outside every period, or of nobody's key, as one too many", () => {
    const stranger = { ...entry("approval", one, calendar.dueAt(one, 0)), billingKey: "unknown" };
    const tally = tallyWith(entry("approval", late, calendar.dueAt(late, 0)), stranger);
    expect([tally.paid(), tally.doubles()]).toEqual([0, 2]);
  });

  test("counts declines without taking them for money", () => {
    const due = calendar.dueAt(one, 1);
    const tally = tallyWith(entry("decline", one, due), entry("decline", one, hoursAfter(due, 72)));
    expect(tally.paid()).toBe(0);
    expect(tally.declines(one, 1)).toBe(2);
    expect(tally.declines(one, 0)).toBe(0);
  });
});
