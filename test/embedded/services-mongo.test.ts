import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Redis } from "ioredis";
import { mongo } from "mongoose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { identifyProcess, isRunning } from "../../src/embedded/process-identity.ts";
import { startServices } from "../../src/embedded/services.ts";
import type { TestServices } from "../support/services.ts";
import { startTestServices } from "../support/services.ts";

const env = { PATH: process.env["PATH"] };
const log = () => undefined;

describe("Redis and MongoDB for tests", () => {
  let services: TestServices;
  let client: mongo.MongoClient;

  beforeAll(async () => {
    services = await startTestServices();
    client = await mongo.MongoClient.connect(services.mongoUrl);
  });
  afterAll(async () => {
    await client.close();
    await services.stop();
  });

  it("answer the real clients", async () => {
    const redis = new Redis(services.redisUrl);
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
    await client.db().collection("things").insertOne({ name: "one" });
    expect(await client.db().collection("things").countDocuments()).toBe(1);
  });

  it("share nothing between two calls", async () => {
    const others = await startTestServices({ redis: false });
    const other = await mongo.MongoClient.connect(others.mongoUrl);
    expect(await other.db().collection("things").countDocuments()).toBe(0);
    await other.close();
    await others.stop();
  });

  it("bring MongoDB back with its data after it was killed", async () => {
    if (!services.ownsMongo) return;
    await client.db().collection("kept").insertOne({ name: "kept" });
    const before = services.mongo.pid;

    await services.mongo.kill();
    await services.mongo.whenUp();

    expect(services.mongo.pid).not.toBe(before);
    expect(await client.db().collection("kept").countDocuments()).toBe(1);
  });
});

describe("startServices with MongoDB", () => {
  it("names a direct connection to the database kiwoom_billing", async () => {
    const services = await startServices({ redis: false, mongo: true, env, log });
    expect(services.mongoUrl).toMatch(
      /^mongodb:\/\/127\.0\.0\.1:\d+\/kiwoom_billing\?directConnection=true$/,
    );
    const processes = services.pids.map(identifyProcess);
    expect(processes).toHaveLength(2);
    await services.stop();
    expect(processes.filter(isRunning)).toEqual([]);
    expect(existsSync(services.folder)).toBe(false);
  });

  it("keeps the data of a persistent folder over stop and start", async () => {
    const folder = mkdtempSync(join(tmpdir(), "persistent-"));
    const options = { redis: false, mongo: true, env, log, folder };
    const first = await startServices(options);
    const writer = await mongo.MongoClient.connect(first.mongoUrl);
    await writer.db().collection("things").insertOne({ name: "kept" });
    await writer.close();
    await first.stop();

    const second = await startServices(options);
    const reader = await mongo.MongoClient.connect(second.mongoUrl);
    expect(await reader.db().collection("things").countDocuments({ name: "kept" })).toBe(1);
    await reader.close();
    await second.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("uses the mongod that MONGOD_BINARY names, under the guardian", async () => {
    const bin = mkdtempSync(join(tmpdir(), "bin-"));
    const binary = join(bin, "mongod");
    writeFileSync(binary, mongodScript(), { mode: 0o755 });

    const services = await startServices({
      redis: false,
      mongo: true,
      env: { ...env, MONGOD_BINARY: binary },
      log,
    });
    expect(services.mongoKind).toMatch(/^mongod \d+\.\d+/);
    const client = await mongo.MongoClient.connect(services.mongoUrl);
    expect(await client.db().command({ ping: 1 })).toMatchObject({ ok: 1 });
    await client.close();
    const processes = services.pids.map(identifyProcess);
    await services.stop();

    expect(processes.filter(isRunning)).toEqual([]);
    rmSync(bin, { recursive: true, force: true });
  });
});

function fileOf(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** A mongod by its arguments (--dbpath PATH --port N --bind_ip HOST): our server behind them. */
function mongodScript(): string {
  const main = fileOf("../../src/embedded/mongo/main.ts");
  const tsx = fileOf("../../node_modules/tsx/dist/loader.mjs");
  return `#!/bin/sh\nexec '${process.execPath}' --import '${tsx}' '${main}' --dir "$2" --port "$4"\n`;
}
