import { Collection, type NewVersion } from "./collection.ts";
import { MongoError } from "./errors.ts";
import { type IndexSpec, describeIndex, parseIndexSpec } from "./index-spec.ts";
import { DecodedDocs, type StoredDoc } from "./stored-doc.ts";
import { type Pieces, type StoredRecord, otherRecords, putPieces } from "./records.ts";
import { type Doc, type RawDoc, type Value, assertStorable, encode, isDoc } from "./values.ts";

/** Takes what is to become durable, with the way back should that fail. */
export interface Journal {
  append(record: Pieces, undo: () => void): void;
}

/** What stands in one collection at an instant; nothing in it changes later. */
export interface CollectionImage {
  readonly namespace: string;
  readonly indexes: readonly Record<string, unknown>[];
  readonly documents: readonly RawDoc[];
}

/** All databases. Every change goes to the journal in the same step. */
export class Store {
  readonly #databases = new Map<string, Map<string, Collection>>();
  readonly #journal: Journal;
  readonly #decoded = new DecodedDocs();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  find(database: string, name: string): Collection | undefined {
    return this.#databases.get(database)?.get(name);
  }

  get(database: string, name: string): Collection {
    const collection = this.find(database, name);
    if (collection !== undefined) return collection;
    throw new MongoError("NamespaceNotFound", `ns does not exist: ${database}.${name}`);
  }

  /** The collection; made now if it was not there. */
  obtain(database: string, name: string): Collection {
    return this.find(database, name) ?? this.create(database, name);
  }

  create(database: string, name: string): Collection {
    assertName(database, name);
    const collection = new Collection(database, name, this.#decoded);
    this.#attach(collection);
    this.#append(otherRecords.create(collection.namespace), () => this.#detach(collection));
    return collection;
  }

  drop(collection: Collection): void {
    this.#detach(collection);
    this.#append(otherRecords.drop(collection.namespace), () => this.#attach(collection));
  }

  databases(): string[] {
    return [...this.#databases.keys()].toSorted();
  }

  collections(database: string): Collection[] {
    const found = [...(this.#databases.get(database)?.values() ?? [])];
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  insert(collection: Collection, doc: Doc): StoredDoc {
    assertStorable(doc);
    const stored = collection.insert({ doc, raw: encode(doc) });
    this.#append(putPieces(collection.putHead, stored.raw), () => collection.remove(stored));
    return stored;
  }

  replace(collection: Collection, stored: StoredDoc, version: NewVersion): void {
    const before: NewVersion = { doc: stored.doc, raw: stored.raw };
    collection.replace(stored, version);
    this.#append(putPieces(collection.putHead, version.raw), () =>
      collection.replace(stored, before),
    );
  }

  remove(collection: Collection, stored: StoredDoc): void {
    collection.remove(stored);
    const record = otherRecords.delete(collection.namespace, stored.doc._id ?? null);
    this.#append(record, () => collection.restore(stored));
  }

  createIndex(collection: Collection, spec: IndexSpec): void {
    const index = collection.createIndex(spec);
    const record = otherRecords.createIndex(collection.namespace, describeIndex(spec));
    this.#append(record, () => collection.removeIndex(index));
  }

  dropIndex(collection: Collection, name: string): void {
    const index = collection.getIndex(name);
    collection.removeIndex(index);
    this.#append(otherRecords.dropIndex(collection.namespace, name), () =>
      collection.indexes.push(index),
    );
  }

  /** Takes a record of a snapshot; `settle` must follow the last one. */
  load(record: StoredRecord): void {
    if (record.op === "other") return this.replay(record);
    const { database, name } = splitNamespace(record.ns);
    this.get(database, name).load(record);
  }

  /** Makes what was loaded usable. */
  settle(): void {
    for (const collections of this.#databases.values()) {
      for (const collection of collections.values()) collection.settle();
    }
  }

  /** Repeats a record read from disk, without writing it again. */
  replay(record: StoredRecord): void {
    const ns = record.op === "put" ? record.ns : textOf(record.fields.ns);
    const { database, name } = splitNamespace(ns);
    if (record.op === "put") replayPut(this.get(database, name), record);
    else if (record.fields.op === "create")
      this.#attach(new Collection(database, name, this.#decoded));
    else if (record.fields.op === "drop") this.#detach(this.get(database, name));
    else replayChange(this.get(database, name), record.fields);
  }

  /** The bytes of all documents. */
  get bytes(): number {
    let bytes = 0;
    for (const collections of this.#databases.values()) {
      for (const collection of collections.values()) bytes += collection.bytes;
    }
    return bytes;
  }

  /** Everything as it stands now. */
  image(): CollectionImage[] {
    return this.databases().flatMap((database) =>
      this.collections(database).map((collection) => ({
        namespace: collection.namespace,
        indexes: collection.specs.slice(1).map(describeIndex),
        documents: Array.from(collection.documents, ({ raw }) => raw),
      })),
    );
  }

  #append(record: Pieces, undo: () => void): void {
    this.#journal.append(record, undo);
  }

  #attach(collection: Collection): void {
    const collections = this.#databases.get(collection.database) ?? new Map<string, Collection>();
    collections.set(collection.name, collection);
    this.#databases.set(collection.database, collections);
  }

  #detach(collection: Collection): void {
    const collections = this.#databases.get(collection.database);
    collections?.delete(collection.name);
    if (collections?.size === 0) this.#databases.delete(collection.database);
  }
}

function splitNamespace(ns: string): { database: string; name: string } {
  const dot = ns.indexOf(".");
  return { database: ns.slice(0, dot), name: ns.slice(dot + 1) };
}

function replayPut(collection: Collection, version: NewVersion): void {
  const stored = collection.findById(version.doc._id ?? null);
  if (stored === undefined) collection.insert(version);
  else collection.replace(stored, version);
}

function replayChange(collection: Collection, { op, id, index, name }: Doc): void {
  const deleted = op === "delete" && id !== undefined ? collection.findById(id) : undefined;
  if (deleted !== undefined) collection.remove(deleted);
  else if (op === "createIndex" && isDoc(index)) collection.createIndex(parseIndexSpec(index));
  else if (op === "dropIndex" && typeof name === "string") {
    collection.removeIndex(collection.getIndex(name));
  } else {
    throw new Error(`the record '${textOf(op)}' does not fit what came before it`);
  }
}

function textOf(value: Value | undefined): string {
  return typeof value === "string" ? value : "";
}

function assertName(database: string, name: string): void {
  const isBad = name === "" || /[$\0]/.test(name) || name.startsWith("system.");
  if (isBad || name.startsWith(".") || name.endsWith(".") || database === "") {
    throw new MongoError("InvalidNamespace", `Invalid namespace specified '${database}.${name}'`);
  }
  if (/[/\\. "$\0]/.test(database) || Buffer.byteLength(`${database}.${name}`) > 255) {
    throw new MongoError("InvalidNamespace", `Invalid namespace specified '${database}.${name}'`);
  }
}
