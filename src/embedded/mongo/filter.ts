import { BSONRegExp } from "bson";
import { MongoError, notSupported } from "./errors.ts";
import { fieldTests } from "./filter-tests.ts";
import { type Test, literalTest } from "./value-tests.ts";
import { type Path, parsePath, someValue, someWhole } from "./paths.ts";
import { type Doc, type Value, isDoc, show } from "./values.ts";

/** A filter, parsed: every operator known, every operand checked. */
export type Filter =
  | { readonly kind: "and"; readonly parts: readonly Filter[] }
  | { readonly kind: "or"; readonly parts: readonly Filter[] }
  | { readonly kind: "not"; readonly part: Filter }
  | FieldFilter;

export interface FieldFilter {
  readonly kind: "field";
  readonly name: string;
  readonly path: Path;
  readonly test: Extract<Test, { kind: "test" }>;
}

/** The filter that every document passes. */
export const EVERYTHING: Filter = { kind: "and", parts: [] };

export const TOP_LEVEL_OPERATORS = ["$and", "$or", "$nor"] as const;

/** Conditions on whole documents that MongoDB has and that are refused. */
export const REFUSED_AT_TOP = new Set([
  "$where",
  "$expr",
  "$text",
  "$jsonSchema",
  "$comment",
  "$sampleRate",
  "$alwaysTrue",
  "$alwaysFalse",
]);

/** Parses a filter; whatever is not known is refused. */
export function parseFilter(filter: Doc): Filter {
  const parts = Object.entries(filter).map(([name, value]) =>
    name.startsWith("$") ? parseLogical(name, value) : parseField(name, value),
  );
  return parts.length === 1 ? (parts[0] as Filter) : { kind: "and", parts };
}

/** Whether a document passes. */
export function matches(filter: Filter, doc: Doc): boolean {
  switch (filter.kind) {
    case "field":
      return filter.test.wholeArrays
        ? someWhole(doc, filter.path, filter.test.accepts)
        : someValue(doc, filter.path, filter.test.accepts);
    case "and":
      return filter.parts.every((part) => matches(part, doc));
    case "or":
      return filter.parts.some((part) => matches(part, doc));
    case "not":
      return !matches(filter.part, doc);
  }
}

/** Whether an element of an array passes a filter written for its fields. */
function elementMatches(filter: Filter, element: Value | undefined): boolean {
  // An array inside an array is seen by its positions, as a document would be.
  if (Array.isArray(element)) return matches(filter, Object.fromEntries(element.entries()));
  return isDoc(element) && matches(filter, element);
}

/** The conditions that must all hold, with nested $and dissolved. */
export function conjuncts(filter: Filter): readonly Filter[] {
  return filter.kind === "and" ? filter.parts.flatMap(conjuncts) : [filter];
}

function parseLogical(name: string, value: Value): Filter {
  if (REFUSED_AT_TOP.has(name)) throw notSupported(name);
  if (!(TOP_LEVEL_OPERATORS as readonly string[]).includes(name)) {
    throw new MongoError("BadValue", `unknown top level operator: ${name}`);
  }
  if (!Array.isArray(value)) throw new MongoError("BadValue", `${name} must be an array`);
  if (value.length === 0) {
    throw new MongoError("BadValue", "$and/$or/$nor must be a nonempty array");
  }
  const parts = value.map((part) => {
    if (!isDoc(part)) {
      throw new MongoError("BadValue", "$or/$and/$nor entries need to be full objects");
    }
    return parseFilter(part);
  });
  if (name === "$and") return { kind: "and", parts };
  const or: Filter = { kind: "or", parts };
  return name === "$or" ? or : { kind: "not", part: or };
}

function parseField(name: string, value: Value): Filter {
  const path = parsePath(name);
  if (path.some((part) => part.startsWith("$"))) {
    throw new MongoError("BadValue", `a filter cannot use '${name}'; field names hold no $`);
  }
  const tests = isOperatorDoc(value) ? fieldTests(value, FILTERS) : [literalTest(value)];
  const parts = tests.map((test) => toFilter({ name, path }, test));
  return parts.length === 1 ? (parts[0] as Filter) : { kind: "and", parts };
}

/** Whether a value is a document of operators, such as `{ $gt: 1 }`, and not a literal. */
export function isOperatorDoc(value: Value | undefined): value is Doc {
  if (!isDoc(value)) return false;
  const fields = Object.keys(value);
  if (fields[0]?.startsWith("$") !== true) return false;
  const stray = fields.find((field) => !field.startsWith("$"));
  if (stray !== undefined) throw new MongoError("BadValue", `unknown operator: ${stray}`);
  return true;
}

function toFilter(field: { name: string; path: Path }, test: Test): Filter {
  if (test.kind === "test") return { kind: "field", ...field, test };
  const parts = test.tests.map((inner) => toFilter(field, inner));
  const all: Filter = { kind: "and", parts };
  return test.kind === "all" ? all : { kind: "not", part: all };
}

/** What the tests of one field need of whole filters, for $elemMatch and $not. */
const FILTERS = { parse: parseFilter, isOperatorDoc, elementMatches };

/** The tests that a `$pull` condition or an array filter makes on a single value. */
export function valueAccepts(condition: Value): (value: Value) => boolean {
  if (isOperatorDoc(condition)) {
    const filter = parseFilter({ value: condition });
    return (value) => matches(filter, { value });
  }
  if (condition instanceof BSONRegExp) {
    const filter = parseFilter({ value: condition });
    return (value) => matches(filter, { value });
  }
  throw new MongoError("BadValue", `not a condition: ${show(condition)}`);
}
