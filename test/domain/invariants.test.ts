import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BLOCKING_STATES } from "../../src/domain/charge-attempt.ts";
import { expireClaim } from "../../src/domain/claim-rules.ts";
import { type Invoice, isInFlight } from "../../src/domain/invoice.ts";
import { POLICY } from "./fixtures.ts";
import {
  COMMANDS,
  type Command,
  type CommandName,
  type World,
  type WorldRules,
  comeToRest,
  createWorld,
  perform,
} from "./world.ts";

const RULES: WorldRules = { policy: POLICY, expire: expireClaim };
const RUNS = 2500;

/** What a charge consists of comes more often than what disturbs it. */
const USUAL: readonly CommandName[] = [
  "wait",
  "claim",
  "claim",
  "send",
  "send",
  "arriveApproved",
  "arriveApproved",
  "arriveApproved",
  "loseAnswer",
  "look",
  "look",
];
const command: fc.Arbitrary<Command> = fc.record({
  name: fc.constantFrom(...COMMANDS, ...USUAL, ...USUAL),
  pick: fc.nat(1000),
});
const commands = fc.array(command, { minLength: 20, maxLength: 80, size: "max" });

/** As `expect`, but cheap: it is asked a million times. */
function must(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence);
}

function approvedCount(invoice: Invoice): number {
  return invoice.attempts.filter((attempt) => attempt.state === "approved").length;
}

/** Law 1: at most one attempt is open or approved; paid means exactly one approved. */
function checkAttempts({ invoice }: World): void {
  const blocking = invoice.attempts.filter((attempt) => BLOCKING_STATES.includes(attempt.state));
  must(blocking.length <= 1, "two attempts are open or approved");
  must(approvedCount(invoice) === (invoice.state === "paid" ? 1 : 0), "paid without one approval");
  const numbers = new Set(invoice.attempts.map((attempt) => attempt.orderNumber));
  must(numbers.size === invoice.attempts.length, "an order number was given twice");
}

/** What was captured is refundable, reserved or refunded: nothing appears and nothing is lost. */
function checkMoney({ invoice }: World): void {
  const reserved = invoice.refunds
    .filter((refund) => !refund.surplus && refund.state !== "failed")
    .reduce((sum, refund) => sum + refund.amount, 0);
  must(invoice.refundable >= 0, "less than nothing is refundable");
  must(invoice.refundable + reserved === invoice.capturedAmount, "the books do not agree");
  const paidBy = invoice.attempts.find((attempt) => attempt.state === "approved");
  must(invoice.capturedAmount === (paidBy?.amount ?? 0), "captured is not what was approved");
}

/** A claim stands exactly while a call is out or asked about; what has ended asks for nothing. */
function checkStep({ invoice }: World): void {
  const { state, step } = invoice;
  must((invoice.claim !== null) === isInFlight(invoice), "a claim without a call, or the reverse");
  if (state === "open") must(step !== "refund", "an open invoice is refunded");
  else must(step === "none" || step === "refund", "a settled invoice is charged");
  const last = invoice.attempts.at(-1)?.state ?? "none";
  must(
    ["unknown", "pending"].includes(last) === (step === "ask"),
    "an unknown charge is not asked",
  );
  must((last === "initiated") === (step === "call"), "an initiated charge is not called");
}

/** Laws 1, 4 and 9 at the gateway: one approval, and no number that arrives twice. */
function checkGateway(world: World): void {
  must(world.approvals.length <= 1, "charged twice");
  must(new Set(world.arrived).size === world.arrived.length, "an order number arrived twice");
}

/** Laws 4 and 9: once it may have moved money, an attempt is settled and never begun again. */
function checkHistory(before: Invoice, now: Invoice): void {
  for (const [index, earlier] of before.attempts.entries()) {
    const state = now.attempts[index]?.state ?? "none";
    must(now.attempts[index]?.orderNumber === earlier.orderNumber, "an attempt is gone");
    const closed = ["approved", "declined", "absent", "abandoned"].includes(earlier.state);
    const same = state === earlier.state;
    const corrected = state === "approved" && ["declined", "absent"].includes(earlier.state);
    if (closed) must(same || corrected, `${earlier.state} became ${state}`);
    const unknown = earlier.state === "unknown" || earlier.state === "pending";
    must(!(unknown && state === "initiated"), "an unknown charge was sent again");
  }
  const settled = before.state === "paid" || before.state === "void";
  must(!settled || now.state === before.state, `${before.state} became ${now.state}`);
}

/** Law 10: after a cancel nothing is claimed; every claim is at the contract's own price. */
function checkContract({ claims }: World): void {
  for (const claim of claims) {
    must(claim.billable, "claimed after a cancel");
    must(claim.amount === claim.contractAmount, "claimed at an old price");
  }
}

function live(script: readonly Command[], rules: WorldRules, check: (world: World) => void): World {
  const world = createWorld();
  for (const one of script) {
    const before = world.invoice;
    perform(world, one, rules);
    if (rules === RULES) checkHistory(before, world.invoice);
    check(world);
  }
  return world;
}

function checkAll(world: World): void {
  checkAttempts(world);
  checkMoney(world);
  checkStep(world);
  checkGateway(world);
  checkContract(world);
}

/** Searches with rules written naively; what it finds is a script that charges twice. */
function search(rules: WorldRules) {
  const property = fc.property(commands, (script) => {
    live(script, rules, checkGateway);
  });
  const found = fc.check(property, { numRuns: 5 * RUNS, seed: 42, endOnFailure: true });
  return found.errorInstance instanceof Error ? found.errorInstance.message : "nothing";
}

/** A lease that ran out, taken for a charge that never left. */
const expireNaively: typeof expireClaim = (invoice, at) => {
  const asked = expireClaim(invoice, at);
  if (asked === null) return null;
  const attempts = asked.attempts.map((one) =>
    one.state === "unknown" ? { ...one, state: "not_sent" as const } : one,
  );
  return { ...asked, attempts, step: "charge", claim: null };
};

describe("whatever happens in whatever order", () => {
  const reached = { approvals: 0, unknown: 0, absent: 0, late: 0, refunded: 0, resent: 0 };

  test("an invoice is charged at most once, and its books agree", () => {
    fc.assert(
      fc.property(commands, (script) => {
        const { invoice, approvals } = live(script, RULES, checkAll);
        reached.approvals += approvals.length;
        reached.unknown += invoice.attempts.filter((one) => one.unknownSince !== null).length;
        reached.absent += invoice.attempts.filter((one) => one.state === "absent").length;
        reached.late += invoice.attempts.filter((one) => one.evidence.length > 0).length;
        reached.refunded += invoice.refunds.length;
        reached.resent += invoice.attempts.filter((one) => one.notSentCount > 0).length;
      }),
      { numRuns: RUNS, seed: 42 },
    );
    // A search that never comes near a fault proves nothing.
    for (const times of [reached.approvals, reached.unknown, reached.absent, reached.resent]) {
      expect(times).toBeGreaterThan(50);
    }
    expect(reached.refunded).toBeGreaterThan(5);
  });

  test("nothing that was charged is forgotten once everything is calm", () => {
    let charged = 0;
    fc.assert(
      fc.property(commands, (script) => {
        const world = live(script, RULES, checkGateway);
        comeToRest(world, RULES);
        checkAll(world);
        must(!isInFlight(world.invoice), "still in flight");
        const [approval] = world.approvals;
        if (approval !== undefined) {
          charged += 1;
          const paidBy = world.invoice.attempts.find((one) => one.state === "approved");
          must(paidBy?.transaction?.id === approval.id, "an approval is forgotten");
          must(approval.refunded === world.invoice.refunds.length > 0, "a refund is forgotten");
        }
      }),
      { numRuns: RUNS, seed: 43 },
    );
    expect(charged).toBeGreaterThan(500);
  });
});

describe("the same search finds a double charge", () => {
  test("where not there counts at once", () => {
    const policy = { ...POLICY, settleDelayMs: 0 };
    expect(search({ ...RULES, policy })).toBe("charged twice");
  });

  test("where a lease that ran out is charged again", () => {
    expect(search({ ...RULES, expire: expireNaively })).toMatch(/charged twice|arrived twice/);
  });
});
