/** Hands the control's invoices to its queue, as the progress of charges and the faults allow. */
import type { Queue } from "bullmq";
import type { mongo } from "mongoose";
import { sleep, systemClock } from "../../lib/clock.ts";
import { isDatabaseUnavailable } from "../../stores/connection.ts";
import type { Injector } from "./injector.ts";
import type { LedgerFeed } from "./ledger-feed.ts";
import type { NaiveInvoice } from "./naive-invoice.ts";
import { StoppedError } from "./walk.ts";

export interface NaiveDrive {
  invoices: Pick<mongo.Collection<NaiveInvoice>, "find" | "countDocuments">;
  queue: Queue;
  feed: LedgerFeed;
  injector: Injector;
  charges: number;
  stopped: () => boolean;
  onLook: (settled: number) => void;
}

const LOOK_MS = 60;
const BATCH = 25;
const BACKLOG_MAX = 100;
/** Pause between two looks of the nightly job that queues whatever is still due. */
const NIGHTLY_MS = 3_000;
/** Longest run without any progress; what is unpaid then stays so. */
const IDLE_MS = 15_000;

/** Resolves when every invoice is paid or given up, or nothing moves any more. */
export async function driveNaive(drive: NaiveDrive): Promise<void> {
  const { injector, charges } = drive;
  const state: State = { queued: 0, settled: 0, movedMs: now(), nightMs: now() };
  while (state.settled < charges && now() - state.movedMs < IDLE_MS) {
    if (drive.stopped()) throw new StoppedError();
    await drive.feed.read();
    await readProgress(drive, state);
    const underWay = state.queued - state.settled;
    injector.tick({ settled: state.settled, inFlight: underWay });
    drive.onLook(state.settled);
    if (mayQueueMore(injector, state)) await queueNext(drive, state);
    else if (now() - state.nightMs > NIGHTLY_MS) await queueForgotten(drive, state);
    await sleep(LOOK_MS);
  }
  await injector.finish();
  // Whatever a frozen worker still had in hand arrives now.
  await sleep(NIGHTLY_MS);
  await drive.feed.read();
}

interface State {
  queued: number;
  /** Paid or failed, by the control's own books. */
  settled: number;
  movedMs: number;
  nightMs: number;
}

const now = (): number => systemClock.monotonicMs();

function mayQueueMore(injector: Injector, { queued, settled }: State): boolean {
  const underWay = queued - settled;
  if (injector.overdue(settled) === 0) return underWay < BACKLOG_MAX;
  return underWay < BATCH && injector.wantsWork(settled);
}

async function readProgress(drive: NaiveDrive, state: State): Promise<void> {
  await unlessAway(async () => {
    const settled = drive.charges - (await drive.invoices.countDocuments({ status: "due" }));
    if (settled !== state.settled) state.movedMs = now();
    state.settled = settled;
  });
}

async function queueNext(drive: NaiveDrive, state: State): Promise<void> {
  await unlessAway(async () => {
    const batch = await drive.invoices
      .find({})
      .sort({ _id: 1 })
      .skip(state.queued)
      .limit(BATCH)
      .toArray();
    await addJobs(drive.queue, batch);
    state.queued += batch.length;
  });
}

/** What a nightly job would do: queue again whatever was queued once and is neither paid nor failed. */
async function queueForgotten(drive: NaiveDrive, state: State): Promise<void> {
  state.nightMs = now();
  await unlessAway(async () => {
    const all = await drive.invoices.find({}).sort({ _id: 1 }).limit(state.queued).toArray();
    await addJobs(
      drive.queue,
      all.filter(({ status }) => status === "due"),
    );
  });
}

/** A job that is there already is not added twice: its id is the invoice's. */
async function addJobs(queue: Queue, invoices: readonly NaiveInvoice[]): Promise<void> {
  if (invoices.length === 0) return;
  const adding = queue.addBulk(
    invoices.map(({ _id }) => ({
      name: "charge",
      data: { invoiceId: _id },
      opts: {
        jobId: _id,
        attempts: 5,
        backoff: { type: "exponential", delay: 500 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    })),
  );
  await adding.catch(() => {});
}

async function unlessAway(what: () => Promise<void>): Promise<void> {
  try {
    await what();
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
  }
}
