import type mongoose from "mongoose";
import { isDuplicateKey } from "./connection.ts";

interface Revisioned {
  id: string;
  revision: number;
}

export type Stored<T extends Revisioned> = Omit<T, "id"> & { _id: string };

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

/** The store of one collection, on the schema of its model. */
export function createRevisionedStore<T extends Revisioned>(
  model: mongoose.Model<Stored<T>>,
): RevisionedStore<T> {
  return {
    async find(id) {
      const found = await model.findOne({ _id: id }).lean<Stored<T>>();
      return found === null ? null : fromStored<T>(found);
    },
    async insert(document) {
      try {
        await model.insertOne(toStored(document) as never);
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    async write(read, next, guard = {}) {
      const revision = read.revision + 1;
      const result = await model.updateOne(
        { _id: read.id, revision: read.revision, ...guard } as mongoose.QueryFilter<Stored<T>>,
        { $set: { ...changedFields(read, next), revision } },
      );
      return result.matchedCount === 1 ? { ...next, revision } : null;
    },
  };
}

/** Reads of whole documents, as the domain knows them. */
export interface Finders<T> {
  one: (filter: object) => Promise<T | null>;
  many: (filter: object, sort: Record<string, 1 | -1>, limit: number) => Promise<T[]>;
}

export function createFinders<T extends Revisioned>(model: mongoose.Model<Stored<T>>): Finders<T> {
  return {
    async one(filter) {
      const found = await model.findOne(filter).lean<Stored<T>>();
      return found === null ? null : fromStored<T>(found);
    },
    async many(filter, sort, limit) {
      const found = await model.find(filter).sort(sort).limit(limit).lean<Stored<T>[]>();
      return found.map((stored) => fromStored<T>(stored));
    },
  };
}

/** Fields whose value is another object or another value than in the document that was read. */
function changedFields<T extends object>(read: T, next: T): Partial<T> {
  const before: Partial<Record<string, unknown>> = { ...read };
  return Object.fromEntries(
    Object.entries(next).filter(([field, value]) => before[field] !== value),
  ) as Partial<T>;
}

function toStored<T extends Revisioned>(document: T): Stored<T> {
  const { id, ...rest } = document;
  return { _id: id, ...rest };
}

function fromStored<T extends Revisioned>(stored: Stored<T>): T {
  const { _id, ...rest } = stored;
  return { id: _id, ...rest } as unknown as T;
}
