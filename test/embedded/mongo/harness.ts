import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import mongoose from "mongoose";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type MongoServer, startMongoServer } from "../../../src/embedded/mongo/mongo-server.ts";
import { systemClock } from "../../../src/lib/clock.ts";

const { MongoClient } = mongoose.mongo;

export type Fields = Record<string, unknown>;
/** A document whose `_id` a test chose. */
export interface Thing {
  _id: number | string;
  [field: string]: unknown;
}
export type Collection = mongoose.mongo.Collection<Thing>;

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A data folder that goes away with the tests of a file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "embedded-mongo-"));
  folders.push(folder);
  return folder;
}

/** A server in this process, over which no log line is expected. */
export function startServer(folder: string, log: string[] = []): Promise<MongoServer> {
  return startMongoServer({
    folder,
    port: 0,
    host: "127.0.0.1",
    clock: systemClock,
    log: (line) => log.push(line),
    onFatal: (error) => {
      throw error;
    },
  });
}

/** A client of a server. */
export function clientOf(port: number): mongoose.mongo.MongoClient {
  return new MongoClient(`mongodb://127.0.0.1:${port}`, { serverSelectionTimeoutMS: 5000 });
}

export interface Harness {
  readonly client: mongoose.mongo.MongoClient;
  readonly db: mongoose.mongo.Db;
  readonly server: MongoServer;
  /** Emptied before each test. */
  readonly things: Collection;
}

/** A server and a client for a whole test file. */
export function useServer(): Harness {
  const folder = temporaryFolder();
  const harness: { -readonly [K in keyof Harness]?: Harness[K] } = {};
  beforeAll(async () => {
    harness.server = await startServer(folder);
    harness.client = clientOf(harness.server.port);
    harness.db = harness.client.db("test");
    harness.things = harness.db.collection<Thing>("things");
  });
  beforeEach(async () => {
    await harness.db?.dropDatabase();
  });
  afterAll(async () => {
    await harness.client?.close();
    await harness.server?.close();
  });
  return harness as Harness;
}

/** The code of the error that a promise ends with. */
export async function errorOf(run: Promise<unknown>): Promise<mongoose.mongo.MongoServerError> {
  try {
    await run;
  } catch (error) {
    return error as mongoose.mongo.MongoServerError;
  }
  throw new Error("it was expected to fail");
}
