/**
 * The crash-point matrix. Every scenario is recorded once; then its process is cut at each point of
 * the recording, everything is restarted and driven to rest, and the accounts are checked.
 *
 * By default every case that differs from all others is run; CRASH_MATRIX=full runs also those that
 * only look different. CRASH_CASE=<name> runs one alone, CRASH_CASE=charge/approved those of an outcome.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../support/services.ts";
import {
  type CaseResult,
  type CrashCase,
  distinctCases,
  everyCase,
  nameOf,
  runCase,
} from "./crash-cases.ts";
import { type Lane, openLane } from "./crash-lane.ts";
import { CHARGES_THEN_SAVES, TAKES_UNKNOWN_FOR_FAILED } from "./crash-naive.ts";
import { PRODUCT, type Work } from "./crash-process.ts";
import { SCENARIOS } from "./crash-scenarios.ts";

const LANES = 8;
const CASES_MIN = 1000;
const SHOWN_MAX = 40;
const PROGRESS_EVERY = 200;
const CASE_TIME_MAX_MS = 60_000;
const ALONE = process.env["CRASH_CASE"];
const NAME_PARTS = 6;
const IS_FULL = process.env["CRASH_MATRIX"] === "full" || ALONE?.split("/").length === NAME_PARTS;
const TIME_MAX_MS = IS_FULL ? 7_200_000 : 1_200_000;

let services: TestServices;
let lanes: Lane[] = [];
let cases: CrashCase[] = [];

beforeAll(async () => {
  services = await startTestServices();
  const numbers = Array.from({ length: LANES }, (_unused, number) => number);
  lanes = await Promise.all(numbers.map((number) => openLane(services, number)));
});

afterAll(async () => {
  await Promise.all(lanes.map((lane) => lane.close()));
  await services.stop();
});

/** Whether a name, or the beginning of one, belongs to what is to be run. */
function isWanted(name: string): boolean {
  return ALONE === undefined || name.startsWith(ALONE) || ALONE.startsWith(name);
}

/** Every scenario under every outcome, from beginning to end. */
const UNCUT: readonly CrashCase[] = SCENARIOS.flatMap((scenario) =>
  scenario.outcomes
    .filter(({ name }) => isWanted(`${scenario.name}/${name}/`))
    .map((outcome) => ({ scenario, outcome, cut: null, redis: "kept" as const })),
);

/** Runs cases on all lanes, each lane one after the other. */
async function runAll(wanted: readonly CrashCase[], work: Work = PRODUCT): Promise<CaseResult[]> {
  const waiting = [...wanted];
  const results: CaseResult[] = [];
  const runLane = async (lane: Lane) => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      results.push(await Promise.race([runCase(lane, next, work), endless(next)]));
      if (work !== PRODUCT) continue;
      for (const line of failuresOf(results.slice(-1))) report(line);
      if (results.length % PROGRESS_EVERY === 0) {
        report(`crash points: ${results.length} of ${wanted.length}`);
      }
    }
  };
  await Promise.all(lanes.map(runLane));
  return results;
}

/** A case that hangs fails as any other does; its lane is of no use for the others any more. */
async function endless(hanging: CrashCase): Promise<CaseResult> {
  await sleep(CASE_TIME_MAX_MS, undefined, { ref: false });
  const violations = [`has no end within ${CASE_TIME_MAX_MS} ms`];
  return { name: nameOf(hanging), wasCut: true, points: [], violations };
}

/** Failing cases as they can be run alone, with what is broken. */
function failuresOf(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ violations }) => violations.length > 0)
    .map(({ name, violations }) => `CRASH_CASE="${name}": ${violations.join("; ")}`);
}

function countsOf(counted: readonly CrashCase[]): string {
  return SCENARIOS.map(({ name }) => {
    const own = counted.filter(({ scenario }) => scenario.name === name);
    return `${name} ${own.length}`;
  }).join(", ");
}

function doubleChargesOf(results: readonly CaseResult[]): number {
  return results.filter(({ violations }) => violations.some((one) => /double charge/.test(one)))
    .length;
}

function report(line: string): void {
  process.stdout.write(`${line}\n`);
}

describe("a process that is cut anywhere on the money path", () => {
  test("is recorded in every scenario and comes to rest uncut", {
    timeout: TIME_MAX_MS,
  }, async () => {
    const results = await runAll(UNCUT);
    const pick = IS_FULL ? everyCase : distinctCases;
    const named = (result: CaseResult) => UNCUT.find((one) => nameOf(one) === result.name);
    cases = results.flatMap((result) => {
      const recorded = named(result);
      const all = recorded === undefined ? [] : pick(recorded, result.points);
      return all.filter((one) => isWanted(nameOf(one)));
    });
    report(`crash points: ${countsOf(cases)}`);
    expect(failuresOf(results)).toEqual([]);
  });

  test("neither charges twice nor forgets anything once it is restarted", {
    timeout: TIME_MAX_MS,
  }, async () => {
    const startedMs = performance.now();
    const results = await runAll(cases);
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    const cut = results.filter(({ wasCut }) => wasCut).length;
    const failures = failuresOf(results);
    report(
      `crash points: ${results.length} cases, ${cut} cut, ${failures.length} broken, ${seconds} s`,
    );
    expect(failures.slice(0, SHOWN_MAX)).toEqual([]);
    // A matrix that cuts nothing proves nothing; a busy machine may miss some.
    expect(cut).toBeGreaterThan(results.length / 2);
    expect(results.length).toBeGreaterThanOrEqual(ALONE === undefined ? CASES_MIN : 1);
  });
});

describe.skipIf(ALONE !== undefined)("the same cases catch a worker that", () => {
  const wantedOf = (outcome: string) =>
    cases.filter((one) => one.scenario.name === "charge" && one.outcome.name === outcome);

  test.each([
    ["charges and then saves", CHARGES_THEN_SAVES, "approved"],
    ["takes an unknown charge for one that failed", TAKES_UNKNOWN_FOR_FAILED, "timeout_after"],
  ])("%s", { timeout: TIME_MAX_MS }, async (what, work, outcome) => {
    const results = await runAll(wantedOf(outcome), work);
    const doubles = doubleChargesOf(results);
    report(`a worker that ${what}: ${doubles} double charges in ${results.length} cases`);
    expect(doubles).toBeGreaterThan(0);
  });
});
