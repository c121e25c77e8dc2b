/** Runs the cases of a matrix on lanes of one gateway. */
import { setTimeout as sleep } from "node:timers/promises";
import type { TestServices } from "../support/services.ts";
import {
  type CaseResult,
  type CrashCase,
  distinctCases,
  everyCase,
  nameOf,
  runCase,
} from "./crash-cases.ts";
import { type LaneGateway, canMeet } from "./crash-gateways.ts";
import { type Lane, openLane } from "./crash-lane.ts";
import { PRODUCT, type Work } from "./crash-process.ts";
import { SCENARIOS } from "./crash-scenarios.ts";

const LANES = 8;
const PROGRESS_EVERY = 200;
const CASE_TIME_MAX_MS = 60_000;
const NAME_PARTS = 6;
const ALONE = process.env["CRASH_CASE"];
const IS_FULL = process.env["CRASH_MATRIX"] === "full" || ALONE?.split("/").length === NAME_PARTS;

/** Whether all points are wanted where some do by default. */
export const IS_WHOLE = process.env["CRASH_MATRIX"] !== undefined;
/** Whether CRASH_CASE picks some of the cases. */
export const IS_PART = ALONE !== undefined;
export const TIME_MAX_MS = IS_FULL ? 7_200_000 : 1_200_000;

export function openLanes(services: TestServices, gateway: LaneGateway): Promise<Lane[]> {
  const numbers = Array.from({ length: LANES }, (_unused, number) => number);
  return Promise.all(numbers.map((number) => openLane(services, number, gateway)));
}

/** Every scenario of a gateway under every outcome that it can meet, from beginning to end. */
export function uncutCases(gateway: LaneGateway): readonly CrashCase[] {
  return SCENARIOS.filter(({ name }) => gateway.scenarios?.includes(name) ?? true).flatMap(
    (scenario) =>
      scenario.outcomes
        .filter(({ faults }) => canMeet(gateway, faults))
        .filter(({ name }) => isWanted(`${scenario.name}/${name}/`))
        .map((outcome) => ({ scenario, outcome, cut: null, redis: "kept" as const })),
  );
}

/** The cases that the recordings of uncut ones give. */
export function casesOf(
  uncut: readonly CrashCase[],
  results: readonly CaseResult[],
): readonly CrashCase[] {
  const pick = IS_FULL ? everyCase : distinctCases;
  return results.flatMap((result) => {
    const recorded = uncut.find((one) => nameOf(one) === result.name);
    const all = recorded === undefined ? [] : pick(recorded, result.points);
    return all.filter((one) => isWanted(nameOf(one)));
  });
}

/** Whether a name, or the beginning of one, belongs to what is to be run. */
function isWanted(name: string): boolean {
  return ALONE === undefined || name.startsWith(ALONE) || ALONE.startsWith(name);
}

/** Runs cases on all lanes, each lane one after the other. */
export async function runAll(
  lanes: readonly Lane[],
  wanted: readonly CrashCase[],
  work: Work = PRODUCT,
): Promise<CaseResult[]> {
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
export function failuresOf(results: readonly CaseResult[]): string[] {
  return results
    .filter(({ violations }) => violations.length > 0)
    .map(({ name, violations }) => `CRASH_CASE="${name}": ${violations.join("; ")}`);
}

/** How many cases each scenario has. */
export function countsOf(counted: readonly CrashCase[]): string {
  return SCENARIOS.map(({ name }) => ({
    name,
    count: counted.filter(({ scenario }) => scenario.name === name).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${name} ${count}`)
    .join(", ");
}

export function report(line: string): void {
  process.stdout.write(`${line}\n`);
}
