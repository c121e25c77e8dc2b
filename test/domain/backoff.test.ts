import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { backoffMs } from "../../src/domain/backoff.ts";

describe("backoff", () => {
  test("doubles from the first delay up to its cap", () => {
    const policy = { firstMs: 1000, maxMs: 10_000, jitter: 0 };
    expect([1, 2, 3, 4, 5, 6].map((number) => backoffMs(policy, number, 0.9))).toEqual([
      1000, 2000, 4000, 8000, 10_000, 10_000,
    ]);
  });

  test("takes away at most the share that is left to chance", () => {
    const policy = { firstMs: 1000, maxMs: 10_000, jitter: 0.5 };
    expect(backoffMs(policy, 1, 0)).toBe(1000);
    expect(backoffMs(policy, 1, 0.999_999)).toBe(500);
  });

  test("stays within its bounds for any number of tries", () => {
    const policies = fc.record({
      firstMs: fc.integer({ min: 1, max: 60_000 }),
      maxMs: fc.integer({ min: 60_000, max: 86_400_000 }),
      jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        policies,
        fc.integer({ min: -5, max: 5000 }),
        chance,
        (policy, number, random) => {
          const delay = backoffMs(policy, number, random);
          const full = Math.min(policy.firstMs * 2 ** Math.max(number - 1, 0), policy.maxMs);
          expect(Number.isInteger(delay)).toBe(true);
          expect(delay).toBeLessThanOrEqual(full);
          expect(delay).toBeGreaterThanOrEqual(Math.floor(full * (1 - policy.jitter)));
        },
      ),
    );
  });
});
