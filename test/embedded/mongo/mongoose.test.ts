import mongoose, { Schema } from "mongoose";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { MongoServer } from "../../../src/embedded/mongo/mongo-server.ts";
import { errorOf, startServer, temporaryFolder } from "./harness.ts";

interface Attempt {
  n: number;
  orderNumber: string;
  state: string;
}

interface Invoice {
  _id: string;
  subscriptionId: string;
  state: string;
  version: number;
  amount: number;
  dueAt: Date;
  attempts: Attempt[];
  idempotency?: { key: string };
}

const attemptSchema = new Schema<Attempt>(
  { n: Number, orderNumber: String, state: String },
  { _id: false, strict: "throw" },
);
const invoiceSchema = new Schema<Invoice>(
  {
    _id: String,
    subscriptionId: { type: String, required: true },
    state: String,
    version: Number,
    amount: Number,
    dueAt: Date,
    attempts: [attemptSchema],
    idempotency: { type: new Schema({ key: String }, { _id: false }), required: false },
  },
  { strict: "throw", versionKey: false },
);
invoiceSchema.index(
  { state: 1, dueAt: 1 },
  { partialFilterExpression: { state: { $in: ["due", "open"] } } },
);
invoiceSchema.index(
  { "attempts.orderNumber": 1 },
  { unique: true, partialFilterExpression: { "attempts.orderNumber": { $exists: true } } },
);
invoiceSchema.index(
  { "idempotency.key": 1 },
  { unique: true, partialFilterExpression: { "idempotency.key": { $exists: true } } },
);

const folder = temporaryFolder();
let server: MongoServer;
let connection: mongoose.Connection;
let Invoices: mongoose.Model<Invoice>;

const invoice = (i: number, more: Partial<Invoice> = {}): Invoice => ({
  _id: `inv_${i}`,
  subscriptionId: `sub_${i % 3}`,
  state: "due",
  version: 0,
  amount: 9900 + i,
  dueAt: new Date(Date.UTC(2026, 0, 1 + i)),
  attempts: [],
  ...more,
});

beforeAll(async () => {
  server = await startServer(folder);
  const uri = `mongodb://127.0.0.1:${server.port}/shop`;
  connection = await mongoose.createConnection(uri, { autoIndex: false }).asPromise();
  connection.set("strictQuery", "throw");
  Invoices = connection.model<Invoice>("Invoice", invoiceSchema);
});

beforeEach(async () => {
  await connection.dropDatabase();
  await Invoices.createIndexes();
});

afterAll(async () => {
  await connection.close();
  await server.close();
});

describe("mongoose", () => {
  test("creates its indexes, and synchronises them", async () => {
    expect(await Invoices.syncIndexes()).toEqual([]);
    await Invoices.collection.createIndex({ amount: 1 });
    expect(await Invoices.syncIndexes()).toEqual(["amount_1"]);
    expect(await Invoices.collection.indexes()).toHaveLength(4);
    expect(await Invoices.diffIndexes()).toEqual({ toDrop: [], toCreate: [] });
  });

  test("saves, finds and hydrates", async () => {
    await Invoices.create(invoice(1));
    const found = await Invoices.findById("inv_1");
    expect(found?.dueAt).toEqual(new Date(Date.UTC(2026, 0, 2)));
    if (found !== null) {
      found.state = "paid";
      found.attempts.push({ n: 1, orderNumber: "O1", state: "approved" });
      await found.save();
    }
    const lean = await Invoices.findOne({ "attempts.orderNumber": "O1" }).lean();
    expect(lean).toEqual({
      ...invoice(1, { state: "paid" }),
      attempts: [{ n: 1, orderNumber: "O1", state: "approved" }],
    });
  });

  test("lets one of many claims win", async () => {
    await Invoices.create(invoice(1));
    const claim = (): Promise<unknown> =>
      Invoices.findOneAndUpdate(
        { _id: "inv_1", state: "due", version: 0 },
        {
          $set: { state: "open" },
          $inc: { version: 1 },
          $push: { attempts: { n: 1, orderNumber: "A", state: "initiated" } },
        },
        { returnDocument: "after" },
      ).lean();
    const claims = await Promise.all(Array.from({ length: 10 }, claim));
    expect(claims.filter((won) => won !== null)).toHaveLength(1);
    const outcome = await Invoices.updateOne(
      { _id: "inv_1", attempts: { $elemMatch: { orderNumber: "A", state: "initiated" } } },
      { $set: { "attempts.$.state": "approved", state: "paid" } },
    );
    expect(outcome).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect((await Invoices.findById("inv_1").lean())?.attempts).toEqual([
      { n: 1, orderNumber: "A", state: "approved" },
    ]);
  });

  test("meets E11000 with the key on order numbers and idempotency keys", async () => {
    await Invoices.create(invoice(1, { idempotency: { key: "k" } }), invoice(2));
    const add = (_id: string): Promise<unknown> =>
      Invoices.updateOne({ _id }, { $push: { attempts: { n: 1, orderNumber: "A", state: "x" } } });
    await add("inv_1");
    expect(await errorOf(add("inv_2"))).toMatchObject({
      code: 11000,
      keyPattern: { "attempts.orderNumber": 1 },
      keyValue: { "attempts.orderNumber": "A" },
    });
    const again = Invoices.create(invoice(3, { idempotency: { key: "k" } }));
    expect(await errorOf(again)).toMatchObject({
      code: 11000,
      keyValue: { "idempotency.key": "k" },
    });
  });

  test("writes in bulk, reads by a cursor, counts and groups", async () => {
    await Invoices.insertMany(Array.from({ length: 300 }, (_, i) => invoice(i)));
    const result = await Invoices.bulkWrite(
      Array.from({ length: 300 }, (_, i) => ({
        updateOne: {
          filter: { _id: `inv_${i}`, state: "due" },
          update: { $set: { state: i % 2 === 0 ? "paid" : "due" } },
        },
      })),
      { ordered: false },
    );
    expect(result).toMatchObject({ matchedCount: 300, modifiedCount: 150 });
    let seen = 0;
    const due = Invoices.find({ state: "due" }).sort({ dueAt: 1 }).lean().cursor({ batchSize: 40 });
    for await (const row of due) {
      expect(row.dueAt.getTime()).toBeGreaterThan(seen);
      seen = row.dueAt.getTime();
    }
    expect(await Invoices.countDocuments({ state: "due" })).toBe(150);
    const groups = await Invoices.aggregate<{ _id: string; n: number; total: number }>([
      { $match: { state: "paid" } },
      { $group: { _id: "$subscriptionId", n: { $sum: 1 }, total: { $sum: "$amount" } } },
      { $sort: { _id: 1 } },
    ]);
    expect(groups.map(({ _id, n }) => [_id, n])).toEqual([
      ["sub_0", 50],
      ["sub_1", 50],
      ["sub_2", 50],
    ]);
  });

  test("replaces, deletes, and refuses unknown fields before they are sent", async () => {
    await Invoices.create(invoice(1));
    await Invoices.replaceOne({ _id: "inv_1" }, invoice(1, { amount: 5 }));
    expect((await Invoices.findById("inv_1").lean())?.amount).toBe(5);
    await expect(Invoices.updateOne({ _id: "inv_1" }, { $set: { stauts: "x" } })).rejects.toThrow(
      /strict/,
    );
    await Invoices.deleteOne({ _id: "inv_1" });
    expect(await Invoices.findById("inv_1")).toBeNull();
  });

  test("connects with the write concern of a replica set", async () => {
    const uri = `mongodb://127.0.0.1:${server.port}/shop?w=majority&journal=true&readConcernLevel=majority`;
    const other = await mongoose.createConnection(uri).asPromise();
    await other.collection("plain").insertOne({ a: 1 });
    expect(await other.collection("plain").countDocuments()).toBe(1);
    await other.close();
  });
});
