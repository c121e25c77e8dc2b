import { MongoError, notSupported } from "./errors.ts";
import { parsePath } from "./paths.ts";
import { type Doc, type Value, isDoc, isNumber, show, toNumber } from "./values.ts";

/** A projection, parsed. */
export interface Projection {
  readonly keeps: boolean;
  readonly withId: boolean;
  readonly tree: Tree;
}

/** What a projection names; null marks the end of a path. */
type Tree = Map<string, Tree | null>;

/** Parses a projection of one kind, inclusion or exclusion; null where it asks for nothing. */
export function parseProjection(source: Doc): Projection | null {
  const flags = Object.entries(source).flatMap(([name, value]) => flatten(name, value));
  if (flags.length === 0) return null;
  const others = flags.filter(({ name }) => name !== "_id");
  const id = flags.find(({ name }) => name === "_id");
  const keeps = others[0]?.isOn ?? id?.isOn ?? false;
  for (const { name, isOn } of others) {
    if (isOn === keeps) continue;
    throw new MongoError(
      keeps ? "LeavesOutInInclusion" : "KeepsInExclusion",
      keeps
        ? `Cannot do exclusion on field ${name} in inclusion projection`
        : `Cannot do inclusion on field ${name} in exclusion projection`,
    );
  }
  const tree: Tree = new Map();
  for (const { name } of others) grow(tree, name);
  return { keeps, withId: id?.isOn ?? true, tree };
}

/** The part of a document that a projection leaves. */
export function project(doc: Doc, { keeps, withId, tree }: Projection): Doc {
  const { _id: id, ...rest } = doc;
  const projected = keeps ? keep(rest, tree) : leaveOut(rest, tree);
  return withId && id !== undefined ? { _id: id, ...projected } : projected;
}

function flatten(name: string, value: Value): { name: string; isOn: boolean }[] {
  if (typeof value === "boolean") return [{ name, isOn: value }];
  if (isNumber(value)) return [{ name, isOn: toNumber(value) !== 0 }];
  if (!isDoc(value)) throw notSupported(`the projection ${name}: ${show(value)}`);
  const inner = Object.entries(value);
  const operator = inner.find(([field]) => field.startsWith("$"))?.[0];
  if (operator !== undefined) throw notSupported(`the projection operator ${operator}`);
  if (inner.length === 0) {
    throw new MongoError("EmptySubProjection", "An empty sub-projection is not a valid value");
  }
  return inner.flatMap(([field, flag]) => flatten(`${name}.${field}`, flag));
}

function grow(tree: Tree, name: string): void {
  const path = parsePath(name);
  const isOdd = path[0] === "_id" || path.some((part) => part.startsWith("$"));
  if (isOdd) throw notSupported(`the projection of '${name}'`);
  let branch = tree;
  for (const [i, part] of path.entries()) {
    const isEnd = i === path.length - 1;
    const next = branch.get(part);
    if (next === null || (isEnd && next !== undefined)) {
      const isBelow = next === null && !isEnd;
      throw new MongoError(
        isBelow ? "PathBelowAnother" : "PathAboveAnother",
        `Path collision at ${name}`,
      );
    }
    const grown: Tree | null = isEnd ? null : (next ?? new Map());
    branch.set(part, grown);
    if (grown !== null) branch = grown;
  }
}

function keep(doc: Doc, tree: Tree): Doc {
  const kept: Doc = {};
  for (const field in doc) {
    const branch = tree.get(field);
    if (branch === undefined) continue;
    const value = doc[field] as Value;
    const part = branch === null ? value : keepInside(value, branch);
    if (part !== undefined) kept[field] = part;
  }
  return kept;
}

function keepInside(value: Value, tree: Tree): Value | undefined {
  if (isDoc(value)) return keep(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((element) => keepInside(element, tree)).filter((part) => part !== undefined);
}

function leaveOut(doc: Doc, tree: Tree): Doc {
  const left: Doc = {};
  for (const field in doc) {
    const branch = tree.get(field);
    const value = doc[field] as Value;
    if (branch === undefined) left[field] = value;
    else if (branch !== null) left[field] = leaveOutInside(value, branch);
  }
  return left;
}

function leaveOutInside(value: Value, tree: Tree): Value {
  if (isDoc(value)) return leaveOut(value, tree);
  return Array.isArray(value) ? value.map((element) => leaveOutInside(element, tree)) : value;
}
