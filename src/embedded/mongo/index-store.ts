import { MongoError } from "./errors.ts";
import { type Filter, matches } from "./filter.ts";
import { MISSING, arrayPlaces, encodeKey, keyValuesOf } from "./index-keys.ts";
import type { IndexSpec } from "./index-spec.ts";
import { EMPTY, type Key } from "./keys.ts";
import type { Path } from "./paths.ts";
import { type KeyRange, SortedEntries } from "./sorted-entries.ts";
import type { StoredDoc } from "./stored-doc.ts";
import { type Doc, type Value, show } from "./values.ts";

interface KeyedDoc {
  readonly key: Key;
  readonly item: StoredDoc;
}

/** One index: its entries, and what the planner must know about them. */
export class Index {
  readonly namespace: string;
  readonly spec: IndexSpec;
  /** Place by place: whether some document ever had an array there. */
  readonly multikey: boolean[];
  readonly #entries = new SortedEntries<StoredDoc>();
  #deferred: KeyedDoc[] = [];
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
    for (const stored of documents) this.defer(stored, stored.doc);
    this.settle();
  }

  /** Notes the keys of a document; the index can be used after `settle`. */
  defer(stored: StoredDoc, doc: Doc): void {
    const keys = this.keysOf(doc);
    for (const key of keys) this.#deferred.push({ key, item: stored });
    if (keys.length > 0) this.#noteArrays(doc);
  }

  /** Puts all noted keys in order at once; a duplicate in a unique index is refused. */
  settle(): void {
    const entries = this.#deferred;
    this.#deferred = [];
    this.#entries.load(entries);
    if (!this.spec.unique) return;
    for (let i = 1; i < entries.length; i++) {
      const { key, item } = entries[i] as KeyedDoc;
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
