import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findBinary } from "../../src/embedded/find-binary.ts";
import { createPrivateFolder, sweepStaleFolders } from "../../src/embedded/folder.ts";
import { newOwner, readOwner } from "../../src/embedded/folder-owner.ts";
import { isRunning, identifyProcess } from "../../src/embedded/process-identity.ts";
import type { Services } from "../../src/embedded/services.ts";
import { startServices } from "../../src/embedded/services.ts";
import { withDatabase } from "../support/services.ts";

const env = { PATH: process.env["PATH"] };
const lines: string[] = [];
const log = (line: string) => void lines.push(line);

describe("startServices with Redis", () => {
  let services: Services;
  let redis: Redis;

  beforeAll(async () => {
    services = await startServices({ redis: true, mongo: false, env, log });
    redis = new Redis(services.redisUrl);
    redis.on("error", () => undefined);
  });
  afterAll(async () => {
    redis.disconnect();
    await services.stop();
  });
  afterEach(() => services.redis.whenUp());

  it("answers PING to whoever knows the password", async () => {
    expect(await redis.ping()).toBe("PONG");
    expect(services.redisKind).toMatch(/^(redis|valkey) \d+\.\d+/);
  });

  it("refuses a wrong password and a client without one", async () => {
    for (const url of [
      services.redisUrl.replace(/:[0-9a-f]+@/, ":wrong@"),
      services.redisUrl.replace(/:[0-9a-f]+@/, ""),
    ]) {
      const stranger = new Redis(url, { retryStrategy: null, maxRetriesPerRequest: 0 });
      stranger.on("error", () => undefined);
      await expect(stranger.get("x")).rejects.toThrow(/NOAUTH|WRONGPASS|Connection is closed/);
      stranger.disconnect();
    }
  });

  it.runIf(existsSync("/proc/self"))("keeps the password out of the list of processes", () => {
    const password = /:([0-9a-f]+)@/.exec(services.redisUrl)?.[1] ?? "none";
    const pid = services.redis.pid ?? 0;
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(password);
    expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain(password);
  });

  it("never evicts, appends every second and listens on loopback only", async () => {
    expect(await redis.config("GET", "maxmemory-policy")).toContain("noeviction");
    expect(await redis.config("GET", "appendonly")).toContain("yes");
    expect(await redis.config("GET", "appendfsync")).toContain("everysec");
    expect(await redis.config("GET", "save")).toContain("");
    expect(await redis.config("GET", "bind")).toContain("127.0.0.1");
  });

  it("cannot be reached at any other address of this machine", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const socket = connect(services.redis.port, address);
      const [error] = await once(socket, "error");
      expect(error).toMatchObject({ code: "ECONNREFUSED" });
    }
  });

  it("comes back with its data, on the same port, after it was killed", async () => {
    await redis.set("survives", "yes");
    const before = services.redis.pid;

    await services.redis.kill();
    await services.redis.whenUp();

    expect(services.redis.pid).not.toBe(before);
    expect(await redis.get("survives")).toBe("yes");
    expect(lines).toContainEqual(
      `Redis died (SIGKILL): started again on port ${services.redis.port} (1 of 20)`,
    );
  });

  it("stays down after halt until it is restarted", async () => {
    await services.redis.halt();
    expect(services.redis.pid).toBeNull();
    await services.redis.restart();
    expect(await redis.ping()).toBe("PONG");
  });

  it("keeps its data over a restart in order", async () => {
    await redis.set("restarted", "yes");
    await services.redis.restart();
    expect(await redis.get("restarted")).toBe("yes");
  });

  it("forgets everything on flush", async () => {
    await redis.set("gone", "soon");
    await services.redis.flush();
    expect(await redis.dbsize()).toBe(0);
  });

  it("comes back when the guardian is killed", async () => {
    await redis.set("guarded", "yes");
    const guardian = services.pids.find((pid) => pid !== services.redis.pid) ?? 0;
    const first = identifyProcess(services.redis.pid ?? 0);

    process.kill(guardian, "SIGKILL");

    await expect.poll(() => isRunning(first)).toBe(false);
    await expect.poll(() => services.pids.length).toBe(2);
    expect(await redis.get("guarded")).toBe("yes");
  });

  it("refuses to name a service that was not asked for", () => {
    expect(() => services.mongoUrl).toThrow("MongoDB was not asked for");
  });
});

describe("startServices", () => {
  it("runs two side by side, each with a folder, port and password of its own", async () => {
    const options = { redis: true, mongo: false, env, log };
    const [one, two] = await Promise.all([startServices(options), startServices(options)]);
    const client = new Redis(one.redisUrl);
    await client.set("whose", "one");
    const other = new Redis(two.redisUrl);
    expect(await other.get("whose")).toBeNull();
    expect(one.folder).not.toBe(two.folder);
    client.disconnect();
    other.disconnect();
    await Promise.all([one.stop(), two.stop()]);
  });

  it("leaves neither process nor folder after stop, which may be called twice", async () => {
    const services = await startServices({ redis: true, mongo: false, env, log });
    const processes = services.pids.map(identifyProcess);
    await Promise.all([services.stop(), services.stop()]);
    await services.stop();
    expect(processes.filter(isRunning)).toEqual([]);
    expect(existsSync(services.folder)).toBe(false);
  });

  it("says in one sentence what is missing and how to get it", async () => {
    const starting = startServices({
      redis: true,
      mongo: false,
      env: { PATH: "" },
      log,
      isRoot: false,
    });
    await expect(starting).rejects.toMatchObject({
      code: "BINARY_MISSING",
      message: expect.stringMatching(
        /redis-server.*apt-get install redis-server.*brew install redis/,
      ),
    });
  });

  it("refuses a MONGOD_BINARY that cannot be run", async () => {
    const starting = startServices({
      redis: false,
      mongo: true,
      env: { ...env, MONGOD_BINARY: "/nowhere/mongod" },
      log,
    });
    await expect(starting).rejects.toThrow("MONGOD_BINARY names /nowhere/mongod");
  });

  it.each([
    ["without setpriv", null],
    ["with a setpriv that knows no death signal", "#!/bin/sh\nexit 1\n"],
  ])("works %s", async (_case, setpriv) => {
    const bin = mkdtempSync(join(tmpdir(), "bin-"));
    const server = findBinary(["redis-server", "valkey-server"], env.PATH) ?? "";
    symlinkSync(server, join(bin, basename(server)));
    if (setpriv !== null) writeFileSync(join(bin, "setpriv"), setpriv, { mode: 0o755 });

    const services = await startServices({ redis: true, mongo: false, env: { PATH: bin }, log });
    const processes = services.pids.map(identifyProcess);
    await services.stop();

    expect(processes.filter(isRunning)).toEqual([]);
    rmSync(bin, { recursive: true, force: true });
  });

  it("refuses a persistent folder that this process holds already", async () => {
    const folder = mkdtempSync(join(tmpdir(), "persistent-"));
    const options = { redis: true, mongo: false, env, log, folder };
    const services = await startServices(options);
    await expect(startServices(options)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await services.stop();
    expect(readOwner(folder)).toBeNull();
    expect(existsSync(join(folder, "redis", "appendonlydir"))).toBe(true);
    rmSync(folder, { recursive: true, force: true });
  });
});

describe("sweepStaleFolders", () => {
  const made: string[] = [];
  const folderOf = (name: string, owner: object | null): string => {
    const path = join(tmpdir(), name);
    mkdirSync(path);
    if (owner !== null) writeFileSync(join(path, "owner.json"), JSON.stringify(owner));
    writeFileSync(join(path, "data"), "x");
    made.push(path);
    return path;
  };
  const dead = { pid: 2 ** 22 + 1, startTime: "1" };

  afterEach(() => {
    for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
  });

  it("removes the folder of a dead owner", async () => {
    const path = folderOf("kiwoom-billing-Dead01", { ...newOwner("private"), process: dead });
    await sweepStaleFolders(log);
    expect(existsSync(path)).toBe(false);
  });

  it("removes the folder of an owner whose number another process has now", async () => {
    const owner = { pid: process.pid, startTime: "1" };
    const path = folderOf("kiwoom-billing-Dead02", { ...newOwner("private"), process: owner });
    await sweepStaleFolders(log);
    expect(existsSync(path)).toBe(false);
  });

  it("leaves the folder of a living owner", async () => {
    const folder = createPrivateFolder();
    await sweepStaleFolders(log);
    expect(existsSync(folder.path)).toBe(true);
    folder.release();
  });

  it("leaves a persistent folder, a folder without our mark and one of another machine", async () => {
    const kept = [
      folderOf("kiwoom-billing-Kept01", { ...newOwner("persistent"), process: dead }),
      folderOf("kiwoom-billing-Kept02", null),
      folderOf("kiwoom-billing-Kept03", { ...newOwner("private"), process: dead, machine: "x" }),
      folderOf("kiwoom-billing-checkout", { ...newOwner("private"), process: dead }),
    ];
    await sweepStaleFolders(log);
    expect(kept.filter((path) => existsSync(path))).toEqual(kept);
  });
});

describe("withDatabase", () => {
  it.each([
    ["mongodb://h:1", "mongodb://h:1/db"],
    ["mongodb://h:1/a?directConnection=true", "mongodb://h:1/db?directConnection=true"],
    ["mongodb://u:p@h,i/a?replicaSet=r", "mongodb://u:p@h,i/db?replicaSet=r&authSource=a"],
    ["mongodb://u:p@h/?authSource=b", "mongodb://u:p@h/db?authSource=b"],
  ])("turns %s into %s", (uri, expected) => {
    expect(withDatabase(uri, "db")).toBe(expected);
  });
});
