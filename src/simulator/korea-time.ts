/** Instants and days as Korean gateways print them. Korea keeps no summer time: UTC+9 all year. */

const KOREA_OFFSET_MS = 9 * 3_600_000;
const DAY_MS = 86_400_000;
const DAY_PATTERN = /^20\d{2}-\d{2}-\d{2}$/;
const INSTANT_PATTERN =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** The instant in Korea as 14 digits, yyyyMMddHHmmss. */
export function toKoreaStamp(at: Date): string {
  return shifted(at).replaceAll(/[-:T]/g, "").slice(0, 14);
}

/** The calendar day in Korea, yyyy-MM-dd. */
export function toKoreaDay(at: Date): string {
  return shifted(at).slice(0, 10);
}

/** Whether the text is a calendar day yyyy-MM-dd that exists, between the years 2000 and 2099. */
export function isDay(text: string): boolean {
  return startOfDayMs(text) !== null;
}

/** Reads an ISO instant with an offset, between the years 2000 and 2099; null for anything else. */
export function parseInstant(text: string): Date | null {
  const match = INSTANT_PATTERN.exec(text);
  if (!match?.[1] || !isDay(match[1])) return null;
  return new Date(text);
}

/**
 * Reads one end of a time range and returns an ISO instant, or null. A plain day means that whole
 * day in Korea: as a start its first instant, as an end the first instant after it. Ends are
 * exclusive.
 */
export function parseBound(text: string, side: "start" | "end"): string | null {
  const instant = parseInstant(text);
  if (instant) return instant.toISOString();
  const dayMs = startOfDayMs(text);
  if (dayMs === null) return null;
  return new Date(side === "start" ? dayMs : dayMs + DAY_MS).toISOString();
}

/** Every calendar day from the first to the last, both included. */
export function* daysBetween(first: string, last: string): Generator<string> {
  const lastMs = startOfDayMs(last);
  let ms = startOfDayMs(first);
  if (ms === null || lastMs === null) return;
  for (; ms <= lastMs; ms += DAY_MS) yield toKoreaDay(new Date(ms));
}

function shifted(at: Date): string {
  return new Date(at.getTime() + KOREA_OFFSET_MS).toISOString();
}

function startOfDayMs(text: string): number | null {
  if (!DAY_PATTERN.test(text)) return null;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // The engine rolls 30 February over to March; such a day does not exist.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text) return null;
  return ms - KOREA_OFFSET_MS;
}
