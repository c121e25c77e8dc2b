import { type Filter, conjuncts } from "./filter.ts";
import type { Condition } from "./value-tests.ts";
import type { IndexSpec } from "./index-spec.ts";
import { compareValues, equalValues } from "./keys.ts";
import { type Value, isNumber, tagOf, toNumber, typeCode } from "./values.ts";

/** What every document that passes a filter must have at a path. */
export interface Wanted {
  readonly name: string;
  readonly condition: Condition;
}

type Range = Extract<Condition, { op: "gt" | "gte" | "lt" | "lte" }>;

/** The conditions a filter sets on single paths, those inside $elemMatch included. */
export function wantedOf(filter: Filter): Wanted[] {
  return conjuncts(filter).flatMap((part) => {
    if (part.kind !== "field") return [];
    const { name } = part;
    const { condition } = part.test;
    if (condition.op !== "elemMatch") return [{ name, condition }];
    const inner = wantedOf(condition.filter)
      .filter((wanted) => demandsPresence(wanted.condition))
      .map((wanted) => ({ name: `${name}.${wanted.name}`, condition: wanted.condition }));
    return [{ name, condition: { op: "present" } as const }, ...inner];
  });
}

/** Whether a condition holds only where the path leads to something other than null. */
function demandsPresence(condition: Condition): boolean {
  switch (condition.op) {
    case "eq":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return condition.value !== null;
    case "in":
      return !condition.values.includes(null);
    case "type":
      return !condition.codes.includes(typeCode(null));
    case "present":
    case "elemMatch":
      return true;
    case "exists":
    case "other":
      return false;
  }
}

/** Whether an index holds every document that passes the filter. */
export function holdsAll(spec: IndexSpec, wanted: readonly Wanted[]): boolean {
  if (spec.sparse) {
    const names = Object.keys(spec.key);
    return wanted.some(({ name, condition }) => names.includes(name) && demandsField(condition));
  }
  return spec.partial === null || implies(wanted, spec.partial.filter);
}

function demandsField(condition: Condition): boolean {
  return condition.op === "exists" || demandsPresence(condition);
}

/** Whether whoever meets the wanted conditions passes a partial index's filter too. */
function implies(wanted: readonly Wanted[], partial: Filter): boolean {
  switch (partial.kind) {
    case "and":
      return partial.parts.every((part) => implies(wanted, part));
    case "or":
      return partial.parts.some((part) => implies(wanted, part));
    case "not":
      return false;
    case "field": {
      const asked = partial.test.condition;
      return wanted.some(
        ({ name, condition }) => name === partial.name && covers(condition, asked),
      );
    }
  }
}

function covers(given: Condition, asked: Condition): boolean {
  if (asked.op === "exists") return demandsField(given);
  if (given.op === "eq") return isWithin(given.value, asked);
  if (given.op === "in") {
    return given.values.length > 0 && given.values.every((value) => isWithin(value, asked));
  }
  if (asked.op === "type") {
    return given.op === "type" && given.codes.every((code) => asked.codes.includes(code));
  }
  return isRange(given) && isRange(asked) && isTighter(given, asked);
}

/** Whether a single value, found at the path, meets the asked condition. */
function isWithin(value: Value, asked: Condition): boolean {
  // An array may be matched as a whole or by an element, which decides differently; left alone.
  if (Array.isArray(value)) return false;
  switch (asked.op) {
    case "eq":
      return equalValues(value, asked.value);
    case "in":
      return asked.values.some((candidate) => equalValues(value, candidate));
    case "type":
      return value !== null && isNumberSafe(value, asked.codes);
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return value !== null && asked.value !== null && holdsRange(value, asked);
    case "exists":
    case "elemMatch":
    case "present":
    case "other":
      return false;
  }
}

/** Equal numbers may be of different types, so a number is of a wanted type only if all are. */
function isNumberSafe(value: Value, codes: readonly number[]): boolean {
  const numberCodes = [1, 16, 18];
  const code = typeCode(value);
  return numberCodes.includes(code)
    ? numberCodes.every((number) => codes.includes(number))
    : codes.includes(code);
}

function holdsRange(value: Value, { op, value: bound }: Range): boolean {
  // NaN equals only itself and lies on no side of a bound.
  if (tagOf(value) !== tagOf(bound) || (isNumber(value) && Number.isNaN(toNumber(value))))
    return false;
  return isOnSide(compareValues(value, bound), op);
}

function isOnSide(order: number, op: Range["op"]): boolean {
  if (order === 0) return op === "gte" || op === "lte";
  return order > 0 ? op === "gt" || op === "gte" : op === "lt" || op === "lte";
}

function isRange(condition: Condition): condition is Range {
  return ["gt", "gte", "lt", "lte"].includes(condition.op);
}

function isTighter(given: Range, asked: Range): boolean {
  const isUp = (op: Range["op"]): boolean => op === "gt" || op === "gte";
  if (isUp(given.op) !== isUp(asked.op)) return false;
  if (given.value === null || asked.value === null) return false;
  if (Array.isArray(given.value) || tagOf(given.value) !== tagOf(asked.value)) return false;
  const order = compareValues(given.value, asked.value);
  if (order === 0) return given.op === asked.op || asked.op === "gte" || asked.op === "lte";
  return isUp(given.op) === order > 0;
}
