import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type Fields, clientOf, errorOf, startServer, temporaryFolder } from "./harness.ts";
import { MAIN, end, startChild } from "./server-process.ts";

interface Row {
  _id: number | string;
  [field: string]: unknown;
}

/** Opens a folder, runs something over it and closes it again. */
async function withServer<T>(
  folder: string,
  run: (rows: ReturnType<typeof rowsOf>, log: string[]) => Promise<T>,
): Promise<T> {
  const log: string[] = [];
  const server = await startServer(folder, log);
  const client = clientOf(server.port);
  try {
    return await run(rowsOf(client), log);
  } finally {
    await client.close();
    await server.close();
  }
}

function rowsOf(client: ReturnType<typeof clientOf>) {
  return client.db("test").collection<Row>("rows");
}

/** A folder with one journal of three batches and a document for each. */
async function threeBatches(): Promise<{ folder: string; journal: string }> {
  const folder = temporaryFolder();
  await withServer(folder, async (rows) => {
    for (const _id of [1, 2, 3]) await rows.insertOne({ _id, text: `document ${_id}` });
  });
  return { folder, journal: path.join(folder, "journal-0") };
}

describe("a torn tail", () => {
  test.each([1, 5, 20])("of a batch that lacks %d bytes is cut, and said", async (lacking) => {
    const { folder, journal } = await threeBatches();
    truncateSync(journal, statSync(journal).size - lacking);
    await withServer(folder, async (rows, log) => {
      expect(log).toEqual([
        expect.stringMatching(/journal-0: cut \d+ bytes of an unfinished write/),
      ]);
      expect(await rows.countDocuments()).toBe(2);
      await rows.insertOne({ _id: 4 });
    });
    await withServer(folder, async (rows, log) => {
      expect(log).toEqual([]);
      expect((await rows.find().toArray()).map(({ _id }) => _id)).toEqual([1, 2, 4]);
    });
  });

  test("is told on stderr by the process", async () => {
    const { folder, journal } = await threeBatches();
    truncateSync(journal, statSync(journal).size - 7);
    const child = await startChild(folder);
    expect(await end(child)).toBe(0);
    expect(child.stderr()).toMatch(
      /journal-0: cut \d+ bytes of an unfinished write at byte \d+\n$/,
    );
  });

  test("of zeros, as a power cut may leave, is cut", async () => {
    const { folder, journal } = await threeBatches();
    writeFileSync(journal, Buffer.alloc(5000), { flag: "a" });
    await withServer(folder, async (rows, log) => {
      expect(log).toHaveLength(1);
      expect(await rows.countDocuments()).toBe(3);
    });
  });
});

describe("damage", () => {
  test.each<[string, number]>([
    ["the start of the file", 3],
    ["the head of a batch", 17],
    ["the checksum of a batch", 21],
    ["a document", 120],
  ])("in %s refuses to start, says where and changes nothing", async (_name, at) => {
    const { folder, journal } = await threeBatches();
    const bytes = readFileSync(journal);
    bytes[at] = (bytes[at] as number) ^ 0x40;
    writeFileSync(journal, bytes);
    const error = await startServer(folder).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: "DAMAGED_DATA",
      file: journal,
      offset: expect.any(Number),
    });
    expect(readFileSync(journal).equals(bytes)).toBe(true);
  });

  test("ends the process with the file and the byte", async () => {
    const { folder, journal } = await threeBatches();
    const bytes = readFileSync(journal);
    bytes[120] = (bytes[120] as number) ^ 0x40;
    writeFileSync(journal, bytes);
    await expect(startChild(folder)).rejects.toThrow(
      `${journal} is damaged at byte 16: a batch does not match its checksum`,
    );
  });

  test("in the last batch is no torn tail", async () => {
    const { folder, journal } = await threeBatches();
    const bytes = readFileSync(journal);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 0x40;
    writeFileSync(journal, bytes);
    await expect(startServer(folder)).rejects.toThrow(/does not match its checksum/);
  });

  test("of a snapshot that is cut short refuses to start", async () => {
    const folder = temporaryFolder();
    const server = await startServer(folder);
    const client = clientOf(server.port);
    await rowsOf(client).insertMany([{ _id: 1 }, { _id: 2 }]);
    await server.checkpoint();
    await client.close();
    await server.close();
    const snapshot = path.join(folder, "snapshot-1");
    truncateSync(snapshot, statSync(snapshot).size - 10);
    await expect(startServer(folder)).rejects.toThrow(/snapshot-1 is damaged/);
  });
});

describe("a checkpoint", () => {
  test("keeps documents, their order and indexes, and drops the old journal", async () => {
    const folder = temporaryFolder();
    const server = await startServer(folder);
    const client = clientOf(server.port);
    const rows = rowsOf(client);
    await rows.createIndex(
      { key: 1 },
      { unique: true, partialFilterExpression: { key: { $exists: true } } },
    );
    await rows.insertMany([
      { _id: 3, key: "c" },
      { _id: 1, key: "a" },
      { _id: 2, tags: ["x"] },
    ]);
    await rows.deleteOne({ _id: 1 });
    const busy = Promise.all(
      Array.from({ length: 200 }, (_, i) => rows.insertOne({ _id: 100 + i, key: `k${i}` })),
    );
    await server.checkpoint();
    await busy;
    await server.checkpoint();
    await rows.insertOne({ _id: 9, key: "i" });
    await client.close();
    await server.close();
    expect(readdirSync(folder).toSorted()).toEqual(["journal-2", "snapshot-2"]);
    await withServer(folder, async (again) => {
      const found = await again.find({ _id: { $lt: 100 } }, { hint: { $natural: 1 } }).toArray();
      expect(found.map(({ _id }) => _id)).toEqual([3, 2, 9]);
      expect(await again.countDocuments()).toBe(203);
      expect(await again.indexes()).toHaveLength(2);
      expect((await errorOf(again.insertOne({ _id: 10, key: "c" }))).code).toBe(11000);
      expect(await again.find({ key: "k77" }).toArray()).toHaveLength(1);
    });
  });

  test("that was never finished leaves two journals, which both count", async () => {
    const folder = temporaryFolder();
    await withServer(folder, async (rows) => {
      await rows.insertOne({ _id: 1 });
    });
    const before = readFileSync(path.join(folder, "journal-0"));
    const server = await startServer(folder);
    const client = clientOf(server.port);
    await server.checkpoint();
    await rowsOf(client).insertOne({ _id: 2 });
    await client.close();
    await server.close();
    // As if the process had died after it began the new journal and before the snapshot was there.
    rmSync(path.join(folder, "snapshot-1"));
    writeFileSync(path.join(folder, "journal-0"), before);
    writeFileSync(path.join(folder, "draft-1"), "half");
    await withServer(folder, async (rows) => {
      expect((await rows.find().toArray()).map(({ _id }) => _id)).toEqual([1, 2]);
    });
    expect(readdirSync(folder).toSorted()).toEqual(["journal-0", "journal-1"]);
    rmSync(path.join(folder, "journal-0"));
    await expect(startServer(folder)).rejects.toThrow(
      /journal-0 is damaged at byte 0: the file is missing/,
    );
  });

  test("follows drops and dropped indexes", async () => {
    const folder = temporaryFolder();
    await withServer(folder, async (rows) => {
      await rows.createIndex({ a: 1 });
      await rows.createIndex({ b: 1 });
      await rows.dropIndex("a_1");
      await rows.insertOne({ _id: 1, b: 1 });
      await rows.db.collection("gone").insertOne({});
      await rows.db.dropCollection("gone");
    });
    await withServer(folder, async (rows) => {
      expect((await rows.indexes()).map(({ name }) => name)).toEqual(["_id_", "b_1"]);
      expect(await rows.db.listCollections().toArray()).toHaveLength(1);
    });
  });
});

describe("a data folder", () => {
  test("serves one server at a time, in this process and in others", async () => {
    const folder = temporaryFolder();
    const child = await startChild(folder);
    await expect(startServer(folder)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await end(child);
    const server = await startServer(folder);
    await expect(startServer(folder)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await expect(startChild(folder)).rejects.toThrow(/in use by process/);
    await server.close();
  });

  test("is taken over from a process that died", async () => {
    const folder = temporaryFolder();
    await end(await startChild(folder), "SIGKILL");
    expect(readdirSync(folder)).toContain("lock");
    await withServer(folder, async (rows) => {
      expect(await rows.countDocuments()).toBe(0);
    });
    expect(readdirSync(folder)).not.toContain("lock");
  });
});

describe("a full disk", () => {
  test("refuses writes and takes them back, while reads and the data stay", async () => {
    const folder = temporaryFolder();
    // Files may grow to 64 blocks of 1024 bytes, which the process meets as a full disk.
    const child = await startChild(folder, { before: "ulimit -f 64" });
    const client = clientOf(child.port);
    const rows = rowsOf(client);
    await rows.createIndex({ n: 1 }, { unique: true });
    const text = "x".repeat(4000);
    const failed: Fields[] = [];
    let stored = 0;
    for (let n = 0; n < 30; n++) {
      await rows.insertOne({ _id: n, n, text }).then(
        () => (stored += 1),
        (error: Fields) => failed.push({ code: error.code }),
      );
    }
    expect(stored).toBeGreaterThan(10);
    expect(failed.length).toBeGreaterThan(5);
    expect(failed).toEqual(failed.map(() => ({ code: 14031 })));
    expect(await rows.countDocuments()).toBe(stored);
    expect((await errorOf(rows.updateOne({ _id: 0 }, { $set: { text: `${text}y` } }))).code).toBe(
      14031,
    );
    expect(await rows.findOne({ _id: 0 })).toMatchObject({ text });
    await client.close();
    expect(await end(child)).toBe(0);
    await withServer(folder, async (again, log) => {
      expect(log).toEqual([]);
      expect(await again.countDocuments()).toBe(stored);
      expect(await again.findOne({ _id: 0 })).toMatchObject({ text });
    });
  });
});

describe("the process", () => {
  test("ends cleanly on SIGTERM and SIGINT", async () => {
    const folder = temporaryFolder();
    expect(await end(await startChild(folder), "SIGTERM")).toBe(0);
    expect(await end(await startChild(folder), "SIGINT")).toBe(0);
    expect(readdirSync(folder)).not.toContain("lock");
  });

  test("ends with the one who holds its stdin", async () => {
    const child = await startChild(temporaryFolder(), { args: ["--watch-stdin"] });
    const ended = once(child.process, "exit");
    child.process.stdin?.end();
    expect((await ended)[0]).toBe(0);
  });

  test("ends with the one who holds its channel", async () => {
    const args = [MAIN, "--dir", temporaryFolder()];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
    await once(child.stdout as NodeJS.ReadableStream, "data");
    const ended = once(child, "exit");
    child.disconnect();
    expect((await ended)[0]).toBe(0);
  });

  test("refuses other hosts than this one, and unknown arguments", async () => {
    const folder = temporaryFolder();
    await expect(startChild(folder, { args: ["--host", "0.0.0.0"] })).rejects.toThrow(/loopback/);
    await expect(startChild(folder, { args: ["--prot", "1"] })).rejects.toThrow(/--prot/);
    await expect(startChild(folder, { args: ["--port", "x"] })).rejects.toThrow(/usage/);
  });
});
