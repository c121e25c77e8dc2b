import { describe, expect, it } from "vitest";
import { type Ran, runBilling } from "../support/run-billing.ts";

const storm = (...args: string[]) => runBilling("storm", "--json", ...args);

interface Result {
  charges: number;
  kills: number;
  faults: Record<string, number>;
  doubleCharges: number;
  missed: number;
  falselyFailed: number;
  unknownOpen: number;
  bound: number;
  naive: { charges: number; doubleCharges: number; falselyFailed: number } | null;
  seed: number;
}

const RESULT_KEYS = [
  "charges",
  "kills",
  "faults",
  "doubleCharges",
  "missed",
  "falselyFailed",
  "unknownOpen",
  "bound",
  "naive",
  "seconds",
  "seed",
  "settings",
];

const SEED = process.env["STORM_SEED"] ?? "42";
/** What `npm run storm` has too. */
const SIZE = { charges: 2000, faults: 60 };
const REPLAY = `seed ${SEED}: npx billing storm --charges ${SIZE.charges} --faults ${SIZE.faults} --seed ${SEED}`;
const resultOf = (ran: Ran): Result => JSON.parse(ran.stdout) as Result;

describe("billing storm", () => {
  it("kills and cuts, and nothing is charged twice or forgotten; the control is caught", async () => {
    const size = ["--charges", String(SIZE.charges), "--faults", String(SIZE.faults)];
    const ran = await storm(...size, "--seed", SEED);
    process.stderr.write(`${REPLAY}\n${ran.stdout}`);
    const said = `${REPLAY}\n${ran.stderr}`;
    expect(ran.stdout.trim().split("\n"), said).toHaveLength(1);
    const result = resultOf(ran);
    expect(Object.keys(result)).toEqual(RESULT_KEYS);
    expect(result, said).toMatchObject({
      kills: SIZE.faults / 2,
      doubleCharges: 0,
      missed: 0,
      falselyFailed: 0,
      unknownOpen: 0,
      seed: Number(SEED),
    });
    // A final decline ends a subscription, and what would have followed is not due.
    expect(result.charges, said).toBeGreaterThan(SIZE.charges - 30);
    expect(result.charges, said).toBeLessThanOrEqual(SIZE.charges);
    expect(result.bound).toBe(3 / result.charges);
    const struck = Object.values(result.faults);
    expect(
      struck.reduce((sum, count) => sum + count, 0),
      said,
    ).toBe(SIZE.faults);
    // A cut right after a write needs a write at hand; where none came it is a plain cut.
    const { cut_mongo_after_write: _afterWrite, ...always } = result.faults;
    expect(Math.min(...Object.values(always)), said).toBeGreaterThan(0);
    expect(result.naive?.doubleCharges, said).toBeGreaterThan(0);
    expect(ran.stderr, said).not.toContain("died by itself");
    expect(ran.status, said).toBe(0);
  }, 1_800_000);
});
