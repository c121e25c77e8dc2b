/** What stands behind the question mark. */
import { type Refusal, refuseWith } from "./envelope.ts";

const PAGE_LENGTH = 20;
const PAGE_LENGTH_MAX = 1_000;

/** The values of `name[]`, or of `name`, however often they are given. */
export function listOf(query: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const given = [query[`${name}[]`], query[name]].flat();
  return given.filter((value): value is string => typeof value === "string" && value !== "");
}

/** One text. */
export function oneOf(query: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = query[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number, null where it is none. */
export function numberOf(
  query: Readonly<Record<string, unknown>>,
  name: string,
): number | null | undefined {
  const value = oneOf(query, name);
  if (value === undefined) return undefined;
  return /^\d{1,12}$/.test(value) ? Number(value) : null;
}

/** Cuts out the page that the query asks for, with the numbers of its neighbours. */
export function toPage<Row>(
  rows: readonly Row[],
  query: Readonly<Record<string, unknown>>,
): { total: number; previous: number; next: number; list: readonly Row[] } | Refusal {
  const [page, limit] = [numberOf(query, "page"), numberOf(query, "limit")];
  if (page === null || page === 0) return refuseWith(400, "page가 올바르지 않습니다.");
  if (limit === null || limit === 0 || (limit ?? 1) > PAGE_LENGTH_MAX) {
    return refuseWith(400, `limit는 1 이상 ${PAGE_LENGTH_MAX} 이하여야 합니다.`);
  }
  const [number, length] = [page ?? 1, limit ?? PAGE_LENGTH];
  const start = (number - 1) * length;
  if (number > 1 && start >= rows.length)
    return refuseWith(400, "데이터 범위를 넘어선 page입니다.");
  const isLast = start + length >= rows.length;
  return {
    total: rows.length,
    previous: number - 1,
    next: isLast ? 0 : number + 1,
    list: rows.slice(start, start + length),
  };
}
