import { Int32 } from "bson";
import { MongoError } from "./errors.ts";
import { Index } from "./index-store.ts";
import { type IndexSpec, idIndexSpec } from "./index-spec.ts";
import { type Key, keyOf } from "./keys.ts";
import { putHeadOf } from "./records.ts";
import { type DecodedDocs, StoredDoc } from "./stored-doc.ts";
import type { Doc, RawDoc, Value } from "./values.ts";

/** A document on its way in: decoded, and in the bytes that will be stored. */
export interface NewVersion {
  readonly doc: Doc;
  readonly raw: RawDoc;
}

/**
 * The documents of one collection and their indexes, in memory. Each change either happens as a
 * whole or throws and changes nothing.
 */
export class Collection {
  readonly database: string;
  readonly name: string;
  readonly indexes: Index[];
  /** In the order in which they came. */
  readonly documents = new Set<StoredDoc>();
  /** The bytes of all documents. */
  bytes = 0;
  /** The beginning of the journal records of its documents. */
  readonly putHead: string;
  #nextId = 1;
  readonly #decoded: DecodedDocs;

  constructor(database: string, name: string, decoded: DecodedDocs) {
    this.#decoded = decoded;
    this.database = database;
    this.name = name;
    this.putHead = putHeadOf(this.namespace);
    this.indexes = [new Index(this.namespace, idIndexSpec({ _id: new Int32(1) }))];
  }

  get namespace(): string {
    return `${this.database}.${this.name}`;
  }

  get specs(): IndexSpec[] {
    return this.indexes.map(({ spec }) => spec);
  }

  findById(id: Value): StoredDoc | undefined {
    return this.#idIndex.first(keyOf(id));
  }

  insert(version: NewVersion): StoredDoc {
    const changes = this.indexes.map((index) => ({ index, keys: index.keysOf(version.doc) }));
    for (const { index, keys } of changes) index.assertUnique(keys, version.doc);
    const stored = new StoredDoc(this.#nextId++, version.raw, this.#decoded);
    for (const { index, keys } of changes) index.add(keys, stored, version.doc);
    this.documents.add(stored);
    this.bytes += version.raw.length;
    return stored;
  }

  /** Takes a document of a snapshot; `settle` must follow before anything is looked for. */
  load({ doc, raw }: NewVersion): void {
    const stored = new StoredDoc(this.#nextId++, raw, this.#decoded);
    for (const index of this.indexes) index.defer(stored, doc);
    this.documents.add(stored);
    this.bytes += raw.length;
  }

  /** Puts the indexes of loaded documents in order. */
  settle(): void {
    for (const index of this.indexes) index.settle();
  }

  /** Puts a new version in the place of a document; its `_id` must be the same. */
  replace(stored: StoredDoc, version: NewVersion): void {
    const changes = this.#keyChanges(stored, version.doc);
    for (const { index, added } of changes) index.assertUnique(added, version.doc, stored);
    for (const { index, removed, added } of changes) {
      index.remove(removed, stored);
      index.add(added, stored, version.doc);
    }
    this.bytes += version.raw.length - stored.raw.length;
    stored.set(version.raw, version.doc);
  }

  remove(stored: StoredDoc): void {
    for (const index of this.indexes) index.remove(index.keysOf(stored.doc), stored);
    this.documents.delete(stored);
    this.bytes -= stored.raw.length;
  }

  /** Takes a removed document back, for a write that could not be made durable. */
  restore(stored: StoredDoc): void {
    for (const index of this.indexes) index.add(index.keysOf(stored.doc), stored, stored.doc);
    this.documents.add(stored);
    this.bytes += stored.raw.length;
  }

  createIndex(spec: IndexSpec): Index {
    const index = new Index(this.namespace, spec);
    index.build(this.documents);
    this.indexes.push(index);
    return index;
  }

  removeIndex(index: Index): void {
    const at = this.indexes.indexOf(index);
    if (at > 0) this.indexes.splice(at, 1);
  }

  getIndex(name: string): Index {
    const index = this.indexes.find(({ spec }) => spec.name === name);
    if (index !== undefined) return index;
    throw new MongoError("IndexNotFound", `index not found with name [${name}]`);
  }

  get #idIndex(): Index {
    return this.indexes[0] as Index;
  }

  #keyChanges(stored: StoredDoc, after: Doc): { index: Index; removed: Key[]; added: Key[] }[] {
    const changes: { index: Index; removed: Key[]; added: Key[] }[] = [];
    for (const index of this.indexes) {
      if (index.isUntouched(stored.doc, after)) continue;
      const before = index.keysOf(stored.doc);
      const wanted = index.keysOf(after);
      const removed = before.filter((key) => !wanted.includes(key));
      const added = wanted.filter((key) => !before.includes(key));
      if (removed.length + added.length > 0) changes.push({ index, removed, added });
    }
    return changes;
  }
}
