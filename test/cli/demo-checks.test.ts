import { describe, expect, it } from "vitest";
import { runBilling } from "../support/run-billing.ts";

const demo = (...args: string[]) => runBilling("demo", "--once", ...args);

const SMALLEST = ["--subscriptions", "2", "--months", "1"];

describe("what billing demo checks", () => {
  it("fails when a double charge or a forgotten period is planted", async () => {
    const [double, miss] = await Promise.all([
      demo("--json", ...SMALLEST, "--plant", "double"),
      demo("--json", ...SMALLEST, "--plant", "miss"),
    ]);
    expect(double.status, double.stderr).toBe(1);
    expect(JSON.parse(double.stdout)).toMatchObject({ doubleCharges: 1, missedPeriods: 0 });
    expect(miss.status, miss.stderr).toBe(1);
    const missed: Record<string, number> = JSON.parse(miss.stdout);
    expect(missed["missedPeriods"]).toBeGreaterThan(0);
    expect(missed["doubleCharges"]).toBe(0);
  });

  it.each([
    [["--subscriptions", "0"], "--subscriptions must be a whole number"],
    [["--months", "x"], "--months must be a whole number"],
    [["--plant", "fire"], "--plant must be double or miss"],
    [["--colour"], "--colour"],
  ])("refuses %j with a sentence", async (args, sentence) => {
    const ran = await demo(...args);
    expect(ran.status).not.toBe(0);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stderr).not.toContain("    at ");
  });
});
