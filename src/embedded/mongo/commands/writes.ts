import { MongoError } from "../errors.ts";
import { parseFilter } from "../filter.ts";
import { select } from "../query.ts";
import { withLeadingId } from "../upsert.ts";
import { parseUpdate } from "../updater.ts";
import { type Doc, TAG, type Value, tagOf } from "../values.ts";
import { type UpdateOutcome, type UpdateStatement, applyUpdate } from "../writes.ts";
import { Arguments } from "./arguments.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";

const WRITES_MAX = 100_000;

/** Commands that write lists of statements. */
export const WRITE_COMMANDS: Readonly<Record<string, Command>> = {
  insert: {
    known: ["documents", "ordered", "writeConcern"],
    refused: ["bypassDocumentValidation"],
    writes: true,
    run: insert,
  },
  update: {
    known: ["updates", "ordered", "writeConcern"],
    refused: ["bypassDocumentValidation", "let"],
    writes: true,
    run: update,
  },
  delete: {
    known: ["deletes", "ordered", "writeConcern"],
    refused: ["let"],
    writes: true,
    run: remove,
  },
};

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

function insert({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collectionName = args.string(name);
  const documents = statementsOf(args, "documents");
  const collection = store.obtain(database, collectionName);
  let n = 0;
  const writeErrors = runAll(args, documents, (doc) => {
    assertInsertableId(doc);
    store.insert(collection, withLeadingId(doc));
    n += 1;
  });
  return fields({ n, ...(writeErrors.length > 0 ? { writeErrors } : {}) });
}

function update({ name, database, args }: Request, { store }: CommandContext): Answer {
  const place = { database, name: args.string(name) };
  const statements = statementsOf(args, "updates").map(parseUpdateStatement);
  const upserted: { index: number; _id: unknown }[] = [];
  let n = 0;
  let nModified = 0;
  const writeErrors = runAll(args, statements, (statement, index) => {
    const outcome = applyUpdate(store, place, readUpdate(statement));
    n += outcome.matched + (outcome.upserted === null ? 0 : 1);
    nModified += outcome.modified;
    noteUpsert(upserted, outcome, index);
  });
  return fields({
    n,
    nModified,
    ...(upserted.length > 0 ? { upserted } : {}),
    ...(writeErrors.length > 0 ? { writeErrors } : {}),
  });
}

function remove({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collection = store.find(database, args.string(name));
  const statements = statementsOf(args, "deletes").map(parseDeleteStatement);
  let n = 0;
  const writeErrors = runAll(args, statements, ({ q, limit, hint }) => {
    const query = { filter: parseFilter(q), sort: null, skip: 0, limit, hint };
    const found = select(collection, query);
    if (collection === undefined) return;
    for (const stored of found) store.remove(collection, stored);
    n += found.length;
  });
  return fields({ n, ...(writeErrors.length > 0 ? { writeErrors } : {}) });
}

interface DeleteStatement {
  readonly q: Doc;
  readonly limit: number;
  readonly hint: Value | undefined;
}

// A statement with a field that is not known is a fault of the command: nothing of it is run. What
// its filter and its update hold is read when its turn comes, and is a fault of the statement alone.
function parseDeleteStatement(source: Doc): DeleteStatement {
  const statement = new Arguments("delete.deletes", source);
  statement.assertOnly({ known: ["q", "limit", "hint"], refused: ["collation"] });
  const limit = statement.count("limit", -1);
  if (limit !== 0 && limit !== 1) {
    throw new MongoError("FailedToParse", "The limit field in delete objects must be 0 or 1.");
  }
  return { q: statement.doc("q"), limit, hint: statement.fields.hint };
}

interface ParsedUpdate {
  readonly statement: Arguments;
  readonly q: Doc;
  readonly isMulti: boolean;
  readonly isUpsert: boolean;
}

function parseUpdateStatement(source: Doc): ParsedUpdate {
  const statement = new Arguments("update.updates", source);
  statement.assertOnly({
    known: ["q", "u", "upsert", "multi", "hint", "arrayFilters"],
    refused: ["collation", "c", "sort"],
  });
  return {
    statement,
    q: statement.doc("q"),
    isMulti: statement.boolean("multi", false),
    isUpsert: statement.boolean("upsert", false),
  };
}

function readUpdate({ statement, q, isMulti, isUpsert }: ParsedUpdate): UpdateStatement {
  const parsed = parseUpdate(statement.fields.u, statement.optionalDocs("arrayFilters") ?? []);
  if (isMulti && parsed.isReplacement) {
    throw new MongoError(
      "FailedToParse",
      "multi update is not supported for replacement-style update",
    );
  }
  return {
    filter: parseFilter(q),
    update: parsed,
    isMulti,
    isUpsert,
    hint: statement.fields.hint,
  };
}

function noteUpsert(
  upserted: { index: number; _id: unknown }[],
  outcome: UpdateOutcome,
  index: number,
): void {
  if (outcome.upserted !== null) upserted.push({ index, _id: outcome.upserted.doc._id });
}

function statementsOf(args: Arguments, field: string): Doc[] {
  const statements = args.docs(field);
  if (statements.length > 0 && statements.length <= WRITES_MAX) return statements;
  throw new MongoError(
    "InvalidLength",
    `Write batch sizes must be between 1 and ${WRITES_MAX}. Got ${statements.length} operations.`,
  );
}

/** Runs each statement; the first error ends an ordered list. */
function runAll<T>(
  args: Arguments,
  statements: readonly T[],
  run: (statement: T, index: number) => void,
): WriteError[] {
  const isOrdered = args.boolean("ordered", true);
  const writeErrors: WriteError[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof MongoError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.details });
      if (isOrdered) break;
    }
  }
  return writeErrors;
}

function assertInsertableId({ _id: id }: Doc): void {
  if (id === undefined) return;
  const tag = tagOf(id);
  if (tag !== TAG.array && tag !== TAG.regex) return;
  throw new MongoError("InvalidIdField", "The '_id' value cannot be of type array or regex");
}
