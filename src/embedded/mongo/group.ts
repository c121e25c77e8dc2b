import { Int32 } from "bson";
import { add } from "./arithmetic.ts";
import { MongoError, notSupported } from "./errors.ts";
import { type Expression, parseExpression } from "./expressions.ts";
import { compareValues, keyOf } from "./keys.ts";
import { type Doc, type Value, isDoc, isNumber } from "./values.ts";

/** Folds the values of one group: from what was gathered and the next value to what is gathered. */
type Fold = (gathered: Value | undefined, value: Value | undefined) => Value | undefined;

/** The accumulators of `$group`. */
export const ACCUMULATORS: Readonly<
  Record<string, { readonly start: Value | undefined; readonly fold: Fold }>
> = {
  $sum: {
    start: new Int32(0),
    fold: (sum, value) => (isNumber(value) && isNumber(sum) ? add(sum, value) : sum),
  },
  $min: { start: undefined, fold: (least, value) => extreme(least, value, -1) },
  $max: { start: undefined, fold: (most, value) => extreme(most, value, 1) },
  // Missing counts as a value here, so it is kept as null.
  $first: {
    start: undefined,
    fold: (first, value) => (first === undefined ? (value ?? null) : first),
  },
};

/** Accumulators that MongoDB has and that are refused. */
export const REFUSED_ACCUMULATORS = new Set([
  "$accumulator",
  "$addToSet",
  "$avg",
  "$bottom",
  "$bottomN",
  "$count",
  "$firstN",
  "$last",
  "$lastN",
  "$maxN",
  "$median",
  "$mergeObjects",
  "$minN",
  "$percentile",
  "$push",
  "$stdDevPop",
  "$stdDevSamp",
  "$top",
  "$topN",
]);

interface Output {
  readonly field: string;
  readonly compute: Expression;
  readonly start: Value | undefined;
  readonly fold: Fold;
}

interface Group {
  readonly id: Value;
  readonly gathered: (Value | undefined)[];
}

/** Parses `$group`. Groups come out in the order in which they were first met. */
export function parseGroup(spec: Value): (docs: readonly Doc[]) => Doc[] {
  if (!isDoc(spec)) {
    throw new MongoError("GroupNotObject", "a group's fields must be specified in an object");
  }
  const { _id: idSource, ...rest } = spec;
  if (idSource === undefined) {
    throw new MongoError("GroupWithoutId", "a group specification must include an _id");
  }
  const idOf = parseExpression(idSource);
  const outputs = Object.entries(rest).map(([field, source]) => parseOutput(field, source));
  return (docs) => {
    const groups = new Map<string, Group>();
    for (const doc of docs) gather(groupFor(groups, idOf(doc) ?? null, outputs), outputs, doc);
    return Array.from(groups.values(), (group) => toDoc(group, outputs));
  };
}

function parseOutput(field: string, source: Value): Output {
  const entries = isDoc(source) ? Object.entries(source) : [];
  const [only] = entries;
  if (only === undefined || entries.length !== 1 || field.includes(".") || field.startsWith("$")) {
    throw new MongoError("NotAccumulator", `The field '${field}' must be an accumulator object`);
  }
  const [operator, operand] = only;
  if (REFUSED_ACCUMULATORS.has(operator)) throw notSupported(`the accumulator ${operator}`);
  const accumulator = Object.hasOwn(ACCUMULATORS, operator) ? ACCUMULATORS[operator] : undefined;
  if (accumulator === undefined) {
    throw new MongoError("UnknownAccumulator", `unknown group operator '${operator}'`);
  }
  return { field, compute: parseExpression(operand), ...accumulator };
}

function groupFor(groups: Map<string, Group>, id: Value, outputs: readonly Output[]): Group {
  const key = keyOf(id);
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group: Group = { id, gathered: outputs.map(({ start }) => start) };
  groups.set(key, group);
  return group;
}

function gather(group: Group, outputs: readonly Output[], doc: Doc): void {
  for (const [i, { compute, fold }] of outputs.entries()) {
    group.gathered[i] = fold(group.gathered[i], compute(doc));
  }
}

function toDoc({ id, gathered }: Group, outputs: readonly Output[]): Doc {
  const doc: Doc = { _id: id };
  for (const [i, { field }] of outputs.entries()) doc[field] = gathered[i] ?? null;
  return doc;
}

/** The least or greatest; null and missing do not take part. */
function extreme(
  gathered: Value | undefined,
  value: Value | undefined,
  sign: 1 | -1,
): Value | undefined {
  if (value === undefined || value === null) return gathered;
  if (gathered === undefined) return value;
  return compareValues(value, gathered) * sign > 0 ? value : gathered;
}
