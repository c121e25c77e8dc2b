/** Two years of many subscriptions with the real use cases, driven directly and many at a time. */
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { openDuePeriods } from "../../src/billing/open-due-periods.ts";
import { reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { recheckAttempts } from "../../src/billing/recheck-attempts.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import {
  type Composition,
  accountsOf,
  chargeDepsOf,
  reconcileDepsOf,
  sweepDepsOf,
} from "../../src/compose.ts";
import type { Instants } from "../../src/domain/events.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import type { Core } from "../support/core.ts";
import { BEGIN, type PlannedSubscription, atTen } from "./plan.ts";

/** Calls at once: more would only wait for each other on two cores. */
const AT_ONCE = 16;

export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<unknown>,
): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

export interface Member {
  plan: PlannedSubscription;
  id: string;
}

export interface World {
  members: Member[];
  now: () => Instants;
  /** Sets business time, here and at the simulator. */
  setClock: (now: Date) => Promise<void>;
  /** Visits every day on which something is due, up to an instant. */
  live(until: Date): Promise<void>;
  /** Opens, charges, refunds and asks whatever is due now. */
  work(): Promise<void>;
  /** Works until nothing is in flight any more. */
  settle(): Promise<void>;
}

export async function createWorld(
  core: Core,
  plans: readonly PlannedSubscription[],
): Promise<World> {
  const members: Member[] = [];
  await inParallel(plans, async (plan) => {
    const key = await core.register(plan.customerId);
    const { cycleDay, trialDays, startOn, firstCharge, amount } = plan;
    const subscription = await core.subscribe(key, {
      cycleDay,
      trialDays,
      startOn,
      firstCharge,
      amount,
    });
    members.push({ plan, id: subscription.id });
  });
  const rules = plans.flatMap((plan) => plan.rules);
  for (let from = 0; from < rules.length; from += 500) {
    await core.plantFaults(...rules.slice(from, from + 500));
  }
  const { composition, setClock, now } = withOwnClock(core);
  const work = () => workOnce(composition, now());
  return {
    members,
    now,
    work,
    setClock,
    async live(until) {
      for (;;) {
        const next = await nextDay(composition, now(), until);
        await setClock(next);
        await decide(core, { composition, members }, next);
        await charging({ composition, members }, next, work);
        if (next >= until) return;
      }
    },
    async settle() {
      for (let round = 0; round < 400; round += 1) {
        await work();
        const { business } = now();
        const busy = await composition.invoices.hasWork(business);
        if (!busy && !(await composition.subscriptions.hasWork(business))) return;
        await sleep(50);
      }
      throw new Error("something stays in flight");
    },
  };
}

/** Business time of this process alone: the shared clock would be read a dozen times for each charge. */
function withOwnClock(core: Core) {
  let business = new Date(BEGIN);
  const composition: Composition = {
    ...core.composition,
    businessClock: { now: () => Promise.resolve(business) },
  };
  return {
    composition,
    now: (): Instants => ({ business, operational: systemClock.now() }),
    setClock: async (now: Date) => {
      await core.simulator.setClock(now);
      business = now;
    },
  };
}

async function nextDay(composition: Composition, at: Instants, until: Date): Promise<Date> {
  const [period, due] = await Promise.all([
    composition.subscriptions.nextBusinessInstant(at.business),
    composition.invoices.nextBusinessInstant(at.business),
  ]);
  const times = [period, due].flatMap((next) => (next === null ? [] : [atTen(next).getTime()]));
  return new Date(Math.min(until.getTime(), ...times));
}

async function workOnce(composition: Composition, at: Instants): Promise<void> {
  const { invoices } = composition;
  await openDuePeriods(sweepDepsOf(composition));
  const [account] = accountsOf(composition.gateways);
  if (account === undefined) throw new Error("no gateway account");
  const [charges, refunds, questions, closed] = await Promise.all([
    invoices.listChargeable(account, { ...at, operational: systemClock.now() }, 1000),
    invoices.listRefundable(account, at.operational, 1000),
    invoices.listToAsk(at.operational, 1000),
    invoices.listToRecheck(at.business, 1000),
  ]);
  const charge = chargeDepsOf(composition, "test-worker");
  const ask = reconcileDepsOf(composition);
  await Promise.all([
    inParallel(charges, ({ id }) => attemptCharge(charge, { invoiceId: id })),
    inParallel(refunds, ({ id }) => attemptRefund(charge, { invoiceId: id })),
    inParallel(questions, ({ id }) => reconcileAttempt(ask, { invoiceId: id })),
    inParallel(closed, ({ id }) => recheckAttempts(ask, { invoiceId: id })),
  ]);
}

interface People {
  composition: Composition;
  members: readonly Member[];
}

/** The day's work; who is to cancel in flight does so while the calls are out. */
async function charging(
  { composition, members }: People,
  next: Date,
  work: () => Promise<void>,
): Promise<void> {
  const { month, on } = calendarOf(next);
  const impatient = members.filter(
    ({ plan }) =>
      plan.cancel?.how === "in_flight" && plan.cancel.month === month && plan.cycleDay <= on + 1,
  );
  const working = work();
  if (impatient.length > 0) {
    await sleep(120);
    await inParallel(impatient, (member) => cancel(composition, member, false));
  }
  await working;
}

/** What people ask for on a day, before its charges. */
async function decide(core: Core, { composition, members }: People, next: Date): Promise<void> {
  const { month, on } = calendarOf(next);
  const leaving = members.filter(
    ({ plan }) => plan.cancel?.month === month && plan.cancel.how !== "in_flight" && on >= 10,
  );
  await inParallel(leaving, (member) =>
    cancel(composition, member, member.plan.cancel?.how === "at_period_end"),
  );
  await inParallel(members, (member) => refundSome(core, { composition, member }, month));
}

function calendarOf(at: Date): { month: number; on: number } {
  const korea = new Date(at.getTime() + 9 * 3_600_000);
  return {
    month: (korea.getUTCFullYear() - 2026) * 12 + korea.getUTCMonth(),
    on: korea.getUTCDate(),
  };
}

async function cancel(
  composition: Composition,
  member: Member,
  atPeriodEnd: boolean,
): Promise<void> {
  // Once is enough: the plan is spent.
  member.plan.cancel = null;
  await cancelSubscription(composition, {
    subscriptionId: member.id,
    atPeriodEnd,
    reason: "customer asked",
    idempotency: null,
  });
}

async function refundSome(
  core: Core,
  { composition, member }: { composition: Composition; member: Member },
  month: number,
): Promise<void> {
  const due = member.plan.refunds.filter((refund) => refund.period + 1 <= month);
  if (due.length === 0) return;
  member.plan.refunds = member.plan.refunds.filter((refund) => !due.includes(refund));
  for (const { period, part, fault } of due) {
    const invoice = await composition.invoices.find(`${member.id}-p${period}`);
    if (invoice?.state !== "paid" || invoice.refundable < 2) continue;
    const transactionId = invoice.attempts.at(-1)?.transaction?.id ?? "";
    if (fault !== null) {
      const match = { operation: "cancel", transactionId };
      await core.plantFaults({ match, nth: 1, effect: fault });
    }
    await requestRefund(
      {
        ...composition,
        hints: { charge: async () => {}, document: async () => {}, sweep: async () => {} },
      },
      {
        paymentId: invoice.id,
        amount: part ? Math.floor(invoice.refundable / 3) : null,
        reason: "customer asked",
        idempotency: null,
      },
    );
  }
}

/** A subscription with its invoices, as they stand now. */
export async function read(core: Core, id: string) {
  const subscription: Subscription | null = await core.composition.subscriptions.find(id);
  if (subscription === null) throw new Error(`no subscription ${id}`);
  return { subscription, invoices: await core.composition.invoices.listOfSubscription(id) };
}
