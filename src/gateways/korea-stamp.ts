import { DateTime } from "luxon";

const FORMAT = "yyyyMMddHHmmss";
const ZONE = "Asia/Seoul";

/** The instant as Korean gateways print it, `yyyyMMddHHmmss` in Korean time. */
export function toKoreaStamp(at: Date): string {
  return DateTime.fromJSDate(at, { zone: ZONE }).toFormat(FORMAT);
}

/** The instant of such a stamp, whatever stands between its digits; undefined where it names none. */
export function parseKoreaStamp(stamp: string | undefined): Date | undefined {
  const digits = stamp?.replace(/\D/g, "") ?? "";
  const at = DateTime.fromFormat(digits, FORMAT, { zone: ZONE });
  return at.isValid && digits.length === FORMAT.length ? at.toJSDate() : undefined;
}
