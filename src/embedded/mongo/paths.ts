import { MongoError, notSupported } from "./errors.ts";
import { type Doc, type Value, fieldOf, isDoc } from "./values.ts";

/** A dotted path, split. */
export type Path = readonly string[];

/** Receives what stands at a path; undefined where the path leads nowhere. Returning true ends the walk. */
export type Visit = (value: Value | undefined) => boolean;

const INDEX = /^(?:0|[1-9]\d*)$/;

/** The paths that were asked for last; a program uses few. */
const parsedPaths = new Map<string, Path>();
const PARSED_PATHS_MAX = 1000;

/** Splits a dotted path; empty and unusable parts are refused. */
export function parsePath(path: string): Path {
  const known = parsedPaths.get(path);
  if (known !== undefined) return known;
  const parts = splitPath(path);
  if (parsedPaths.size >= PARSED_PATHS_MAX) parsedPaths.clear();
  parsedPaths.set(path, parts);
  return parts;
}

function splitPath(path: string): Path {
  const parts = path.split(".");
  for (const part of parts) {
    if (part === "") {
      throw new MongoError("EmptyFieldName", `The path '${path}' contains an empty field name`);
    }
    if (part === "__proto__" || part === "_bsontype") throw notSupported(`a field named '${part}'`);
  }
  return parts;
}

/** Whether a part of a path may name a position of an array. */
export function isPosition(part: string | undefined): boolean {
  return part !== undefined && INDEX.test(part);
}

/** Whether one of two paths is the other or leads to it. */
export function overlaps(a: Path, b: Path): boolean {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return false;
  return true;
}

/**
 * Visits every value a query sees at a path: arrays on the way are entered, positions may be named,
 * and an array at the end is seen by its elements and then as a whole.
 */
export function someValue(doc: Doc, path: Path, visit: Visit): boolean {
  return visitDoc(doc, { path, visit, entersLast: true }, 0);
}

/** As `someValue`, but an array at the end is seen only as a whole. */
export function someWhole(doc: Doc, path: Path, visit: Visit): boolean {
  return visitDoc(doc, { path, visit, entersLast: false }, 0);
}

interface Walk {
  readonly path: Path;
  readonly visit: Visit;
  readonly entersLast: boolean;
}

function visitDoc(doc: Doc, walk: Walk, at: number): boolean {
  const value = fieldOf(doc, walk.path[at] as string);
  if (Array.isArray(value)) return visitArray(value, walk, at + 1);
  if (at === walk.path.length - 1) return walk.visit(value);
  return isDoc(value) ? visitDoc(value, walk, at + 1) : walk.visit(undefined);
}

function visitArray(array: readonly Value[], walk: Walk, at: number): boolean {
  if (at === walk.path.length) {
    if (walk.entersLast && array.some(walk.visit)) return true;
    return walk.visit(array as Value[]);
  }
  const part = walk.path[at];
  const position = isPosition(part) ? Number(part) : -1;
  for (let i = 0; i < array.length; i++) {
    const element = array[i] as Value;
    if (isDoc(element) && visitDoc(element, walk, at)) return true;
    if (i === position && visitNamedElement(element, walk, at + 1)) return true;
  }
  return false;
}

function visitNamedElement(element: Value, walk: Walk, at: number): boolean {
  if (at === walk.path.length) return walk.visit(element);
  if (Array.isArray(element)) return visitArray(element, walk, at);
  return isDoc(element) ? visitDoc(element, walk, at) : false;
}
