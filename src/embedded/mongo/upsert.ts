import { ObjectId } from "bson";
import { MongoError } from "./errors.ts";
import type { Filter } from "./filter.ts";
import { equalValues } from "./keys.ts";
import { overlaps } from "./paths.ts";
import { changeAt } from "./update-path.ts";
import type { Update } from "./updater.ts";
import { type Doc, type Value, fieldOf } from "./values.ts";

/** The document that an upsert inserts where its filter found none. */
export function newDocFor(filter: Filter, update: Update): Doc {
  const fixed = fixedFields(filter);
  if (update.isReplacement) {
    const id = fixed.find(({ name }) => name === "_id");
    return withId(update.applyToInsert(id === undefined ? {} : { _id: id.value }), id?.value);
  }
  assertSingle(fixed);
  let doc: Doc = {};
  for (const { path, value } of fixed) {
    doc = changeAt(doc, path, { creates: true, apply: () => value });
  }
  return withId(update.applyToInsert(doc), fieldOf(doc, "_id"));
}

/** Puts `_id` first, and makes one where there is none. */
export function withLeadingId(doc: Doc): Doc {
  for (const first in doc) {
    if (first === "_id") return doc;
    break;
  }
  const { _id: id, ...rest } = doc;
  return { _id: id ?? new ObjectId(), ...rest };
}

function withId(doc: Doc, wanted: Value | undefined): Doc {
  if (wanted !== undefined && doc._id !== undefined) assertSameId(wanted, doc._id);
  return withLeadingId(doc);
}

interface FixedField {
  readonly name: string;
  readonly path: readonly string[];
  readonly value: Value;
}

/** The fields for which a filter allows a single value. */
function fixedFields(filter: Filter): FixedField[] {
  switch (filter.kind) {
    case "and":
      return filter.parts.flatMap(fixedFields);
    case "or": {
      const [only] = filter.parts;
      return filter.parts.length === 1 && only !== undefined ? fixedFields(only) : [];
    }
    case "not":
      return [];
    case "field": {
      const { condition } = filter.test;
      return condition.op === "eq"
        ? [{ name: filter.name, path: filter.path, value: condition.value }]
        : [];
    }
  }
}

function assertSingle(fixed: readonly FixedField[]): void {
  for (const [i, { path, name }] of fixed.entries()) {
    if (!fixed.slice(0, i).some((earlier) => overlaps(earlier.path, path))) continue;
    throw new MongoError(
      "NotSingleValueField",
      `cannot infer query fields to set, path '${name}' is matched twice`,
    );
  }
}

/** Throws where a write would change the `_id` of a document. */
export function assertSameId(before: Value, after: Value | undefined): void {
  if (after !== undefined && equalValues(before, after)) return;
  throw new MongoError(
    "ImmutableField",
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}
