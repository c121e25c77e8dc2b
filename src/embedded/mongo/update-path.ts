import { MongoError, notSupported } from "./errors.ts";
import { type FieldFilter, type Filter, conjuncts, matches } from "./filter.ts";
import { type Path, isPosition, parsePath } from "./paths.ts";
import { type Doc, type Value, fieldOf, isDoc, show } from "./values.ts";

const PATH_PARTS_MAX = 100;
const PADDING_MAX = 1_500_000;

/** What happens to the value at the end of a path. */
export interface ValueChange {
  /** The new value: the same reference where nothing changes, undefined for none. */
  readonly apply: (value: Value | undefined, doc: Doc) => Value | undefined;
  /** Whether a path that is not there is made; otherwise it is left alone. */
  readonly creates: boolean;
}

/** Tells which elements an array filter selects, by its identifier. */
export type ElementFilters = ReadonlyMap<string, (element: Value) => boolean>;

/** Splits the path of an update; `$`, `$[]` and `$[id]` may stand for positions. */
export function parseUpdatePath(name: string): Path {
  const path = parsePath(name);
  if (path.length > PATH_PARTS_MAX)
    throw notSupported(`a path of more than ${PATH_PARTS_MAX} parts`);
  if (!name.includes("$")) return path;
  for (const [i, part] of path.entries()) {
    if (!part.startsWith("$")) continue;
    const isPlace = part === "$" || (part.startsWith("$[") && part.endsWith("]"));
    if (i === 0 || !isPlace) {
      throw new MongoError(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${part}' in '${name}' is not valid for storage.`,
      );
    }
  }
  if (path.filter((part) => part === "$").length > 1) {
    throw new MongoError(
      "BadValue",
      `Too many positional (i.e. '$') elements found in path '${name}'`,
    );
  }
  return path;
}

/** Whether a path names positions that only a document can tell. */
export function isOpenPath(path: Path): boolean {
  return path.some((part) => part.startsWith("$"));
}

/** The identifiers of the array filters that a path uses. */
export function identifiersOf(path: Path): string[] {
  return path
    .filter((part) => part.startsWith("$[") && part !== "$[]")
    .map((part) => part.slice(2, -1));
}

/** Throws where two changes of one update touch the same place. */
export function assertNoConflict(changes: readonly { readonly path: Path }[]): void {
  for (let i = 1; i < changes.length; i++) {
    for (let before = 0; before < i; before++) {
      const { path } = changes[i] as { path: Path };
      const at = conflictAt((changes[before] as { path: Path }).path, path);
      if (at === null) continue;
      throw new MongoError(
        "ConflictingUpdateOperators",
        `Updating the path '${path.join(".")}' would create a conflict at '${at}'`,
      );
    }
  }
}

function conflictAt(a: Path, b: Path): string | null {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] === b[i]) continue;
    const isMixed = a[i]?.startsWith("$[") !== b[i]?.startsWith("$[");
    return isMixed ? a.slice(0, i).join(".") : null;
  }
  return a.slice(0, shared).join(".");
}

/** The order in which MongoDB applies changes, and so adds fields: by name, positions by number. */
export function comparePaths(a: Path, b: Path): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] as string, b[i] as string];
    if (left === right) continue;
    if (isPosition(left) && isPosition(right)) return Number(left) - Number(right);
    return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

/** The paths that an open path stands for in one document. */
export function resolvePath(
  path: Path,
  doc: Doc,
  choices: { readonly filter: Filter | null; readonly elements: ElementFilters },
): Path[] {
  const at = path.findIndex((part) => part.startsWith("$"));
  if (at < 0) return [path];
  const part = path[at] as string;
  const before = path.slice(0, at);
  const positions =
    part === "$"
      ? [matchedPosition(before, doc, choices.filter)]
      : selectedPositions(
          before,
          doc,
          part === "$[]" ? () => true : elementsOf(part, choices.elements),
        );
  return positions.flatMap((position) =>
    resolvePath([...before, String(position), ...path.slice(at + 1)], doc, choices),
  );
}

function elementsOf(part: string, elements: ElementFilters): (element: Value) => boolean {
  return elements.get(part.slice(2, -1)) ?? (() => false);
}

function selectedPositions(
  path: Path,
  doc: Doc,
  isSelected: (element: Value) => boolean,
): number[] {
  const value = valueAt(doc, path);
  if (value === undefined) {
    throw new MongoError(
      "BadValue",
      `The path '${path.join(".")}' must exist in the document in order to apply array updates.`,
    );
  }
  if (!Array.isArray(value)) {
    throw new MongoError(
      "BadValue",
      `Cannot apply array updates to non-array element ${path.at(-1)}: ${show(value)}`,
    );
  }
  return value.flatMap((element, position) => (isSelected(element) ? [position] : []));
}

/** The element that the query matched; conditions that match different ones are refused. */
function matchedPosition(path: Path, doc: Doc, filter: Filter | null): number {
  const array = valueAt(doc, path);
  const found = new Set<number>();
  if (filter !== null && Array.isArray(array)) {
    for (const part of conjuncts(filter)) {
      const position = part.kind === "field" ? firstMatch(part, path, array) : -1;
      if (position >= 0) found.add(position);
    }
  }
  if (found.size > 1) {
    throw notSupported("the positional operator where conditions match different elements");
  }
  const [position] = found;
  if (position !== undefined) return position;
  throw new MongoError(
    "BadValue",
    "The positional operator did not find the match needed from the query.",
  );
}

function firstMatch(filter: FieldFilter, path: Path, array: readonly Value[]): number {
  const { test } = filter;
  if (!path.every((part, i) => filter.path[i] === part)) return -1;
  const rest = filter.path.slice(path.length);
  if (rest.length > 0) {
    if (isPosition(rest[0])) return -1;
    return array.findIndex(
      (element) => isDoc(element) && matches({ ...filter, path: rest }, element),
    );
  }
  if (!test.wholeArrays) return array.findIndex((element) => test.accepts(element));
  // Only $elemMatch speaks of one element; it is asked of each in an array of its own.
  if (test.condition.op === "other") return -1;
  return array.findIndex((element) => test.accepts([element]));
}

function valueAt(doc: Doc, path: Path): Value | undefined {
  let value: Value | undefined = doc;
  for (const part of path) {
    if (Array.isArray(value)) value = isPosition(part) ? value[Number(part)] : undefined;
    else value = isDoc(value) ? fieldOf(value, part) : undefined;
  }
  return value;
}

/** A document with one path changed; what does not change is shared with the old one. */
export function changeAt(doc: Doc, path: Path, change: ValueChange): Doc {
  return changeInside({ doc, path, change }, doc, 0) as Doc;
}

/** As `changeAt` for one field of a document that nobody else has seen yet: set in place. */
export function changeOwnField(doc: Doc, field: string, change: ValueChange): Doc {
  const before = fieldOf(doc, field);
  const after = change.apply(before, doc);
  if (after === before) return doc;
  if (after === undefined) return changeField(doc, field, undefined);
  doc[field] = after;
  return doc;
}

interface Descent {
  readonly doc: Doc;
  readonly path: Path;
  readonly change: ValueChange;
}

function changeInside(descent: Descent, value: Value | undefined, at: number): Value | undefined {
  const { path, change, doc } = descent;
  if (at === path.length) return change.apply(value, doc);
  const part = path[at] as string;
  if (value === undefined) {
    const inner = change.creates ? changeInside(descent, undefined, at + 1) : undefined;
    return inner === undefined ? undefined : { [part]: inner };
  }
  if (isDoc(value))
    return changeField(value, part, changeInside(descent, fieldOf(value, part), at + 1));
  if (Array.isArray(value) && isPosition(part)) {
    const position = Number(part);
    return changeElement(value, position, changeInside(descent, value[position], at + 1));
  }
  if (!change.creates) return value;
  throw new MongoError(
    "PathNotViable",
    `Cannot create field '${part}' in element {${path[at - 1]}: ${show(value)}}`,
  );
}

function changeField(doc: Doc, field: string, value: Value | undefined): Doc {
  if (fieldOf(doc, field) === value) return doc;
  if (value !== undefined) return { ...doc, [field]: value };
  const { [field]: _removed, ...rest } = doc;
  return rest;
}

function changeElement(array: Value[], position: number, value: Value | undefined): Value[] {
  if (array[position] === value) return array;
  if (position - array.length > PADDING_MAX) {
    throw new MongoError("BadValue", `can't backfill more than ${PADDING_MAX} elements`);
  }
  const copy = [...array];
  while (copy.length < position) copy.push(null);
  // What is removed from an array leaves a null; the others keep their positions.
  copy[position] = value ?? null;
  return copy;
}
