import { EJSON } from "bson";
import mongoose from "mongoose";

const { MongoBulkWriteError, MongoServerError } = mongoose.mongo;

export type Fields = Record<string, unknown>;

/** A document whose `_id` a case chose. */
export interface Thing {
  _id: unknown;
  [field: string]: unknown;
}

export type Things = mongoose.mongo.Collection<Thing>;

/** What an operation works on: a collection of its own, and the database that it is in. */
export interface Scene {
  readonly things: Things;
  readonly db: mongoose.mongo.Db;
}

export type Operation = (scene: Scene) => Promise<unknown>;

export interface Index {
  readonly key: Record<string, 1 | -1>;
  readonly unique?: true;
  readonly sparse?: true;
  readonly partialFilterExpression?: Fields;
}

/** One row of the table. */
export interface Case {
  readonly name: string;
  /** The page of MongoDB's manual that says so, below https://www.mongodb.com/docs/v7.0/. */
  readonly page: string;
  readonly indexes?: readonly Index[];
  /** Without an `_id`, a document has its place in this list. */
  readonly documents: readonly Fields[];
  readonly operation: Operation;
  /** Of a plain find: what it asks, so that it can be asked by an index as well. */
  readonly filter?: Fields;
  /** What the operation answers, or `{ error }` with the code of the error that it ends with. */
  readonly expected: unknown;
}

/** Cases that follow one page. */
export function cases(page: string, rows: readonly Omit<Case, "page">[]): Case[] {
  return rows.map((row) => ({ ...row, page }));
}

/** Documents that differ in their field `a` only. */
export const values = (...list: unknown[]): Fields[] => list.map((a) => ({ a }));

/** Plays one case in an empty collection and tells what came of it. */
export async function play(scene: Scene, { indexes = [], documents, operation }: Case) {
  try {
    for (const { key, ...options } of indexes) await scene.things.createIndex(key, options);
    const withIds = documents.map((fields, place) => ({ _id: place, ...fields }));
    if (withIds.length > 0) await scene.things.insertMany(withIds);
    return await operation(scene);
  } catch (error) {
    return failureOf(error);
  }
}

/** An error by what a program can rely on: its code and, of a duplicate, its key. */
export function failureOf(error: unknown): { error: Fields } {
  if (error instanceof MongoBulkWriteError) return { error: { code: error.code } };
  if (!(error instanceof MongoServerError)) throw error;
  const { code, keyPattern, keyValue } = error;
  return { error: { code, ...(keyPattern === undefined ? {} : { keyPattern, keyValue }) } };
}

/** An outcome as text, in which neither a type nor the order of fields is lost. */
export function show(outcome: unknown): string {
  return EJSON.stringify(outcome, { relaxed: false }, 2);
}
