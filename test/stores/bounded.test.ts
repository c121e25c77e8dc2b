import { describe, expect, it } from "vitest";
import { bounded } from "../../src/stores/bounded.ts";
import { isDatabaseUnavailable } from "../../src/stores/connection.ts";

describe("a round trip to the database", () => {
  it("that never ends is given up, as one whose answer was lost", async () => {
    const error: unknown = await bounded(new Promise(() => {}), 10).catch(
      (thrown: unknown) => thrown,
    );
    expect(isDatabaseUnavailable(error)).toBe(true);
  });

  it("keeps its answer, and its own error", async () => {
    expect(await bounded(Promise.resolve(7), 10_000)).toBe(7);
    await expect(bounded(Promise.reject(new Error("own")), 10_000)).rejects.toThrow("own");
  });
});
