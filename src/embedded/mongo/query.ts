import type { Collection } from "./collection.ts";
import { type Filter, matches } from "./filter.ts";
import type { StoredDoc } from "./stored-doc.ts";
import { type Plan, type Question, planFor } from "./planner.ts";
import { sortByOrder } from "./sort-order.ts";
import type { Value } from "./values.ts";

/** A question together with which part of the answer is wanted. */
export interface Query extends Omit<Question, "take"> {
  readonly skip: number;
  /** 0 for all. */
  readonly limit: number;
}

/** The documents that answer a query, in order. Nothing may change while they are used. */
export function select(collection: Collection | undefined, query: Query): StoredDoc[] {
  if (collection === undefined) return [];
  const id = query.hint === undefined ? wantedId(query.filter) : undefined;
  if (id !== undefined) return selectById(collection, id, query);
  const end = query.limit === 0 ? 0 : query.skip + query.limit;
  const plan = planFor(collection, { ...query, take: end });
  if (plan.isSorted) return takeMatching(collection, plan, query).slice(query.skip);
  const found = takeMatching(collection, plan, { ...query, skip: 0, limit: 0 });
  const sorted = query.sort === null ? found : sortByOrder(found, ({ doc }) => doc, query.sort);
  return sorted.slice(query.skip, end === 0 ? undefined : end);
}

/** The one `_id` that a filter allows, which spares the planning. */
function wantedId(filter: Filter): Value | undefined {
  if (filter.kind === "field") {
    const { condition } = filter.test;
    return filter.name === "_id" && condition.op === "eq" ? condition.value : undefined;
  }
  if (filter.kind !== "and") return undefined;
  for (const part of filter.parts) {
    const id = wantedId(part);
    if (id !== undefined) return id;
  }
  return undefined;
}

function selectById(collection: Collection, id: Value, query: Query): StoredDoc[] {
  const stored = collection.findById(id);
  const isAnswer = stored !== undefined && query.skip === 0 && matches(query.filter, stored.doc);
  return isAnswer ? [stored] : [];
}

function takeMatching(collection: Collection, plan: Plan, query: Query): StoredDoc[] {
  const end = query.limit === 0 ? Number.POSITIVE_INFINITY : query.skip + query.limit;
  const found: StoredDoc[] = [];
  for (const stored of candidates(collection, plan)) {
    if (!matches(query.filter, stored.doc)) continue;
    found.push(stored);
    if (found.length >= end) break;
  }
  return found;
}

function candidates(
  collection: Collection,
  { index, bounds, isBackward }: Plan,
): Iterable<StoredDoc> {
  if (index === null) {
    return isBackward ? [...collection.documents].toReversed() : collection.documents;
  }
  const [only] = bounds.ranges;
  const isMultikey = index.multikey.some(Boolean);
  if (bounds.ranges.length === 1 && only !== undefined && !isMultikey) {
    return index.scan(only, isBackward);
  }
  const scans = bounds.ranges.map((range) => index.scan(range, isBackward));
  return isMultikey ? withoutRepeats(scans) : concatenated(scans);
}

function* concatenated(scans: Iterable<StoredDoc>[]): Generator<StoredDoc, void, undefined> {
  for (const scan of scans) yield* scan;
}

/** A document with an array has a key for each element. */
function* withoutRepeats(scans: Iterable<StoredDoc>[]): Generator<StoredDoc, void, undefined> {
  const seen = new Set<StoredDoc>();
  for (const stored of concatenated(scans)) {
    if (seen.has(stored)) continue;
    seen.add(stored);
    yield stored;
  }
}
