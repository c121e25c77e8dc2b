import {
  BSONRegExp,
  type Binary,
  Double,
  Int32,
  Long,
  type MaxKey,
  type MinKey,
  type ObjectId,
  type Timestamp,
  deserialize,
  serialize,
} from "bson";
import { MongoError, notSupported } from "./errors.ts";

/**
 * A stored value. Numbers keep their BSON type (a plain JavaScript number never occurs), so that a
 * document reads back as it was written. Values are never changed in place: an update makes new
 * containers along its path and shares the rest.
 */
export type Value =
  | null
  | string
  | boolean
  | Int32
  | Double
  | Long
  | ObjectId
  | Date
  | Binary
  | BSONRegExp
  | Timestamp
  | MinKey
  | MaxKey
  | Value[]
  | Doc;

export interface Doc {
  [field: string]: Value;
}

/** The bytes of a document, one character a byte: compact, and moved by the garbage collector. */
export type RawDoc = string;

/** The order of types in comparisons and sorts. `empty` is the key of an empty array. */
export const TAG = {
  minKey: 1,
  empty: 2,
  null: 3,
  number: 4,
  string: 5,
  object: 6,
  array: 7,
  binary: 8,
  objectId: 9,
  bool: 10,
  date: 11,
  timestamp: 12,
  regex: 13,
  maxKey: 14,
} as const;

export type Tag = (typeof TAG)[keyof typeof TAG];

const TAG_BY_CLASS: Readonly<Record<string, Tag>> = {
  Int32: TAG.number,
  Double: TAG.number,
  Long: TAG.number,
  ObjectId: TAG.objectId,
  Binary: TAG.binary,
  BSONRegExp: TAG.regex,
  Timestamp: TAG.timestamp,
  MinKey: TAG.minKey,
  MaxKey: TAG.maxKey,
};

const NESTING_MAX = 100;
export const DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

/** Which place in the order of types a value has. */
export function tagOf(value: Value): Tag {
  if (typeof value === "string") return TAG.string;
  if (typeof value === "boolean") return TAG.bool;
  if (value === null) return TAG.null;
  if (Array.isArray(value)) return TAG.array;
  if (value instanceof Date) return TAG.date;
  const name = (value as { _bsontype?: string })._bsontype;
  if (name === undefined) return TAG.object;
  const tag = TAG_BY_CLASS[name];
  // A document that pretends to be a BSON class would fool the codec.
  if (tag === undefined || Object.hasOwn(value, "_bsontype"))
    throw notSupported(`the BSON type ${name}`);
  return tag;
}

/** Whether a value is an embedded document. */
export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    (value as { _bsontype?: string })._bsontype === undefined
  );
}

export function isNumber(value: unknown): value is Int32 | Double | Long {
  return value instanceof Int32 || value instanceof Double || value instanceof Long;
}

/** A number as JavaScript's; a Long beyond 2^53 loses its last digits. */
export function toNumber(value: Int32 | Double | Long): number {
  return value instanceof Long ? value.toNumber() : value.value;
}

/** The value of a field, or undefined where it is missing. */
export function fieldOf(doc: Doc, field: string): Value | undefined {
  const value: unknown = doc[field];
  // What an object inherits (`constructor`, `toString`) is no field.
  return typeof value === "function" ? undefined : (value as Value | undefined);
}

/** Decodes one document, keeping the types of numbers. */
export function decode(bytes: Uint8Array): Doc {
  return deserialize(bytes, { promoteValues: false, bsonRegExp: true });
}

/** Decodes a stored document. */
export function decodeRaw(raw: RawDoc): Doc {
  return decode(Buffer.from(raw, "latin1"));
}

/** Encodes one document and holds MongoDB's limit of 16 MB. */
export function encode(doc: Doc): RawDoc {
  const bytes = serialize(doc, { ignoreUndefined: false });
  if (bytes.length > DOCUMENT_BYTES_MAX) {
    throw new MongoError(
      "BSONObjectTooLarge",
      `object to insert too large. size in bytes: ${bytes.length}, max size: ${DOCUMENT_BYTES_MAX}`,
    );
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
}

/** Throws unless a value holds only types and field names that can be stored. */
export function assertStorable(value: Value | undefined, depth = 0): void {
  if (value === undefined) throw notSupported("the BSON type undefined");
  if (typeof value !== "object" || value === null) return;
  if (depth > NESTING_MAX) {
    throw new MongoError("BadValue", `documents nest at most ${NESTING_MAX} levels deep`);
  }
  if (Array.isArray(value)) {
    for (const element of value) assertStorable(element, depth + 1);
    return;
  }
  const tag = tagOf(value);
  if (tag === TAG.date && Number.isNaN((value as Date).getTime())) {
    throw notSupported("a date outside the years that JavaScript can hold");
  }
  if (tag !== TAG.object) return;
  for (const field in value as Doc) {
    assertFieldName(field);
    assertStorable((value as Doc)[field], depth + 1);
  }
}

function assertFieldName(field: string): void {
  if (field.startsWith("$")) {
    throw new MongoError(
      "DollarPrefixedFieldName",
      `The dollar ($) prefixed field '${field}' is not allowed in the context of the document to store`,
    );
  }
  if (field.includes(".")) {
    throw new MongoError("DottedFieldName", `The field name '${field}' must not contain '.'`);
  }
  if (field === "") throw notSupported("an empty field name");
  if (field === "__proto__" || field === "_bsontype") {
    throw notSupported(`a field named '${field}'`);
  }
}

/** The name MongoDB's messages give the type of a value. */
export function typeName(value: Value): string {
  if (value instanceof Int32) return "int";
  if (value instanceof Long) return "long";
  if (value instanceof Double) return "double";
  return NAME_BY_TAG[tagOf(value)] ?? "missing";
}

const NAME_BY_TAG: Readonly<Partial<Record<Tag, string>>> = {
  [TAG.minKey]: "minKey",
  [TAG.null]: "null",
  [TAG.string]: "string",
  [TAG.object]: "object",
  [TAG.array]: "array",
  [TAG.binary]: "binData",
  [TAG.objectId]: "objectId",
  [TAG.bool]: "bool",
  [TAG.date]: "date",
  [TAG.timestamp]: "timestamp",
  [TAG.regex]: "regex",
  [TAG.maxKey]: "maxKey",
};

/** BSON's number of each type, by the aliases that `$type` takes. */
export const TYPE_CODES: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  int: 16,
  timestamp: 17,
  long: 18,
  minKey: -1,
  maxKey: 127,
};

/** BSON's number of the type of a value. */
export function typeCode(value: Value): number {
  return TYPE_CODES[typeName(value)] ?? 0;
}

/** A value as MongoDB's messages print it. */
export function show(value: Value | undefined): string {
  if (value === undefined) return "missing";
  if (typeof value === "string") return `"${value}"`;
  if (isNumber(value)) return value.toString();
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[ ${value.map(show).join(", ")} ]`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (value instanceof BSONRegExp) return `/${value.pattern}/${value.options}`;
  if (tagOf(value) === TAG.objectId) return `ObjectId('${(value as ObjectId).toHexString()}')`;
  if (!isDoc(value)) return typeName(value);
  const fields = Object.entries(value).map(([field, inner]) => `${field}: ${show(inner)}`);
  return `{ ${fields.join(", ")} }`;
}
