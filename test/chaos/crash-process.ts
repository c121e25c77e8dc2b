/** A process of the product on a lane: worker, sweep and API in one, with every await recorded. */
import { type Job, DelayedError } from "bullmq";
import { type AttemptChargeDeps, attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { recheckAttempts } from "../../src/billing/recheck-attempts.ts";
import { type ReconcileDeps, reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { type SweepDeps, sweep } from "../../src/billing/sweep.ts";
import { chargeDepsOf, reconcileDepsOf, sweepDepsOf } from "../../src/compose.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import type { InvoiceJob } from "../../src/queues/names.ts";
import type { WorkHints } from "../../src/queues/work-hints.ts";
import { createEventStore } from "../../src/stores/events.ts";
import { finishJob } from "../../workers/job-result.ts";
import { NO_OUTGOING } from "../support/no-outgoing.ts";
import type { Lane } from "./crash-lane.ts";
import { type Recorder, wrapRelayDatabase } from "./recorder.ts";

/** What the gateway's side of a case remembers, whichever process calls. */
export interface GatewayScript {
  /** The first call of this method meets an address on which nobody listens. */
  refuse: "openCredential" | "charge" | "refund" | null;
  /** Runs once, when the first charge is out and its answer has not come yet. */
  whileInFlight: ((process: Process) => Promise<void>) | null;
  /** Once set, no charge may start any more. */
  isStopped: boolean;
  chargesAfterStop: number;
}

/** What does a worker's work; a naive one may take its place. */
export interface Work {
  attempt(deps: AttemptChargeDeps, input: InvoiceJob): ReturnType<typeof attemptCharge>;
  ask(deps: ReconcileDeps, input: InvoiceJob): ReturnType<typeof reconcileAttempt>;
}

export const PRODUCT: Work = { attempt: attemptCharge, ask: reconcileAttempt };

export interface Process {
  readonly recorder: Recorder;
  readonly charge: AttemptChargeDeps & { hints: WorkHints };
  sweep(): Promise<void>;
  /** One step of the sweep, alone. */
  relay(): Promise<void>;
  /** Takes jobs until no queue has any. */
  runJobs(): Promise<void>;
  /** What another worker would find stalled is handed out again. */
  returnJobs(): Promise<void>;
  close(): void;
}

/** Nobody listens there. */
const CLOSED_URL = "http://127.0.0.1:1";
const RELAY_MAX = 500;
/** More jobs than a case can have waiting. */
const JOBS_MAX = 60;

export interface Living {
  work?: Work;
  /** Whether each sweep relays; otherwise events wait until all else is at rest. */
  relays?: boolean;
}

export function startProcess(
  lane: Lane,
  recorder: Recorder,
  script: GatewayScript,
  { work = PRODUCT, relays = false }: Living = {},
): Process {
  const real = lane.newAdapter();
  const closed = lane.newAdapter(CLOSED_URL);
  const late: { process?: Process } = {};
  const adapter = scripted({ real, closed }, script, () => late.process);
  const wired = wire(lane, recorder, adapter);
  const random = () => 0.5;
  const charge = { ...chargeDepsOf(wired, "worker"), random };
  const deps = { charge, reconcile: { ...reconcileDepsOf(wired), random }, work };
  const { events, ...others } = sweepDepsOf(wired);
  // The relay's looking and moving is a third of all queries, and it touches nothing but the outbox.
  const idle = { ...events, relayOutboxes: () => Promise.resolve(0) };
  // No case has an endpoint: nothing of webhooks is looked at.
  const sweepDeps: SweepDeps = {
    ...others,
    events: relays ? events : idle,
    outgoing: NO_OUTGOING,
  };
  const token = "process";
  const taken = new Set<Job<InvoiceJob>>();
  const process: Process = {
    recorder,
    charge,
    sweep: () => sweep(sweepDeps),
    relay: async () => {
      // As the sweep does: a step that fails is done again.
      await events.relayOutboxes(RELAY_MAX).catch(() => {});
    },
    async runJobs() {
      for (let count = 0; count < JOBS_MAX; count += 1) {
        const job = await takeJob(lane, recorder, token);
        if (job === undefined) return;
        taken.add(job);
        await runJob({ job, token, recorder }, () =>
          job.queueName === "sweep"
            ? sweep(sweepDeps)
            : perform(deps, recorded(job, recorder), token),
        );
        taken.delete(job);
      }
      throw new Error("there is no end of jobs");
    },
    async returnJobs() {
      await Promise.all([...taken].map((job) => job.moveToWait(token).catch(() => {})));
    },
    close() {
      real.close();
      closed.close();
    },
  };
  late.process = process;
  return process;
}

/** The lane's composition with everything that is awaited passed through the recorder. */
function wire(lane: Lane, recorder: Recorder, adapter: GatewayAdapter) {
  const { composition, clock, queues } = lane;
  const kind = "database";
  const businessClock = { now: () => Promise.resolve(clock.now()) };
  const producer = recorder.wrap(queues, {
    label: "queues",
    kind: "redis",
    other: { all: "sync" },
  });
  return {
    ...composition,
    clock,
    businessClock: recorder.wrap(businessClock, { label: "businessClock", kind }),
    invoices: recorder.wrap(composition.invoices, { label: "invoices", kind }),
    subscriptions: recorder.wrap(composition.subscriptions, { label: "subscriptions", kind }),
    billingKeys: recorder.wrap(composition.billingKeys, { label: "billingKeys", kind }),
    pauses: recorder.wrap(composition.pauses, { label: "pauses", kind }),
    declines: recorder.wrap(composition.declines, { label: "declines", kind }),
    events: createEventStore(wrapRelayDatabase(recorder, composition.database)),
    gateways: createGatewayRegistry([
      recorder.wrap(adapter, {
        label: "gateway",
        kind: "gateway",
        // A token moves nothing and stands nowhere but in memory.
        other: { openCredential: "read", paceOf: "sync", close: "sync" },
      }),
    ]),
    queues: {
      ...producer,
      hints: recorder.wrap(queues.hints, { label: "hints", kind: "redis" }),
    },
  };
}

function scripted(
  adapters: { real: GatewayAdapter; closed: GatewayAdapter },
  script: GatewayScript,
  processOf: () => Process | undefined,
): GatewayAdapter {
  const choose = (method: GatewayScript["refuse"]) => {
    if (script.refuse !== method) return adapters.real;
    script.refuse = null;
    return adapters.closed;
  };
  return {
    ...adapters.real,
    openCredential: (use) => choose("openCredential").openCredential(use),
    refund: (call, request) => choose("refund").refund(call, request),
    async charge(call, request) {
      if (script.isStopped) script.chargesAfterStop += 1;
      const outcome = await choose("charge").charge(call, request);
      const interrupt = script.whileInFlight;
      const process = processOf();
      script.whileInFlight = null;
      if (interrupt !== null && process !== undefined) {
        // Where the process dies over it, the call that was out ends all the same.
        await Promise.race([interrupt(process), process.recorder.died]);
      }
      return outcome;
    },
  };
}

async function takeJob(
  lane: Lane,
  recorder: Recorder,
  token: string,
): Promise<Job<InvoiceJob> | undefined> {
  // Most looks find nothing and change nothing: only one that takes a job is a point of its own.
  for (const worker of await lane.findBusy()) {
    const job = await recorder.call(`take(${worker.name})`, "redis", () =>
      worker.getNextJob(token, { block: false }),
    );
    if (job !== undefined) return job;
  }
  return undefined;
}

/** A job whose delaying is awaited through the recorder too. */
function recorded(job: Job<InvoiceJob>, recorder: Recorder): Job<InvoiceJob> {
  const delaying = {
    moveToDelayed: (at: number, token: string) =>
      recorder.call(`delay(${job.queueName})`, "redis", () => job.moveToDelayed(at, token)),
  };
  return Object.assign(Object.create(job) as Job<InvoiceJob>, delaying);
}

interface Performing {
  charge: AttemptChargeDeps;
  reconcile: ReconcileDeps;
  work: Work;
}

/** Nothing waits here: no breaker hears of these adapters, and their gateway sets no limit. */
function pauseQueue(): Promise<never> {
  throw new Error("the queue pauses");
}

/** What the workers do with a job of each kind. */
async function perform(
  { charge, reconcile, work }: Performing,
  job: Job<InvoiceJob>,
  token: string,
): Promise<unknown> {
  switch (job.name) {
    case "attempt":
      return finishJob(job, { token, pauseQueue }, await work.attempt(charge, job.data));
    case "refund":
      return finishJob(job, { token, pauseQueue }, await attemptRefund(charge, job.data));
    case "ask":
      return work.ask(reconcile, job.data);
    case "recheck":
      return recheckAttempts(reconcile, job.data);
    default:
      throw new Error(`nobody does ${job.name}`);
  }
}

/** As BullMQ's own worker ends a job: completed, put off, or failed. */
async function runJob(
  { job, token, recorder }: { job: Job<InvoiceJob>; token: string; recorder: Recorder },
  run: () => Promise<unknown>,
): Promise<void> {
  const end = (how: string, finish: () => Promise<unknown>) =>
    recorder.call(`${how}(${job.queueName})`, "redis", () =>
      // A job that a flush took away cannot be ended; the worker only logs that.
      finish().catch(() => {}),
    );
  try {
    await run();
  } catch (error) {
    if (error instanceof DelayedError) return;
    const failure = error instanceof Error ? error : new Error(String(error));
    await end("fail", () => job.moveToFailed(failure, token));
    return;
  }
  await end("complete", () => job.moveToCompleted("done", token, false));
}
