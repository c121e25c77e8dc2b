import { describe, expect, test } from "vitest";
import type { FaultKind, PlannedFault } from "../../src/cli/storm/fault-plan.ts";
import { createInjector } from "../../src/cli/storm/injector.ts";

function fault(kind: FaultKind, atCharge: number, victim = 0): PlannedFault {
  return { kind, atCharge, victim, strength: 0 };
}

/** Faults that end when the test says so. */
function stage(plan: readonly PlannedFault[]) {
  const struck: PlannedFault[] = [];
  const ends: (() => void)[] = [];
  const failures: unknown[] = [];
  const injector = createInjector({
    plan,
    workers: 3,
    onFailure: (_fault, error) => failures.push(error),
    strike: (planned) => {
      struck.push(planned);
      return new Promise((resolve) => ends.push(() => resolve(planned.kind)));
    },
  });
  return { injector, struck, ends, failures };
}

const settled = async () => new Promise((resolve) => setImmediate(resolve));

describe("the injector", () => {
  test("strikes when so many charges are settled, and not before", () => {
    const { injector, struck } = stage([fault("flush_redis", 10)]);
    injector.tick({ settled: 9, inFlight: 50 });
    expect(struck).toHaveLength(0);
    expect(injector.overdue(9)).toBe(0);
    expect(injector.overdue(10)).toBe(1);
    injector.tick({ settled: 10, inFlight: 50 });
    expect(struck).toHaveLength(1);
  });

  test("waits for work that it can disturb, and says so", () => {
    const { injector, struck } = stage([fault("kill_worker", 0)]);
    injector.tick({ settled: 5, inFlight: 0 });
    expect(struck).toHaveLength(0);
    expect(injector.wantsWork(5)).toBe(true);
    expect(injector.overdue(5)).toBe(1);
  });

  test("strikes no victim twice at a time, and passes over who is busy", async () => {
    const { injector, struck, ends } = stage([
      fault("stop_mongo", 0),
      fault("kill_mongo", 0),
      fault("kill_redis", 0),
    ]);
    injector.tick({ settled: 1, inFlight: 9 });
    expect(struck.map(({ kind }) => kind)).toEqual(["stop_mongo", "kill_redis"]);
    expect(injector.wantsWork(1)).toBe(false);
    ends[0]?.();
    await settled();
    injector.tick({ settled: 1, inFlight: 9 });
    expect(struck.map(({ kind }) => kind)).toEqual(["stop_mongo", "kill_redis", "kill_mongo"]);
  });

  test("counts what has struck, by kind, and kills apart", async () => {
    const { injector, ends } = stage([fault("kill_worker", 0, 0), fault("freeze_worker", 0, 1)]);
    injector.tick({ settled: 1, inFlight: 9 });
    for (const end of ends) end();
    await injector.idle();
    expect(injector.counts()).toMatchObject({ kill_worker: 1, freeze_worker: 1, kill_mongo: 0 });
    expect([injector.struck(), injector.kills()]).toEqual([2, 1]);
  });

  test("tells a fault that could not strike, and does not count it", async () => {
    const failures: unknown[] = [];
    const injector = createInjector({
      plan: [fault("kill_api", 0)],
      workers: 3,
      strike: () => Promise.reject(new Error("no such process")),
      onFailure: (_fault, error) => failures.push(error),
    });
    await injector.finish();
    expect(failures).toHaveLength(1);
    expect(injector.struck()).toBe(0);
  });
});
