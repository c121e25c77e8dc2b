import { describe, expect, it } from "vitest";
import { addDays, dayOf } from "../../src/domain/calendar.ts";
import {
  REMINDER_DAYS_MIN,
  REMINDER_SPREAD_DAYS,
  cardReminderAt,
  isReminderOver,
} from "../../src/domain/card-reminder.ts";

const ZONE = "Asia/Seoul";
const drawing = (random: number, now = "2026-01-01T00:00:00Z") => ({
  random,
  now: new Date(now),
  hour: 10,
  zone: ZONE,
});

describe("the reminder that a card ends", () => {
  it.each([
    ["2802", "2028-02-29"],
    ["2702", "2027-02-28"],
    ["2612", "2026-12-31"],
    ["3006", "2030-06-30"],
  ])("comes one to three months before the end of %s", (expiry, lastOn) => {
    const latest = cardReminderAt(expiry, drawing(0));
    const earliest = cardReminderAt(expiry, drawing(0.999_999));
    expect(latest && dayOf(latest, ZONE)).toBe(addDays(lastOn, -REMINDER_DAYS_MIN));
    const first = -(REMINDER_DAYS_MIN + REMINDER_SPREAD_DAYS - 1);
    expect(earliest && dayOf(earliest, ZONE)).toBe(addDays(lastOn, first));
    expect(latest?.toISOString().slice(11)).toBe("01:00:00.000Z");
  });

  it("tells nobody the month: every day on which it can be fits two months at least", () => {
    const monthsByDay = new Map<string, Set<string>>();
    for (let month = 0; month < 36; month += 1) {
      const expiry = `${28 + Math.floor(month / 12)}${String((month % 12) + 1).padStart(2, "0")}`;
      for (let day = 0; day < REMINDER_SPREAD_DAYS; day += 1) {
        const at = cardReminderAt(expiry, drawing((day + 0.5) / REMINDER_SPREAD_DAYS));
        const on = at === null ? "" : dayOf(at, ZONE);
        monthsByDay.set(on, (monthsByDay.get(on) ?? new Set()).add(expiry));
      }
    }
    const counts = [...monthsByDay]
      .filter(([on]) => on > "2028-03-01" && on < "2030-06-01")
      .map(([, months]) => months.size);
    expect(counts.length).toBeGreaterThan(700);
    expect(Math.min(...counts)).toBe(2);
  });

  it("is none where its day has passed, or where there is no month", () => {
    expect(cardReminderAt("2603", drawing(0.5, "2026-03-01T00:00:00Z"))).toBeNull();
    expect(cardReminderAt("2613", drawing(0.5))).toBeNull();
    expect(cardReminderAt("", drawing(0.5))).toBeNull();
  });

  it("is over before the card can have ended", () => {
    const remindAt = new Date("2027-01-01T01:00:00Z");
    expect(isReminderOver(remindAt, new Date("2027-01-31T01:00:00Z"))).toBe(false);
    expect(isReminderOver(remindAt, new Date("2027-02-01T01:00:00Z"))).toBe(true);
  });
});
