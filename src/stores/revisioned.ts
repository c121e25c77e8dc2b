import type mongoose from "mongoose";
import type { HasOutbox } from "../domain/events.ts";
import {
  type JoinedWrite,
  type Projection,
  collectionOf,
  findTogether,
  insertTogether,
  writeTogether,
} from "./joined-operations.ts";
import { type Joining, joinCalls } from "./join-calls.ts";

export interface Revisioned extends HasOutbox {
  id: string;
  revision: number;
}

/** As it stands in the database; `writeId` names the write that was the last. */
export type Stored<T extends Revisioned> = Omit<T, "id"> & { _id: string; writeId?: string };

/**
 * Documents that are only ever written as a whole decision: read, decide by a pure rule, write if
 * the revision is still the one that was read. That one condition is the claim, the fence and the
 * compare-and-set of every rule in `domain/`.
 */
export interface RevisionedStore<T extends Revisioned> {
  find(id: string): Promise<T | null>;
  /** False when a document with this id or one of its unique keys is there already. */
  insert(document: T): Promise<boolean>;
  /**
   * Writes what has changed. Null when somebody else wrote first: nothing was written.
   * `guard` says in words of the document what the caller relies on; it holds whenever the revision does.
   */
  write(read: T, next: T, guard?: Record<string, unknown>): Promise<T | null>;
}

/** A lone call waits for nobody; under load, those of two milliseconds go together. */
export const JOINING: Joining = { windowMs: 2, most: 200 };

/** The store of one collection. Calls close upon each other share a round trip. */
export function createRevisionedStore<T extends Revisioned>(
  model: mongoose.Model<Stored<T>>,
  joining: Joining,
): RevisionedStore<T> {
  const insert = joinCalls((all: Stored<T>[]) => insertTogether(model, all), joining);
  const write = joinCalls((all: JoinedWrite[]) => writeTogether(model, all), joining);
  return {
    find: createFind<T>(model, joining),
    async insert(document) {
      const stored = toStored(document);
      assertKnown(model.schema, stored);
      return insert(stored);
    },
    async write(read, next, guard = {}) {
      const revision = read.revision + 1;
      const filter = { _id: read.id, revision: read.revision, ...guard };
      const set = { ...changedFields(read, next), revision };
      assertKnown(model.schema, { ...filter, ...set });
      const hasWon = await write({
        filter,
        set,
        // Added and not set: meanwhile the relay may have taken told ones away.
        events: next.outbox.filter(({ number }) => number > read.outboxNumber),
      });
      return hasWon ? { ...next, revision } : null;
    },
  };
}

/** Reads by id, close upon each other in one round trip; with a projection, some fields alone. */
export function createFind<T extends { id: string }>(
  model: { collection: unknown },
  joining: Joining,
  projection?: Projection,
): (id: string) => Promise<T | null> {
  const find = joinCalls(
    (ids: string[]) => findTogether<StoredPart>(model, ids, projection),
    joining,
  );
  return async (id) => {
    const found = await find(id);
    return found === null ? null : (fromStored(found) as T);
  };
}

/** A document, or a part of it, as it stands in the database. */
interface StoredPart {
  _id: string;
}

type KnownFields = Pick<mongoose.Schema, "path">;

/** The driver takes a misspelt field as it is: a filter would miss, a value would be stored aside. */
function assertKnown(schema: KnownFields, fields: object): void {
  for (const [field, value] of Object.entries(fields) as [string, unknown][]) {
    // The one operator that stands where a field would, with a list of filters.
    if (field === "$nor" && Array.isArray(value)) {
      for (const part of value) assertKnown(schema, part as object);
    } else if (schema.path(field) === undefined) {
      throw new Error(`the schema has no field ${field}`);
    }
  }
}

/** Reads of whole documents, as the domain knows them. */
export interface Finders<T> {
  one: (filter: object) => Promise<T | null>;
  many: (filter: object, sort: Record<string, 1 | -1>, limit: number) => Promise<T[]>;
}

export function createFinders<T extends Revisioned>(model: mongoose.Model<Stored<T>>): Finders<T> {
  return {
    async one(filter) {
      const [found] = await findStored<StoredPart>(model, filter, { limit: 1 });
      return found === undefined ? null : (fromStored(found) as T);
    },
    async many(filter, sort, limit) {
      const found = await findStored<StoredPart>(model, filter, { sort, limit });
      return found.map((stored) => fromStored(stored) as T);
    },
  };
}

/** Reads through the driver: what mongoose lays round a query costs as much as half the query. */
export async function findStored<Part extends { _id: string }>(
  model: { schema: KnownFields; collection: unknown },
  filter: object,
  options: mongoose.mongo.FindOptions & { limit: number },
): Promise<Part[]> {
  assertKnown(model.schema, filter);
  return collectionOf(model).find<Part>(filter, options).toArray();
}

/** Fields but the outbox whose value is another object or another value than it was. */
function changedFields<T extends object>(read: T, next: T): Partial<T> {
  const changed: Partial<T> = {};
  for (const field in next) {
    if (field !== "outbox" && read[field] !== next[field]) changed[field] = next[field];
  }
  return changed;
}

function toStored<T extends Revisioned>(document: T): Stored<T> {
  const { id, ...rest } = document;
  return { _id: id, ...rest };
}

/** In a plain loop: taking a rest and spreading it again costs five times as much. */
function fromStored(stored: StoredPart): { id: string } {
  const document: Record<string, unknown> & { id: string } = { id: stored._id };
  for (const field in stored) {
    if (field !== "_id" && field !== "writeId")
      document[field] = stored[field as keyof typeof stored];
  }
  return document;
}
