/**
 * Billing days. A calendar day is a `YYYY-MM-DD` string in the merchant's zone; an instant is UTC.
 *
 * An anchor never drifts: each cycle day is computed from the anchor day and the month, never from
 * the day before it. 31 January, 28 February, 31 March.
 */
import { DateTime } from "luxon";

/** When a subscription's periods begin. Fixed at its creation. */
export interface BillingSchedule {
  /** Day of the month, 1 to 31; a shorter month uses its last day. */
  cycleDay: number;
  /** First day of period 0. */
  firstPeriodOn: string;
  /** IANA zone, `Asia/Seoul` by default. */
  zone: string;
  /** Local hour (0 to 23) at which renewals fall due. */
  dueHour: number;
}

/** The cycle day within a month (1 to 12), clamped to the month's last day. */
export function cycleDayIn(year: number, month: number, cycleDay: number): string {
  const first = DateTime.utc(year, month);
  const day = Math.min(cycleDay, first.daysInMonth ?? 28);
  return `${(first.toISODate() ?? "").slice(0, 8)}${String(day).padStart(2, "0")}`;
}

/** The first cycle day on or after a day; with `strictly` the first one after it. */
export function nextCycleDay(fromOn: string, cycleDay: number, strictly = false): string {
  const month = monthOf(fromOn);
  const inMonth = cycleDayOf(month, cycleDay);
  if (strictly ? inMonth > fromOn : inMonth >= fromOn) return inMonth;
  return cycleDayOf(month + 1, cycleDay);
}

/** First day of period `number`, counted from the anchor and never from the period before. */
export function periodStartOn(schedule: BillingSchedule, number: number): string {
  if (number === 0) return schedule.firstPeriodOn;
  const second = nextCycleDay(schedule.firstPeriodOn, schedule.cycleDay, true);
  return cycleDayOf(monthOf(second) + number - 1, schedule.cycleDay);
}

/** Months since the year 0. */
export function monthOf(on: string): number {
  const [year = 0, month = 1] = on.split("-").map(Number);
  return year * 12 + month - 1;
}

function cycleDayOf(month: number, cycleDay: number): string {
  return cycleDayIn(Math.floor(month / 12), (month % 12) + 1, cycleDay);
}

/** The instant at which period `number` falls due. */
export function periodDueAt(schedule: BillingSchedule, number: number): Date {
  return instantOn(periodStartOn(schedule, number), schedule.dueHour, schedule.zone);
}

/** The instant of a local hour on a day. */
export function instantOn(on: string, hour: number, zone: string): Date {
  return DateTime.fromISO(`${on}T${String(hour).padStart(2, "0")}`, { zone }).toJSDate();
}

/** The calendar day of an instant in a zone. */
export function dayOf(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toISODate() ?? "";
}

/** A calendar day, some days later (or earlier). */
export function addDays(on: string, days: number): string {
  return DateTime.fromISO(on, { zone: "utc" }).plus({ days }).toISODate() ?? "";
}

/** Whether a text is a real calendar day. */
export function isCalendarDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: "utc" }).isValid;
}
