import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { mongo } from "mongoose";
import type { EmbeddedMongo } from "../../src/embedded/mongo.ts";
import type { EmbeddedRedis } from "../../src/embedded/redis.ts";
import { startServices } from "../../src/embedded/services.ts";
import type { SupervisedServer } from "../../src/embedded/supervisor.ts";

/** Redis and MongoDB for one test file: our own, or those that REDIS_URL and MONGODB_URI name. */
export interface TestServices {
  readonly redisUrl: string;
  readonly redis: EmbeddedRedis;
  /** Use it for every key: the Redis may be shared with others. */
  readonly keyPrefix: string;
  readonly mongoUrl: string;
  readonly mongo: EmbeddedMongo;
  /** Whether the server was started here, so that it may be killed. */
  readonly ownsRedis: boolean;
  readonly ownsMongo: boolean;
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

export interface TestServicesOptions {
  redis?: boolean;
  mongo?: boolean;
  log?: (line: string) => void;
}

/** For beforeAll; call `stop` in afterAll. Both services are started unless switched off. */
export async function startTestServices(options: TestServicesOptions = {}): Promise<TestServices> {
  const unique = `kb_test_${randomBytes(6).toString("hex")}`;
  const redisUri = options.redis === false ? undefined : process.env["REDIS_URL"];
  const mongoUri = options.mongo === false ? undefined : process.env["MONGODB_URI"];
  const services = await startServices({
    redis: options.redis !== false && redisUri === undefined,
    mongo: options.mongo !== false && mongoUri === undefined,
    env: process.env,
    log: options.log ?? (() => undefined),
  });
  const foreignRedis = redisUri === undefined ? null : externalRedis(redisUri, unique);
  const foreignMongo = mongoUri === undefined ? null : externalMongo(mongoUri, unique);
  const testServices: TestServices = {
    get redis() {
      return foreignRedis ?? services.redis;
    },
    get redisUrl() {
      return this.redis.url;
    },
    get mongo() {
      return foreignMongo ?? services.mongo;
    },
    get mongoUrl() {
      return this.mongo.url;
    },
    get pids() {
      return services.pids;
    },
    keyPrefix: unique,
    ownsRedis: foreignRedis === null,
    ownsMongo: foreignMongo === null,
    stop: async () => {
      await Promise.all([foreignRedis?.stop(), foreignMongo?.stop()]);
      await services.stop();
    },
  };
  return testServices;
}

/** The same server with another database; whoever logs in is still looked up where he was before. */
export function withDatabase(uri: string, database: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(uri);
  if (parts?.[1] === undefined) throw new Error(`MONGODB_URI is no MongoDB address: ${uri}`);
  const query = new URLSearchParams(parts[3] ?? "");
  if (parts[1].includes("@") && !query.has("authSource")) {
    query.set("authSource", parts[2] === undefined || parts[2] === "" ? "admin" : parts[2]);
  }
  const tail = query.toString();
  return `${parts[1]}/${database}${tail === "" ? "" : `?${tail}`}`;
}

function externalRedis(url: string, prefix: string): EmbeddedRedis {
  const flush = () => deleteKeys(url, prefix);
  return { ...notOurs("REDIS_URL"), url, kind: "external", folder: "", flush, stop: flush };
}

function externalMongo(uri: string, database: string): EmbeddedMongo {
  const url = withDatabase(uri, database);
  const dropDatabase = async () => {
    const client = await mongo.MongoClient.connect(url);
    // A server may fail to clear up after a test that passed; what stays is a database of one test.
    await client.db(database).dropDatabase().catch(ignoreServerError);
    await client.close();
  };
  return { ...notOurs("MONGODB_URI"), url, kind: "external", stop: dropDatabase };
}

function ignoreServerError(error: unknown): void {
  if (!(error instanceof mongo.MongoServerError)) throw error;
}

function notOurs(variable: string): Omit<SupervisedServer, "stop"> {
  const refuse = () =>
    Promise.reject(new Error(`The server that ${variable} names is not ours to stop`));
  return {
    port: 0,
    pid: null,
    kill: refuse,
    halt: refuse,
    restart: refuse,
    whenUp: async () => {},
  };
}

async function deleteKeys(url: string, prefix: string): Promise<void> {
  const client = new Redis(url);
  for await (const keys of client.scanStream({ match: `${prefix}*`, count: 1_000 })) {
    if (keys.length > 0) await client.unlink(...keys);
  }
  await client.quit();
}
