import { describe, expect, test } from "vitest";
import {
  BLOCKING_STATES,
  CHARGE_ATTEMPT_TRANSITIONS,
  type ChargeAttemptState,
  moveAttempt,
} from "../../src/domain/charge-attempt.ts";
import { claimed, newest, periodInvoice } from "./fixtures.ts";

const STATES = Object.keys(CHARGE_ATTEMPT_TRANSITIONS) as ChargeAttemptState[];

/** The table once more, by hand: whoever changes one has to mean it. */
const LEGAL: ReadonlySet<string> = new Set([
  "initiated→approved",
  "initiated→declined",
  "initiated→not_sent",
  "initiated→unknown",
  "initiated→pending",
  "not_sent→initiated",
  "not_sent→abandoned",
  "unknown→approved",
  "unknown→declined",
  "unknown→absent",
  "unknown→pending",
  "pending→approved",
  "pending→declined",
  "pending→absent",
  "pending→unknown",
  "pending→abandoned",
  "declined→approved",
  "absent→approved",
]);

const MOVES = STATES.flatMap((from) => STATES.map((to) => ({ from, to, move: `${from}→${to}` })));

describe("an attempt", () => {
  const attempt = newest(claimed(periodInvoice()));

  test.each(MOVES.filter(({ move }) => LEGAL.has(move)))("may go $move", ({ from, to }) => {
    const moved = moveAttempt({ ...attempt, state: from }, to, { reason: "why" });
    expect(moved).toEqual({ ...attempt, state: to, reason: "why" });
  });

  test.each(MOVES.filter(({ move }) => !LEGAL.has(move)))("may not go $move", ({ from, to }) => {
    expect(() => moveAttempt({ ...attempt, state: from }, to)).toThrow(
      `cannot go from ${from} to ${to}`,
    );
  });

  test("that may have moved money is never sent again: only one that never left is", () => {
    const intoInitiated = STATES.filter((from) => LEGAL.has(`${from}→initiated`));
    expect(intoInitiated).toEqual(["not_sent"]);
  });

  test("stands in the way of another while it is open or took the money", () => {
    expect([...BLOCKING_STATES].sort()).toEqual(
      ["initiated", "not_sent", "unknown", "pending", "approved"].sort(),
    );
  });
});
