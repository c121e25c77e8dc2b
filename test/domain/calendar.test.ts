import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type BillingSchedule,
  addDays,
  cycleDayIn,
  dayOf,
  instantOn,
  isCalendarDay,
  nextCycleDay,
  periodDueAt,
  periodStartOn,
} from "../../src/domain/calendar.ts";

function scheduleOf(cycleDay: number, firstPeriodOn: string, dueHour = 10): BillingSchedule {
  return { cycleDay, firstPeriodOn, zone: "Asia/Seoul", dueHour };
}

/** The last day of a month, by the platform's own calendar. */
function lastDayOf(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function partsOf(on: string): { year: number; month: number; day: number } {
  const [year = 0, month = 0, day = 0] = on.split("-").map(Number);
  return { year, month, day };
}

describe("cycle days", () => {
  test("go from 31 January to 28 February and back to 31 March", () => {
    const starts = [0, 1, 2, 3, 4].map((n) => periodStartOn(scheduleOf(31, "2026-01-31"), n));
    expect(starts).toEqual(["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]);
  });

  test.each([
    [2024, "2024-02-29"],
    [2026, "2026-02-28"],
    [2000, "2000-02-29"],
    [2100, "2100-02-28"],
  ])("use the last day of February in %i", (year, on) => {
    expect(cycleDayIn(year, 2, 30)).toBe(on);
    expect(cycleDayIn(year, 2, 29)).toBe(on);
  });

  test("keep a leap day's anchor through the years in between", () => {
    const schedule = scheduleOf(29, "2024-02-29");
    expect([12, 24, 36, 48].map((n) => periodStartOn(schedule, n))).toEqual([
      "2025-02-28",
      "2026-02-28",
      "2027-02-28",
      "2028-02-29",
    ]);
  });

  test("count today when it is the cycle day, unless the next one is asked for", () => {
    expect(nextCycleDay("2026-01-05", 5)).toBe("2026-01-05");
    expect(nextCycleDay("2026-01-05", 5, true)).toBe("2026-02-05");
    expect(nextCycleDay("2026-01-06", 5)).toBe("2026-02-05");
    expect(nextCycleDay("2026-12-06", 5)).toBe("2027-01-05");
    expect(nextCycleDay("2026-02-28", 31)).toBe("2026-02-28");
    expect(nextCycleDay("2026-02-28", 31, true)).toBe("2026-03-31");
    expect(nextCycleDay("2026-01-31", 30)).toBe("2026-02-28");
  });
});

describe("periods", () => {
  test.each([28, 29, 30, 31])("of anchor %i never drift in 400 months", (cycleDay) => {
    const schedule = scheduleOf(cycleDay, cycleDayIn(2026, 1, cycleDay));
    for (let number = 0; number <= 400; number += 1) {
      const { year, month, day } = partsOf(periodStartOn(schedule, number));
      expect((year - 2026) * 12 + month - 1).toBe(number);
      expect(day).toBe(Math.min(cycleDay, lastDayOf(year, month)));
    }
  });

  test("tile the time from any first day on: each begins after the one before, a month apart", () => {
    const anyDay = fc.integer({ min: 0, max: 4000 }).map((days) => addDays("2024-01-01", days));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 31 }), anyDay, (cycleDay, firstPeriodOn) => {
        const schedule = scheduleOf(cycleDay, firstPeriodOn);
        expect(periodStartOn(schedule, 0)).toBe(firstPeriodOn);
        // The first period may be cut short; it never lasts longer than a month.
        const second = periodStartOn(schedule, 1);
        expect(second > firstPeriodOn).toBe(true);
        expect(second <= addDays(firstPeriodOn, 31)).toBe(true);
        for (let number = 1; number < 30; number += 1) {
          const from = partsOf(periodStartOn(schedule, number));
          const to = partsOf(periodStartOn(schedule, number + 1));
          expect((to.year - from.year) * 12 + to.month - from.month).toBe(1);
          expect(from.day).toBe(Math.min(cycleDay, lastDayOf(from.year, from.month)));
        }
      }),
    );
  });

  test("begin today and end at the next cycle day where the first charge is now", () => {
    const schedule = scheduleOf(5, "2026-01-20");
    expect([0, 1, 2].map((n) => periodStartOn(schedule, n))).toEqual([
      "2026-01-20",
      "2026-02-05",
      "2026-03-05",
    ]);
  });

  test("fall due at the hour of the merchant's zone", () => {
    const schedule = scheduleOf(31, "2026-01-31");
    expect(periodDueAt(schedule, 1)).toEqual(new Date("2026-02-28T01:00:00Z"));
    // Midnight in Korea is the afternoon of the day before in UTC.
    expect(periodDueAt(scheduleOf(1, "2026-03-01", 0), 0)).toEqual(
      new Date("2026-02-28T15:00:00Z"),
    );
    expect(periodDueAt(scheduleOf(1, "2026-03-01", 23), 0)).toEqual(
      new Date("2026-03-01T14:00:00Z"),
    );
  });

  test("keep the local hour where a zone has summer time", () => {
    const schedule = { ...scheduleOf(15, "2026-02-15", 10), zone: "America/New_York" };
    expect(periodDueAt(schedule, 0)).toEqual(new Date("2026-02-15T15:00:00Z"));
    expect(periodDueAt(schedule, 1)).toEqual(new Date("2026-03-15T14:00:00Z"));
  });
});

describe("days", () => {
  test("belong to the zone, not to UTC", () => {
    const evening = new Date("2026-01-31T15:30:00Z");
    expect(dayOf(evening, "Asia/Seoul")).toBe("2026-02-01");
    expect(dayOf(evening, "UTC")).toBe("2026-01-31");
  });

  test("and their instants agree in every hour", () => {
    for (let hour = 0; hour < 24; hour += 1) {
      expect(dayOf(instantOn("2026-02-28", hour, "Asia/Seoul"), "Asia/Seoul")).toBe("2026-02-28");
    }
  });

  test("are added across months and years, both ways", () => {
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
    expect(addDays("2026-03-01", -1)).toBe("2026-02-28");
    expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  });

  test.each([
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "2026-1-5",
    "20260105",
    "",
    "2026-01-05T00",
  ])("of the form %s are no calendar days", (text) => {
    expect(isCalendarDay(text)).toBe(false);
  });

  test("that exist are calendar days", () => {
    expect(isCalendarDay("2026-02-28")).toBe(true);
    expect(isCalendarDay("2028-02-29")).toBe(true);
  });
});
