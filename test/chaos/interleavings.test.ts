/**
 * The order of everything: charges, sweeps, look-ups, cancels, refunds, payments by hand, changes of
 * the card and notices, true ones and made up, at the same time, in two deployments on one database.
 * fast-check's scheduler gives each step its turn, so that a seed is an order. A failure prints the
 * command that plays just it again:
 *
 *   INTERLEAVING_SEED=… INTERLEAVING_PATH=… npx vitest run test/chaos/interleavings.test.ts
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../support/services.ts";
import {
  type Remains,
  checkCancel,
  checkChargedOnce,
  checkInvariants,
  checkPaidAtGateway,
  checkSending,
  collect,
} from "./interleavings-invariants.ts";
import { type Lane, START, openLane } from "./interleavings-lane.ts";
import { type Scenario, scenarios } from "./interleavings-scenario.ts";
import { createSteps, createVirtualClock } from "./interleavings-steps.ts";
import { MADE_UP } from "./interleavings-notices.ts";
import { countReached, type Reached, nothingReached } from "./interleavings-reached.ts";
import type { Sabotage } from "./interleavings-run.ts";
import { AMOUNT, play } from "./interleavings-world.ts";

const SEED = Number(process.env["INTERLEAVING_SEED"] ?? "20261121");
const PATH = process.env["INTERLEAVING_PATH"];
const RUNS = Number(process.env["INTERLEAVING_RUNS"] ?? "1000");
/** Searches that run beside each other: while one waits for the database, another computes. */
const LANES = 4;
const CONTROL_RUNS = 300;
/** Runs that are spent on making a failure smaller. */
const SHRINKS_MAX = 60;
const TIMEOUT_MS = 900_000;

let services: TestServices;
let lanes: Lane[] = [];

beforeAll(async () => {
  services = await startTestServices({ redis: false });
  const names = Array.from({ length: LANES }, (_, index) => `l${index}`);
  lanes = await Promise.all(names.map((name) => openLane(services.mongo.url, name)));
}, 120_000);

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await services?.stop();
});

/**
 * The order of all steps is a number of its own: a scheduler that is copied while a failure shrinks
 * does not begin where its original began, and the failure could not be seen again.
 */
const orders = fc.noShrink(fc.nat());

function schedulerOf(order: number): fc.Scheduler {
  const [scheduler] = fc.sample(fc.scheduler(), { numRuns: 1, seed: order });
  if (scheduler === undefined) throw new Error("no scheduler");
  return scheduler;
}

/** The steps that a scheduler gave, one a line. */
function orderOf(scheduler: fc.Scheduler): string {
  return scheduler
    .report()
    .map(({ label }) => label)
    .join("\n");
}

/** Raised with the sentence that does not hold, and the order in which it happened. */
class DisorderError extends Error {
  readonly steps: string;

  constructor(sentence: string, steps: string) {
    super(sentence);
    this.steps = steps;
  }
}

interface Search {
  among?: fc.Arbitrary<Scenario>;
  check: (remains: Remains) => void;
  sabotage?: Sabotage;
}

async function live(lane: Lane, scheduler: fc.Scheduler, scenario: Scenario, search: Search) {
  const steps = createSteps(scheduler, createVirtualClock(START));
  const site = await lane.begin(steps.clock);
  const remains = await collect(await play(site, steps, scenario, search.sabotage));
  search.check(remains);
}

function run(lane: Lane, parameters: fc.Parameters<[Scenario, number]>, search: Search) {
  let shrinks = 0;
  const property = fc.asyncProperty(search.among ?? scenarios, orders, async (scenario, order) => {
    // Enough of smaller ones: what is not tried any more counts as sound.
    if (shrinks > SHRINKS_MAX) return;
    if (shrinks > 0) shrinks += 1;
    const scheduler = schedulerOf(order);
    try {
      await live(lane, scheduler, scenario, search);
    } catch (error) {
      shrinks ||= 1;
      const sentence = error instanceof Error ? error.message : String(error);
      throw new DisorderError(sentence, orderOf(scheduler));
    }
  });
  return fc.check(property, parameters);
}

type Details = Awaited<ReturnType<typeof run>>;

/** The sentence, how to see just this run again, what was asked, and the order of its steps. */
function describeFailure({ errorInstance, counterexample, seed, counterexamplePath }: Details) {
  const { message, steps } = errorInstance as DisorderError;
  const [scenario, order] = counterexample ?? [];
  return [
    message,
    `INTERLEAVING_SEED=${seed} INTERLEAVING_PATH=${counterexamplePath} npx vitest run test/chaos/interleavings.test.ts`,
    `${JSON.stringify(scenario)} in order ${order}`,
    steps,
  ].join("\n");
}

function laneOf(index: number): Lane {
  const lane = lanes[index];
  if (lane === undefined) throw new Error(`there is no lane ${index}`);
  return lane;
}

async function searchEverywhere(search: Search): Promise<string> {
  const numRuns = Math.ceil(RUNS / LANES);
  const found =
    PATH === undefined
      ? await Promise.all(lanes.map((lane, at) => run(lane, { seed: SEED + at, numRuns }, search)))
      : [await run(laneOf(0), { seed: SEED, path: PATH, endOnFailure: true }, search)];
  return found
    .filter(({ failed }) => failed)
    .map(describeFailure)
    .join("\n\n");
}

describe("in whatever order the steps come", () => {
  test("one period is one success, a cancel holds, and the books agree", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const reached: Reached = nothingReached();
    const check = (remains: Remains) => {
      checkInvariants(remains);
      countReached(reached, remains);
    };
    expect(await searchEverywhere({ check })).toBe("");
    if (PATH !== undefined) return;
    // A search that never comes near a fault proves nothing.
    console.info("interleavings reached:", JSON.stringify(reached));
    expect(reached.runs).toBeGreaterThanOrEqual(RUNS);
    for (const [what, times] of Object.entries(reached)) {
      expect(times, `runs that reached: ${what}`).toBeGreaterThan(RUNS / 250);
    }
  });

  test("a seed is an order: it is the same one every time", { timeout: TIMEOUT_MS }, async () => {
    const [scenario] = fc.sample(scenarios, { numRuns: 1, seed: SEED });
    if (scenario === undefined) throw new Error("no scenario");
    const search = { check: checkInvariants };
    for (const order of [1, 2, 3]) {
      const [one, other] = [schedulerOf(order), schedulerOf(order)];
      await live(laneOf(0), one, scenario, search);
      await live(laneOf(1), other, scenario, search);
      expect(orderOf(other)).toBe(orderOf(one));
    }
  });
});

/** A store that claims whatever is there, instead of what was read. */
const CLAIM_BLINDLY: Sabotage = {
  invoices: (store) => ({
    ...store,
    claimAttempt: async (_read, next) => {
      const present = await store.find(next.id);
      return present === null ? null : store.write(present, next);
    },
  }),
};

/** A cancel that passes over a charge in flight instead of marking it. */
const PASS_OVER: Sabotage = {
  invoices: (store) => ({
    ...store,
    write: (read, next) =>
      next.stop && !read.stop ? Promise.resolve(read) : store.write(read, next),
  }),
};

/** Somebody cancels while the period is charged. */
const cancelledInFlight = scenarios.map((scenario): Scenario => {
  const pair: Scenario["requests"] = [
    { kind: "charge", on: 0 },
    { kind: "cancel", on: 1 },
  ];
  return { ...scenario, begins: "opened", card: "good", freeze: null, requests: pair };
});

/** The process that charges stands still before one of its steps. */
const frozenInCharge = fc
  .tuple(scenarios, fc.integer({ min: 2, max: 10 }), fc.constantFrom(5, 10, 20))
  .map(([scenario, turn, sleeps]): Scenario => {
    const requests: Scenario["requests"] = [{ kind: "charge", on: 0 }];
    const freeze = { request: 0, turn, sleeps };
    return { ...scenario, begins: "opened", card: "good", requests, later: [], freeze };
  });

/** A worker that sends what it has claimed, however long ago that was. */
const IGNORE_LEASE: Sabotage = {
  adapter: (adapter) => ({
    ...adapter,
    charge: (call, request) => adapter.charge({ ...call, maySend: () => true }, request),
  }),
};

/** A worker that takes a notice's word where it should ask the gateway. */
const BELIEVE: Sabotage = {
  adapter: (adapter) => ({
    ...adapter,
    lookUpCharge: () => {
      const told = { id: MADE_UP, approvedAt: START };
      return Promise.resolve({
        kind: "found",
        transactions: [{ ...told, amount: AMOUNT, refunded: false }],
      });
    },
  }),
};

/** The request never arrived, and a stranger says that it was paid. */
const madeUp = scenarios.map((scenario): Scenario => {
  const pair: Scenario["requests"] = [
    { kind: "charge", on: 0 },
    { kind: "noticePaid", on: 1 },
  ];
  const changes = { begins: "opened", card: "good", freeze: null, later: [] } as const;
  return { ...scenario, ...changes, fates: ["request_lost"], hints: [], requests: pair };
});

describe.skipIf(PATH !== undefined)("the same search finds what is written naively", () => {
  test.each([
    {
      name: "claims blindly",
      sabotage: CLAIM_BLINDLY,
      check: checkChargedOnce,
      says: "a period was charged twice",
    },
    {
      name: "passes over a charge in flight",
      sabotage: PASS_OVER,
      among: cancelledInFlight,
      check: checkCancel,
      says: "a charge outlived the cancel",
    },
    {
      name: "ignores its lease",
      sabotage: IGNORE_LEASE,
      among: frozenInCharge,
      check: checkSending,
      says: "a call was sent after its lease",
    },
    {
      name: "believes a notice",
      sabotage: BELIEVE,
      among: madeUp,
      check: checkPaidAtGateway,
      says: "a period is paid on somebody's word",
    },
  ])("a worker that $name", { timeout: TIMEOUT_MS }, async ({ name, says, ...search }) => {
    const parameters = { seed: SEED, numRuns: CONTROL_RUNS, endOnFailure: true };
    const found = await run(laneOf(0), parameters, search);
    console.info(`a worker that ${name} is found in run ${found.numRuns} of ${CONTROL_RUNS}`);
    expect(found.errorInstance).toMatchObject({ message: says });
  });
});
