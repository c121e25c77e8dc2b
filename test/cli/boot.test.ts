import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { INDEXES } from "../../src/stores/indexes.ts";
import { packed } from "../support/packed.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

interface Ran {
  status: number | null;
  output: string;
}

/** Runs a program of ours with just this environment, until it ends or has said what is awaited. */
function run(args: string[], env: Record<string, string>, until?: string): Promise<Ran> {
  const child = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
  });
  let output = "";
  let asked = false;
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
    if (asked || until === undefined || !output.includes(until)) return;
    asked = true;
    child.kill("SIGTERM");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return new Promise((resolve) => {
    child.once("close", (status) => resolve({ status, output }));
  });
}

/** The same Redis, which says that it is of another version (as long as its own). */
async function disguisedRedis(redisUrl: string, version: string): Promise<Disguise> {
  const { port, username, password } = new URL(redisUrl);
  const server = createServer((client) => {
    const upstream = connect(Number(port), "127.0.0.1");
    client.pipe(upstream).on("error", () => client.destroy());
    client.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("data", (bytes: Buffer) => {
      const text = bytes.toString("latin1");
      const told = text.replaceAll(/(redis|valkey)_version:\d\.\d\.\d/g, `$1_version:${version}`);
      client.write(told, "latin1");
    });
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `redis://${username}:${password}@127.0.0.1:${own}`,
    close: () => void server.close(),
  };
}

interface Disguise {
  readonly url: string;
  close(): void;
}

describe("starting in production", () => {
  let services: TestServices;
  let production: Record<string, string>;

  beforeAll(async () => {
    services = await startTestServices();
    production = {
      NODE_ENV: "production",
      PORT: "0",
      MONGODB_URI: services.mongoUrl,
      REDIS_URL: services.redisUrl,
      QUEUE_PREFIX: services.keyPrefix,
      API_KEYS: "a-key-of-some-length-1",
      BILLING_KEY_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
      GATEWAYS: "cookiepay",
      COOKIEPAY_API_URL: "https://127.0.0.1:9",
      COOKIEPAY_NOTICE_ADDRESSES: "203.0.113.7",
      COOKIEPAY_API_ID: "merchant",
      COOKIEPAY_API_KEY: "a-secret-that-is-not-to-be-shown",
    };
  });
  afterAll(() => services?.stop());

  it("lists every fault at once and starts nothing", async () => {
    const ran = await run([packed("src/server.ts")], {
      NODE_ENV: "production",
      PORT: "x",
      TEST_CLOCK: "true",
    });
    expect(ran.status).toBe(1);
    const expected = [
      "PORT",
      "API_KEYS",
      "BILLING_KEY_ENCRYPTION_KEYS",
      "MONGODB_URI",
      "REDIS_URL",
      "COOKIEPAY_API_URL",
      "TEST_CLOCK",
    ];
    for (const name of expected) expect(ran.output).toContain(`- ${name}: `);
    expect(ran.output).not.toContain("    at ");
  });

  it("refuses a simulator as gateway", async () => {
    const ran = await run([packed("workers/main.ts")], {
      ...production,
      COOKIEPAY_API_URL: "http://127.0.0.1:4000",
    });
    expect(ran.status).toBe(1);
    expect(ran.output).toContain("COOKIEPAY_API_URL");
  });

  it("refuses to serve while an index that guards money is missing, until migrate made it", async () => {
    for (const program of ["src/server.ts", "workers/main.ts"]) {
      const refused = await run([packed(program)], production);
      expect(refused.status).toBe(1);
      expect(refused.output).toContain("billing migrate");
      expect(refused.output).toContain("order_number");
    }
    const migrated = await run(["bin/billing.js", "migrate"], production);
    expect(migrated.status, migrated.output).toBe(0);
    expect(migrated.output).toContain(`${INDEXES.length} of ${INDEXES.length} indexes`);
    const again = await run(["bin/billing.js", "migrate"], production);
    expect(again.output).not.toContain("created");
    const served = await run([packed("workers/main.ts")], production, "workers have started");
    expect(served.status, served.output).toBe(0);
  });

  it("refuses a Redis that evicts keys", async () => {
    const redis = new Redis(services.redisUrl);
    await redis.config("SET", "maxmemory-policy", "allkeys-lru");
    const ran = await run([packed("workers/main.ts")], production);
    await redis.config("SET", "maxmemory-policy", "noeviction");
    redis.disconnect();
    expect(ran.status).toBe(1);
    expect(ran.output).toContain("maxmemory-policy noeviction");
  });

  /** Its connections alone: no gateway is asked where the port is none. */
  const examine = (redisUrl: string): Promise<Ran> =>
    run(["bin/billing.js", "doctor"], { ...production, PORT: "99999", REDIS_URL: redisUrl });

  it("refuses a Redis that is too old, in a sentence that says what to upgrade to", async () => {
    const old = await disguisedRedis(services.redisUrl, "5.0.1");
    const ran = await run([packed("workers/main.ts")], { ...production, REDIS_URL: old.url });
    const doctor = await examine(old.url);
    old.close();
    expect(ran.status).toBe(1);
    expect(ran.output).toMatch(/is too old, the least is 6\.2\.0: upgrade to \w+ .* or later/);
    expect(doctor.output).toMatch(/✗ +Redis version +\w+ [\d.]+ is too old/);
  });

  it("warns of a Redis with a known hole and starts all the same", async () => {
    const holed = await disguisedRedis(services.redisUrl, "7.0.1");
    const env = { ...production, REDIS_URL: holed.url };
    const doctor = await examine(holed.url);
    await run(["bin/billing.js", "migrate"], env);
    const ran = await run([packed("workers/main.ts")], env, "workers have started");
    holed.close();
    expect(doctor.output).toMatch(/· +Redis version .*CVE-2025-49844/);
    expect(ran.status, ran.output).toBe(0);
    expect(ran.output).toContain("has a known hole");
  });

  it("shows no secret in anything that doctor says", async () => {
    const ran = await run(["bin/billing.js", "doctor"], { ...production, PORT: "99999" });
    expect(ran.status).toBe(1);
    expect(ran.output).toContain("PORT");
    expect(ran.output).toContain("answers");
    for (const secret of [production["COOKIEPAY_API_KEY"], production["API_KEYS"]]) {
      expect(ran.output).not.toContain(secret);
    }
  });

  it("tells the simulator of a development machine where notices go", async () => {
    const folder = mkdtempSync(join(tmpdir(), "boot-test-"));
    const { MONGODB_URI = "", REDIS_URL = "", QUEUE_PREFIX = "" } = production;
    const ports = { PORT: "0", SIMULATOR_PORT: "0", DATA_DIR: folder };
    const child = spawn(process.execPath, [packed("src/server.ts")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: process.env["PATH"],
        HOME: folder,
        MONGODB_URI,
        REDIS_URL,
        QUEUE_PREFIX,
        ...ports,
      },
    });
    let output = "";
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const ended = once(child, "exit");
    await expect.poll(() => output, { timeout: 30_000 }).toContain("API serves");
    const line = output.split("\n").find((one) => one.includes("API serves")) ?? "";
    const { port, simulator } = JSON.parse(line) as { port: number; simulator: string };
    const told = async () => (await fetch(`${simulator}/_sim/notice-urls`)).json();
    const api = `http://127.0.0.1:${port}`;
    await expect.poll(told).toEqual({
      cookiepay: `${api}/webhook/cookiepay`,
      kiwoompay: `${api}/webhook/kiwoom`,
      portone: `${api}/webhook/portone`,
    });
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true });
  });
});
