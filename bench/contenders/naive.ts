// A BullMQ worker as it is usually written, on the same store and the same Redis: look whether the
// period is paid, charge, save. Nothing is written before the charge, so a crash in between charges
// twice; that is what it saves two writes and three reads for.
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import { systemClock } from "../../src/lib/clock.ts";
import { createDatabase, openDatabase } from "../../src/stores/connection.ts";
import { serveContender } from "../contender.ts";
import { createGatewayOf } from "./gateway-of.ts";
import { databaseUrlOf } from "./composed.ts";
import { MONTH_MS, pages } from "./periods.ts";

interface NaiveSubscription {
  _id: string;
  billingKey: string;
  amount: number;
  status: "due" | "paid";
  nextChargeAt: Date;
  transactionId: string | null;
}

await serveContender(async (settings) => {
  const database = createDatabase();
  await openDatabase(database, databaseUrlOf(settings));
  const subscriptions = database.collection<NaiveSubscription>("naive_subscriptions");
  await subscriptions.createIndex({ status: 1, nextChargeAt: 1 });
  const charge = createGatewayOf(settings);
  const connection = new Redis(settings.redisUrl, { maxRetriesPerRequest: null });
  const prefix = `bench-${settings.name}`;
  const queue = new Queue<{ id: string }>("naive", { connection, prefix });
  let seeded: { round: number; charges: number } = { round: 0, charges: 0 };
  let worker: Worker<{ id: string }> | null = null;
  const idOf = (round: number, number: number) => `r${round}-${number}`;

  async function work(id: string): Promise<void> {
    const found = await subscriptions.findOne({ _id: id });
    if (found === null || found.status === "paid") return;
    const { billingKey, amount } = found;
    const transactionId = await charge({ orderNumber: id, billingKey, amount, customerId: id });
    const nextChargeAt = new Date(found.nextChargeAt.getTime() + MONTH_MS);
    await subscriptions.updateOne(
      { _id: id },
      { $set: { status: "paid", transactionId, nextChargeAt } },
    );
  }

  return {
    async seed(round, charges) {
      seeded = { round, charges };
      const numbers = Array.from({ length: charges }, (_, number) => number);
      for (const some of pages(numbers)) {
        await subscriptions.insertMany(
          some.map((number) => ({
            _id: idOf(round, number),
            billingKey: `key-${number}`,
            amount: 9900,
            status: "due" as const,
            nextChargeAt: systemClock.now(),
            transactionId: null,
          })),
        );
      }
    },
    async begin() {
      const { inFlight } = settings;
      worker = new Worker<{ id: string }>("naive", async ({ data }) => work(data.id), {
        connection,
        prefix,
        concurrency: inFlight,
        lockDuration: 60_000,
      });
      worker.on("error", () => {});
      const due = await subscriptions
        .find({ status: "due", nextChargeAt: { $lte: systemClock.now() } })
        .project<{ _id: string }>({ _id: 1 })
        .toArray();
      for (const some of pages(due)) {
        await queue.addBulk(
          some.map(({ _id }) => ({
            name: "charge",
            data: { id: _id },
            opts: { jobId: _id, attempts: 5, removeOnComplete: true, removeOnFail: true },
          })),
        );
      }
    },
    async isSettled() {
      const counts = await queue.getJobCounts("active", "waiting", "delayed", "prioritized");
      return Object.values(counts).every((count) => count === 0);
    },
    async end() {
      await worker?.close();
      const now = systemClock.now();
      const { round, charges } = seeded;
      const ids = Array.from({ length: charges }, (_, number) => idOf(round, number));
      const books = [];
      for (const some of pages(ids)) {
        for await (const one of subscriptions.find({ _id: { $in: some } })) {
          books.push({
            customerId: one._id,
            paid: one.status === "paid",
            transactionId: one.transactionId,
            advanced: one.nextChargeAt > now,
          });
        }
      }
      return books;
    },
  };
});
