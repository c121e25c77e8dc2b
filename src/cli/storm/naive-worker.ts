// The control: charges as a queue worker is usually written. Look whether the invoice is paid,
// charge, save; throw on anything but an approval, so that the queue tries again with backoff.
// Nothing here is made worse than usual: the order number is the invoice's own on every try, a paid
// invoice is left alone, and the wire is the product's own adapter.
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import { createGateways } from "../../compose-gateways.ts";
import { loadConfig } from "../../config.ts";
import { DEFAULT_ACCOUNT } from "../../domain/merchant-account.ts";
import { systemClock } from "../../lib/clock.ts";
import { createDatabase, openDatabaseEventually } from "../../stores/connection.ts";
import { NAIVE_QUEUE, type NaiveInvoice, type NaiveSettings } from "./naive-invoice.ts";
import { standBy } from "./stand-by.ts";

async function work(settings: NaiveSettings): Promise<void> {
  const database = createDatabase();
  await openDatabaseEventually(database, settings.mongoUrl, {
    prepare: async () => {},
    onAway: () => {},
    isClosed: () => false,
  });
  const invoices = database.collection<NaiveInvoice>("naive_invoices");
  const config = loadConfig(settings.environment);
  const gateways = createGateways(config, systemClock);
  const gateway = gateways.get(config.defaultGateway, DEFAULT_ACCOUNT);
  const connection = new Redis(settings.redisUrl, { maxRetriesPerRequest: null });
  connection.on("error", () => {});

  const worker = new Worker<{ invoiceId: string }>(
    NAIVE_QUEUE,
    async (job) => {
      const invoice = await invoices.findOne({ _id: job.data.invoiceId });
      if (invoice === null || invoice.status === "paid") return;
      const opened = await gateway.openCredential({ call: "charge", paidWith: "billing_key" });
      if (opened.kind !== "ready") throw new Error(opened.reason);
      const outcome = await gateway.charge(
        { credential: opened.credential, maySend: () => true },
        {
          orderNumber: invoice._id,
          source: { kind: "billing_key", billingKey: invoice.billingKey },
          amount: invoice.amount,
          productName: "월간 구독",
          customerId: invoice.customerId,
          customerName: "김하늘",
        },
      );
      if (outcome.kind !== "approved") throw new Error(`payment failed: ${outcome.kind}`);
      await invoices.updateOne(
        { _id: invoice._id },
        { $set: { status: "paid", transactionId: outcome.transaction.id } },
      );
    },
    {
      connection,
      concurrency: settings.concurrency,
      lockDuration: settings.lockMs,
      stalledInterval: settings.stalledMs,
    },
  );
  worker.on("error", () => {});
  worker.on("failed", (job) => {
    const isLast = job !== undefined && job.attemptsMade >= (job.opts.attempts ?? 1);
    if (!isLast) return;
    invoices
      .updateOne({ _id: job.data.invoiceId, status: "due" }, { $set: { status: "failed" } })
      .catch(() => {});
  });
  process.stdout.write(`${JSON.stringify({ pid: process.pid })}\n`);
}

standBy(() => work(JSON.parse(process.argv[2] ?? "{}") as NaiveSettings));
