/** What a pattern cannot say about a text: formats of our own for the validator. */
import iconv from "iconv-lite";
import { DateTime } from "luxon";
import { isCalendarDay } from "../../domain/calendar.ts";
import type { Text } from "../language.ts";

/** The formats by the name that the schemas use. */
export const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  "card-number": hasValidCheckDigit,
  "holder-id": isHolderId,
  "calendar-day": isBillingDay,
  instant: isInstant,
  "gateway-text": (text) => describeUnfitCharacter(text) === null,
  "plain-text": (text) => !CONTROL.test(text),
  "browser-url": isBrowserUrl,
};

/** Where a customer's browser may be sent: https, or this machine when trying things out. */
function isBrowserUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  const isSafe = protocol === "https:" || (protocol === "http:" && isLocal);
  return isSafe && username === "" && password === "";
}

/** The Luhn check of card numbers. */
function hasValidCheckDigit(number: string): boolean {
  const sum = number
    .split("")
    .toReversed()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** A birth date YYMMDD of either century, or a business number of ten digits. */
function isHolderId(text: string): boolean {
  if (/^\d{10}$/.test(text)) return true;
  const [, year, month, day] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  return ["19", "20"].some((century) => isCalendarDay(`${century}${year}-${month}-${day}`));
}

/** A real day of this century. */
function isBillingDay(text: string): boolean {
  return text.startsWith("20") && isCalendarDay(text);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function isInstant(text: string): boolean {
  return INSTANT.test(text) && DateTime.fromISO(text).isValid;
}

/** Control characters, and halves of characters that stand alone. */
const CONTROL = /[\p{Cc}\p{Cs}\u2028\u2029]/u;

/**
 * Names the first character that a gateway cannot take; null where there is none. CP949 is what the
 * strictest gateway speaks, and `|` separates fields there. Decomposed Hangul counts as composed.
 */
export function describeUnfitCharacter(text: string): Text | null {
  for (const character of text.normalize("NFC")) {
    const point = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
    if (CONTROL.test(character)) {
      return { en: `without the control character ${point}`, ko: `제어 문자(${point}) 없이 입력` };
    }
    if (character === "|") {
      return { en: "without |, which separates fields at gateways", ko: "구분 문자인 | 없이 입력" };
    }
    if (iconv.decode(iconv.encode(character, "cp949"), "cp949") !== character) {
      return {
        en: `without ${character} (${point}), which Korean gateways cannot take (CP949)`,
        ko: `국내 결제사(CP949)가 받을 수 없는 문자 ${character} (${point}) 없이 입력`,
      };
    }
  }
  return null;
}
