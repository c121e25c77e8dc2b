/** When a customer is reminded that a saved card ends. The expiry itself is kept nowhere. */
import { addDays, instantOn } from "./calendar.ts";

/** The reminder comes at least so many days before the card's last day. */
export const REMINDER_DAYS_MIN = 31;
/**
 * The day is drawn from so many. Two months of the year never have more days together, so that every
 * reminder's day fits two expiry months at least: which one it is cannot be read off it.
 */
export const REMINDER_SPREAD_DAYS = 62;

/**
 * The business instant of the reminder for a card that ends with month `YYMM`; null where that day
 * has passed already. `random` in [0, 1) draws the day.
 */
export function cardReminderAt(
  expiry: string,
  drawing: { random: number; now: Date; hour: number; zone: string },
): Date | null {
  const [year, month] = [Number(expiry.slice(0, 2)), Number(expiry.slice(2, 4))];
  if (!Number.isInteger(year) || !(month >= 1 && month <= 12)) return null;
  const nextMonth = month === 12 ? [2001 + year, 1] : [2000 + year, month + 1];
  const lastOn = addDays(`${nextMonth[0]}-${String(nextMonth[1]).padStart(2, "0")}-01`, -1);
  const daysBefore = REMINDER_DAYS_MIN + Math.floor(drawing.random * REMINDER_SPREAD_DAYS);
  const at = instantOn(addDays(lastOn, -daysBefore), drawing.hour, drawing.zone);
  return at > drawing.now ? at : null;
}

/** Draws the reminder for a card that is being saved; null: there is none. */
export type DrawReminder = (expiry: string, now: Date) => Date | null;

/** Whether a reminder would come too late: by now the card may have ended. */
export function isReminderOver(remindAt: Date, now: Date): boolean {
  return now.getTime() > remindAt.getTime() + (REMINDER_DAYS_MIN - 1) * 86_400_000;
}
