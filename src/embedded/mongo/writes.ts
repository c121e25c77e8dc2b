import type { Collection } from "./collection.ts";
import type { Filter } from "./filter.ts";
import type { StoredDoc } from "./stored-doc.ts";
import { type Query, select } from "./query.ts";
import type { Store } from "./store.ts";
import { assertSameId, newDocFor, withLeadingId } from "./upsert.ts";
import type { Update } from "./updater.ts";
import { type Value, encode } from "./values.ts";

/** One update of an update command. */
export interface UpdateStatement {
  readonly filter: Filter;
  readonly update: Update;
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
  readonly hint: Value | undefined;
}

export interface UpdateOutcome {
  readonly matched: number;
  readonly modified: number;
  /** The document that an upsert inserted. */
  readonly upserted: StoredDoc | null;
}

/** Applies one update statement. */
export function applyUpdate(
  store: Store,
  place: { readonly database: string; readonly name: string },
  statement: UpdateStatement,
): UpdateOutcome {
  const { filter, update, hint, isMulti } = statement;
  const collection = store.find(place.database, place.name);
  const query: Query = { filter, sort: null, skip: 0, limit: isMulti ? 0 : 1, hint };
  const found = select(collection, query);
  if (collection === undefined || found.length === 0) {
    const upserted = statement.isUpsert ? upsert(store, place, statement) : null;
    return { matched: 0, modified: 0, upserted };
  }
  let modified = 0;
  for (const stored of found) {
    if (changeStored({ store, collection }, stored, { filter, update })) modified += 1;
  }
  return { matched: found.length, modified, upserted: null };
}

/** Gives one document its new version; false where the update changes nothing. */
export function changeStored(
  { store, collection }: { store: Store; collection: Collection },
  stored: StoredDoc,
  { filter, update }: { filter: Filter; update: Update },
): boolean {
  const before = stored.doc;
  const changed = update.apply(before, filter);
  if (changed === before) return false;
  assertSameId(before._id ?? null, changed._id);
  const doc = withLeadingId(changed);
  const raw = encode(doc);
  if (raw === stored.raw) return false;
  store.replace(collection, stored, { doc, raw });
  return true;
}

/** Inserts the document that an upsert asks for. */
export function upsert(
  store: Store,
  place: { readonly database: string; readonly name: string },
  { filter, update }: { readonly filter: Filter; readonly update: Update },
): StoredDoc {
  const doc = newDocFor(filter, update);
  return store.insert(store.obtain(place.database, place.name), doc);
}
