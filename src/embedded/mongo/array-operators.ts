import { BSONRegExp } from "bson";
import { MongoError } from "./errors.ts";
import { isOperatorDoc, matches, parseFilter, valueAccepts } from "./filter.ts";
import { compareValues, equalValues } from "./keys.ts";
import { parseSort, sortByOrder } from "./sort-order.ts";
import type { ValueChange } from "./update-path.ts";
import {
  type Doc,
  type Value,
  assertStorable,
  isDoc,
  isNumber,
  show,
  toNumber,
  typeName,
} from "./values.ts";

const PUSH_MODIFIERS = ["$each", "$slice", "$position", "$sort"];

/** `$push`, with or without modifiers. */
export function push(name: string, operand: Value): ValueChange {
  const modifiers = modifiersOf("$push", operand, PUSH_MODIFIERS);
  const added = modifiers === null ? [operand] : eachOf("$push", modifiers);
  assertStorable(added);
  const position = wholeNumber(modifiers, "$position");
  const slice = wholeNumber(modifiers, "$slice");
  const sort = modifiers?.$sort === undefined ? null : parseElementSort(modifiers.$sort);
  return {
    creates: true,
    apply(value, doc) {
      const array = arrayAt(name, value, doc);
      const at = position === null ? array.length : startOf(position, array.length);
      let result = [...array.slice(0, at), ...added, ...array.slice(at)];
      if (sort !== null) result = sort(result);
      if (slice !== null) result = slice < 0 ? result.slice(slice) : result.slice(0, slice);
      return result;
    },
  };
}

/** `$addToSet`: adds what no element equals. */
export function addToSet(name: string, operand: Value): ValueChange {
  const modifiers = modifiersOf("$addToSet", operand, ["$each"]);
  const wanted = modifiers === null ? [operand] : eachOf("$addToSet", modifiers);
  assertStorable(wanted);
  return {
    creates: true,
    apply(value, doc) {
      const array = arrayAt(name, value, doc);
      const result = [...array];
      for (const candidate of wanted) {
        if (!result.some((element) => equalValues(element, candidate))) result.push(candidate);
      }
      return value !== undefined && result.length === array.length ? value : result;
    },
  };
}

/** `$pull`: removes what equals a value or meets a condition. */
export function pull(_name: string, operand: Value): ValueChange {
  const isPulled = pullCondition(operand);
  return {
    creates: false,
    apply(value) {
      if (value === undefined) return undefined;
      if (!Array.isArray(value)) {
        throw new MongoError("BadValue", "Cannot apply $pull to a non-array value");
      }
      const left = value.filter((element) => !isPulled(element));
      return left.length === value.length ? value : left;
    },
  };
}

function pullCondition(operand: Value): (element: Value) => boolean {
  if (isOperatorDoc(operand) && !isLogical(operand)) return valueAccepts(operand);
  if (operand instanceof BSONRegExp) return valueAccepts(operand);
  if (isDoc(operand)) {
    const filter = parseFilter(operand);
    return (element) => isDoc(element) && matches(filter, element);
  }
  assertStorable(operand);
  return (element) => equalValues(element, operand);
}

function isLogical(operand: Doc): boolean {
  return ["$and", "$or", "$nor"].includes(Object.keys(operand)[0] ?? "");
}

/** The modifiers of an operand that has `$each`; null for a plain value. */
function modifiersOf(operator: string, operand: Value, known: readonly string[]): Doc | null {
  if (!isDoc(operand) || operand.$each === undefined) return null;
  const stray = Object.keys(operand).find((field) => !known.includes(field));
  if (stray === undefined) return operand;
  throw new MongoError("BadValue", `Unrecognized clause in ${operator}: ${stray}`);
}

function eachOf(operator: string, { $each: each }: Doc): Value[] {
  if (Array.isArray(each)) return each;
  throw new MongoError("BadValue", `The argument to $each in ${operator} must be an array`);
}

function wholeNumber(modifiers: Doc | null, name: string): number | null {
  const value = modifiers?.[name];
  if (value === undefined) return null;
  const number = isNumber(value) ? toNumber(value) : Number.NaN;
  if (Number.isInteger(number)) return number;
  throw new MongoError("BadValue", `The value for ${name} must be an integer value`);
}

function startOf(position: number, length: number): number {
  return position < 0 ? Math.max(0, length + position) : Math.min(position, length);
}

function arrayAt(name: string, value: Value | undefined, doc: Doc): Value[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  throw new MongoError(
    "BadValue",
    `The field '${name}' must be an array but is of type ${typeName(value)} in document {_id: ${show(doc._id)}}`,
  );
}

function parseElementSort(sort: Value): (elements: Value[]) => Value[] {
  if (isDoc(sort)) {
    const order = parseSort(sort);
    if (order === null) throw new MongoError("BadValue", "The $sort pattern is empty");
    return (elements) => sortByOrder(elements, (element) => (isDoc(element) ? element : {}), order);
  }
  const direction = isNumber(sort) ? toNumber(sort) : 0;
  if (direction !== 1 && direction !== -1) {
    throw new MongoError("BadValue", "The $sort element value must be either 1 or -1");
  }
  return (elements) => elements.toSorted((a, b) => direction * compareValues(a, b));
}
