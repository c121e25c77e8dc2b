/** Which days are compared. */
import { addDays, isCalendarDay } from "../../../domain/calendar.ts";

/** The gateways' days are Korea's, wherever the shop is. */
export const GATEWAY_ZONE = "Asia/Seoul";

export interface DayRange {
  fromOn: string;
  untilOn: string;
}

/** Days that are compared where nothing is said, and the most that may be asked for. */
export const DAYS_DEFAULT = 7;
export const DAYS_MAX = 92;

export interface RangeWish {
  days?: string | undefined;
  from?: string | undefined;
  until?: string | undefined;
}

/** The range that is wished for, or the name of what is wrong in the wish. */
export function readDayRange(
  wish: RangeWish,
  todayOn: string,
): { range: DayRange } | { fault: keyof RangeWish } {
  const { days, from, until } = wish;
  if (days !== undefined) {
    const count = Number(days);
    const isCount = /^\d{1,3}$/.test(days) && count >= 1 && count <= DAYS_MAX;
    if (!isCount || from !== undefined || until !== undefined) return { fault: "days" };
    return { range: { fromOn: addDays(todayOn, 1 - count), untilOn: todayOn } };
  }
  if (until !== undefined && !isCalendarDay(until)) return { fault: "until" };
  const untilOn = until ?? todayOn;
  const fromOn = from ?? addDays(untilOn, 1 - DAYS_DEFAULT);
  const isRange = isCalendarDay(fromOn) && fromOn <= untilOn;
  if (!isRange || addDays(fromOn, DAYS_MAX) <= untilOn) return { fault: "from" };
  return { range: { fromOn, untilOn } };
}

export function daysOf({ fromOn, untilOn }: DayRange): string[] {
  const days: string[] = [];
  for (let on = fromOn; on <= untilOn; on = addDays(on, 1)) days.push(on);
  return days;
}
