import { MongoError, notSupported } from "./errors.ts";
import { type KeyShape, encodeKey, keyValuesOf } from "./index-keys.ts";
import type { Key } from "./keys.ts";
import { parsePath } from "./paths.ts";
import { type Doc, isNumber, toNumber } from "./values.ts";

const SORT_FIELDS_MAX = 32;

/** A sort, parsed; `names[i]` runs down where `descending[i]` says so. */
export interface SortOrder extends KeyShape {
  readonly names: readonly string[];
}

/** Parses a sort document; null where it asks for nothing. */
export function parseSort(sort: Doc): SortOrder | null {
  const fields = Object.entries(sort);
  if (fields.length === 0) return null;
  if (fields.length > SORT_FIELDS_MAX) throw new MongoError("BadValue", "too many sort fields");
  const descending = fields.map(([name, direction]) => {
    if (name.startsWith("$")) throw notSupported(`a sort by '${name}'`);
    const number = isNumber(direction) ? toNumber(direction) : 0;
    if (number !== 1 && number !== -1) {
      throw new MongoError(
        "SortDirection",
        `$sort key ordering must be 1 (for ascending) or -1 (for descending)`,
      );
    }
    return number === -1;
  });
  const names = fields.map(([name]) => name);
  return { names, paths: names.map(parsePath), descending };
}

/** The key by which a document is sorted: of an array, the element that comes first. */
export function sortKeyOf(doc: Doc, order: SortOrder): Key {
  const keys = keyValuesOf(doc, order).map((values) => encodeKey(values, order));
  return keys.reduce((least, key) => (key < least ? key : least));
}

/** Sorts what holds documents; equal ones keep their order. */
export function sortByOrder<T>(
  items: readonly T[],
  docOf: (item: T) => Doc,
  order: SortOrder,
): T[] {
  const keyed = items.map((item) => ({ item, key: sortKeyOf(docOf(item), order) }));
  keyed.sort((a, b) => (a.key === b.key ? 0 : a.key < b.key ? -1 : 1));
  return keyed.map(({ item }) => item);
}
