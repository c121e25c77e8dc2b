/** What is going on when the process is cut. */
import { cancelSubscription } from "../../src/billing/cancel-subscription.ts";
import { changeCard } from "../../src/billing/change-card.ts";
import { payOpenInvoice } from "../../src/billing/pay-open-invoice.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { subscribe } from "../../src/billing/subscribe.ts";
import { BillingError } from "../../src/domain/errors.ts";
import { periodInvoiceId } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import {
  APPROVED,
  CHARGE_OUTCOMES,
  type GatewayOutcome,
  LOOK_UP_OUTCOMES,
  REFUND_OUTCOMES,
} from "./crash-outcomes.ts";
import { type Process, startProcess } from "./crash-process.ts";
import type { Stage } from "./crash-stage.ts";
import type { Expectation } from "./invariants.ts";
import { createRecorder } from "./recorder.ts";
import { driveToRest } from "./restart.ts";

export interface Scenario {
  name: string;
  outcomes: readonly GatewayOutcome[];
  /** Brings about the state in which the process starts. */
  prepare(stage: Stage): Promise<void>;
  /** A request that its caller repeats, with the same key, until it is answered. */
  request?(stage: Stage, process: Process): Promise<void>;
  /** The request arrives while the first charge is in flight. */
  inFlight?: boolean;
  /**
   * The event relay works in each sweep, and is cut; what it carries makes no difference to it. In
   * other scenarios it works once, when all else is at rest.
   */
  relays?: boolean;
  expect(outcome: GatewayOutcome): Expectation;
}

export const AMOUNT = 9900;
const PART = 3300;

/** Raised when a busy machine made something else of the preparation: it is to be done anew. */
export class NotPreparedError extends Error {}

const paid = ({ payable }: GatewayOutcome): Expectation => ({ payable });

/** A gateway that does not answer in time, on a busy machine, is no part of what is tested. */
async function subscribeOf(...given: Parameters<typeof subscribe>): Promise<Subscription> {
  try {
    return await subscribe(...given);
  } catch (error) {
    if (error instanceof BillingError && error.code === "GATEWAY_UNREACHABLE") {
      throw new NotPreparedError();
    }
    throw error;
  }
}

/** A subscription whose first period is due now. */
async function begin(stage: Stage): Promise<void> {
  const { lane, key } = stage;
  const { composition, clock } = lane;
  const { config } = composition;
  const day = new Date(clock.now().getTime() + 9 * 3_600_000).getUTCDate();
  stage.subscription = await subscribeOf(
    {
      ...composition,
      clock,
      businessClock: { now: () => Promise.resolve(clock.now()) },
      hints: { charge: async () => {}, document: async () => {}, sweep: async () => {} },
      zone: config.zone,
      billingHour: config.billingHour,
    },
    {
      billingKeyId: key.id,
      customerId: key.customerId,
      planId: "monthly",
      amount: AMOUNT,
      productName: "월간 구독",
      cycleDay: Math.min(day, 28),
      trialDays: 0,
      startOn: null,
      firstCharge: "now",
      metadata: {},
      idempotency: null,
    },
  );
}

/** Lets a process without a cut do its work, with faults of its own. */
async function work(
  stage: Stage,
  run: (process: Process) => Promise<void>,
  faults: readonly object[] = [],
): Promise<void> {
  if (faults.length > 0) await stage.lane.plantFaults(faults);
  const process = startProcess(stage.lane, createRecorder(), stage.script);
  await run(process);
  process.close();
}

const toRest = (stage: Stage) => work(stage, (process) => driveToRest(process, stage.lane));

async function beginPaid(stage: Stage): Promise<void> {
  await begin(stage);
  await toRest(stage);
}

/** One declined charge: the next step of the ladder is a day away. */
async function beginDeclined(stage: Stage): Promise<void> {
  await begin(stage);
  const rule = { match: { operation: "payments" }, nth: 1, effect: { decline: "2001" } };
  const round = async (process: Process) => {
    await process.sweep();
    await process.runJobs();
  };
  await work(stage, round, [rule]);
  const invoice = await stage.lane.composition.invoices.find(
    periodInvoiceId(subscriptionOf(stage).id, 0),
  );
  if (invoice?.attempts.at(-1)?.state !== "declined") throw new NotPreparedError();
}

/** The worker died around its call: nobody wrote what came of it. */
async function beginUnknown(stage: Stage, side: "before" | "after"): Promise<void> {
  await begin(stage);
  const recorder = createRecorder({ point: "gateway.charge#1", side, answer: "dies" });
  const process = startProcess(stage.lane, recorder, stage.script);
  // A busy machine may keep it from its call, and then it does not die.
  const living = process.sweep().then(() => process.runJobs());
  await Promise.race([recorder.died, living.catch(() => {})]);
  if (!recorder.isDead()) throw new NotPreparedError();
  await recorder.quiet();
  process.close();
}

function subscriptionOf(stage: Stage): Subscription {
  if (stage.subscription === null) throw new Error("the scenario has no subscription");
  return stage.subscription;
}

function moveTo(stage: Stage, days: number): void {
  const { clock } = stage.lane;
  clock.advanceTo(new Date(clock.now().getTime() + days * 86_400_000));
}

async function cancel(stage: Stage, process: Process): Promise<void> {
  const subscriptionId = subscriptionOf(stage).id;
  await cancelSubscription(process.charge, {
    subscriptionId,
    atPeriodEnd: false,
    reason: "customer asked",
    idempotency: { key: `cancel-${subscriptionId}`, bodyHash: "body" },
  });
  stage.script.isStopped = true;
}

async function swapCard(stage: Stage, process: Process): Promise<void> {
  const subscriptionId = subscriptionOf(stage).id;
  await changeCard(process.charge, {
    subscriptionId,
    billingKeyId: stage.otherKey.id,
    idempotency: { key: `card-${subscriptionId}`, bodyHash: "body" },
  });
}

async function payNow(stage: Stage, process: Process): Promise<void> {
  const subscriptionId = subscriptionOf(stage).id;
  await payOpenInvoice(process.charge, {
    subscriptionId,
    idempotency: { key: `now-${subscriptionId}`, bodyHash: "body" },
  });
}

async function payTwice(stage: Stage, process: Process): Promise<void> {
  const { key } = stage;
  const input = {
    billingKeyId: key.id,
    customerId: key.customerId,
    amount: AMOUNT,
    productName: "머그컵",
    idempotency: { key: `pay-${key.customerId}`, bodyHash: "body" },
  };
  const first = await requestPayment(process.charge, input);
  const second = await requestPayment(process.charge, input);
  if (first.id !== second.id) throw new Error("one key made two payments");
}

const refund =
  (amount: number | null, name: string) =>
  async (stage: Stage, process: Process): Promise<void> => {
    const subscriptionId = subscriptionOf(stage).id;
    await requestRefund(process.charge, {
      paymentId: periodInvoiceId(subscriptionId, 0),
      amount,
      reason: "customer asked",
      idempotency: { key: `${name}-${subscriptionId}`, bodyHash: "body" },
    });
  };

/** Without those that another one stands for here: a decline that ends it, an answer read later. */
const without = (...names: string[]) => CHARGE_OUTCOMES.filter((one) => !names.includes(one.name));

const only = (...names: string[]) => CHARGE_OUTCOMES.filter((one) => names.includes(one.name));

export const SCENARIOS: readonly Scenario[] = [
  { name: "charge", outcomes: CHARGE_OUTCOMES, prepare: begin, relays: true, expect: paid },
  {
    name: "dunning",
    outcomes: only("approved", "declined_hard", "timeout_after"),
    prepare: beginDeclined,
    expect: paid,
  },
  {
    name: "reconcile_found",
    outcomes: LOOK_UP_OUTCOMES,
    prepare: (stage) => beginUnknown(stage, "after"),
    expect: paid,
  },
  {
    name: "reconcile_absent",
    outcomes: LOOK_UP_OUTCOMES,
    prepare: (stage) => beginUnknown(stage, "before"),
    expect: paid,
  },
  {
    name: "cancel_in_flight",
    outcomes: without("declined_hard", "sealed"),
    prepare: begin,
    request: cancel,
    inFlight: true,
    // Cut before its call, the charge never goes out; cut after it, it is refunded.
    expect: () => ({ payable: "either", net: 0 }),
  },
  {
    name: "refund_whole",
    outcomes: REFUND_OUTCOMES,
    prepare: beginPaid,
    request: refund(null, "whole"),
    expect: () => ({ payable: "yes", net: 0 }),
  },
  {
    name: "refund_part",
    outcomes: REFUND_OUTCOMES,
    prepare: beginPaid,
    request: refund(PART, "part"),
    expect: () => ({ payable: "yes", net: AMOUNT - PART }),
  },
  {
    name: "refund_second_part",
    outcomes: REFUND_OUTCOMES,
    async prepare(stage) {
      await beginPaid(stage);
      await work(stage, async (process) => {
        await refund(PART, "first")(stage, process);
        await driveToRest(process, stage.lane);
      });
    },
    request: refund(PART, "second"),
    // A part after a part cannot be told from the first one by a look-up: a person decides.
    expect: () => ({ payable: "yes", mayHold: ["refund_unknown"] }),
  },
  {
    name: "payment",
    outcomes: without("declined_hard", "sealed"),
    prepare: async () => {},
    request: payTwice,
    // A declined payment is over; cut before the decline was written, it is made anew.
    expect: ({ name, payable }) => ({
      payable: ["declined_soft", "declined_account"].includes(name) ? "either" : payable,
    }),
  },
  {
    name: "cancel_open",
    outcomes: [APPROVED],
    prepare: beginDeclined,
    request: cancel,
    expect: () => ({ payable: "either", net: 0 }),
  },
  {
    name: "change_card",
    outcomes: only("approved", "timeout_after"),
    prepare: beginDeclined,
    request: swapCard,
    expect: paid,
  },
  {
    name: "pay_now",
    outcomes: only("approved", "timeout_after"),
    prepare: beginDeclined,
    request: payNow,
    expect: paid,
  },
  {
    name: "renewal",
    outcomes: only("approved", "timeout_after"),
    async prepare(stage) {
      await beginPaid(stage);
      moveTo(stage, 31);
    },
    expect: paid,
  },
  {
    name: "period_end",
    outcomes: [APPROVED],
    async prepare(stage) {
      await beginPaid(stage);
      await work(stage, async (process) => {
        await cancelSubscription(process.charge, {
          subscriptionId: subscriptionOf(stage).id,
          atPeriodEnd: true,
          reason: "customer asked",
          idempotency: null,
        });
      });
      moveTo(stage, 31);
      stage.script.isStopped = true;
    },
    expect: () => ({ payable: "yes", net: AMOUNT }),
  },
];
