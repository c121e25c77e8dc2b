import { execFile } from "node:child_process";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Ledger, type Row, textOf } from "../../../scripts/embedded-torture/ledger.ts";
import { verdictOf } from "../../../scripts/embedded-torture/verdict.ts";

const COMMAND = path.resolve("scripts/embedded-torture/run.ts");

interface Outcome {
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["--import", "tsx", COMMAND, ...args], (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, stdout, stderr }),
    );
  });
}

describe("the torture", () => {
  test("loses nothing of what the server acknowledged, while its control does", {
    timeout: 180_000,
  }, async () => {
    const { status, stdout, stderr } = await run("--kills", "4", "--seed", "7", "--json");
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const result: unknown = JSON.parse(stdout);
    expect(result).toEqual({
      kills: 4,
      acknowledged: expect.any(Number),
      lost: 0,
      control: { lost: expect.any(Number) },
    });
    expect(result).toMatchObject({ acknowledged: expect.toSatisfy((n: number) => n >= 200) });
    expect(result).toMatchObject({ control: { lost: expect.toSatisfy((n: number) => n > 0) } });
  });

  test.each([
    { lost: 0, controlLost: 9, holds: true },
    { lost: 1, controlLost: 9, holds: false },
    { lost: 0, controlLost: 0, holds: false },
  ])("with $lost lost and $controlLost by the control: $holds", ({ lost, controlLost, holds }) => {
    const report = { kills: 1, acknowledged: 100, lost, control: { lost: controlLost } };
    expect(verdictOf(report).holds).toBe(holds);
  });

  test("refuses a number of kills that is none", async () => {
    const { status, stderr } = await run("--kills", "none");
    expect(status).toBe(1);
    expect(stderr).toContain("--kills must be a whole number");
  });
});

describe("the torture's ledger", () => {
  const row = (id: string, revision: number): [string, Row] => [
    id,
    { _id: id, owner: 0, revision, tag: id, group: 0, labels: [], text: textOf(id, revision) },
  ];
  const settle = (ledger: Ledger, ...found: [string, Row][]): number =>
    ledger.settle(new Map(found), () => undefined);

  test("finds nothing lost where everything is there or beyond", () => {
    const ledger = new Ledger();
    ledger.wrote("a", 2);
    ledger.removing("b");
    ledger.removed("b");
    ledger.tagTaken("a");
    expect(settle(ledger, row("a", 3))).toBe(0);
    expect(ledger.acknowledged).toBe(3);
  });

  test("counts every acknowledged revision that is missing", () => {
    const ledger = new Ledger();
    ledger.wrote("a", 4);
    ledger.wrote("b", 1);
    expect(settle(ledger, row("a", 2))).toBe(3);
  });

  test("counts what only the losers of a race were told", () => {
    const ledger = new Ledger();
    ledger.lostTo("a", 2);
    ledger.tagTaken("taken");
    expect(settle(ledger, row("a", 1))).toBe(2);
  });

  test("counts a removed document that is there again", () => {
    const ledger = new Ledger();
    ledger.wrote("a", 1);
    ledger.removing("a");
    ledger.removed("a");
    expect(settle(ledger, row("a", 1))).toBe(1);
  });

  test("leaves open what was asked for and never answered", () => {
    const ledger = new Ledger();
    ledger.wrote("a", 1);
    ledger.removing("a");
    expect(settle(ledger)).toBe(0);
    // It was seen to be gone, and that is on the disk.
    expect(settle(ledger, row("a", 1))).toBe(1);
  });
});
