/**
 * The crash-point matrix at the other gateways, in the scenarios in which they differ. By default it
 * cuts round their calls alone where no request comes between, and keeps Redis, since all else is
 * the same code; CRASH_MATRIX=distinct cuts at every point that differs, as crash-points.test.ts does.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type TestServices, startTestServices } from "../support/services.ts";
import { LANE_GATEWAYS } from "./crash-gateways.ts";
import type { Lane } from "./crash-lane.ts";
import {
  IS_PART,
  IS_WHOLE,
  TIME_MAX_MS,
  casesOf,
  countsOf,
  failuresOf,
  openLanes,
  report,
  runAll,
  uncutCases,
} from "./crash-runner.ts";

const CASES_MIN = 40;
const SHOWN_MAX = 40;

describe.each([LANE_GATEWAYS.kiwoompay, LANE_GATEWAYS.portone])("at $name", (gateway) => {
  let services: TestServices;
  let lanes: Lane[] = [];

  beforeAll(async () => {
    services = await startTestServices();
    lanes = await openLanes(services, gateway);
  });
  afterAll(async () => {
    await Promise.all(lanes.map((lane) => lane.close()));
    await services.stop();
  });

  test("a process that is cut anywhere neither charges twice nor forgets anything", {
    timeout: TIME_MAX_MS,
  }, async () => {
    const uncut = uncutCases(gateway);
    const recorded = await runAll(lanes, uncut);
    expect(failuresOf(recorded)).toEqual([]);
    const all = casesOf(uncut, recorded);
    const cases =
      IS_WHOLE || IS_PART
        ? all
        : all.filter(
            ({ cut, redis, scenario }) =>
              cut?.point.startsWith("gateway.") &&
              redis === "kept" &&
              scenario.inFlight === undefined,
          );
    const results = await runAll(lanes, cases);
    const cut = results.filter(({ wasCut }) => wasCut).length;
    const failures = failuresOf(results);
    report(
      `crash points at ${gateway.name}: ${countsOf(cases)}; ${cut} cut, ${failures.length} broken`,
    );
    expect(failures.slice(0, SHOWN_MAX)).toEqual([]);
    expect(cut).toBeGreaterThan(results.length / 2);
    expect(results.length).toBeGreaterThanOrEqual(IS_PART ? 1 : CASES_MIN);
  });
});
