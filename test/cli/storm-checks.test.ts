import { describe, expect, it } from "vitest";
import { type Ran, runBilling } from "../support/run-billing.ts";

const storm = (...args: string[]) => runBilling("storm", "--json", ...args);

const resultOf = (ran: Ran): Record<string, unknown> => JSON.parse(ran.stdout);

describe("what billing storm checks", () => {
  it("fails when a double charge or a forgotten period is planted", async () => {
    const small = ["--charges", "20", "--faults", "0"];
    const [double, miss] = await Promise.all([
      storm(...small, "--plant", "double"),
      storm(...small, "--plant", "miss"),
    ]);
    expect(double.status, double.stderr).toBe(1);
    expect(resultOf(double)).toMatchObject({ doubleCharges: 1, missed: 0, falselyFailed: 0 });
    expect(miss.status, miss.stderr).toBe(1);
    expect(resultOf(miss)).toMatchObject({ doubleCharges: 0, missed: 1, falselyFailed: 0 });
  }, 600_000);

  it.each([
    [["--charges", "x"], "--charges must be a whole number"],
    [["--kills", "9", "--faults", "3"], "--kills 9 are more than --faults 3"],
    [["--plant", "fire"], "--plant must be double or miss"],
  ])("refuses %j with a sentence", async (args, sentence) => {
    const ran = await storm(...args);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stderr).not.toContain("    at ");
  });
});
