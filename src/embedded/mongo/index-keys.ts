import { MongoError } from "./errors.ts";
import { EMPTY, type Key, type Part, compoundKey } from "./keys.ts";
import type { Path } from "./paths.ts";
import { type Doc, type Value, fieldOf, isDoc } from "./values.ts";

/** Which fields a key has and in which direction each runs. */
export interface KeyShape {
  readonly paths: readonly Path[];
  readonly descending: readonly boolean[];
}

/** A place of a key where the document has nothing. It is ordered as null. */
export const MISSING: unique symbol = Symbol("missing");

/** The values of one key, before they are encoded. */
export type KeyValues = readonly (Part | typeof MISSING)[];

/** All the keys of a document: one, or one for each element where a path leads through an array. */
export function keyValuesOf(doc: Doc, shape: KeyShape): KeyValues[] {
  const start = shape.paths.map((path): Place => ({ value: doc, path, at: 0 }));
  const found: KeyValues[] = [];
  expand(start, found);
  return found;
}

/** Encodes the values of one key. */
export function encodeKey(values: KeyValues, shape: KeyShape): Key {
  const parts = values.map((value) => (value === MISSING ? null : value));
  return compoundKey(parts, shape.descending);
}

/** Whether a path of the shape leads through an array, place by place. */
export function arrayPlaces(doc: Doc, shape: KeyShape): boolean[] {
  return shape.paths.map((path) => meetsArray(doc, path));
}

/** Where one path has arrived: at `value`, with `path.slice(at)` still to go. */
interface Place {
  readonly value: Value | typeof EMPTY | typeof MISSING;
  readonly path: Path;
  readonly at: number;
  /** An element of an array at its end stays as it is, even where it is an array again. */
  readonly settled?: boolean;
}

function expand(places: readonly Place[], found: KeyValues[]): void {
  const reached = places.map(follow);
  const arrays = reached.filter((place) => isOpenArray(place));
  const first = arrays[0];
  if (first === undefined) {
    found.push(reached.map((place) => place.value));
    return;
  }
  if (arrays.some((place) => place.value !== first.value)) {
    throw new MongoError(
      "CannotIndexParallelArrays",
      `cannot index parallel arrays [${arrays.map((place) => place.path.join(".")).join("] [")}]`,
    );
  }
  const elements = first.value as Value[];
  if (elements.length === 0) {
    expand(
      reached.map((place) => (isOpenArray(place) ? atEmpty(place) : place)),
      found,
    );
    return;
  }
  for (const element of elements) {
    expand(
      reached.map((place) => (isOpenArray(place) ? atElement(place, element) : place)),
      found,
    );
  }
}

function isOpenArray(place: Place): boolean {
  return Array.isArray(place.value) && place.settled !== true;
}

/** Goes along documents until the path ends, leads nowhere or meets an array. */
function follow(place: Place): Place {
  if (place.settled === true) return place;
  let { value, at } = place;
  while (at < place.path.length && isDoc(value)) {
    value =
      fieldOf(value, place.path[at] as string) ?? absentOrNull(value, place.path[at] as string);
    at += 1;
  }
  const isStuck = at < place.path.length && !Array.isArray(value);
  return { value: isStuck ? MISSING : value, path: place.path, at };
}

function absentOrNull(doc: Doc, field: string): null | typeof MISSING {
  return fieldOf(doc, field) === null ? null : MISSING;
}

function atEmpty(place: Place): Place {
  const value = place.at === place.path.length ? EMPTY : MISSING;
  return { ...place, value, settled: true };
}

function atElement(place: Place, element: Value): Place {
  if (place.at === place.path.length) return { ...place, value: element, settled: true };
  if (isDoc(element)) return { ...place, value: element };
  // The path goes on, the element holds no fields; an array inside an array is not entered.
  return { ...place, value: MISSING, settled: true };
}

function meetsArray(doc: Doc, path: Path): boolean {
  let value: Value | undefined = doc;
  for (const part of path) {
    if (!isDoc(value)) break;
    value = fieldOf(value, part);
  }
  return Array.isArray(value);
}
