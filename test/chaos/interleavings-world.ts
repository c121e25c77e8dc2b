/**
 * Two deployments on one database, what is asked of them at the same time, and what was seen to
 * happen. The use cases, the stores, the adapter and the simulator are the real ones.
 */
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { openDuePeriods } from "../../src/billing/open-due-periods.ts";
import { payOpenInvoice } from "../../src/billing/pay-open-invoice.ts";
import { recheckAttempts } from "../../src/billing/recheck-attempts.ts";
import { reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { sweep } from "../../src/billing/sweep.ts";
import type { ChargePolicy } from "../../src/domain/charge-policy.ts";
import { BillingError } from "../../src/domain/errors.ts";
import { type Invoice, isInFlight, periodInvoiceId } from "../../src/domain/invoice.ts";
import { type Subscription, createSubscription } from "../../src/domain/subscription.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { newId } from "../../src/lib/ids.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { Queues } from "../../src/queues/queues.ts";
import type { HintedInvoice, WorkHints } from "../../src/queues/work-hints.ts";
import type { InvoiceStore } from "../../src/stores/invoices.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";
import { NO_OUTGOING } from "../support/no-outgoing.ts";
import { type Network, createNetwork } from "./interleavings-gateway.ts";
import { type Site, type Stores, START, secrets } from "./interleavings-lane.ts";
import type { Deployment, Request, Scenario } from "./interleavings-scenario.ts";
import { type Actor, type Steps, stepwise } from "./interleavings-steps.ts";

export const AMOUNT = 9900;
const PART = 6000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Longer than a call and its margin. */
const LEASE = { leaseMs: 45_000, marginMs: 5000 };

const POLICY: ChargePolicy = {
  dunning: { stepDays: [], hour: 10, zone: "Asia/Seoul", finalState: "unpaid" },
  resendBackoff: { firstMs: 1000, maxMs: MINUTE_MS, jitter: 0.5 },
  lookUpBackoff: { firstMs: 20_000, maxMs: HOUR_MS, jitter: 0.2 },
  pauseBackoff: { firstMs: HOUR_MS, maxMs: 24 * HOUR_MS, jitter: 0 },
  settleDelayMs: 90_000,
  attemptsMax: 30,
  recheckDelaysMs: [HOUR_MS],
  orderPrefix: "KB",
};

const log = createLogger({ level: "silent", name: "interleavings" });

/** How a part of a worker is written naively, to see that the search would notice. */
export interface Sabotage {
  invoices?: (store: Stores["invoices"]) => Stores["invoices"];
  adapter?: (adapter: GatewayAdapter) => GatewayAdapter;
}

/** One write of an invoice, in the order in which they happened. */
export interface Written {
  turn: number;
  actor: string;
  before: Invoice | null;
  after: Invoice;
}

/** A use case that has ended, with its answer or its refusal. */
export interface Answered {
  request: Request["kind"] | "worker";
  actor: string;
  turn: number;
  refusal: string | null;
}

export interface World {
  readonly site: Site;
  readonly steps: Steps;
  readonly network: Network;
  readonly writes: Written[];
  readonly answers: Answered[];
  readonly scenario: Scenario;
  /** The contract as it was before anybody asked for anything. */
  subscription: Subscription;
  /** The invoice that everybody is after. */
  readonly targetId: string;
  /** What no use case may throw. */
  failures: string[];
}

interface Run extends World {
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

/** Most workers that hints may start in one run. */
const WORKERS_MAX = 8;

/** Plays a scenario: everything at once, then what is found later, then calm. Returns what was seen. */
export async function play(
  site: Site,
  steps: Steps,
  scenario: Scenario,
  sabotage: Sabotage = {},
): Promise<World> {
  const fates = [...scenario.fates];
  const network = createNetwork(steps, fates);
  const run = await begin({ site, steps, network }, scenario, sabotage);
  try {
    await playNow(run);
    await playLater(run);
    fates.length = 0;
    await comeToRest(run);
  } catch (error) {
    run.failures.push(String(error));
  }
  return run;
}

/** Everything at once. */
async function playNow(run: Run): Promise<void> {
  const { requests, freeze, clockMs } = run.scenario;
  for (const [index, request] of requests.entries()) {
    start(run, request, freeze?.request === index ? freeze.turn : undefined);
  }
  passTime(run, clockMs);
  await run.steps.run();
}

/** Time has passed: whoever is frozen wakes, and finds his lease spent or is just in time. */
async function playLater(run: Run): Promise<void> {
  const { later, freeze } = run.scenario;
  if (run.unfinished.size > 0 || later.length > 0) {
    passTime(run, [LEASE.leaseMs + 1000, POLICY.settleDelayMs + 30_000]);
    wakeSomeTime(run, freeze?.sleeps ?? 0);
    for (const request of [{ kind: "sweep", on: 1 } as const, ...later]) start(run, request);
    await run.steps.run();
  }
  if (run.unfinished.size === 0) return;
  throw new Error(`these never ended: ${[...run.unfinished].join(", ")}`);
}

async function begin(
  shared: Pick<Run, "site" | "steps" | "network">,
  scenario: Scenario,
  sabotage: Sabotage,
): Promise<Run> {
  const { site } = shared;
  const key = site.billingKeys[scenario.card];
  const subscription = createSubscription({
    id: newId("sub"),
    customerId: site.customerId,
    customerName: key.customerName,
    billingKeyId: key.id,
    gateway: key.gateway,
    account: key.account,
    planId: "monthly",
    productName: "월간 구독",
    amount: AMOUNT,
    cycleDay: 15,
    zone: POLICY.dunning.zone,
    dueHour: POLICY.dunning.hour,
    trialDays: 0,
    firstCharge: "cycleDay",
    metadata: {},
    idempotency: null,
    at: { business: START, operational: START },
  });
  await site.stores[0].subscriptions.insert({ ...subscription, outbox: [], outboxNumber: 0 });
  const run: Run = {
    ...shared,
    scenario,
    sabotage,
    subscription,
    targetId: periodInvoiceId(subscription.id, scenario.begins === "second" ? 1 : 0),
    writes: [],
    answers: [],
    failures: [],
    deliveries: [...scenario.hints],
    workersLeft: WORKERS_MAX,
    started: 0,
    jobs: null,
    unfinished: new Set(),
    latest: new Map(),
  };
  await prepare(run, scenario.begins);
  run.subscription = (await site.stores[0].subscriptions.find(subscription.id)) ?? subscription;
  return run;
}

/** What was there before: no invoice, an open one, or a period charged already and the next one due. */
async function prepare(run: Run, begins: Scenario["begins"]): Promise<void> {
  if (begins === "due") return;
  const actor = calmActor("before");
  const deps = depsOf(run, actor, 0);
  await openDuePeriods(deps);
  if (begins === "opened") return;
  const adapter = run.site.adapters[0];
  const paidFrom = { ...deps, gateways: createGatewayRegistry([adapter]) };
  await attemptCharge(paidFrom, { invoiceId: periodInvoiceId(run.subscription.id, 0) });
  // 10:00 in Korea on 15 April.
  run.steps.clock.advance(31 * 24 * HOUR_MS);
}

/** Somebody who needs no turn, since nobody else moves. */
function calmActor(name: string): Actor {
  return {
    name,
    turn: () => Promise.resolve(),
    effect: (_label, run) => run(),
    atOnce: (run) => run(),
  };
}

function start(run: Run, request: Request, frozenAt?: number): void {
  run.started += 1;
  const actor = run.steps.actor(`${request.kind}${run.started}@${request.on}`, frozenAt);
  const job = () => perform(run, request, depsOf(run, actor, request.on));
  launch(run, actor, { request: request.kind, job });
}

function launch(
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

type Deps = ReturnType<typeof depsOf>;

async function perform(run: Run, request: Request, deps: Deps): Promise<unknown> {
  const { id: subscriptionId } = run.subscription;
  const invoiceId = run.targetId;
  switch (request.kind) {
    case "charge":
      return attemptCharge(deps, { invoiceId });
    case "ask":
      return reconcileAttempt(deps, { invoiceId });
    case "sweep":
      return sweep(deps);
    case "open":
      return openDuePeriods(deps);
    case "cancel":
    case "cancelAtEnd":
      return cancelSubscription(deps, {
        subscriptionId,
        atPeriodEnd: request.kind === "cancelAtEnd",
        reason: "customer asked",
        idempotency: null,
      });
    case "refundAll":
    case "refundPart":
      return requestRefund(deps, {
        paymentId:
          run.scenario.begins === "second" ? periodInvoiceId(subscriptionId, 0) : invoiceId,
        amount: request.kind === "refundAll" ? null : PART,
        reason: "customer asked",
        idempotency: null,
      });
    case "payOpen":
      return payOpenInvoice(deps, { subscriptionId, idempotency: null });
    case "changeCard": {
      const other = run.scenario.card === "good" ? "empty" : "good";
      const billingKeyId = run.site.billingKeys[other].id;
      return changeCard(deps, { subscriptionId, billingKeyId, idempotency: null });
    }
    case "pay":
      return requestPayment(deps, {
        billingKeyId: run.site.billingKeys.good.id,
        customerId: run.site.customerId,
        amount: AMOUNT,
        productName: "머그컵",
        idempotency: { key: "pay-once", bodyHash: "same" },
      });
  }
}

/** What a process of this deployment hands to its use cases; every call of it waits for a turn. */
function depsOf(run: Run, actor: Actor, on: Deployment) {
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
  const hints: WorkHints = {
    charge: (invoice) => actor.effect("hints.charge", async () => charge(invoice)),
    document: () => Promise.resolve(),
    sweep: () => actor.effect("hints.sweep", async () => deliver("sweeper", (deps) => sweep(deps))),
  };
  const unused = () => Promise.reject(new Error("no use case asks the queues for this"));
  return {
    hints,
    countWaiting: () => Promise.resolve(0),
    listWithoutJob: unused,
    addDocuments: () => Promise.resolve(),
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

function passTime(run: Run, stretchesMs: readonly number[]): void {
  const actor = run.steps.actor("time");
  const pass = async () => {
    for (const ms of stretchesMs) {
      await actor.turn(`${ms / 1000} s pass`);
      run.steps.clock.advance(ms);
    }
  };
  void pass();
}

function wakeSomeTime(run: Run, sleeps: number): void {
  const actor = run.steps.actor("thaw");
  const wake = async () => {
    for (let turn = 0; turn < sleeps; turn += 1) await actor.turn("whoever is frozen sleeps");
    await actor.turn("whoever is frozen wakes");
    run.steps.thaw();
  };
  void wake();
}

/** Most rounds until nothing is to be done any more. */
const ROUNDS_MAX = 30;

/** The sweep finds what is left, workers do it one after the other, and time passes where they wait. */
async function comeToRest(run: Run): Promise<void> {
  const { clock } = run.steps;
  const relaying = depsOf(run, calmActor("rest"), 1);
  // Events are relayed once, at the end: looking for them is most of a sweep's work.
  const events = { ...relaying.events, relayOutboxes: () => Promise.resolve(0) };
  const deps: Deps = { ...relaying, events };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const jobs: NonNullable<Run["jobs"]> = (run.jobs = []);
    await sweep(deps);
    for (const job of jobs) await job(deps);
    const at = nextInstant(run);
    if (jobs.length === 0 && at === null) return void (await relaying.events.relayOutboxes(100));
    if (at !== null) clock.advance(Math.max(at.getTime() - clock.now().getTime(), 0));
  }
  throw new Error("it never comes to rest");
}

/** The next instant at which something is to be done before the next period. */
function nextInstant(run: Run): Date | null {
  const times = [...run.latest.values()].flatMap((invoice) => {
    const { step, nextActionAt, dueAt, recheckAt } = invoice;
    const action = step === "charge" ? laterOf(nextActionAt, dueAt) : nextActionAt;
    // What is in flight is not looked at a second time before it is settled.
    const look = isInFlight(invoice) ? null : recheckAt;
    return [
      ...(step === "none" ? [] : [action.getTime()]),
      ...(look === null ? [] : [look.getTime()]),
    ];
  });
  return times.length === 0 ? null : new Date(Math.min(...times));
}

function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}
