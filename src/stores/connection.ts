import mongoose from "mongoose";
import { sleep } from "../lib/clock.ts";
import { endSoon, withEnds } from "./bounded.ts";
import { watchHeartbeat } from "./heartbeat.ts";

// Both traps are silent by default: a misspelt filter key would match any document, a misspelt
// field would be dropped. Here either throws before anything is sent.
mongoose.set("strictQuery", "throw");
mongoose.set("bufferCommands", false);

/** What every write waits for, said explicitly: a claim that a fail-over can lose is a double charge. */
export const WRITE_CONCERN = { w: "majority", journal: true } as const;

const CONNECT_TIMEOUT_MS = 3000;
/** How long a server that streams its state (MongoDB 4.4 and later) keeps a heartbeat. */
const HEARTBEAT_FREQUENCY_MS = 10_000;

const OPTIONS: mongoose.ConnectOptions = {
  autoIndex: false,
  autoCreate: false,
  bufferCommands: false,
  serverSelectionTimeoutMS: 2000,
  connectTimeoutMS: CONNECT_TIMEOUT_MS,
  heartbeatFrequencyMS: HEARTBEAT_FREQUENCY_MS,
  // A server that stands still must not hold a request or a claim for ever.
  socketTimeoutMS: 20_000,
  maxPoolSize: 100,
  writeConcern: WRITE_CONCERN,
  readPreference: "primary",
};

/** A connection of its own; several may live in one process. */
export type Database = mongoose.Connection;

/** A connection that is not open yet: every operation on it fails at once until it is. */
export function createDatabase(): Database {
  const database = mongoose.createConnection();
  database.on("error", () => {});
  // Mongoose and the stores come by all their collections here.
  const collection = database.collection.bind(database);
  database.collection = (...about: Parameters<typeof collection>) => withEnds(collection(...about));
  return database;
}

/** Opens a connection; throws when no server is found in a moment. */
export async function openDatabase(database: Database, url: string): Promise<void> {
  await database.openUri(url, OPTIONS);
  keepAlive(database, url);
}

/** A connection whose driver has lost its heartbeat is opened anew, until somebody closes it. */
function keepAlive(database: Database, url: string): void {
  const wanted = { reviving: false, closed: false };
  database.on("close", () => {
    if (!wanted.reviving) wanted.closed = true;
  });
  const revive = async (): Promise<void> => {
    wanted.reviving = true;
    await database.close().catch(() => {});
    wanted.reviving = false;
    while (!wanted.closed) {
      try {
        await database.openUri(url, OPTIONS);
        return watch();
      } catch {
        await sleep(REOPEN_PAUSE_MS);
      }
    }
  };
  const watch = (): void => {
    database.getClient().on("connectionPoolCleared", () => endSoon());
    watchHeartbeat(database.getClient(), HEARTBEAT_MAX, () => void revive());
  };
  watch();
}

/** Longer than the driver itself waits: for a connection, and for a server that streams its state. */
const HEARTBEAT_MAX = {
  asked: CONNECT_TIMEOUT_MS + 1000,
  awaited: CONNECT_TIMEOUT_MS + HEARTBEAT_FREQUENCY_MS + 1000,
} as const;

/** Pause between two tries to reach the database, milliseconds. */
const REOPEN_PAUSE_MS = 1000;

/**
 * Opens a connection however long the server stays away. `prepare` sees a connection of its own
 * first, so that nothing is served before indexes are made or checked. Ends early when `isClosed`.
 */
export async function openDatabaseEventually(
  database: Database,
  url: string,
  hooks: {
    prepare: (database: Database) => Promise<void>;
    onAway: (error: unknown) => void;
    isClosed: () => boolean;
  },
): Promise<void> {
  while (!hooks.isClosed()) {
    const first = createDatabase();
    try {
      await openDatabase(first, url);
      await hooks.prepare(first);
      await openDatabase(database, url);
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      hooks.onAway(error);
      await sleep(REOPEN_PAUSE_MS);
    } finally {
      await first.close();
    }
  }
}

/** Whether the database answers now. */
export async function pingDatabase(database: Database): Promise<boolean> {
  try {
    await database.db?.command({ ping: 1 }, { timeoutMS: 2000 });
    return database.db !== undefined;
  } catch {
    return false;
  }
}

const AWAY =
  /^Mongo(Network|NetworkTimeout|ServerSelection|ServerClosed|NotConnected|TopologyClosed|PoolCleared|PoolClosed|WaitQueueTimeout|OperationTimeout|PoolClearedOnNetwork|Client)?\w*Error$/;

/** Whether an error says that the database could not be reached or did not answer. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "MongooseServerSelectionError" || isBrokenSocket(error)) return true;
  if (error.name === "MongooseError")
    return /initial connection|bufferCommands/i.test(error.message);
  return AWAY.test(error.name) && !("code" in error && typeof error.code === "number");
}

/** The driver passes some errors of its sockets on as they are, when the server dies. */
const BROKEN_SOCKET = new Set(["EPIPE", "ECONNRESET", "ECONNREFUSED", "ETIMEDOUT"]);

function isBrokenSocket(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && BROKEN_SOCKET.has(error.code);
}

/** Whether a write met a unique index. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === 11000;
}
