/** Instants, days and amounts in words. Worded so that no Korean particle depends on a name or a number. */
import { DateTime } from "luxon";
import type { Language } from "./language.ts";

/** Where and when a sentence is said: years are left out while they are the present one. */
export interface Saying {
  language: Language;
  zone: string;
  /** Business time of the answer. */
  asOf: Date;
}

/** `15 March 10:00` or `3월 15일 10:00`: how a line begins. */
export function sayInstant(at: Date, saying: Saying): string {
  const local = DateTime.fromJSDate(at, { zone: saying.zone });
  return `${dayWords(local, saying)} ${local.toFormat("HH:mm")}`;
}

/** `on 15 March at 10:00` or `3월 15일 10:00에`; what is less than a minute ahead is `in a moment`. */
export function sayWhen(at: Date, saying: Saying): string {
  const isNow = Math.abs(at.getTime() - saying.asOf.getTime()) < SOON_MS;
  if (isNow) return saying.language === "ko" ? "곧" : "in a moment";
  return sayThen(at, saying);
}

/** Less than this ahead, milliseconds, no minute is worth naming. */
const SOON_MS = 60_000;

/** `on 15 March at 10:00` or `3월 15일 10:00에`. */
export function sayThen(at: Date, saying: Saying): string {
  const local = DateTime.fromJSDate(at, { zone: saying.zone });
  const time = local.toFormat("HH:mm");
  return saying.language === "ko"
    ? `${dayWords(local, saying)} ${time}에`
    : `on ${dayWords(local, saying)} at ${time}`;
}

/** `on 15 March` or `3월 15일에`. */
export function sayDay(at: Date, saying: Saying): string {
  const day = dayWords(DateTime.fromJSDate(at, { zone: saying.zone }), saying);
  return saying.language === "ko" ? `${day}에` : `on ${day}`;
}

function dayWords(local: DateTime, { language, zone, asOf }: Saying): string {
  const isThisYear = DateTime.fromJSDate(asOf, { zone }).year === local.year;
  if (language === "ko") {
    return `${isThisYear ? "" : `${local.year}년 `}${local.month}월 ${local.day}일`;
  }
  const month = local.setLocale("en").toFormat("LLLL");
  return `${local.day} ${month}${isThisYear ? "" : ` ${local.year}`}`;
}

/** `2026-03-15 10:00:07`: a date and time that sort, for tables. */
export function saySecond(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd HH:mm:ss");
}

/** `9,900 won` or `9,900원`. */
export function sayWon(amount: number, language: Language): string {
  const digits = String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return language === "ko" ? `${digits}원` : `${digits} won`;
}
