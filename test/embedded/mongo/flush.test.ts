import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type FileHandle, open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findBinary } from "../../../src/embedded/find-binary.ts";
import type { MongoServer } from "../../../src/embedded/mongo/mongo-server.ts";
import {
  type Collection,
  type Fields,
  clientOf,
  errorOf,
  startServer,
  temporaryFolder,
} from "./harness.ts";
import { end, startChild } from "./server-process.ts";

const prlimit = findBinary(["prlimit"], process.env["PATH"]);

type Handles = { write: (...args: unknown[]) => Promise<unknown> };

/** Keeps every write of a file in this process waiting until it is let go. */
async function holdWrites(): Promise<() => void> {
  const probe: FileHandle = await open("/dev/null");
  const handles: Handles = Object.getPrototypeOf(probe);
  await probe.close();
  const { write } = handles;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  handles.write = async function (...args) {
    await gate;
    return Reflect.apply(write, this, args);
  };
  return () => {
    handles.write = write;
    letGo();
  };
}

/** A write that comes too late or changes nothing: its answer rests on the winner's write. */
interface Race {
  win(rows: Collection): Promise<unknown>;
  /** Whether the winner's change can be seen. */
  isWon(rows: Collection): Promise<boolean>;
  lose(rows: Collection): Promise<unknown>;
}

const claim = (rows: Collection) =>
  rows.findOneAndUpdate({ _id: 1, revision: 0 }, { $set: { revision: 1 } });
const isClaimed = async (rows: Collection) => (await rows.findOne({ _id: 1 }))?.revision === 1;
const add = (rows: Collection) => rows.insertOne({ _id: 2, number: "two" });
const isAdded = async (rows: Collection) => (await rows.findOne({ _id: 2 })) !== null;

const RACES: readonly [string, Race][] = [
  ["a findAndModify that misses", { win: claim, isWon: isClaimed, lose: claim }],
  [
    "an update that misses",
    {
      win: claim,
      isWon: isClaimed,
      lose: (rows) => rows.updateOne({ _id: 1, revision: 0 }, { $set: { revision: 1 } }),
    },
  ],
  [
    "a bulk of updates that all miss",
    {
      win: claim,
      isWon: isClaimed,
      lose: (rows) =>
        rows.bulkWrite([
          { updateOne: { filter: { _id: 1, revision: 0 }, update: { $set: { revision: 1 } } } },
        ]),
    },
  ],
  [
    "an update that changes nothing",
    {
      win: claim,
      isWon: isClaimed,
      lose: (rows) => rows.updateOne({ _id: 1 }, { $set: { revision: 1 } }),
    },
  ],
  ["a duplicate _id", { win: add, isWon: isAdded, lose: (rows) => errorOf(add(rows)) }],
  [
    "a duplicate key of a unique index",
    {
      win: add,
      isWon: isAdded,
      lose: (rows) => errorOf(rows.insertOne({ _id: 3, number: "two" })),
    },
  ],
  [
    "a duplicate key met by findAndModify",
    {
      win: add,
      isWon: isAdded,
      lose: (rows) => errorOf(rows.findOneAndUpdate({ _id: 1 }, { $set: { number: "two" } })),
    },
  ],
  [
    "an upsert that finds the document",
    {
      win: add,
      isWon: isAdded,
      lose: (rows) => rows.updateOne({ _id: 2 }, { $setOnInsert: { x: 1 } }, { upsert: true }),
    },
  ],
  [
    "a delete of what is gone",
    {
      win: (rows) => rows.deleteOne({ _id: 1 }),
      isWon: async (rows) => (await rows.findOne({ _id: 1 })) === null,
      lose: (rows) => rows.deleteOne({ _id: 1 }),
    },
  ],
];

describe("an answer that waits for the flush", () => {
  let server: MongoServer;
  let client: ReturnType<typeof clientOf>;
  let rows: Collection;
  let letGo = (): void => undefined;

  beforeEach(async () => {
    server = await startServer(temporaryFolder());
    client = clientOf(server.port);
    rows = client.db("test").collection("rows");
    await rows.createIndex({ number: 1 }, { unique: true });
    await rows.insertOne({ _id: 1, revision: 0, number: "one" });
    // Connections for all that will be under way at once.
    await Promise.all(Array.from({ length: 5 }, () => rows.findOne()));
  });
  afterEach(async () => {
    letGo();
    await client.close();
    await server.close();
  });

  test.each(RACES)("is the one to %s", async (_name, race) => {
    const events: string[] = [];
    letGo = await holdWrites();
    const winning = race.win(rows).then(() => events.push("winner"));
    await expect.poll(() => race.isWon(rows)).toBe(true);

    const losing = race.lose(rows).then(() => events.push("loser"));
    // Reads are answered meanwhile: time enough for a loser's answer that does not wait.
    for (let i = 0; i < 100; i++) await rows.findOne({ _id: 1 });
    events.push("flush");
    letGo();
    await Promise.all([winning, losing]);

    expect(events[0]).toBe("flush");
    expect(events).toHaveLength(3);
  });
});

describe("a disk that fails", () => {
  test("ends the process, and nothing that was answered is lost", async () => {
    const folder = temporaryFolder();
    const preload = fileURLToPath(new URL("./failing-disk.ts", import.meta.url));
    const child = await startChild(folder, { preload });
    const ended = once(child.process, "close");
    const client = clientOf(child.port);
    const rows: Collection = client.db("test").collection("rows");
    let answered = 0;
    const failure = await errorOf(
      (async () => {
        for (;;) await rows.insertOne({ _id: answered }).then(() => (answered += 1));
      })(),
    );
    await client.close();

    expect((await ended)[0]).toBe(1);
    expect(failure.name).toMatch(/Network/);
    expect(child.stderr()).toContain("EIO");
    expect(answered).toBeGreaterThan(5);
    const again = await startServer(folder);
    const reader = clientOf(again.port);
    expect(await reader.db("test").collection("rows").countDocuments()).toBe(answered);
    await reader.close();
    await again.close();
  });
});

describe("a full disk", () => {
  test.runIf(prlimit !== null)("is written to again once there is room", async () => {
    const folder = temporaryFolder();
    const child = await startChild(folder, { before: "ulimit -Sf 64" });
    const client = clientOf(child.port);
    const rows: Collection = client.db("test").collection("rows");
    const text = "x".repeat(4000);
    const insertUntilRefused = async (): Promise<never> => {
      for (let _id = 0; ; _id++) await rows.insertOne({ _id, text });
    };
    expect((await errorOf(insertUntilRefused())).code).toBe(14_031);
    const stored = await rows.countDocuments();

    execFileSync(prlimit ?? "", ["--pid", String(child.process.pid), "--fsize=unlimited"]);
    await rows.insertOne({ _id: -1, text });
    await client.close();
    expect(await end(child, "SIGKILL")).toBeNull();

    const again = await startServer(folder);
    const reader = clientOf(again.port);
    const found: Fields[] = await reader.db("test").collection("rows").find().toArray();
    expect(found).toHaveLength(stored + 1);
    await reader.close();
    await again.close();
  });
});
