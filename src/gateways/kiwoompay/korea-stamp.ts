const KOREA_OFFSET_HOURS = 9;

/** The instant of a stamp `yyyyMMddHHmmss` in Korean time; undefined where it names none. */
export function parseKoreaStamp(stamp: string | undefined): Date | undefined {
  if (stamp === undefined || !/^\d{14}$/.test(stamp)) return undefined;
  const part = (from: number, until: number) => Number(stamp.slice(from, until));
  const instant = new Date(
    Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14)),
  );
  // A month 13 would roll over silently: what is printed again must be what was read.
  const printed = instant.toISOString().replace(/[^0-9]/g, "");
  if (printed.slice(0, 14) !== stamp) return undefined;
  instant.setUTCHours(instant.getUTCHours() - KOREA_OFFSET_HOURS);
  return instant;
}
