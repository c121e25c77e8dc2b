import { MongoError } from "../errors.ts";
import type { Filter } from "../filter.ts";
import { type Projection, parseProjection, project } from "../projection.ts";
import { select } from "../query.ts";
import { parseSort } from "../sort-order.ts";
import { type Update, parseUpdate } from "../updater.ts";
import { type RawDoc, decodeRaw, encode } from "../values.ts";
import { changeStored, upsert } from "../writes.ts";
import type { Arguments } from "./arguments.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";
import { filterOf } from "./reads.ts";

const FIND_AND_MODIFY: Command = {
  known: [
    "query",
    "sort",
    "remove",
    "update",
    "new",
    "fields",
    "upsert",
    "hint",
    "arrayFilters",
    "writeConcern",
  ],
  refused: ["collation", "bypassDocumentValidation", "let"],
  writes: true,
  run: findAndModify,
};

/** `findAndModify`, under both of its names. */
export const FIND_AND_MODIFY_COMMANDS: Readonly<Record<string, Command>> = {
  findAndModify: FIND_AND_MODIFY,
  findandmodify: FIND_AND_MODIFY,
};

interface Modification {
  readonly filter: Filter;
  /** Null where the document is to be removed. */
  readonly update: Update | null;
  readonly isUpsert: boolean;
  readonly showsNew: boolean;
  readonly projection: Projection | null;
}

function findAndModify({ name, database, args }: Request, context: CommandContext): Answer {
  const { store } = context;
  const place = { database, name: args.string(name) };
  const modification = parseModification(args);
  const { filter, update } = modification;
  const collection = store.find(place.database, place.name);
  const sort = parseSort(args.optionalDoc("sort") ?? {});
  const [stored] = select(collection, { filter, sort, skip: 0, limit: 1, hint: args.fields.hint });
  if (collection === undefined || stored === undefined) {
    if (update === null) return answer({ n: 0 }, null, modification);
    if (!modification.isUpsert) return answer({ n: 0, updatedExisting: false }, null, modification);
    const { doc, raw } = upsert(store, place, { filter, update });
    const error = { n: 1, updatedExisting: false, upserted: doc._id };
    return answer(error, modification.showsNew ? raw : null, modification);
  }
  const before = stored.raw;
  if (update === null) {
    store.remove(collection, stored);
    return answer({ n: 1 }, before, modification);
  }
  changeStored({ store, collection }, stored, { filter, update });
  const shown = modification.showsNew ? stored.raw : before;
  return answer({ n: 1, updatedExisting: true }, shown, modification);
}

function parseModification(args: Arguments): Modification {
  const isRemoval = args.boolean("remove", false);
  const isUpsert = args.boolean("upsert", false);
  const showsNew = args.boolean("new", false);
  const source = args.fields.update;
  if (isRemoval && (source !== undefined || isUpsert || showsNew)) {
    throw new MongoError(
      "FailedToParse",
      "Cannot specify 'update', 'upsert' or 'new' together with remove=true",
    );
  }
  if (!isRemoval && source === undefined) {
    throw new MongoError("FailedToParse", "Either an update or remove=true must be specified");
  }
  return {
    filter: filterOf(args, "query"),
    update: isRemoval ? null : parseUpdate(source, args.optionalDocs("arrayFilters") ?? []),
    isUpsert,
    showsNew,
    projection: parseProjection(args.optionalDoc("fields") ?? {}),
  };
}

function answer(
  lastErrorObject: Readonly<Record<string, unknown>>,
  raw: RawDoc | null,
  { projection }: Modification,
): Answer {
  if (raw === null) return fields({ lastErrorObject, value: null });
  const value = projection === null ? raw : encode(project(decodeRaw(raw), projection));
  return { kind: "document", document: { fields: { lastErrorObject }, value } };
}
