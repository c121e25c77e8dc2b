import { MongoError, notSupported } from "../errors.ts";
import { alreadyExists, describeIndex, parseIndexSpec } from "../index-spec.ts";
import { matches } from "../filter.ts";
import { equalValues } from "../keys.ts";
import { type Doc, type Value, decodeRaw, encode, isDoc } from "../values.ts";
import { type Answer, type Command, type CommandContext, type Request, fields } from "./command.ts";
import { batchOf, filterOf, openCursor } from "./reads.ts";

const REFUSED_FOR_CREATE = [
  "capped",
  "autoIndexId",
  "size",
  "max",
  "storageEngine",
  "validator",
  "validationLevel",
  "validationAction",
  "indexOptionDefaults",
  "viewOn",
  "pipeline",
  "collation",
  "timeseries",
  "clusteredIndex",
  "expireAfterSeconds",
  "changeStreamPreAndPostImages",
  "encryptedFields",
] as const;

/** Commands about collections and indexes. */
export const CATALOG_COMMANDS: Readonly<Record<string, Command>> = {
  create: { known: ["writeConcern"], refused: REFUSED_FOR_CREATE, writes: true, run: create },
  drop: { known: ["writeConcern"], writes: true, run: drop },
  dropDatabase: { known: ["writeConcern"], writes: true, run: dropDatabase },
  listCollections: {
    known: ["filter", "nameOnly", "cursor", "authorizedCollections"],
    writes: false,
    run: listCollections,
  },
  listDatabases: {
    known: ["filter", "nameOnly", "authorizedDatabases"],
    writes: false,
    run: listDatabases,
  },
  createIndexes: {
    known: ["indexes", "writeConcern"],
    refused: ["commitQuorum"],
    writes: true,
    run: createIndexes,
  },
  listIndexes: { known: ["cursor"], writes: false, run: listIndexes },
  dropIndexes: { known: ["index", "writeConcern"], writes: true, run: dropIndexes },
};

function create({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collectionName = args.string(name);
  if (store.find(database, collectionName) !== undefined) {
    throw new MongoError(
      "NamespaceExists",
      `Collection ${database}.${collectionName} already exists.`,
    );
  }
  store.create(database, collectionName);
  return fields({});
}

function drop({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collection = store.get(database, args.string(name));
  const nIndexesWas = collection.indexes.length;
  store.drop(collection);
  return fields({ nIndexesWas, ns: collection.namespace });
}

function dropDatabase({ database }: Request, { store }: CommandContext): Answer {
  const collections = store.collections(database);
  for (const collection of collections) store.drop(collection);
  return fields(collections.length > 0 ? { dropped: database } : {});
}

function listCollections({ database, args }: Request, context: CommandContext): Answer {
  const filter = filterOf(args, "filter");
  const isNameOnly = args.boolean("nameOnly", false);
  const documents = context.store
    .collections(database)
    .map(({ name, specs }) => ({
      name,
      type: "collection",
      ...(isNameOnly
        ? {}
        : {
            options: {},
            info: { readOnly: false },
            idIndex: specs[0] === undefined ? {} : describeIndex(specs[0]),
          }),
    }))
    .map((entry) => encode(entry as unknown as Doc))
    .filter((raw) => matches(filter, decodeRaw(raw)));
  const answer = { documents, batch: batchOf(args), isSingle: false };
  return openCursor(context, `${database}.$cmd.listCollections`, answer);
}

function listDatabases({ args }: Request, { store }: CommandContext): Answer {
  const filter = filterOf(args, "filter");
  const isNameOnly = args.boolean("nameOnly", false);
  const databases = store
    .databases()
    .map((name) => {
      const sizeOnDisk = store.collections(name).reduce((sum, { bytes }) => sum + bytes, 0);
      return { name, ...(isNameOnly ? {} : { sizeOnDisk, empty: false }) };
    })
    .filter(({ name }) => matches(filter, { name }));
  return fields({ databases, ...(isNameOnly ? {} : { totalSize: store.bytes }) });
}

function createIndexes({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collectionName = args.string(name);
  const specs = args.docs("indexes").map(parseIndexSpec);
  if (specs.length === 0)
    throw new MongoError("BadValue", "Must specify at least one index to create");
  const isNew = store.find(database, collectionName) === undefined;
  const collection = store.obtain(database, collectionName);
  const numIndexesBefore = collection.indexes.length;
  const wanted = specs.filter((spec) => !alreadyExists(collection.specs, spec));
  for (const spec of wanted) {
    if (!alreadyExists(collection.specs, spec)) store.createIndex(collection, spec);
  }
  return fields({
    numIndexesBefore,
    numIndexesAfter: collection.indexes.length,
    createdCollectionAutomatically: isNew,
    ...(wanted.length === 0 ? { note: "all indexes already exist" } : {}),
  });
}

function listIndexes({ name, database, args }: Request, context: CommandContext): Answer {
  const collection = context.store.get(database, args.string(name));
  const documents = collection.specs.map((spec) => encode(describeIndex(spec) as Doc));
  const answer = { documents, batch: batchOf(args), isSingle: false };
  return openCursor(context, collection.namespace, answer);
}

function dropIndexes({ name, database, args }: Request, { store }: CommandContext): Answer {
  const collection = store.get(database, args.string(name));
  const nIndexesWas = collection.indexes.length;
  const existing = collection.specs.map((spec) => ({ name: spec.name, key: spec.key }));
  const names = indexNames(args.fields.index, existing);
  if (names.includes("_id_")) throw new MongoError("InvalidOptions", "cannot drop _id index");
  for (const index of names) collection.getIndex(index);
  for (const index of names) store.dropIndex(collection, index);
  return fields({ nIndexesWas });
}

function indexNames(
  asked: Value | undefined,
  existing: readonly { readonly name: string; readonly key: Doc }[],
): string[] {
  if (asked === "*") return existing.slice(1).map(({ name }) => name);
  if (typeof asked === "string") return [asked];
  if (Array.isArray(asked)) {
    return asked.map((name) => {
      if (typeof name === "string") return name;
      throw new MongoError("TypeMismatch", "dropIndexes takes names in its list");
    });
  }
  if (!isDoc(asked)) throw notSupported("dropIndexes without a name, a key pattern or a list");
  const found = existing.filter(({ key }) => equalValues(key, asked));
  if (found.length === 1) return found.map(({ name }) => name);
  throw new MongoError("IndexNotFound", "can't find one index with this key pattern");
}
