import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Ran, runBilling } from "../support/run-billing.ts";

const demo = (...args: string[]) => runBilling("demo", "--once", ...args);

const ledgerOf = (ran: Ran) => ran.stderr.split("\n").filter((line) => line.startsWith("ledger: "));

const RESULT_KEYS = [
  "months",
  "subscriptions",
  "periodsDue",
  "periodsPaid",
  "periodsOpen",
  "declines",
  "recovered",
  "unknownResolved",
  "gatewayApprovals",
  "doubleCharges",
  "missedPeriods",
  "emails",
  "emailsDoubled",
  "events",
  "eventsWrong",
  "untold",
  "seconds",
];

const SMALL = ["--json", "--subscriptions", "8", "--months", "4", "--seed", "7"];

const SMALLEST = ["--subscriptions", "2", "--months", "1"];

describe("billing demo", () => {
  // Somebody else's demo may leave and take folders in the ordinary place meanwhile.
  const temporary = mkdtempSync(join(tmpdir(), "demo-test-"));
  beforeAll(() => void vi.stubEnv("TMPDIR", temporary));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true, force: true });
  });

  it("runs twice side by side: nothing twice, nothing forgotten, the same ledger", async () => {
    const [table, ...runs] = await Promise.all([
      demo(...SMALLEST),
      demo(...SMALL, "--ledger"),
      demo(...SMALL, "--ledger"),
    ]);
    for (const ran of runs) {
      expect(ran.status, ran.stderr).toBe(0);
      expect(ran.stdout.trim().split("\n")).toHaveLength(1);
      const result: Record<string, number> = JSON.parse(ran.stdout);
      expect(Object.keys(result)).toEqual(RESULT_KEYS);
      expect(result).toMatchObject({ months: 4, subscriptions: 8 });
      expect(result).toMatchObject({ doubleCharges: 0, missedPeriods: 0 });
      expect(result["periodsPaid"]).toBeGreaterThan(20);
      // A receipt for each paid period at the least, and for each its opening and its payment.
      expect(result["emails"]).toBeGreaterThan(result["periodsPaid"] ?? 0);
      expect(result["events"]).toBeGreaterThan(2 * (result["periodsPaid"] ?? 0));
      expect(result).toMatchObject({ emailsDoubled: 0, eventsWrong: 0, untold: 0 });
      expect(result["gatewayApprovals"]).toBe(result["periodsPaid"]);
      expect(result["recovered"]).toBeGreaterThan(0);
      expect(result["unknownResolved"]).toBeGreaterThan(1);
      expect(ran.stderr).toContain("Redis was flushed");
    }
    // A table for people, into a pipe: no escape sequence and no progress that is written over.
    expect(table.status, table.stderr).toBe(0);
    const written = `${table.stdout}${table.stderr}`;
    expect(["\u001b", "\r"].filter((control) => written.includes(control))).toEqual([]);
    const [first, second] = runs.map(ledgerOf);
    expect(first?.length).toBeGreaterThan(30);
    expect(second).toEqual(first);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
