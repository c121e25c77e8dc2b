import { BSONRegExp } from "bson";
import { MongoError, notSupported } from "./errors.ts";
import type { Filter } from "./filter.ts";
import { type Doc, type Value, isDoc } from "./values.ts";
import {
  type Condition,
  type Test,
  comparison,
  equality,
  existence,
  leaf,
  literalTest,
  membership,
  not,
  refuseRegex,
  regexTest,
  sizeTest,
  typeTest,
} from "./value-tests.ts";

/** The parts of the filter parser that $elemMatch and $not call back. */
export interface FilterParser {
  parse(filter: Doc): Filter;
  isOperatorDoc(value: Value | undefined): value is Doc;
  elementMatches(filter: Filter, element: Value | undefined): boolean;
}

type Operator = (operand: Value, parser: FilterParser) => Test;

/** Every operator that a field may be tested with. */
export const FIELD_OPERATORS: Readonly<Record<string, Operator>> = {
  $eq: (operand) => equality(operand),
  $ne: (operand) => not([equality(refuseRegex("$ne", operand))]),
  $gt: (operand) => comparison("gt", operand),
  $gte: (operand) => comparison("gte", operand),
  $lt: (operand) => comparison("lt", operand),
  $lte: (operand) => comparison("lte", operand),
  $in: (operand) => membership("$in", operand),
  $nin: (operand) => not([membership("$nin", operand)]),
  $exists: (operand) => existence(operand),
  $type: (operand) => typeTest(operand),
  $size: (operand) => sizeTest(operand),
  $all: (operand, parser) => allTest(operand, parser),
  $elemMatch: (operand, parser) => elementTest(operand, parser),
  $not: (operand, parser) => negation(operand, parser),
};

/** Tests that MongoDB has and that are refused. */
export const REFUSED_TESTS = new Set([
  "$mod",
  "$bitsAllSet",
  "$bitsAnySet",
  "$bitsAllClear",
  "$bitsAnyClear",
  "$geoWithin",
  "$geoIntersects",
  "$near",
  "$nearSphere",
  "$expr",
  "$jsonSchema",
  "$comment",
  "$where",
  "$text",
]);

/** The tests of a document of operators. */
export function fieldTests(operators: Doc, parser: FilterParser): Test[] {
  const tests: Test[] = [];
  for (const [name, operand] of Object.entries(operators)) {
    if (name === "$regex") tests.push(regexOperator(operators));
    else if (name === "$options") assertHasRegex(operators);
    else tests.push(operatorOf(name)(operand, parser));
  }
  return tests;
}

/** Answers a test for one value, looking into no array. */
export function testValue(test: Test, value: Value | undefined): boolean {
  if (test.kind === "test") return test.accepts(value);
  const all = test.tests.every((inner) => testValue(inner, value));
  return test.kind === "all" ? all : !all;
}

function operatorOf(name: string): Operator {
  if (REFUSED_TESTS.has(name)) throw notSupported(name);
  const operator = Object.hasOwn(FIELD_OPERATORS, name) ? FIELD_OPERATORS[name] : undefined;
  if (operator === undefined) throw new MongoError("BadValue", `unknown operator: ${name}`);
  return operator;
}

function allTest(operand: Value, parser: FilterParser): Test {
  if (!Array.isArray(operand)) throw new MongoError("BadValue", "$all needs an array");
  if (operand.length === 0) return leaf({ op: "other" }, () => false);
  const tests = operand.map((value) => {
    if (!isDoc(value) || Object.keys(value)[0]?.startsWith("$") !== true) return literalTest(value);
    const fields = Object.keys(value);
    if (fields.length === 1 && fields[0] === "$elemMatch") {
      return elementTest(value.$elemMatch as Value, parser);
    }
    throw new MongoError("BadValue", "no $ expressions in $all");
  });
  return { kind: "all", tests };
}

function elementTest(operand: Value, parser: FilterParser): Test {
  if (!isDoc(operand)) throw new MongoError("BadValue", "$elemMatch needs an Object");
  if (isValueForm(operand)) {
    const tests = fieldTests(operand, parser);
    return arrayTest({ op: "present" }, (element) =>
      tests.every((test) => testValue(test, element)),
    );
  }
  const filter = parser.parse(operand);
  return arrayTest({ op: "elemMatch", filter }, (element) =>
    parser.elementMatches(filter, element),
  );
}

function isValueForm(operand: Doc): boolean {
  const first = Object.keys(operand)[0];
  return first?.startsWith("$") === true && !["$and", "$or", "$nor", "$where"].includes(first);
}

function arrayTest(condition: Condition, accepts: (element: Value) => boolean): Test {
  return {
    kind: "test",
    condition,
    accepts: (value) => Array.isArray(value) && value.some(accepts),
    wholeArrays: true,
  };
}

function negation(operand: Value, parser: FilterParser): Test {
  if (operand instanceof BSONRegExp) return not([regexTest(operand)]);
  if (!parser.isOperatorDoc(operand)) {
    throw new MongoError("BadValue", "$not needs a regex or a document of operators");
  }
  return not(fieldTests(operand, parser));
}

function regexOperator(operators: Doc): Test {
  const { $regex: pattern, $options: options } = operators;
  if (options !== undefined && typeof options !== "string") {
    throw new MongoError("BadValue", "$options has to be a string");
  }
  if (typeof pattern === "string") return regexTest(new BSONRegExp(pattern, options ?? ""));
  if (!(pattern instanceof BSONRegExp)) {
    throw new MongoError("BadValue", "$regex has to be a string");
  }
  if (options !== undefined && pattern.options !== "") {
    throw new MongoError("BadValue", "options set in both $regex and $options");
  }
  return regexTest(new BSONRegExp(pattern.pattern, options ?? pattern.options));
}

function assertHasRegex(operators: Doc): void {
  if (operators.$regex === undefined) throw new MongoError("BadValue", "$options needs a $regex");
}
