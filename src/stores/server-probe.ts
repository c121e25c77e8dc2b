import { randomBytes } from "node:crypto";
import type mongoose from "mongoose";
import { createDatabase, isDuplicateKey, openDatabase } from "./connection.ts";

interface ProbeDocument {
  _id: string;
  revision?: number;
  number?: string;
  key?: string;
  attempts?: { orderNumber: string }[];
}

type Probes = mongoose.mongo.Collection<ProbeDocument>;

/** What the probe needs of a client of the database. */
export interface ProbeClient {
  collection(name: string): Probes;
}

/** Rounds of the race, and how many claims each client makes in one. */
const ROUNDS = 4;
const CLAIMS = 3;

const present = (path: string) => ({ partialFilterExpression: { [path]: { $exists: true } } });

/**
 * Tries out, with two clients and in a collection of its own, whether a server has what keeps a
 * customer from being charged twice. Answers in words what it lacks; nothing where it lacks nothing.
 */
export async function probeServer(
  first: ProbeClient,
  second: ProbeClient,
): Promise<readonly string[]> {
  const name = `probe_${randomBytes(6).toString("hex")}`;
  const clients = [first.collection(name), second.collection(name)] as const;
  const lacks: string[] = [];
  try {
    await clients[0].insertOne({ _id: "raced", revision: 0, number: "N" });
    if (!(await isUniqueKept(clients))) lacks.push("it keeps no unique index");
    if (!(await isPartialKept(clients)))
      lacks.push("it keeps no unique index over part of a collection");
    if (!(await isMultikeyKept(clients)))
      lacks.push("it keeps no unique index over the elements of an array");
    if (!(await isUpdateAtomic(clients)))
      lacks.push("it lets several clients win a conditional update that only one may win");
    return lacks;
  } finally {
    await clients[0].drop().catch(() => false);
  }
}

/** As `probeServer`, with two connections of its own. */
export async function probeUrl(url: string): Promise<readonly string[]> {
  const databases = [createDatabase(), createDatabase()] as const;
  try {
    await Promise.all(databases.map((database) => openDatabase(database, url)));
    const [first, second] = databases;
    return await probeServer(clientOf(first), clientOf(second));
  } finally {
    await Promise.all(databases.map((database) => database.close()));
  }
}

/** Why a server must not be used, in one sentence; null where nothing is lacking. */
export function refusalOf(lacks: readonly string[]): string | null {
  if (lacks.length === 0) return null;
  return `This database server cannot keep a customer from being charged twice: ${lacks.join("; ")}. Use MongoDB.`;
}

function clientOf(database: mongoose.Connection): ProbeClient {
  return {
    collection: (name) => database.getClient().db(database.name).collection<ProbeDocument>(name),
  };
}

type Clients = readonly [Probes, Probes];

async function isUniqueKept([first, second]: Clients): Promise<boolean> {
  if (!(await isTaken(first.createIndex({ number: 1 }, { unique: true })))) return false;
  return isRefused(second.insertOne({ _id: "same", number: "N" }));
}

async function isPartialKept([first, second]: Clients): Promise<boolean> {
  const options = { unique: true, ...present("key") };
  if (!(await isTaken(first.createIndex({ key: 1 }, options)))) return false;
  const accepted = await Promise.all([
    isTaken(first.insertOne({ _id: "outside", number: "outside" })),
    isTaken(second.insertOne({ _id: "outside-2", number: "outside-2" })),
  ]);
  accepted.push(await isTaken(first.insertOne({ _id: "inside", number: "inside", key: "K" })));
  const isGuarded = await isRefused(second.updateOne({ _id: "raced" }, { $set: { key: "K" } }));
  return isGuarded && accepted.every(Boolean);
}

async function isMultikeyKept([first, second]: Clients): Promise<boolean> {
  const path = "attempts.orderNumber";
  if (!(await isTaken(first.createIndex({ [path]: 1 }, { unique: true, ...present(path) }))))
    return false;
  const attempts = [{ orderNumber: "A" }, { orderNumber: "B" }];
  if (!(await isTaken(first.insertOne({ _id: "holder", number: "holder", attempts }))))
    return false;
  if (!(await isTaken(second.insertOne({ _id: "other", number: "other", attempts: [] }))))
    return false;
  return isRefused(
    second.updateOne({ _id: "other" }, { $push: { attempts: { orderNumber: "B" } } }),
  );
}

/** All claims of a round name the same revision. One may win, and as many rises must be stored. */
async function isUpdateAtomic(clients: Clients): Promise<boolean> {
  for (let revision = 0; revision < ROUNDS; revision += 1) {
    const claims = Array.from({ length: CLAIMS }, () =>
      clients.map((client) =>
        client.findOneAndUpdate({ _id: "raced", revision }, { $inc: { revision: 1 } }),
      ),
    );
    const answers = await Promise.all(claims.flat());
    if (answers.filter((answer) => answer !== null).length !== 1) return false;
  }
  return true;
}

/** Whether a server takes something; being out of reach is neither yes nor no. */
async function isTaken(run: Promise<unknown>): Promise<boolean> {
  return run.then(
    () => true,
    (error: unknown) => {
      if (isServerError(error)) return false;
      throw error;
    },
  );
}

async function isRefused(run: Promise<unknown>): Promise<boolean> {
  return run.then(
    () => false,
    (error: unknown) => {
      if (isDuplicateKey(error)) return true;
      if (isServerError(error)) return false;
      throw error;
    },
  );
}

function isServerError(error: unknown): boolean {
  return error instanceof Error && /^Mongo(Server|BulkWrite)Error$/.test(error.name);
}
