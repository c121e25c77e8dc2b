import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type BreakerPolicy,
  type BreakerState,
  NEW_BREAKER,
  countCalls,
  grantProbe,
} from "../../src/lib/circuit-breaker.ts";

const POLICY: BreakerPolicy = { failures: 5, windowMs: 1000, pauseMs: 100, pauseMaxMs: 350 };
const PROBE_MS = 50;

const fail = (state: BreakerState, failed: number, nowMs: number) =>
  countCalls(state, { term: state.term, worked: 0, failed }, POLICY, nowMs);
const work = (state: BreakerState, worked: number, nowMs: number) =>
  countCalls(state, { term: state.term, worked, failed: 0 }, POLICY, nowMs);
const probe = (state: BreakerState, nowMs: number): BreakerState => {
  const granted = grantProbe(state, PROBE_MS, nowMs);
  if (granted === null) throw new Error("no probe was granted");
  return granted;
};

describe("a circuit breaker", () => {
  it("opens at the number of failures, and not before", () => {
    const close = fail(NEW_BREAKER, 4, 10);
    expect(close.kind).toBe("closed");
    expect(fail(close, 1, 20)).toMatchObject({ kind: "open", openings: 1, untilMs: 120 });
  });

  it("forgets failures that are older than its window", () => {
    expect(fail(fail(NEW_BREAKER, 4, 0), 1, 1000).kind).toBe("closed");
    expect(fail(fail(NEW_BREAKER, 4, 0), 1, 999).kind).toBe("open");
  });

  it("stays closed while most calls work, however many fail", () => {
    const busy = work(NEW_BREAKER, 100, 0);
    expect(fail(busy, 99, 1).kind).toBe("closed");
    expect(fail(busy, 100, 1).kind).toBe("open");
  });

  it("grants nobody a probe before its pause is over, and one only then", () => {
    const open = fail(NEW_BREAKER, 5, 0);
    expect(grantProbe(NEW_BREAKER, PROBE_MS, 0)).toBeNull();
    expect(grantProbe(open, PROBE_MS, 99)).toBeNull();
    const half = probe(open, 100);
    expect(half.kind).toBe("half_open");
    expect(grantProbe(half, PROBE_MS, 149)).toBeNull();
    // One whose process died never comes back.
    expect(probe(half, 150)).toMatchObject({ kind: "half_open", term: half.term, untilMs: 200 });
  });

  it("closes as soon as the probe works, and begins anew", () => {
    const closed = work(probe(fail(NEW_BREAKER, 5, 0), 100), 1, 110);
    expect(closed).toMatchObject({ kind: "closed", openings: 0, slices: [] });
    expect(fail(closed, 4, 111).kind).toBe("closed");
    expect(fail(closed, 5, 111)).toMatchObject({ kind: "open", openings: 1 });
  });

  it("doubles its pause with every probe that fails, up to the longest", () => {
    let state = fail(NEW_BREAKER, 5, 0);
    let nowMs = 0;
    const pauses = Array.from({ length: 5 }, () => {
      const pauseMs = state.untilMs - nowMs;
      nowMs = state.untilMs;
      state = fail(probe(state, nowMs), 1, nowMs);
      return pauseMs;
    });
    expect(pauses).toEqual([100, 200, 350, 350, 350]);
  });

  it("hears nothing of calls that began before it changed", () => {
    const open = fail(NEW_BREAKER, 5, 0);
    const half = probe(open, 100);
    for (const term of [NEW_BREAKER.term, open.term]) {
      expect(countCalls(half, { term, worked: 0, failed: 9 }, POLICY, 101)).toBe(half);
      expect(countCalls(half, { term, worked: 9, failed: 0 }, POLICY, 101)).toBe(half);
    }
    expect(fail(open, 9, 50)).toBe(open);
  });

  it("whatever happens, lets at most one probe out at a time, and keeps its memory small", () => {
    const step = fc.record({
      ms: fc.nat({ max: 120 }),
      what: fc.constantFrom<"worked" | "failed" | "ask">("worked", "failed", "ask"),
      count: fc.integer({ min: 1, max: 7 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const broken: string[] = [];
        let state: BreakerState = NEW_BREAKER;
        let nowMs = 0;
        let outUntilMs = -1;
        for (const { ms, what, count } of steps) {
          nowMs += ms;
          const before: BreakerState = state;
          if (what === "ask") {
            state = grantProbe(state, PROBE_MS, nowMs) ?? state;
            const isGranted = state !== before;
            if (isGranted && before.kind === "half_open" && nowMs < outUntilMs) {
              broken.push("two probes are out");
            }
            if (isGranted) outUntilMs = nowMs + PROBE_MS;
          } else {
            state = what === "worked" ? work(state, count, nowMs) : fail(state, count, nowMs);
          }
          const terms = state.term - before.term;
          if (state.slices.length > 12) broken.push("its memory grows");
          if (terms !== (state.kind === before.kind ? 0 : 1)) broken.push("a term is missed");
          if (before.kind === "open" && state.kind === "closed") broken.push("no probe went");
        }
        expect(broken).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
