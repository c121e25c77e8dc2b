import type { Condition } from "./value-tests.ts";
import type { Index } from "./index-store.ts";
import { AFTER_ALL, type Key, invertKey, keyOf, keyOfTag } from "./keys.ts";
import type { KeyRange } from "./sorted-entries.ts";
import { type Value, tagOf } from "./values.ts";
import type { Wanted } from "./wanted.ts";

/** More key ranges than this are not worth their planning. */
const RANGES_MAX = 1000;

/** A stretch of one field's values; keys are ascending, whatever the index's direction. */
interface Interval {
  readonly low: Key;
  readonly isLowIn: boolean;
  readonly high: Key;
  readonly isHighIn: boolean;
}

/** The part of an index that can hold what a filter wants. */
export interface Bounds {
  readonly ranges: readonly KeyRange[];
  /** The leading fields that are each fixed to one value. */
  readonly fixed: number;
  /** Whether a scan of the only range runs in the index's order. */
  readonly isOneRange: boolean;
}

/** Narrows an index by what is wanted: equality and $in along its fields, then one range. */
export function boundsOf(index: Index, wanted: readonly Wanted[]): Bounds {
  const names = Object.keys(index.spec.key);
  let prefixes: Key[] = [""];
  let fixed = 0;
  for (const place of names.keys()) {
    const intervals = sharesArray(index, place) ? null : intervalsOf(index, place, wanted);
    if (intervals === null || prefixes.length * intervals.length > RANGES_MAX) break;
    const descending = index.spec.shape.descending[place] === true;
    if (!intervals.every(isPoint)) {
      const ranges = prefixes.flatMap((prefix) =>
        intervals.map((interval) => toRange(prefix, interval, descending)),
      );
      return { ranges, fixed, isOneRange: ranges.length === 1 };
    }
    prefixes = prefixes.flatMap((prefix) =>
      intervals.map(({ low }) => prefix + (descending ? invertKey(low) : low)),
    );
    if (prefixes.length === 1 && fixed === place) fixed += 1;
  }
  const ranges = prefixes.map((prefix) => ({ start: prefix, end: prefix + AFTER_ALL }));
  return { ranges, fixed, isOneRange: ranges.length === 1 };
}

/**
 * Two fields of the same array: a document may meet one by one element and the other by another,
 * but a key pairs the fields of a single element. Only the first may narrow.
 */
function sharesArray(index: Index, place: number): boolean {
  const roots = index.spec.shape.paths.map((path) => path[0]);
  return (
    index.multikey[place] === true &&
    roots.slice(0, place).some((root, other) => root === roots[place] && index.multikey[other])
  );
}

function intervalsOf(index: Index, place: number, wanted: readonly Wanted[]): Interval[] | null {
  const name = Object.keys(index.spec.key)[place];
  const found = wanted
    .filter((candidate) => candidate.name === name)
    .map(({ condition }) => toIntervals(condition))
    .filter((intervals) => intervals !== null);
  if (found.length === 0) return null;
  // With an array each condition may be met by another element: they do not narrow each other.
  const best = found.toSorted((a, b) => breadth(a) - breadth(b))[0] as Interval[];
  if (index.multikey[place] === true) return best;
  return found.reduce((all, more) => intersect(all, more), best);
}

function breadth(intervals: readonly Interval[]): number {
  return intervals.every(isPoint) ? intervals.length : RANGES_MAX + intervals.length;
}

function toIntervals(condition: Condition): Interval[] | null {
  switch (condition.op) {
    case "eq":
      return Array.isArray(condition.value) ? null : [toPoint(keyOf(condition.value))];
    case "in": {
      if (condition.values.some(Array.isArray)) return null;
      return [...new Set(condition.values.map(keyOf))].toSorted().map(toPoint);
    }
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return Array.isArray(condition.value) ? null : rangeOf(condition.op, condition.value);
    case "exists":
    case "type":
    case "elemMatch":
    case "present":
    case "other":
      return null;
  }
}

function rangeOf(op: "gt" | "gte" | "lt" | "lte", value: Value): Interval[] {
  const isIn = op === "gte" || op === "lte";
  if (value === null) return isIn ? [toPoint(keyOf(null))] : [];
  const key = keyOf(value);
  // A comparison never leaves the type of its operand.
  const type = keyOfTag(tagOf(value));
  return op === "gt" || op === "gte"
    ? [{ low: key, isLowIn: isIn, high: type, isHighIn: true }]
    : [{ low: type, isLowIn: true, high: key, isHighIn: isIn }];
}

function toPoint(key: Key): Interval {
  return { low: key, isLowIn: true, high: key, isHighIn: true };
}

function isPoint({ low, high, isLowIn, isHighIn }: Interval): boolean {
  return low === high && isLowIn && isHighIn;
}

/** Both lists are in order and without overlaps: one walk over both is enough. */
function intersect(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const shared: Interval[] = [];
  for (let l = 0, r = 0; l < left.length && r < right.length; ) {
    const [a, b] = [left[l] as Interval, right[r] as Interval];
    const both = narrow(a, b);
    if (both !== null) shared.push(both);
    if (endOf(a) <= endOf(b)) l += 1;
    else r += 1;
  }
  return shared;
}

function narrow(a: Interval, b: Interval): Interval | null {
  const [aStart, bStart] = [startOf(a), startOf(b)];
  const [aEnd, bEnd] = [endOf(a), endOf(b)];
  if ((aStart > bStart ? aStart : bStart) >= (aEnd < bEnd ? aEnd : bEnd)) return null;
  const low = aStart >= bStart ? a : b;
  const high = aEnd <= bEnd ? a : b;
  return { low: low.low, isLowIn: low.isLowIn, high: high.high, isHighIn: high.isHighIn };
}

function startOf({ low, isLowIn }: Interval): Key {
  return isLowIn ? low : low + AFTER_ALL;
}

function endOf({ high, isHighIn }: Interval): Key {
  return isHighIn ? high + AFTER_ALL : high;
}

function toRange(prefix: Key, interval: Interval, descending: boolean): KeyRange {
  if (!descending) return { start: prefix + startOf(interval), end: prefix + endOf(interval) };
  const low = prefix + invertKey(interval.low);
  const high = prefix + invertKey(interval.high);
  return {
    start: interval.isHighIn ? high : high + AFTER_ALL,
    end: interval.isLowIn ? low + AFTER_ALL : low,
  };
}
