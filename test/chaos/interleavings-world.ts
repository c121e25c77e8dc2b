/**
 * Two deployments on one database, what is asked of them at the same time, and what was seen to
 * happen. The use cases, the stores, the adapter and the simulator are the real ones.
 */
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { openDuePeriods } from "../../src/billing/open-due-periods.ts";
import { payOpenInvoice } from "../../src/billing/pay-open-invoice.ts";
import { reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { sweepInbox } from "../../src/billing/sweep-inbox.ts";
import { sweep } from "../../src/billing/sweep.ts";
import { isInFlight, periodInvoiceId } from "../../src/domain/invoice.ts";
import { createSubscription } from "../../src/domain/subscription.ts";
import { createGatewayRegistry } from "../../src/gateways/registry.ts";
import { newId } from "../../src/lib/ids.ts";
import { type Deps, type Run, depsOf, launch } from "./interleavings-deps.ts";
import { createNetwork } from "./interleavings-gateway.ts";
import { postNotice } from "./interleavings-notices.ts";
import { type Site, START } from "./interleavings-lane.ts";
import { HOUR_MS, LEASE, POLICY, type Sabotage, type World } from "./interleavings-run.ts";
import type { Request, Scenario } from "./interleavings-scenario.ts";
import type { Actor, Steps } from "./interleavings-steps.ts";

export const AMOUNT = 9900;
const PART = 6000;
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
    noticed: [],
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
  const copy = run.started;
  const job = () => perform(run, request, { deps: depsOf(run, actor, request.on), copy });
  launch(run, actor, { request: request.kind, job });
}

async function perform(
  run: Run,
  request: Request,
  { deps, copy }: { deps: Deps; copy: number },
): Promise<unknown> {
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
    case "noticePaid":
      return postNotice(deps, { kind: "paid", invoiceId, copy });
    case "noticeCanceled":
      return postNotice(deps, { kind: "canceled", invoiceId, copy });
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
    await sweepInbox(deps);
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
