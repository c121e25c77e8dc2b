import { createConnection } from "node:net";
import { serialize } from "bson";
import { describe, expect, test } from "vitest";
import { type Fields, clientOf, errorOf, useServer } from "./harness.ts";

const harness = useServer();

describe("the handshake", () => {
  test("is that of a standalone server that the driver takes", async () => {
    const hello = await harness.db.command({ hello: 1 });
    expect(hello).toMatchObject({ isWritablePrimary: true, maxWireVersion: 21, ok: 1 });
    expect(hello.setName).toBeUndefined();
    expect(await harness.db.command({ isMaster: 1 })).toMatchObject({ ismaster: true });
    expect(await harness.db.command({ buildInfo: 1 })).toMatchObject({ version: "7.0.0" });
    expect(await harness.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(await harness.db.command({ connectionStatus: 1 })).toMatchObject({ ok: 1 });
  });

  test("serves several clients at once", async () => {
    const clients = Array.from({ length: 5 }, () => clientOf(harness.server.port));
    const writes = clients.map((client, _id) =>
      client.db("test").collection<{ _id: number }>("things").insertOne({ _id }),
    );
    await Promise.all(writes);
    expect(await harness.things.countDocuments()).toBe(5);
    await Promise.all(clients.map((client) => client.close()));
  });

  test("serves sessions but no transactions", async () => {
    const session = harness.client.startSession();
    await harness.things.insertOne({ _id: 1 }, { session });
    const run = session.withTransaction(async () => {
      await harness.things.insertOne({ _id: 2 }, { session });
    });
    // The driver has its own words for error 20.
    expect((await errorOf(run)).message).toMatch(/retryWrites=false/);
    await session.endSession();
    expect(await harness.things.countDocuments()).toBe(1);
  });
});

describe("collections and databases", () => {
  test("are made by the first write, listed and dropped", async () => {
    await harness.db.createCollection("made");
    await harness.things.insertOne({ _id: 1 });
    const names = async (): Promise<unknown[]> =>
      (await harness.db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    expect(await names()).toEqual(["made", "things"]);
    expect(await harness.db.listCollections({ name: "made" }).toArray()).toHaveLength(1);
    const { databases } = await harness.client.db("admin").admin().listDatabases();
    expect(databases.map(({ name }) => name)).toContain("test");
    await harness.db.dropCollection("made");
    expect(await names()).toEqual(["things"]);
    await harness.db.dropDatabase();
    expect(await names()).toEqual([]);
  });

  test("refuse what is there already, is not there, or has a bad name", async () => {
    await harness.db.createCollection("made");
    const codes = [
      { create: "made" },
      { drop: "nope" },
      { listIndexes: "nope" },
      { create: "" },
      { create: "a$b" },
      { create: "system.x" },
    ].map(async (command) => (await errorOf(harness.db.command(command))).code);
    expect(await Promise.all(codes)).toEqual([48, 26, 26, 73, 73, 73]);
  });

  test("a read of a collection that is not there finds nothing", async () => {
    expect(await harness.things.find().toArray()).toEqual([]);
    expect(await harness.things.updateOne({}, { $set: { a: 1 } })).toMatchObject({
      matchedCount: 0,
    });
    expect(await harness.db.listCollections().toArray()).toEqual([]);
  });
});

const REFUSED: [string, Fields, number, RegExp][] = [
  ["an unknown command", { foo: 1 }, 59, /no such command: 'foo'/],
  ["a name that objects inherit", { toString: 1 }, 59, /toString/],
  ["renameCollection", { renameCollection: "a.b", to: "a.c" }, 59, /renameCollection/],
  ["an unknown field", { find: "things", foo: 1 }, 40415, /find\.foo/],
  ["a tailable cursor", { find: "things", tailable: true }, 238, /tailable/],
  ["a collation", { find: "things", collation: { locale: "ko" } }, 238, /collation/],
  ["a field of the wrong type", { find: "things", filter: 1 }, 14, /find\.filter/],
  ["a negative limit", { find: "things", limit: -1 }, 51024, /limit/],
  ["a collection that is no text", { find: 1 }, 14, /find\.find/],
  ["a missing list", { insert: "things" }, 40414, /insert\.documents/],
  ["an empty list", { insert: "things", documents: [] }, 16, /between 1 and/],
  ["a snapshot read", { find: "things", readConcern: { level: "snapshot" } }, 238, /snapshot/],
  [
    "three copies",
    { insert: "things", documents: [{}], writeConcern: { w: 3 } },
    2,
    /not replicated/,
  ],
  [
    "an unknown write concern",
    { insert: "things", documents: [{}], writeConcern: { w: "dc" } },
    238,
    /dc/,
  ],
  ["a capped collection", { create: "x", capped: true }, 238, /capped/],
  ["a validator", { create: "x", validator: { a: 1 } }, 238, /validator/],
  ["a view", { create: "x", viewOn: "y" }, 238, /viewOn/],
  [
    "a change stream",
    { aggregate: "things", pipeline: [{ $changeStream: {} }], cursor: {} },
    238,
    /\$changeStream/,
  ],
  ["an aggregation over a database", { aggregate: 1, pipeline: [], cursor: {} }, 238, /database/],
  ["a transaction", { find: "things", startTransaction: true, txnNumber: 1 }, 20, /replica set/],
  ["another version of the API", { ping: 1, apiVersion: "2" }, 238, /API version/],
];

describe("a command that is not supported", () => {
  test.each(REFUSED)("is refused by name: %s", async (_name, command, code, message) => {
    const error = await errorOf(harness.db.command(command));
    expect({ code: error.code, message: error.message }).toEqual({
      code,
      message: expect.stringMatching(message),
    });
  });

  test.each<[string, Fields, number]>([
    ["an unknown field of an update", { q: {}, u: { $set: { a: 1 } }, foo: 1 }, 40415],
    [
      "a collation of an update",
      { q: {}, u: { $set: { a: 1 } }, collation: { locale: "ko" } },
      238,
    ],
    ["an update without a filter", { u: { $set: { a: 1 } } }, 40414],
  ])("refuses the whole command: %s", async (_name, statement, code) => {
    await harness.things.insertOne({ _id: 1 });
    const updates = [{ q: {}, u: { $set: { a: 1 } } }, statement];
    expect((await errorOf(harness.db.command({ update: "things", updates }))).code).toBe(code);
    expect(await harness.things.findOne({})).toEqual({ _id: 1 });
  });

  test("credentials are refused", async () => {
    const speculativeAuthenticate = { saslStart: 1 };
    const error = await errorOf(harness.db.command({ hello: 1, speculativeAuthenticate }));
    expect(error.code).toBe(238);
  });
});

describe("the wire", () => {
  /** What the server answers to raw bytes, sent in pieces, until it or the test ends. */
  function exchange(pieces: readonly Buffer[], wantedBytes: number): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const socket = createConnection({ host: "127.0.0.1", port: harness.server.port });
      let received = Buffer.alloc(0);
      socket.on("error", reject);
      socket.on("close", () => resolve(received));
      socket.on("data", (data) => {
        received = Buffer.concat([received, data]);
        if (received.length >= wantedBytes) socket.destroy();
      });
      socket.setNoDelay(true);
      for (const piece of pieces) socket.write(piece);
    });
  }

  function message(body: Fields, opCode = 2013): Buffer {
    const document = Buffer.from(serialize(body));
    const bytes = Buffer.alloc(21 + document.length);
    bytes.writeInt32LE(bytes.length, 0);
    bytes.writeInt32LE(77, 4);
    bytes.writeInt32LE(opCode, 12);
    document.copy(bytes, 21);
    return bytes;
  }

  test("takes messages cut anywhere, and several at once", async () => {
    const two = Buffer.concat([
      message({ ping: 1, $db: "test" }),
      message({ ping: 1, $db: "test" }),
    ]);
    const pieces = Array.from(two, (byte) => Buffer.from([byte]));
    const reply = await exchange(pieces, 76);
    expect(reply.readInt32LE(0)).toBe(38);
    expect(reply.readInt32LE(8)).toBe(77);
    expect(reply).toHaveLength(76);
  });

  test.each<[string, Buffer]>([
    ["an impossible length", Buffer.from([1, 0, 0, 0])],
    ["an unknown operation", message({ ping: 1 }, 2012)],
    ["a broken document", message({ ping: 1, $db: "x" }).fill(255, 30)],
  ])("closes the connection over %s, and goes on serving others", async (_name, bytes) => {
    expect(await exchange([bytes], 1)).toHaveLength(0);
    expect(await harness.db.command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});
