import { MongoError, notSupported } from "./errors.ts";
import { type Filter, conjuncts, parseFilter } from "./filter.ts";
import type { KeyShape } from "./index-keys.ts";
import { equalValues } from "./keys.ts";
import { isPosition, parsePath } from "./paths.ts";
import { type Doc, type Value, isDoc, isNumber, show, toNumber } from "./values.ts";

/** One index as it was asked for. */
export interface IndexSpec {
  readonly name: string;
  /** The key pattern, as listIndexes shows it. */
  readonly key: Doc;
  readonly shape: KeyShape;
  readonly unique: boolean;
  readonly sparse: boolean;
  /** The documents the index holds, where it is partial. */
  readonly partial: { readonly source: Doc; readonly filter: Filter } | null;
}

export const INDEX_OPTIONS = [
  "key",
  "name",
  "unique",
  "sparse",
  "partialFilterExpression",
  "background",
  "v",
] as const;

/** Options that MongoDB has and that are refused, unless they are switched off. */
export const REFUSED_OPTIONS = new Set([
  "expireAfterSeconds",
  "hidden",
  "collation",
  "storageEngine",
  "weights",
  "default_language",
  "language_override",
  "textIndexVersion",
  "2dsphereIndexVersion",
  "bits",
  "min",
  "max",
  "wildcardProjection",
  "clustered",
  "prepareUnique",
]);

const PARTIAL_OPERATORS = ["eq", "exists", "gt", "gte", "lt", "lte", "type", "in"];

/** Parses one member of createIndexes' `indexes`. */
export function parseIndexSpec(spec: Doc): IndexSpec {
  for (const [option, value] of Object.entries(spec)) assertOption(option, value);
  const { key, name, partialFilterExpression } = spec;
  if (!isDoc(key)) throw new MongoError("FailedToParse", "The 'key' field is a required property");
  if (typeof name !== "string" || name === "") {
    throw new MongoError("FailedToParse", "The 'name' field is a required property");
  }
  const partial = parsePartial(partialFilterExpression);
  const sparse = flag(spec, "sparse");
  if (sparse && partial !== null) {
    throw new MongoError(
      "CannotCreateIndex",
      "cannot mix partialFilterExpression and sparse options",
    );
  }
  return { name, key, shape: parseKey(key), unique: flag(spec, "unique"), sparse, partial };
}

/** The index that every collection has. */
export function idIndexSpec(key: Doc): IndexSpec {
  return { name: "_id_", key, shape: parseKey(key), unique: true, sparse: false, partial: null };
}

/** An index as listIndexes shows it, and as it is stored. */
export function describeIndex(spec: IndexSpec): Record<string, unknown> {
  return {
    v: 2,
    key: spec.key,
    name: spec.name,
    // MongoDB does not show that the index of _id is unique.
    ...(spec.unique && spec.name !== "_id_" ? { unique: true } : {}),
    ...(spec.sparse ? { sparse: true } : {}),
    ...(spec.partial === null ? {} : { partialFilterExpression: spec.partial.source }),
  };
}

/** Whether an index exists already; throws where another stands in the way of it. */
export function alreadyExists(existing: readonly IndexSpec[], wanted: IndexSpec): boolean {
  const sameName = existing.find(({ name }) => name === wanted.name);
  const sameKey = existing.find((spec) => hasSameKey(spec, wanted));
  if (sameName !== undefined && hasSameKey(sameName, wanted) && hasSameOptions(sameName, wanted)) {
    return true;
  }
  if (sameName !== undefined) {
    throw new MongoError(
      "IndexKeySpecsConflict",
      `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${show(wanted.key)} name: "${wanted.name}", existing index: ${show(sameName.key)} name: "${sameName.name}"`,
    );
  }
  if (sameKey === undefined) return false;
  const what = hasSameOptions(sameKey, wanted)
    ? `Index already exists with a different name: ${sameKey.name}`
    : `An equivalent index already exists with a different name and options. Requested index: ${show(wanted.key)} name: "${wanted.name}", existing index: "${sameKey.name}"`;
  throw new MongoError("IndexOptionsConflict", what);
}

function hasSameKey(a: IndexSpec, b: IndexSpec): boolean {
  if (!equalValues(a.key, b.key)) return false;
  // Indexes of the same key may live side by side where they hold different documents.
  if (a.partial === null || b.partial === null) return a.partial === b.partial;
  return equalValues(a.partial.source, b.partial.source);
}

function hasSameOptions(a: IndexSpec, b: IndexSpec): boolean {
  return a.unique === b.unique && a.sparse === b.sparse;
}

function assertOption(option: string, value: Value): void {
  if ((INDEX_OPTIONS as readonly string[]).includes(option)) {
    if (option === "v" && !(isNumber(value) && toNumber(value) === 2)) {
      throw notSupported("an index version other than 2");
    }
    return;
  }
  const isOff = option === "hidden" && value === false;
  if (isOff) return;
  if (REFUSED_OPTIONS.has(option)) throw notSupported(`the index option ${option}`);
  throw new MongoError(
    "InvalidIndexSpecificationOption",
    `The field '${option}' is not valid for an index specification`,
  );
}

function flag(spec: Doc, option: string): boolean {
  const value = spec[option];
  if (value === undefined || typeof value === "boolean") return value === true;
  if (isNumber(value)) return toNumber(value) !== 0;
  throw new MongoError("TypeMismatch", `The field '${option}' must be a boolean`);
}

function parseKey(key: Doc): KeyShape {
  const fields = Object.entries(key);
  if (fields.length === 0) throw new MongoError("CannotCreateIndex", "Index keys cannot be empty.");
  const descending = fields.map(([field, direction]) => {
    if (typeof direction === "string") throw notSupported(`an index of the kind '${direction}'`);
    const number = isNumber(direction) ? toNumber(direction) : 0;
    if (number !== 1 && number !== -1) {
      throw new MongoError("CannotCreateIndex", `the direction of '${field}' must be 1 or -1`);
    }
    return number === -1;
  });
  const paths = fields.map(([field]) => {
    const path = parsePath(field);
    if (path.some((part) => part.startsWith("$"))) throw notSupported(`an index over '${field}'`);
    if (path.some(isPosition)) throw notSupported(`an index over a position ('${field}')`);
    return path;
  });
  return { paths, descending };
}

function parsePartial(source: Value | undefined): IndexSpec["partial"] {
  if (source === undefined) return null;
  if (!isDoc(source)) {
    throw new MongoError("TypeMismatch", "The field 'partialFilterExpression' must be an object");
  }
  const filter = parseFilter(source);
  assertPartialFilter(filter);
  return { source, filter };
}

function assertPartialFilter(filter: Filter): void {
  for (const part of conjuncts(filter)) {
    if (part.kind === "or") part.parts.forEach(assertPartialFilter);
    else if (part.kind !== "field" || !PARTIAL_OPERATORS.includes(part.test.condition.op)) {
      throw new MongoError(
        "CannotCreateIndex",
        `unsupported expression in partial index: use equality, $in, $exists: true, $gt, $gte, $lt, $lte, $type, $and, $or`,
      );
    }
  }
}
