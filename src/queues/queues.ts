import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { OperationalClock } from "../lib/clock.ts";
import { type InvoiceJob, RECONCILE_QUEUE, SWEEP_QUEUE, chargeQueueName } from "./names.ts";
import type { HintedInvoice, WorkHints } from "./work-hints.ts";

export interface AccountName {
  gateway: string;
  account: string;
}

export interface QueuesOptions {
  connection: Redis;
  prefix: string;
  accounts: readonly AccountName[];
  clock: OperationalClock;
  /** Told once per failing hint: the sweep makes up for it. */
  onLostHint: (error: unknown) => void;
}

/** The producers' side of all queues. */
export interface Queues {
  hints: WorkHints;
  /** Jobs waiting for a worker on an account's queue. */
  countWaiting(account: AccountName): Promise<number>;
  addCharges(account: AccountName, invoices: readonly HintedInvoice[]): Promise<void>;
  addQuestions(
    name: "ask" | "recheck",
    invoices: readonly Pick<HintedInvoice, "id" | "revision">[],
  ): Promise<void>;
  /** Makes sure that the sweep's tick exists: a flush takes it away silently. */
  upsertSweep(everyMs: number): Promise<void>;
  all(): readonly Queue[];
  close(): Promise<void>;
}

/** Finished jobs are bounded, waiting ones carry no history. */
const JOB_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: { count: 500, age: 7 * 86_400 },
  stackTraceLimit: 3,
};

/**
 * A kept or stuck job swallows a new one of its id. The id therefore names the invoice's step and
 * revision, and a stretch of time, so that no hint is swallowed for longer than this.
 */
const ID_STRETCH_MS = 300_000;

/** BullMQ: a smaller number goes first. */
const URGENT = 1;
const ORDINARY = 10;

export function createQueues(options: QueuesOptions): Queues {
  const create = (name: string) => {
    const queue = new Queue<InvoiceJob>(name, {
      connection: options.connection,
      prefix: options.prefix,
      defaultJobOptions: JOB_OPTIONS,
    });
    queue.on("error", () => {});
    return queue;
  };
  const charges = new Map(
    options.accounts.map(({ gateway, account }) => {
      const name = chargeQueueName(gateway, account);
      return [name, create(name)] as const;
    }),
  );
  const reconcile = create(RECONCILE_QUEUE);
  const sweep = create(SWEEP_QUEUE);
  // BullMQ waits for the first connection without end; whoever asks here is told at once.
  const assertConnected = () => {
    if (options.connection.status !== "ready") throw new Error("Redis is out of reach");
  };
  const stretch = () => Math.floor(options.clock.now().getTime() / ID_STRETCH_MS).toString(36);
  const chargeQueue = ({ gateway, account }: AccountName) => {
    const queue = charges.get(chargeQueueName(gateway, account));
    if (queue === undefined) throw new Error(`no queue for ${gateway} ${account}`);
    return queue;
  };
  const addCharges = async (account: AccountName, invoices: readonly HintedInvoice[]) => {
    if (invoices.length === 0) return;
    assertConnected();
    const suffix = stretch();
    await chargeQueue(account).addBulk(
      invoices.map((invoice) => ({
        name: invoice.step === "refund" ? "refund" : "attempt",
        data: { invoiceId: invoice.id },
        opts: {
          jobId: `${invoice.id}-${invoice.step}-${invoice.revision}-${suffix}`,
          priority: invoice.urgent ? URGENT : ORDINARY,
        },
      })),
    );
  };
  const quietly = async (add: () => Promise<unknown>) => {
    try {
      await add();
    } catch (error) {
      options.onLostHint(error);
    }
  };
  return {
    hints: {
      charge: (invoice) => quietly(() => addCharges(invoice, [invoice])),
      sweep: () =>
        quietly(async () => {
          assertConnected();
          await sweep.add(
            "now",
            { invoiceId: "" },
            {
              deduplication: { id: "now", keepLastIfActive: true },
              attempts: 1,
              removeOnFail: true,
            },
          );
        }),
    },
    addCharges,
    async countWaiting(account) {
      assertConnected();
      const counts = await chargeQueue(account).getJobCounts("waiting", "prioritized");
      return (counts["waiting"] ?? 0) + (counts["prioritized"] ?? 0);
    },
    async addQuestions(name, invoices) {
      if (invoices.length === 0) return;
      assertConnected();
      const suffix = stretch();
      await reconcile.addBulk(
        invoices.map((invoice) => ({
          name,
          data: { invoiceId: invoice.id },
          opts: { jobId: `${invoice.id}-${name}-${invoice.revision}-${suffix}`, attempts: 1 },
        })),
      );
    },
    async upsertSweep(everyMs) {
      assertConnected();
      await sweep.upsertJobScheduler(
        "tick",
        { every: everyMs },
        {
          name: "tick",
          data: { invoiceId: "" },
          opts: { attempts: 1, removeOnFail: { count: 20 } },
        },
      );
    },
    all: () => [...charges.values(), reconcile, sweep],
    async close() {
      await Promise.all([...charges.values(), reconcile, sweep].map((queue) => queue.close()));
    },
  };
}
