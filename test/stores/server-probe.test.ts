import mongoose from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { createLogger } from "../../src/lib/logger.ts";
import {
  type ProbeClient,
  probeServer,
  probeUrl,
  refusalOf,
} from "../../src/stores/server-probe.ts";
import { type ForeignServer, foreignServerOf } from "../embedded/differences/difference.ts";
import { type TestServices, startTestServices, withDatabase } from "../support/services.ts";

const NO_PARTIAL = "it keeps no unique index over part of a collection";
const NO_MULTIKEY = "it keeps no unique index over the elements of an array";
const NOT_ATOMIC = "it lets several clients win a conditional update that only one may win";

/** What servers by other hands lack at the least; the rest lack nothing. */
const LACKS: Partial<Record<ForeignServer, readonly string[]>> = {
  ferretdb: [NO_PARTIAL, NO_MULTIKEY],
  "mongo-java-server": [NO_PARTIAL, NO_MULTIKEY],
};

let services: TestServices;
let client: mongoose.mongo.MongoClient;
let lacks: readonly string[];

beforeAll(async () => {
  services = await startTestServices();
  client = await mongoose.mongo.MongoClient.connect(services.mongoUrl);
  const server = await foreignServerOf(client.db());
  lacks = server === null ? [] : (LACKS[server] ?? []);
});
afterAll(async () => {
  await client?.close();
  await services?.stop();
});

type Probes = ReturnType<ProbeClient["collection"]>;

/** A client whose collections do one thing otherwise. */
function changed(change: (probes: Probes) => Partial<Probes>): ProbeClient {
  return {
    collection(name) {
      const probes = client.db().collection(name) as unknown as Probes;
      const changes = change(probes);
      return new Proxy(probes, {
        get(target, field) {
          const own = (changes as Record<string | symbol, unknown>)[field];
          const value: unknown = own ?? Reflect.get(target, field);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    },
  };
}

/** A production process makes no index: where the server could keep them, they are only missing. */
function expectedStart(environment: string): RegExp {
  if (lacks.length > 0) {
    return /^This database server cannot keep .* charged twice: .*no unique index over part of a/;
  }
  return environment === "production" ? /npx billing migrate$/ : /^started$/;
}

describe("the probe of a server", () => {
  it("finds what this server lacks, and leaves nothing behind", async () => {
    const found = await probeUrl(services.mongoUrl);
    // A race that is not atomic need not show each time.
    expect(found.filter((lack) => lack !== NOT_ATOMIC || lacks.length === 0)).toEqual(lacks);
    const names = (await client.db().listCollections().toArray()).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith("probe_"))).toEqual([]);
  });

  it("finds an update that reads and writes later", async () => {
    const late = changed((probes) => ({
      findOneAndUpdate: (async (filter: object, change: object) => {
        const found = await probes.findOne(filter);
        if (found !== null) await probes.updateOne({ _id: found._id }, change);
        return found;
      }) as unknown as Probes["findOneAndUpdate"],
    }));
    expect(await probeServer(late, late)).toContain(NOT_ATOMIC);
  });

  it("finds a partial index that is none", async () => {
    const whole = changed((probes) => ({
      createIndex: (key, options) => probes.createIndex(key, { unique: options?.unique === true }),
    }));
    expect(await probeServer(whole, whole)).toContain(NO_PARTIAL);
  });

  it("finds indexes that keep nothing unique", async () => {
    const lax = changed(() => ({
      createIndex: async () => "made",
    }));
    const guards = ["it keeps no unique index", NO_PARTIAL, NO_MULTIKEY];
    expect(await probeServer(lax, lax)).toEqual(expect.arrayContaining(guards));
  });

  it.each(["development", "production"])(
    "decides in %s whether a process starts",
    async (NODE_ENV) => {
      const config = loadConfig({
        NODE_ENV,
        API_KEYS: "key-of-sixteen-characters",
        MONGODB_URI: withDatabase(services.mongoUrl, `${services.keyPrefix}_${NODE_ENV}`),
        REDIS_URL: services.redisUrl,
        QUEUE_PREFIX: services.keyPrefix,
        BILLING_KEY_ENCRYPTION_KEYS: `2026:${Buffer.alloc(32, 7).toString("base64")}`,
        GATEWAYS: "cookiepay",
        COOKIEPAY_API_ID: "our-shop",
        COOKIEPAY_API_KEY: "our-shop-secret",
        COOKIEPAY_API_URL: "https://gateway.invalid/",
        COOKIEPAY_NOTICE_ADDRESSES: "203.0.113.7",
      });
      const composition = compose(config, createLogger({ level: "silent", name: "test" }));
      const started = await composition.ready.then(
        () => "started",
        (error: Error) => error.message,
      );
      await composition.database.db?.dropDatabase();
      await composition.close();
      expect(started).toMatch(expectedStart(NODE_ENV));
    },
  );

  it("is told in one sentence", () => {
    expect(refusalOf([])).toBeNull();
    expect(refusalOf([NO_PARTIAL, NOT_ATOMIC])).toBe(
      `This database server cannot keep a customer from being charged twice: ${NO_PARTIAL}; ${NOT_ATOMIC}. Use MongoDB.`,
    );
  });
});
