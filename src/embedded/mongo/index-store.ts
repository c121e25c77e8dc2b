import { MongoError } from "./errors.ts";
import { type Filter, matches } from "./filter.ts";
import { MISSING, arrayPlaces, encodeKey, keyValuesOf } from "./index-keys.ts";
import type { IndexSpec } from "./index-spec.ts";
import { EMPTY, type Key } from "./keys.ts";
import type { Path } from "./paths.ts";
import { type KeyRange, SortedEntries } from "./sorted-entries.ts";
import { type Doc, type RawDoc, type Value, show } from "./values.ts";

/** A stored document. The holder stays the same through updates; what it holds is replaced. */
export interface StoredDoc {
  readonly id: number;
  doc: Doc;
  raw: RawDoc;
}

/** One index: its entries, and what the planner must know about them. */
export class Index {
  readonly namespace: string;
  readonly spec: IndexSpec;
  /** Place by place: whether some document ever had an array there. */
  readonly multikey: boolean[];
  readonly #entries = new SortedEntries<StoredDoc>();
  /** The top-level fields that decide about this index; an update that leaves them leaves it. */
  readonly #roots: readonly string[];

  constructor(namespace: string, spec: IndexSpec) {
    this.namespace = namespace;
    this.spec = spec;
    this.multikey = spec.shape.paths.map(() => false);
    const paths = [...spec.shape.paths, ...(spec.partial ? pathsOf(spec.partial.filter) : [])];
    this.#roots = [...new Set(paths.map((path) => path[0] as string))];
  }

  /** The keys of a document; none where the index does not hold it. */
  keysOf(doc: Doc): Key[] {
    const { spec } = this;
    if (spec.partial !== null && !matches(spec.partial.filter, doc)) return [];
    const keys = keyValuesOf(doc, spec.shape)
      .filter((values) => !(spec.sparse && values.every((value) => value === MISSING)))
      .map((values) => encodeKey(values, spec.shape));
    return keys.length > 1 ? [...new Set(keys)] : keys;
  }

  /** Whether two versions of a document have the same keys for sure. */
  isUntouched(before: Doc, after: Doc): boolean {
    return this.#roots.every((root) => before[root] === after[root]);
  }

  /** Throws a duplicate key error where another document has one of the keys. */
  assertUnique(keys: readonly Key[], doc: Doc, self?: StoredDoc): void {
    if (!this.spec.unique) return;
    for (const key of keys) {
      const holder = this.#entries.first(key);
      if (holder !== undefined && holder !== self) throw this.#duplicate(key, doc);
    }
  }

  add(keys: readonly Key[], stored: StoredDoc, doc: Doc): void {
    for (const key of keys) this.#entries.add(key, stored);
    if (keys.length > 0) this.#noteArrays(doc);
  }

  remove(keys: readonly Key[], stored: StoredDoc): void {
    for (const key of keys) this.#entries.remove(key, stored);
  }

  /** Fills an empty index; a duplicate in a unique one is refused. */
  build(documents: Iterable<StoredDoc>): void {
    const entries: { key: Key; item: StoredDoc }[] = [];
    for (const item of documents) {
      const keys = this.keysOf(item.doc);
      for (const key of keys) entries.push({ key, item });
      if (keys.length > 0) this.#noteArrays(item.doc);
    }
    this.#entries.load(entries);
    if (!this.spec.unique) return;
    for (let i = 1; i < entries.length; i++) {
      const { key, item } = entries[i] as { key: Key; item: StoredDoc };
      if (entries[i - 1]?.key === key) throw this.#duplicate(key, item.doc);
    }
  }

  first(key: Key): StoredDoc | undefined {
    return this.#entries.first(key);
  }

  count(range: KeyRange): number {
    return this.#entries.count(range);
  }

  scan(range: KeyRange, backward: boolean): Generator<StoredDoc, void, undefined> {
    return backward ? this.#entries.scanBack(range) : this.#entries.scan(range);
  }

  #noteArrays(doc: Doc): void {
    if (this.multikey.every(Boolean)) return;
    for (const [place, isArray] of arrayPlaces(doc, this.spec.shape).entries()) {
      if (isArray) this.multikey[place] = true;
    }
  }

  #duplicate(key: Key, doc: Doc): MongoError {
    const { spec } = this;
    const values = keyValuesOf(doc, spec.shape).find(
      (candidate) => encodeKey(candidate, spec.shape) === key,
    );
    const fields = Object.keys(spec.key);
    const keyValue = Object.fromEntries(
      fields.map((field, place) => [field, printable(values?.[place])]),
    );
    const where = `collection: ${this.namespace} index: ${spec.name}`;
    return new MongoError(
      "DuplicateKey",
      `E11000 duplicate key error ${where} dup key: ${show(keyValue)}`,
      { keyPattern: spec.key, keyValue },
    );
  }
}

function printable(value: Value | typeof EMPTY | typeof MISSING | undefined): Value {
  return value === undefined || value === EMPTY || value === MISSING ? null : value;
}

/** Every path that a filter looks at. */
function pathsOf(filter: Filter): readonly Path[] {
  if (filter.kind === "field") return [filter.path];
  return filter.kind === "not" ? pathsOf(filter.part) : filter.parts.flatMap(pathsOf);
}
