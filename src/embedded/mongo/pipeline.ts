import { Int32 } from "bson";
import type { Collection } from "./collection.ts";
import { type ErrorName, MongoError, notSupported } from "./errors.ts";
import { EVERYTHING, type Filter, matches, parseFilter } from "./filter.ts";
import { parseGroup } from "./group.ts";
import { type Path, parsePath } from "./paths.ts";
import { parseProjection, project } from "./projection.ts";
import { type Query, select } from "./query.ts";
import { type SortOrder, parseSort, sortByOrder } from "./sort-order.ts";
import { changeAt } from "./update-path.ts";
import { type Doc, type Value, fieldOf, isDoc, isNumber, toNumber } from "./values.ts";

type Stage =
  | { readonly kind: "match"; readonly filter: Filter }
  | { readonly kind: "sort"; readonly order: SortOrder }
  | { readonly kind: "skip" | "limit"; readonly count: number }
  | { readonly kind: "map"; readonly run: (docs: readonly Doc[]) => Doc[] };

/** The stages of an aggregation. */
export const STAGES: Readonly<Record<string, (spec: Value) => Stage>> = {
  $match: (spec) => ({ kind: "match", filter: parseFilter(docOf(spec, "MatchNotObject")) }),
  $sort: (spec) => ({ kind: "sort", order: orderOf(spec) }),
  $skip: (spec) => ({ kind: "skip", count: countOf(spec, "SkipNotWhole") }),
  $limit: (spec) => ({ kind: "limit", count: limitOf(spec) }),
  $group: (spec) => ({ kind: "map", run: parseGroup(spec) }),
  $project: (spec) => ({ kind: "map", run: projectStage(spec) }),
  $count: (spec) => ({ kind: "map", run: countStage(spec) }),
  $unwind: (spec) => ({ kind: "map", run: unwindStage(spec) }),
};

/** Stages that MongoDB has and that are refused. */
export const REFUSED_STAGES = new Set([
  "$addFields",
  "$bucket",
  "$bucketAuto",
  "$changeStream",
  "$changeStreamSplitLargeEvent",
  "$collStats",
  "$currentOp",
  "$densify",
  "$documents",
  "$facet",
  "$fill",
  "$geoNear",
  "$graphLookup",
  "$indexStats",
  "$listLocalSessions",
  "$listSampledQueries",
  "$listSearchIndexes",
  "$listSessions",
  "$lookup",
  "$merge",
  "$out",
  "$planCacheStats",
  "$redact",
  "$replaceRoot",
  "$replaceWith",
  "$sample",
  "$search",
  "$searchMeta",
  "$set",
  "$setWindowFields",
  "$shardedDataDistribution",
  "$sortByCount",
  "$unionWith",
  "$unset",
  "$vectorSearch",
]);

/** Parses a pipeline; a stage that is not known is refused. */
export function parsePipeline(stages: readonly Doc[]): Stage[] {
  return stages.map((stage) => {
    const [name, more] = Object.keys(stage);
    if (name === undefined || more !== undefined) {
      throw new MongoError(
        "StageNotSingle",
        "A pipeline stage specification object must contain exactly one field.",
      );
    }
    const parse = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
    if (parse === undefined) throw unknownStage(name);
    return parse(stage[name] as Value);
  });
}

/** Runs a pipeline; what its beginning allows is found through an index. */
export function runPipeline(
  collection: Collection | undefined,
  stages: readonly Stage[],
  hint: Value | undefined,
): Doc[] {
  const { query, rest } = leadingQuery(stages, hint);
  const found = select(collection, query).map(({ doc }) => doc);
  return rest.reduce<Doc[]>(runStage, found);
}

/** `$match`, `$sort`, `$skip` and `$limit` at the beginning, in this order, are a query. */
function leadingQuery(
  stages: readonly Stage[],
  hint: Value | undefined,
): { query: Query; rest: readonly Stage[] } {
  let at = 0;
  const next = <K extends Stage["kind"]>(kind: K): Extract<Stage, { kind: K }> | undefined => {
    const stage = stages[at];
    if (stage?.kind !== kind) return undefined;
    at += 1;
    return stage as Extract<Stage, { kind: K }>;
  };
  const filter = next("match")?.filter ?? EVERYTHING;
  const sort = next("sort")?.order ?? null;
  const skip = countAt(stages[at], "skip");
  if (skip !== null) at += 1;
  const limit = countAt(stages[at], "limit");
  if (limit !== null) at += 1;
  const query = { filter, sort, skip: skip ?? 0, limit: limit ?? 0, hint };
  return { query, rest: stages.slice(at) };
}

function countAt(stage: Stage | undefined, kind: "skip" | "limit"): number | null {
  return stage?.kind === kind && "count" in stage ? stage.count : null;
}

function runStage(docs: Doc[], stage: Stage): Doc[] {
  switch (stage.kind) {
    case "match":
      return docs.filter((doc) => matches(stage.filter, doc));
    case "sort":
      return sortByOrder(docs, (doc) => doc, stage.order);
    case "skip":
      return docs.slice(stage.count);
    case "limit":
      return docs.slice(0, stage.count);
    case "map":
      return stage.run(docs);
  }
}

/** MongoDB has many stages; what is none of them has an error of its own. */
function unknownStage(name: string): MongoError {
  if (REFUSED_STAGES.has(name)) return notSupported(`the aggregation stage ${name}`);
  return new MongoError("UnknownStage", `Unrecognized pipeline stage name: '${name}'`);
}

function docOf(spec: Value, error: ErrorName): Doc {
  if (isDoc(spec)) return spec;
  throw new MongoError(error, "the specification of this aggregation stage must be an object");
}

function orderOf(spec: Value): SortOrder {
  const order = parseSort(docOf(spec, "SortNotObject"));
  if (order !== null) return order;
  throw new MongoError("SortEmpty", "$sort stage must have at least one sort key");
}

function countOf(spec: Value, error: ErrorName): number {
  const count = isNumber(spec) ? toNumber(spec) : Number.NaN;
  if (Number.isInteger(count) && count >= 0) return count;
  throw new MongoError(error, "invalid argument to the stage: a whole number >= 0 is expected");
}

function limitOf(spec: Value): number {
  const limit = countOf(spec, "LimitNotWhole");
  if (limit === 0) throw new MongoError("LimitNotPositive", "the limit must be positive");
  return limit;
}

function projectStage(spec: Value): (docs: readonly Doc[]) => Doc[] {
  const projection = parseProjection(docOf(spec, "EmptyProjection"));
  if (projection === null) {
    throw new MongoError(
      "EmptyProjection",
      "projection specification must have at least one field",
    );
  }
  return (docs) => docs.map((doc) => project(doc, projection));
}

function countStage(spec: Value): (docs: readonly Doc[]) => Doc[] {
  if (typeof spec !== "string") throw countName("CountNotString", "a string");
  if (spec === "") throw countName("CountEmpty", "non-empty");
  if (spec.startsWith("$")) throw countName("CountWithDollar", "without a $ at its beginning");
  if (/[.\0]/.test(spec)) throw countName("CountWithDot", "without a dot and without a zero");
  return (docs) => (docs.length === 0 ? [] : [{ [spec]: new Int32(docs.length) }]);
}

function countName(error: ErrorName, wanted: string): MongoError {
  return new MongoError(error, `the count field must be ${wanted}`);
}

function unwindStage(spec: Value): (docs: readonly Doc[]) => Doc[] {
  const { path, keepsEmpty } = unwindOptions(spec);
  return (docs) =>
    docs.flatMap((doc) => {
      const value = plainValueAt(doc, path);
      const elements = Array.isArray(value) ? value : [value];
      const isEmpty = value === undefined || value === null || elements.length === 0;
      if (!isEmpty && !Array.isArray(value)) return [doc];
      if (!isEmpty) return elements.map((element) => withValue(doc, path, element));
      if (!keepsEmpty) return [];
      return [Array.isArray(value) ? withValue(doc, path, undefined) : doc];
    });
}

function unwindOptions(spec: Value): { path: Path; keepsEmpty: boolean } {
  const options: Doc = isDoc(spec) ? spec : { path: spec };
  const { path, preserveNullAndEmptyArrays: keeps, ...others } = options;
  const other = Object.keys(others)[0];
  if (other !== undefined) throw notSupported(`the option ${other} of $unwind`);
  if (typeof path !== "string" || !path.startsWith("$") || path.startsWith("$$")) {
    throw new MongoError("UnwindWithoutDollar", "$unwind needs a path that begins with '$'");
  }
  if (keeps !== undefined && typeof keeps !== "boolean") {
    throw new MongoError("BadValue", "preserveNullAndEmptyArrays must be a boolean");
  }
  return { path: parsePath(path.slice(1)), keepsEmpty: keeps === true };
}

/** The value at a path that leads through documents only. */
function plainValueAt(doc: Doc, path: Path): Value | undefined {
  let value: Value | undefined = doc;
  for (const part of path) value = isDoc(value) ? fieldOf(value, part) : undefined;
  return value;
}

function withValue(doc: Doc, path: Path, value: Value | undefined): Doc {
  return changeAt(doc, path, { creates: value !== undefined, apply: () => value });
}
