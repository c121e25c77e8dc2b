import { MongoError, notSupported } from "./errors.ts";
import { type Filter, matches, parseFilter } from "./filter.ts";
import type { Path } from "./paths.ts";
import { UPDATE_OPERATORS } from "./update-operators.ts";
import {
  type ElementFilters,
  type ValueChange,
  assertNoConflict,
  changeAt,
  changeOwnField,
  comparePaths,
  identifiersOf,
  isOpenPath,
  parseUpdatePath,
  resolvePath,
} from "./update-path.ts";
import { type Doc, type Value, assertStorable, isDoc } from "./values.ts";

/** An update, parsed. Applying it makes a new document or throws; the old one never changes. */
export interface Update {
  readonly isReplacement: boolean;
  /** The new version of a document that passed `filter`; the same reference where nothing changes. */
  apply(doc: Doc, filter: Filter): Doc;
  /** The document that an upsert stores, from the fields that its filter fixes. */
  applyToInsert(doc: Doc): Doc;
}

/** Update operators that MongoDB has and that are refused. */
export const REFUSED_OPERATORS = new Set(["$rename", "$currentDate", "$bit", "$pop", "$pullAll"]);

interface Step {
  readonly path: Path;
  readonly change: ValueChange;
  readonly onlyInsert: boolean;
}

/** Parses an update document or a replacement. */
export function parseUpdate(source: Value | undefined, arrayFilters: readonly Doc[]): Update {
  if (Array.isArray(source)) throw notSupported("an update with a pipeline");
  if (!isDoc(source)) {
    throw new MongoError("FailedToParse", "Update argument must be either an object or an array");
  }
  if (Object.keys(source)[0]?.startsWith("$") === true) {
    return parseOperators(source, parseArrayFilters(arrayFilters));
  }
  if (arrayFilters.length > 0) {
    throw new MongoError("FailedToParse", "arrayFilters may not be specified for a replacement");
  }
  return replacement(source);
}

function replacement(source: Doc): Update {
  assertStorable(source);
  const { _id: wantedId, ...fields } = source;
  const apply = (doc: Doc): Doc => {
    const id = wantedId ?? doc._id;
    return id === undefined ? fields : { _id: id, ...fields };
  };
  return { isReplacement: true, apply, applyToInsert: apply };
}

function parseOperators(source: Doc, elements: ElementFilters): Update {
  const steps: Step[] = [];
  for (const operator in source) parseOperator(operator, source[operator] as Value, steps);
  steps.sort((a, b) => comparePaths(a.path, b.path));
  assertNoConflict(steps);
  assertFiltersUsed(steps, elements);
  const onUpdate = steps.some(({ onlyInsert }) => onlyInsert)
    ? steps.filter(({ onlyInsert }) => !onlyInsert)
    : steps;
  return {
    isReplacement: false,
    apply: (doc, filter) => applySteps(doc, onUpdate, { filter, elements }),
    applyToInsert: (doc) => applySteps(doc, steps, { filter: null, elements }),
  };
}

function parseOperator(operator: string, fields: Value, steps: Step[]): void {
  if (REFUSED_OPERATORS.has(operator)) throw notSupported(`the update operator ${operator}`);
  const make = Object.hasOwn(UPDATE_OPERATORS, operator) ? UPDATE_OPERATORS[operator] : undefined;
  if (make === undefined) {
    throw new MongoError(
      "FailedToParse",
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDoc(fields)) {
    throw new MongoError(
      "FailedToParse",
      `Modifiers operate on fields but we found another type instead. For example: {$mod: {<field>: ...}} not {${operator}: ...}`,
    );
  }
  const onlyInsert = operator === "$setOnInsert";
  for (const name in fields) {
    const change = make(name, fields[name] as Value);
    steps.push({ path: parseUpdatePath(name), change, onlyInsert });
  }
}

function applySteps(
  doc: Doc,
  steps: readonly Step[],
  choices: { readonly filter: Filter | null; readonly elements: ElementFilters },
): Doc {
  const closed = steps.some(({ path }) => isOpenPath(path))
    ? closeSteps(doc, steps, choices)
    : steps;
  let result = doc;
  for (const { path, change } of closed) {
    const isCopy = result !== doc;
    result =
      isCopy && path.length === 1
        ? changeOwnField(result, path[0] as string, change)
        : changeAt(result, path, change);
  }
  return result;
}

/** Puts positions in the place of `$`, `$[]` and `$[id]`, as the document stood before the update. */
function closeSteps(
  doc: Doc,
  steps: readonly Step[],
  choices: { readonly filter: Filter | null; readonly elements: ElementFilters },
): Step[] {
  const closed = steps
    .flatMap((step) => resolvePath(step.path, doc, choices).map((path) => ({ ...step, path })))
    .toSorted((a, b) => comparePaths(a.path, b.path));
  assertNoConflict(closed);
  return closed;
}

function parseArrayFilters(sources: readonly Doc[]): ElementFilters {
  const elements = new Map<string, (element: Value) => boolean>();
  for (const source of sources) {
    const filter = parseFilter(source);
    const identifier = identifierOf(filter);
    if (elements.has(identifier)) {
      throw new MongoError(
        "FailedToParse",
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    }
    elements.set(identifier, (element) => matches(filter, { [identifier]: element }));
  }
  return elements;
}

function identifierOf(filter: Filter): string {
  const names = [...new Set(rootsOf(filter))];
  const [name] = names;
  if (name === undefined) {
    throw new MongoError(
      "FailedToParse",
      "Cannot use an expression without a top-level field name in arrayFilters",
    );
  }
  if (names.length > 1) {
    throw new MongoError(
      "FailedToParse",
      `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${name}' and '${names[1]}'`,
    );
  }
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw new MongoError(
      "BadValue",
      `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
    );
  }
  return name;
}

function rootsOf(filter: Filter): string[] {
  if (filter.kind === "field") return [filter.path[0] as string];
  return filter.kind === "not" ? rootsOf(filter.part) : filter.parts.flatMap(rootsOf);
}

function assertFiltersUsed(steps: readonly Step[], elements: ElementFilters): void {
  if (elements.size === 0 && !steps.some(({ path }) => isOpenPath(path))) return;
  const used = new Set<string>();
  for (const { path } of steps) {
    for (const identifier of identifiersOf(path)) {
      used.add(identifier);
      if (elements.has(identifier)) continue;
      throw new MongoError(
        "BadValue",
        `No array filter found for identifier '${identifier}' in path '${path.join(".")}'`,
      );
    }
  }
  for (const identifier of elements.keys()) {
    if (used.has(identifier)) continue;
    throw new MongoError(
      "FailedToParse",
      `The array filter for identifier '${identifier}' was not used in the update`,
    );
  }
}
