/**
 * What the processes of both deployments are handed: the real stores and adapters, each call of
 * which waits for its turn.
 */
import { applyNotice } from "../../src/billing/apply-notice.ts";
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { recheckAttempts } from "../../src/billing/recheck-attempts.ts";
import { reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { sweep } from "../../src/billing/sweep.ts";
import { BillingError } from "../../src/domain/errors.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { DocumentQueue } from "../../src/queues/names.ts";
import type { Queues } from "../../src/queues/queues.ts";
import type { HintedInvoice, WorkHints } from "../../src/queues/work-hints.ts";
import type { InvoiceStore } from "../../src/stores/invoices.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";
import { NO_OUTGOING } from "../support/no-outgoing.ts";
import { type Stores, secrets } from "./interleavings-lane.ts";
import { type Answered, LEASE, POLICY, type Sabotage, type World } from "./interleavings-run.ts";
import type { Deployment, Scenario } from "./interleavings-scenario.ts";
import { type Actor, stepwise } from "./interleavings-steps.ts";

const log = createLogger({ level: "silent", name: "interleavings" });

/** A run as the parts of it change it. */
export interface Run extends World {
  sabotage: Sabotage;
  /** How each hint is delivered; what is not named is delivered once. */
  deliveries: Scenario["hints"][number][];
  workersLeft: number;
  /** Requests that were made so far: each gets a name of its own. */
  started: number;
  /** Once all is calm: jobs that wait to be done one after the other. */
  jobs: ((deps: Deps) => Promise<unknown>)[] | null;
  unfinished: Set<string>;
  latest: Map<string, Invoice>;
  targetId: string;
}

/** What every use case of a run is handed. */
export type Deps = ReturnType<typeof depsOf>;

/** What a process of this deployment hands to its use cases; every call of it waits for a turn. */
export function depsOf(run: Run, actor: Actor, on: Deployment) {
  const { site, steps, network } = run;
  const stores = site.stores[on];
  const { wrapAdapter, invoices } = naively(run, stores);
  const adapter = wrapAdapter(network.attach(actor, site.adapters[on]));
  const queues = queuesOf(run, actor, on);
  return {
    invoices: stepwise(actor, "invoices", watched(run, actor, invoices)),
    subscriptions: stepwise(actor, "subscriptions", stores.subscriptions),
    billingKeys: stepwise(actor, "billingKeys", stores.billingKeys),
    pauses: stepwise(actor, "pauses", stores.pauses),
    declines: stepwise(actor, "declines", stores.declines),
    events: stepwise(actor, "events", stores.events),
    inbox: stepwise(actor, "inbox", stores.inbox),
    notices: site.notices,
    gatewayEyes: stepwise(actor, "gateway", { look: () => site.accounts() }),
    businessClock: stepwise(actor, "businessClock", {
      now: () => Promise.resolve(steps.clock.now()),
    }),
    clock: steps.clock,
    gateways: createGatewayRegistry([adapter]),
    secrets,
    policy: { ...POLICY, dunning: { ...POLICY.dunning, stepDays: run.scenario.stepDays } },
    lease: LEASE,
    log,
    worker: actor.name,
    random: () => 0.5,
    finalState: POLICY.dunning.finalState,
    catchUp: "hold" as const,
    outgoing: NO_OUTGOING,
    accounts: [{ gateway: adapter.gateway, account: adapter.account }],
    traffic: FREE_TRAFFIC,
    queueWindow: 50,
    alarmAfterMs: Number.MAX_SAFE_INTEGER,
    jobsKeptDays: 7,
    queues,
    hints: queues.hints,
  };
}

function naively(run: Run, stores: Stores) {
  const { invoices, adapter } = run.sabotage;
  return {
    invoices: invoices?.(stores.invoices) ?? stores.invoices,
    wrapAdapter: adapter ?? ((real: GatewayAdapter) => real),
  };
}

/** The store, with each successful write noted in the moment in which it happens. */
function watched(run: Run, actor: Actor, store: InvoiceStore): InvoiceStore {
  const noted = async (writing: Promise<Invoice | null>) => {
    const after = await writing;
    if (after === null) return null;
    const before = run.latest.get(after.id) ?? null;
    run.writes.push({ turn: run.steps.now(), actor: actor.name, before, after });
    run.latest.set(after.id, after);
    return after;
  };
  return {
    ...store,
    insert: async (invoice) => {
      const inserted = await store.insert(invoice);
      if (inserted) await noted(Promise.resolve(invoice));
      return inserted;
    },
    write: (read, next, guard) => noted(store.write(read, next, guard)),
    claimAttempt: (read, next) => noted(store.claimAttempt(read, next)),
    recordOutcome: (read, next) => noted(store.recordOutcome(read, next)),
  };
}

/** Queues whose jobs are delivered once, twice or never. */
function queuesOf(run: Run, actor: Actor, on: Deployment): Queues {
  const deliver = (name: string, job: (deps: Deps) => Promise<unknown>) => {
    if (run.jobs !== null) return void run.jobs.push(job);
    const times = { once: 1, twice: 2, lost: 0 }[run.deliveries.shift() ?? "once"];
    for (let copy = 0; copy < times && run.workersLeft > 0; copy += 1) {
      run.workersLeft -= 1;
      // A second delivery goes to the other deployment.
      const home: Deployment = copy === 0 ? on : on === 0 ? 1 : 0;
      const worker = run.steps.actor(`${name}${run.workersLeft}@${home}`);
      launch(run, worker, { request: "worker", job: () => job(depsOf(run, worker, home)) });
    }
  };
  const charge = ({ id, step }: Pick<HintedInvoice, "id" | "step">) =>
    step === "refund"
      ? deliver("refunder", (deps) => attemptRefund(deps, { invoiceId: id }))
      : deliver("charger", (deps) => attemptCharge(deps, { invoiceId: id }));
  const look = (queue: DocumentQueue, documents: readonly { id: string }[]) => {
    if (queue !== "webhook") return;
    for (const { id } of documents) {
      deliver("noticer", async (deps) => run.noticed.push(await applyNotice(deps, { id })));
    }
  };
  const hints: WorkHints = {
    charge: (invoice) => actor.effect("hints.charge", async () => charge(invoice)),
    document: (queue, document) =>
      actor.effect("hints.document", async () => look(queue, [document])),
    sweep: () => actor.effect("hints.sweep", async () => deliver("sweeper", (deps) => sweep(deps))),
  };
  const unused = () => Promise.reject(new Error("no use case asks the queues for this"));
  return {
    hints,
    countWaiting: () => Promise.resolve(0),
    listWithoutJob: unused,
    addDocuments: (queue, documents) =>
      actor.effect("queues.addDocuments", async () => look(queue, documents)),
    addCharges: (_account, invoices) =>
      actor.effect("queues.addCharges", async () => invoices.forEach(charge)),
    addQuestions: (name, invoices) =>
      actor.effect("queues.addQuestions", async () => {
        for (const { id } of invoices) {
          if (name === "ask") deliver("asker", (deps) => reconcileAttempt(deps, { invoiceId: id }));
          else deliver("looker", (deps) => recheckAttempts(deps, { invoiceId: id }));
        }
      }),
    pauseCharges: unused,
    removeOldJobs: unused,
    upsertSchedulers: unused,
    takeSweepTurn: unused,
    countJobs: unused,
    all: () => [],
    close: unused,
  };
}

/** Lets somebody begin, and notes his answer or his refusal. */
export function launch(
  run: Run,
  actor: Actor,
  { request, job }: { request: Answered["request"]; job: () => Promise<unknown> },
): void {
  const { name } = actor;
  run.unfinished.add(name);
  const note = (refusal: string | null) => {
    run.unfinished.delete(name);
    run.answers.push({ request, actor: name, turn: run.steps.now(), refusal });
  };
  // The first step waits for its turn as well, so that nobody is first by being written first.
  actor
    .turn("begins")
    .then(job)
    .then(
      () => note(null),
      (error: unknown) => {
        const text = error instanceof BillingError ? error.code : String(error);
        note(text);
        if (!(error instanceof BillingError)) run.failures.push(`${name} threw ${text}`);
      },
    );
}
