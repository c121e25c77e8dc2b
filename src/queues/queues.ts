import { type JobsOptions, Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { OperationalClock } from "../lib/clock.ts";
import {
  CLEAN_JOB,
  type DocumentJob,
  type DocumentQueue,
  EVENT_QUEUE,
  type InvoiceJob,
  MESSAGE_QUEUE,
  RECONCILE_QUEUE,
  SWEEP_QUEUE,
  WEBHOOK_QUEUE,
  chargeQueueName,
} from "./names.ts";
import { type SweepJob, type SweepTurn, takeSweepTurn } from "./sweep-turn.ts";
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
  /** Those of which no job waits or runs: adding the others again would change nothing. */
  listWithoutJob(
    account: AccountName,
    invoices: readonly HintedInvoice[],
  ): Promise<readonly HintedInvoice[]>;
  addCharges(account: AccountName, invoices: readonly HintedInvoice[]): Promise<void>;
  addQuestions(
    name: "ask" | "recheck",
    invoices: readonly Pick<HintedInvoice, "id" | "revision">[],
  ): Promise<void>;
  /** Work on documents that stand elsewhere: notices, deliveries, messages. */
  addDocuments(
    queue: DocumentQueue,
    documents: readonly { id: string; revision: number }[],
  ): Promise<void>;
  /** No worker is handed a charge or refund of this account for so long. */
  pauseCharges(account: AccountName, forMs: number): Promise<void>;
  /** Takes away failed jobs older than so many days, a bounded number a call. */
  removeOldJobs(days: number): Promise<number>;
  /** Makes sure that the regular jobs exist: a flush takes them away silently. */
  upsertSchedulers(sweepEveryMs: number): Promise<void>;
  /** The right to sweep now; null for a tick while another sweep runs. */
  takeSweepTurn(job: SweepJob, everyMs: number): Promise<SweepTurn | null>;
  /** Jobs of a queue by state. */
  countJobs(queue: Queue): Promise<Record<string, number>>;
  all(): readonly Queue[];
  close(): Promise<void>;
}

/**
 * Jobs that are done are gone, failed ones too: a kept one would swallow the next hint of its id.
 * What failed stands in the log, and its work in the database.
 */
const JOB_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 3,
};

/**
 * A kept or stuck job swallows a new one of its id. The id therefore names the invoice's step and
 * revision, and a stretch of time, so that no hint is swallowed for longer than this.
 */
const ID_STRETCH_MS = 300_000;

const DAY_MS = 86_400_000;
/** Most old jobs that one call takes from one queue. */
const REMOVED_MAX = 500;

/** BullMQ: a smaller number goes first. */
const URGENT = 1;
const ORDINARY = 10;

const CLEAN_EVERY_MS = 3_600_000;

const REGULAR = { data: { invoiceId: "" }, opts: { attempts: 1, removeOnFail: { count: 20 } } };

/** Makes every queue of the product on one connection. */
export function createQueues(options: QueuesOptions): Queues {
  const queues = openQueues(options);
  const producer = createProducer(options, queues);
  const quietly = async (add: () => Promise<unknown>) => {
    try {
      await add();
    } catch (error) {
      options.onLostHint(error);
    }
  };
  return {
    ...producer,
    hints: {
      charge: (invoice) => quietly(() => producer.addCharges(invoice, [invoice])),
      document: (queue, document) => quietly(() => producer.addDocuments(queue, [document])),
      sweep: () => quietly(() => producer.addSweep()),
    },
    all: () => queues.all,
    async close() {
      await Promise.all(queues.all.map((queue) => queue.close()));
    },
  };
}

interface OpenQueues {
  charge(account: AccountName): Queue<InvoiceJob>;
  reconcile: Queue<InvoiceJob>;
  sweep: Queue<InvoiceJob>;
  documents: Readonly<Record<DocumentQueue, Queue<DocumentJob>>>;
  all: Queue[];
}

function openQueues(options: QueuesOptions): OpenQueues {
  const open = <Job = InvoiceJob>(name: string) => {
    const queue = new Queue<Job>(name, {
      connection: options.connection,
      prefix: options.prefix,
      defaultJobOptions: JOB_OPTIONS,
    });
    queue.on("error", () => {});
    return queue;
  };
  const charges = new Map(
    options.accounts.map((account) => {
      const name = chargeQueueName(account.gateway, account.account);
      return [name, open(name)] as const;
    }),
  );
  const [reconcile, sweep] = [open(RECONCILE_QUEUE), open(SWEEP_QUEUE)];
  const documents = {
    [WEBHOOK_QUEUE]: open<DocumentJob>(WEBHOOK_QUEUE),
    [EVENT_QUEUE]: open<DocumentJob>(EVENT_QUEUE),
    [MESSAGE_QUEUE]: open<DocumentJob>(MESSAGE_QUEUE),
  };
  return {
    charge({ gateway, account }) {
      const queue = charges.get(chargeQueueName(gateway, account));
      if (queue === undefined) throw new Error(`no queue for ${gateway} ${account}`);
      return queue;
    },
    reconcile,
    sweep,
    documents,
    all: [...charges.values(), reconcile, sweep, ...Object.values(documents)] as Queue[],
  };
}

type Producer = Omit<Queues, "hints" | "all" | "close"> & { addSweep(): Promise<void> };

function createProducer(options: QueuesOptions, queues: OpenQueues): Producer {
  // BullMQ waits for the first connection without end; whoever asks here is told at once.
  const assertConnected = () => {
    if (options.connection.status !== "ready") throw new Error("Redis is out of reach");
  };
  const jobId = (document: { id: string; revision: number }, what: string) => {
    const stretch = Math.floor(options.clock.now().getTime() / ID_STRETCH_MS).toString(36);
    // BullMQ takes no colon in an id.
    return `${document.id.replaceAll(":", "_")}-${what}-${document.revision}-${stretch}`;
  };
  return {
    async listWithoutJob(account, invoices) {
      if (invoices.length === 0) return invoices;
      assertConnected();
      const ids = invoices.map((invoice) => jobId(invoice, invoice.step));
      const taken = await findJobs(options.connection, queues.charge(account), ids);
      return invoices.filter((_invoice, index) => !taken.has(ids[index] ?? ""));
    },
    async addCharges(account, invoices) {
      if (invoices.length === 0) return;
      assertConnected();
      await queues.charge(account).addBulk(
        invoices.map((invoice) => ({
          name: invoice.step === "refund" ? "refund" : "attempt",
          data: { invoiceId: invoice.id },
          opts: {
            jobId: jobId(invoice, invoice.step),
            priority: invoice.urgent ? URGENT : ORDINARY,
          },
        })),
      );
    },
    async addQuestions(name, invoices) {
      if (invoices.length === 0) return;
      assertConnected();
      await queues.reconcile.addBulk(
        invoices.map((invoice) => ({
          name,
          data: { invoiceId: invoice.id },
          opts: { jobId: jobId(invoice, name), attempts: 1 },
        })),
      );
    },
    async addDocuments(name, documents) {
      if (documents.length === 0) return;
      assertConnected();
      await queues.documents[name].addBulk(
        documents.map((document) => ({
          name: "work",
          data: { id: document.id },
          opts: { jobId: jobId(document, "work"), attempts: 1 },
        })),
      );
    },
    async addSweep() {
      assertConnected();
      // While one sweep runs one more is remembered: what came too late for it is not forgotten.
      const deduplication = { id: "now", keepLastIfActive: true };
      await queues.sweep.add(
        "now" satisfies SweepJob,
        { invoiceId: "" },
        { deduplication, attempts: 1, removeOnFail: true },
      );
    },
    async countWaiting(account) {
      assertConnected();
      const counts = await queues.charge(account).getJobCounts("waiting", "prioritized");
      return (counts["waiting"] ?? 0) + (counts["prioritized"] ?? 0);
    },
    ...createCaretaker(options, queues, assertConnected),
  };
}

/** What goes on regularly, whoever asks for work. */
function createCaretaker(
  options: QueuesOptions,
  queues: OpenQueues,
  assertConnected: () => void,
): Pick<
  Queues,
  "countJobs" | "pauseCharges" | "removeOldJobs" | "takeSweepTurn" | "upsertSchedulers"
> {
  return {
    async pauseCharges(account, forMs) {
      assertConnected();
      await queues.charge(account).rateLimit(Math.ceil(forMs));
    },
    async countJobs(queue) {
      assertConnected();
      return queue.getJobCounts();
    },
    async removeOldJobs(days) {
      assertConnected();
      return removeOldJobs(queues.all, days);
    },
    takeSweepTurn: (job, everyMs) => takeSweepTurn(job, { ...options, everyMs }),
    async upsertSchedulers(sweepEveryMs) {
      assertConnected();
      await Promise.all([
        upsertScheduler(queues.sweep, "tick", sweepEveryMs),
        upsertScheduler(queues.sweep, CLEAN_JOB, CLEAN_EVERY_MS),
      ]);
    },
  };
}

/** Which of these jobs wait or run. */
async function findJobs(
  connection: Redis,
  queue: Queue<InvoiceJob>,
  ids: readonly string[],
): Promise<Set<string>> {
  // Every charge has a priority: BullMQ keeps such jobs in this sorted set until they are taken, and
  // in the plain list of those that wait only once they have stalled.
  const [scores, stalled, running] = await Promise.all([
    connection.zmscore(queue.toKey("prioritized"), [...ids]),
    connection.lrange(queue.toKey("wait"), 0, -1),
    connection.lrange(queue.toKey("active"), 0, -1),
  ]);
  const waiting = ids.filter((_id, index) => (scores[index] ?? null) !== null);
  return new Set([...waiting, ...stalled, ...running]);
}

function upsertScheduler(queue: Queue, name: SweepJob | typeof CLEAN_JOB, everyMs: number) {
  return queue.upsertJobScheduler(name, { every: everyMs }, { name, ...REGULAR });
}

async function removeOldJobs(queues: readonly Queue[], days: number): Promise<number> {
  const removed = await Promise.all(
    queues.map((queue) => queue.clean(days * DAY_MS, REMOVED_MAX, "failed")),
  );
  return removed.flat().length;
}
