import { add, multiply, zeroLike, type NumberValue } from "./arithmetic.ts";
import { addToSet, pull, push } from "./array-operators.ts";
import { MongoError } from "./errors.ts";
import { compareValues } from "./keys.ts";
import type { ValueChange } from "./update-path.ts";
import { type Doc, type Value, assertStorable, isNumber, show, typeName } from "./values.ts";

type Operator = (name: string, operand: Value) => ValueChange;

/** Every update operator, from the path and its operand to what it does. */
export const UPDATE_OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (_name, operand) => set(operand),
  $unset: () => ({ creates: false, apply: () => undefined }),
  $inc: (name, operand) => arithmetic({ operator: "$inc", name, operand }),
  $mul: (name, operand) => arithmetic({ operator: "$mul", name, operand }),
  $min: (_name, operand) => keepLesser(operand, 1),
  $max: (_name, operand) => keepLesser(operand, -1),
  $push: push,
  $addToSet: addToSet,
  $pull: pull,
  $setOnInsert: (_name, operand) => set(operand),
};

function set(operand: Value): ValueChange {
  assertStorable(operand);
  return { creates: true, apply: () => operand };
}

function arithmetic(step: {
  operator: "$inc" | "$mul";
  name: string;
  operand: Value;
}): ValueChange {
  const { operator, name, operand } = step;
  if (!isNumber(operand)) {
    const verb = operator === "$inc" ? "increment" : "multiply";
    throw new MongoError(
      "TypeMismatch",
      `Cannot ${verb} with non-numeric argument: {${name}: ${show(operand)}}`,
    );
  }
  return {
    creates: true,
    apply(value, doc) {
      if (value === undefined) return operator === "$inc" ? operand : zeroLike(operand);
      const number = numberAt(step, value, doc);
      return operator === "$inc" ? add(number, operand) : multiply(number, operand);
    },
  };
}

function numberAt(step: { operator: string; name: string }, value: Value, doc: Doc): NumberValue {
  if (isNumber(value)) return value;
  const field = step.name.split(".").at(-1);
  throw new MongoError(
    "TypeMismatch",
    `Cannot apply ${step.operator} to a value of non-numeric type. {_id: ${show(doc._id)}} has the field '${field}' of non-numeric type ${typeName(value)}`,
  );
}

function keepLesser(operand: Value, sign: 1 | -1): ValueChange {
  assertStorable(operand);
  return {
    creates: true,
    apply: (value) =>
      value === undefined || compareValues(operand, value) * sign < 0 ? operand : value,
  };
}
