import { describe, expect, test } from "vitest";
import { type JudgedInvoice, judgePeriod } from "../../src/cli/storm/verdict.ts";
import type { ChargeAttempt } from "../../src/domain/charge-attempt.ts";

const NOW = new Date("2026-01-31T12:00:00Z");
const OPEN: JudgedInvoice = {
  state: "open",
  step: "charge",
  held: null,
  attempts: [],
  dueAt: new Date("2026-01-05T01:00:00Z"),
};

/** Declined on these days of January, at 10:00 in Korea. */
const failedOn = (...days: number[]): Partial<JudgedInvoice> => ({
  state: "failed",
  attempts: days.map((day) => declinedAt(new Date(Date.UTC(2026, 0, day, 1)))),
});

function declinedAt(closedAt: Date): ChargeAttempt {
  return { state: "declined", closedAt } as ChargeAttempt;
}

const judge = (
  approvals: number,
  declines: number,
  invoice: Partial<JudgedInvoice> | undefined,
): string =>
  judgePeriod({
    approvals,
    declines,
    invoice: invoice === undefined ? undefined : { ...OPEN, ...invoice },
    now: NOW,
  }).kind;

describe("the verdict on a period", () => {
  test.each<[string, number, number, Partial<JudgedInvoice> | undefined, string]>([
    ["approved and paid", 1, 0, { state: "paid" }, "paid"],
    ["approved twice and paid", 2, 0, { state: "paid" }, "paid"],
    ["approved, and we say failed", 1, 5, { state: "failed" }, "falsely_failed"],
    ["approved, and we say void", 1, 0, { state: "void" }, "falsely_failed"],
    ["approved, and still open", 1, 0, { step: "ask" }, "falsely_failed"],
    ["approved, and we know of nothing", 1, 0, undefined, "falsely_failed"],
    ["declined to the end", 0, 5, failedOn(5, 6, 8, 10, 12), "declined"],
    ["declined when no step was left", 0, 2, failedOn(5, 12), "declined"],
    ["declined once more than the gateway says", 0, 1, failedOn(5, 12), "missed"],
    ["given up before the ladder's end", 0, 2, failedOn(5, 8), "missed"],
    ["declined once, a week late", 0, 1, failedOn(12), "missed"],
    ["failed without a decline", 0, 0, { state: "failed" }, "missed"],
    ["paid without an approval", 0, 0, { state: "paid" }, "missed"],
    ["void without an approval", 0, 0, { state: "void" }, "missed"],
    ["never opened", 0, 0, undefined, "missed"],
    ["due, and nobody charged it", 0, 0, {}, "missed"],
    ["declined, and due again already", 0, 1, {}, "missed"],
    ["declined, tried again later", 0, 1, { dueAt: new Date("2026-02-01T01:00:00Z") }, "open"],
    ["held for a person", 0, 0, { held: "late", step: "none" }, "open"],
    ["nobody knows", 0, 0, { step: "ask" }, "unknown"],
    ["a call that never ended", 0, 0, { step: "call" }, "unknown"],
  ])("%s", (_name, approvals, declines, invoice, expected) => {
    expect(judge(approvals, declines, invoice)).toBe(expected);
  });
});
