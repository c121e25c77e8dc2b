import { Long } from "bson";
import { MongoError, notSupported } from "../errors.ts";
import { EVERYTHING, type Filter, parseFilter } from "../filter.ts";
import { keyOf } from "../keys.ts";
import { parsePath, someWhole } from "../paths.ts";
import { parsePipeline, runPipeline } from "../pipeline.ts";
import { parseProjection, project } from "../projection.ts";
import { type Query, select } from "../query.ts";
import { parseSort } from "../sort-order.ts";
import { type RawDoc, type Value, encode, isNumber, toNumber } from "../values.ts";
import type { Arguments } from "./arguments.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";

const FIRST_BATCH = 101;

const NOT_FOR_FIND = [
  "tailable",
  "awaitData",
  "oplogReplay",
  "noCursorTimeout",
  "allowPartialResults",
  "returnKey",
  "showRecordId",
  "collation",
  "min",
  "max",
  "let",
] as const;

/** The fields of `find`, which `explain` takes as well. */
export const FIND_FIELDS = {
  known: [
    "filter",
    "sort",
    "projection",
    "hint",
    "skip",
    "limit",
    "batchSize",
    "singleBatch",
    "allowDiskUse",
  ],
  refused: NOT_FOR_FIND,
} as const;

/** Commands that read. */
export const READ_COMMANDS: Readonly<Record<string, Command>> = {
  find: { ...FIND_FIELDS, writes: false, run: find },
  getMore: { known: ["collection", "batchSize"], writes: false, run: getMore },
  killCursors: { known: ["cursors"], writes: false, run: killCursors },
  count: {
    known: ["query", "limit", "skip", "hint"],
    refused: ["collation"],
    writes: false,
    run: count,
  },
  distinct: {
    known: ["key", "query", "hint"],
    refused: ["collation"],
    writes: false,
    run: distinct,
  },
  aggregate: {
    known: ["pipeline", "cursor", "hint", "allowDiskUse"],
    refused: ["explain", "collation", "let", "bypassDocumentValidation"],
    writes: false,
    run: aggregate,
  },
};

/** The query that a find command asks. */
export function queryOf(args: Arguments): Query {
  const hint = args.fields.hint;
  return {
    filter: filterOf(args, "filter"),
    sort: parseSort(args.optionalDoc("sort") ?? {}),
    skip: args.count("skip", 0),
    limit: args.count("limit", 0),
    hint,
  };
}

/** The filter in a field of a command; everything where there is none. */
export function filterOf(args: Arguments, field: string): Filter {
  const source = args.optionalDoc(field);
  return source === undefined ? EVERYTHING : parseFilter(source);
}

/** The first batch of documents that are already encoded. */
export function openCursor(
  { cursors }: CommandContext,
  namespace: string,
  answer: {
    readonly documents: readonly RawDoc[];
    readonly batch: number;
    readonly isSingle: boolean;
  },
): Answer {
  const { cursorId, documents } = cursors.open(namespace, answer.documents, answer);
  return { kind: "batch", batch: { name: "firstBatch", cursorId, namespace, documents } };
}

/** The size of the first batch that a command's `cursor` field asks for. */
export function batchOf(args: Arguments): number {
  const batch = args.optionalDoc("cursor")?.batchSize;
  if (batch === undefined) return FIRST_BATCH;
  const number = isNumber(batch) ? toNumber(batch) : Number.NaN;
  if (Number.isInteger(number) && number >= 0) return number;
  throw new MongoError("BadValue", "cursor.batchSize must be a whole number >= 0");
}

function find({ name, database, args }: Request, context: CommandContext): Answer {
  const collectionName = args.string(name);
  const query = queryOf(args);
  const projection = parseProjection(args.optionalDoc("projection") ?? {});
  const found = select(context.store.find(database, collectionName), query);
  const documents = found.map((stored) =>
    projection === null ? stored.raw : encode(project(stored.doc, projection)),
  );
  return openCursor(context, `${database}.${collectionName}`, {
    documents,
    batch: args.count("batchSize", FIRST_BATCH),
    isSingle: args.boolean("singleBatch", false),
  });
}

function getMore({ database, args }: Request, { cursors }: CommandContext): Answer {
  const namespace = `${database}.${args.string("collection")}`;
  const id = cursorIdOf(args.fields.getMore);
  const { cursorId, documents } = cursors.next(namespace, id, args.count("batchSize", 0));
  return { kind: "batch", batch: { name: "nextBatch", cursorId, namespace, documents } };
}

function killCursors({ args }: Request, { cursors }: CommandContext): Answer {
  const asked = args.fields.cursors;
  if (!Array.isArray(asked)) throw new MongoError("TypeMismatch", "'cursors' must be an array");
  const ids = asked.map(cursorIdOf);
  const killed = ids.filter((id) => cursors.kill(id));
  return fields({
    cursorsKilled: toLongs(killed),
    cursorsNotFound: toLongs(ids.filter((id) => !killed.includes(id))),
    cursorsAlive: [],
    cursorsUnknown: [],
  });
}

function toLongs(ids: readonly bigint[]): Long[] {
  return ids.map((id) => Long.fromBigInt(id));
}

function cursorIdOf(value: Value | undefined): bigint {
  if (value instanceof Long) return value.toBigInt();
  if (isNumber(value)) return BigInt(toNumber(value));
  throw new MongoError("TypeMismatch", "a cursor id must be a long");
}

function count({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collection = store.find(database, args.string(name));
  const query: Query = {
    filter: filterOf(args, "query"),
    sort: null,
    skip: args.count("skip", 0),
    limit: args.count("limit", 0),
    hint: args.fields.hint,
  };
  return fields({ n: select(collection, query).length });
}

function distinct({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collection = store.find(database, args.string(name));
  const path = parsePath(args.string("key"));
  const filter = filterOf(args, "query");
  const hint = args.fields.hint;
  const values = new Map<string, Value>();
  for (const { doc } of select(collection, { filter, sort: null, skip: 0, limit: 0, hint })) {
    someWhole(doc, path, (value) => {
      // Of an array each element counts, but an array in it is a value like any other.
      for (const each of Array.isArray(value) ? value : [value]) {
        if (each !== undefined) values.set(keyOf(each), each);
      }
      return false;
    });
  }
  return fields({ values: [...values.values()] });
}

function aggregate({ name, database, args }: Request, context: CommandContext): Answer {
  const collectionName = args.fields[name];
  if (typeof collectionName !== "string") throw notSupported("an aggregation over a database");
  const stages = parsePipeline(args.docs("pipeline"));
  if (args.optionalDoc("cursor") === undefined) {
    throw new MongoError("FailedToParse", "The 'cursor' option is required");
  }
  const collection = context.store.find(database, collectionName);
  const documents = runPipeline(collection, stages, args.fields.hint).map(encode);
  const answer = { documents, batch: batchOf(args), isSingle: false };
  return openCursor(context, `${database}.${collectionName}`, answer);
}
