/**
 * The crash-point matrix. Every scenario is recorded once; then its process is cut at each point of
 * the recording, everything is restarted and driven to rest, and the accounts are checked.
 *
 * By default every case that differs from all others is run; CRASH_MATRIX=full runs also those that
 * only look different. CRASH_CASE=<name> runs one alone, CRASH_CASE=charge/approved those of an outcome.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../support/services.ts";
import type { CaseResult, CrashCase } from "./crash-cases.ts";
import { LANE_GATEWAYS } from "./crash-gateways.ts";
import type { Lane } from "./crash-lane.ts";
import { CHARGES_THEN_SAVES, TAKES_UNKNOWN_FOR_FAILED } from "./crash-naive.ts";
import {
  IS_PART,
  TIME_MAX_MS,
  casesOf,
  countsOf,
  failuresOf,
  openLanes,
  report,
  runAll,
  uncutCases,
} from "./crash-runner.ts";

const CASES_MIN = 1000;
const SHOWN_MAX = 40;

let services: TestServices;
let lanes: Lane[] = [];
let cases: readonly CrashCase[] = [];

beforeAll(async () => {
  services = await startTestServices();
  lanes = await openLanes(services, LANE_GATEWAYS.cookiepay);
});

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await services.stop();
});

/** Every scenario under every outcome, from beginning to end. */
const UNCUT = uncutCases(LANE_GATEWAYS.cookiepay);

describe("a process that is cut anywhere on the money path", () => {
  test("is recorded in every scenario and comes to rest uncut", {
    timeout: TIME_MAX_MS,
  }, async () => {
    const results = await runAll(lanes, UNCUT);
    cases = casesOf(UNCUT, results);
    report(`crash points: ${countsOf(cases)}`);
    expect(failuresOf(results)).toEqual([]);
  });

  test("neither charges twice nor forgets anything once it is restarted", {
    timeout: TIME_MAX_MS,
  }, async () => {
    const startedMs = performance.now();
    const results = await runAll(lanes, cases);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const cut = results.filter(({ wasCut }) => wasCut).length;
    const failures = failuresOf(results);
    report(
      `crash points: ${results.length} cases, ${cut} cut, ${failures.length} broken, ${seconds} s`,
    );
    expect(failures.slice(0, SHOWN_MAX)).toEqual([]);
    // A matrix that cuts nothing proves nothing; a busy machine may miss some.
    expect(cut).toBeGreaterThan(results.length / 2);
    expect(results.length).toBeGreaterThanOrEqual(IS_PART ? 1 : CASES_MIN);
  });
});

describe.skipIf(IS_PART)("the same cases catch a worker that", () => {
  const wantedOf = (outcome: string) =>
    cases.filter((one) => one.scenario.name === "charge" && one.outcome.name === outcome);

  test.each([
    ["charges and then saves", CHARGES_THEN_SAVES, "approved"],
    ["takes an unknown charge for one that failed", TAKES_UNKNOWN_FOR_FAILED, "timeout_after"],
  ])("%s", { timeout: TIME_MAX_MS }, async (what, work, outcome) => {
    const results = await runAll(lanes, wantedOf(outcome), work);
    const doubles = doubleChargesOf(results);
    report(`a worker that ${what}: ${doubles} double charges in ${results.length} cases`);
    expect(doubles).toBeGreaterThan(0);
  });
});

function doubleChargesOf(results: readonly CaseResult[]): number {
  return results.filter(({ violations }) => violations.some((one) => /double charge/.test(one)))
    .length;
}
