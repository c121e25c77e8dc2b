import { describe, expect, test } from "vitest";
import {
  DISTURBANCES,
  FAULT_KINDS,
  KILLS,
  apportion,
  planFaults,
} from "../../src/cli/storm/fault-plan.ts";

const WISH = { seed: 42, charges: 2000, faults: 60, kills: 30 };

describe("the plan of faults", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(planFaults(WISH)).toEqual(planFaults(WISH));
    expect(planFaults({ ...WISH, seed: 43 })).not.toEqual(planFaults(WISH));
  });

  test("has as many faults and kills as were asked for, of every kind", () => {
    const kinds = planFaults(WISH).map((fault) => fault.kind);
    expect(kinds).toHaveLength(60);
    expect(kinds.filter((kind) => KILLS.some((kill) => kill === kind))).toHaveLength(30);
    expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  });

  test("spreads over the charges, in order, and ends before they do", () => {
    const plan = planFaults(WISH);
    const at = plan.map((fault) => fault.atCharge);
    expect(at).toEqual(at.toSorted((one, other) => one - other));
    expect(at[0]).toBeLessThan(100);
    expect(at.at(-1)).toBeGreaterThan(1800);
    expect(at.at(-1)).toBeLessThan(1950);
  });

  test("leaves out what cannot happen", () => {
    const kinds = planFaults({ ...WISH, without: ["kill_api"] }).map((fault) => fault.kind);
    expect(kinds).not.toContain("kill_api");
    expect(kinds).toHaveLength(60);
  });

  test("of a long run is not filled with the slow kinds", () => {
    const kinds = apportion(KILLS, 2000);
    expect(kinds).toHaveLength(2000);
    expect(kinds.filter((kind) => kind === "kill_mongo")).toHaveLength(100);
  });

  test("has each kind once where there is just room", () => {
    expect(new Set(apportion(DISTURBANCES, DISTURBANCES.length)).size).toBe(DISTURBANCES.length);
    expect(apportion(DISTURBANCES, 0)).toEqual([]);
  });
});
