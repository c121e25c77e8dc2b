import { BSONRegExp, Double } from "bson";
import { MongoError, notSupported } from "./errors.ts";
import type { Filter } from "./filter.ts";
import { compareValues, equalValues, keyOf } from "./keys.ts";
import { compileRegex } from "./regex.ts";
import {
  TAG,
  TYPE_CODES,
  type Value,
  assertStorable,
  isDoc,
  isNumber,
  tagOf,
  toNumber,
  typeCode,
} from "./values.ts";

/** What a test asks for, as far as the planner and an upsert can use it. */
export type Condition =
  | { readonly op: "eq"; readonly value: Value }
  | { readonly op: "in"; readonly values: readonly Value[] }
  | { readonly op: "gt" | "gte" | "lt" | "lte"; readonly value: Value }
  | { readonly op: "exists" }
  | { readonly op: "type"; readonly codes: readonly number[] }
  | { readonly op: "elemMatch"; readonly filter: Filter }
  | { readonly op: "present" }
  | { readonly op: "other" };

/** A question about one value, or questions combined. */
export type Test =
  | {
      readonly kind: "test";
      readonly condition: Condition;
      /** Asked of each value at the path; undefined stands for a missing one. */
      readonly accepts: (value: Value | undefined) => boolean;
      /** Whether an array at the end of the path is asked only as a whole. */
      readonly wholeArrays: boolean;
    }
  | { readonly kind: "all"; readonly tests: readonly Test[] }
  | { readonly kind: "notAll"; readonly tests: readonly Test[] };

/** The test of a plain value: equality, or a pattern where the value is one. */
export function literalTest(value: Value): Test {
  return value instanceof BSONRegExp ? regexTest(value) : equality(value);
}

/** What holds where not all of the tests do. */
export function not(tests: readonly Test[]): Test {
  return { kind: "notAll", tests };
}

/** A test of single values. */
export function leaf(condition: Condition, accepts: (value: Value | undefined) => boolean): Test {
  return { kind: "test", condition, accepts, wholeArrays: false };
}

/** Throws where an operator was given a pattern. */
export function refuseRegex(name: string, operand: Value): Value {
  if (operand instanceof BSONRegExp) {
    throw new MongoError("BadValue", `Can't have regex as arg to ${name}.`);
  }
  return operand;
}

/** `$eq` and a plain value. */
export function equality(operand: Value): Test {
  assertStorable(operand);
  if (operand === null) {
    return leaf({ op: "eq", value: null }, (value) => value === null || value === undefined);
  }
  return leaf(
    { op: "eq", value: operand },
    (value) => value !== undefined && equalValues(value, operand),
  );
}

/** `$gt`, `$gte`, `$lt`, `$lte`: only values of the same kind compare. */
export function comparison(op: "gt" | "gte" | "lt" | "lte", operand: Value): Test {
  assertStorable(operand);
  refuseRegex(`$${op}`, operand);
  const orEqual = op === "gte" || op === "lte";
  if (operand === null) {
    return leaf({ op, value: null }, (value) => orEqual && (value === null || value === undefined));
  }
  const tag = tagOf(operand);
  if (tag === TAG.minKey || tag === TAG.maxKey) throw notSupported(`$${op} with MinKey or MaxKey`);
  if (isNaNValue(operand)) {
    return leaf({ op: "other" }, (value) => orEqual && value !== undefined && isNaNValue(value));
  }
  const sign = op === "gt" || op === "gte" ? 1 : -1;
  return leaf({ op, value: operand }, (value) => {
    // Only values of the same kind compare; a string is neither above nor below a number.
    if (value === undefined || tagOf(value) !== tag || isNaNValue(value)) return false;
    const order = compareValues(value, operand);
    return order === 0 ? orEqual : order > 0 === sign > 0;
  });
}

function isNaNValue(value: Value): boolean {
  return value instanceof Double && Number.isNaN(value.value);
}

/** `$in`. */
export function membership(name: string, operand: Value): Test {
  if (!Array.isArray(operand)) throw new MongoError("BadValue", `${name} needs an array`);
  const values: Value[] = [];
  const patterns: RegExp[] = [];
  for (const value of operand) {
    assertStorable(value);
    if (value instanceof BSONRegExp) patterns.push(compileRegex(value.pattern, value.options));
    else if (isDoc(value) && Object.keys(value)[0]?.startsWith("$") === true) {
      throw new MongoError("BadValue", `cannot nest $ under ${name}`);
    } else values.push(value);
  }
  const keys = new Set(values.map(keyOf));
  const hasNull = values.includes(null);
  const condition: Condition = patterns.length > 0 ? { op: "other" } : { op: "in", values };
  return leaf(condition, (value) => {
    if (value === undefined) return hasNull;
    if (keys.has(keyOf(value))) return true;
    return typeof value === "string" && patterns.some((pattern) => pattern.test(value));
  });
}

/** `$exists`; false is the negation of true. */
export function existence(operand: Value): Test {
  const exists = leaf({ op: "exists" }, (value) => value !== undefined);
  return isTruthy(operand) ? exists : not([exists]);
}

/** Truth as MongoDB reads an option: everything but false, null and zero. */
function isTruthy(value: Value): boolean {
  return isNumber(value) ? toNumber(value) !== 0 : value !== false && value !== null;
}

/** `$type`, by names or numbers. */
export function typeTest(operand: Value): Test {
  const wanted = Array.isArray(operand) ? operand : [operand];
  if (wanted.length === 0) {
    throw new MongoError("FailedToParse", "$type must match at least one type");
  }
  const codes = wanted.flatMap(typeCodes);
  return leaf(
    { op: "type", codes },
    (value) => value !== undefined && codes.includes(typeCode(value)),
  );
}

function typeCodes(wanted: Value): number[] {
  if (wanted === "number") return [1, 16, 18];
  if (typeof wanted === "string" && Object.hasOwn(TYPE_CODES, wanted)) {
    return [TYPE_CODES[wanted] as number];
  }
  const code = isNumber(wanted) ? toNumber(wanted) : Number.NaN;
  if (Object.values(TYPE_CODES).includes(code)) return [code];
  throw new MongoError(
    "BadValue",
    "$type takes a type this server knows, by its name or its number",
  );
}

/** `$size`. */
export function sizeTest(operand: Value): Test {
  const size = isNumber(operand) ? toNumber(operand) : Number.NaN;
  if (!Number.isInteger(size) || size < 0) {
    throw new MongoError("BadValue", "$size must be a whole, non-negative number");
  }
  const accepts = (value: Value | undefined): boolean =>
    Array.isArray(value) && value.length === size;
  return { kind: "test", condition: { op: "other" }, accepts, wholeArrays: true };
}

/** A pattern. */
export function regexTest(regex: BSONRegExp): Test {
  const pattern = compileRegex(regex.pattern, regex.options);
  return leaf(
    { op: "present" },
    (value) =>
      (typeof value === "string" && pattern.test(value)) ||
      (value instanceof BSONRegExp && equalValues(value, regex)),
  );
}
