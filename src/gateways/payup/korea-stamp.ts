import { DateTime } from "luxon";

const FORMAT = "yyyyMMddHHmmss";
const ZONE = "Asia/Seoul";

/** The instant as the gateway prints it, in Korean time. */
export function toKoreaStamp(at: Date): string {
  return DateTime.fromJSDate(at, { zone: ZONE }).toFormat(FORMAT);
}

/** The instant of a stamp of the gateway's; undefined where it names none. */
export function parseKoreaStamp(stamp: string | undefined): Date | undefined {
  const at = DateTime.fromFormat(stamp ?? "", FORMAT, { zone: ZONE });
  return at.isValid ? at.toJSDate() : undefined;
}
