import { describe, expect, test } from "vitest";
import { type DeclineCode, createDecline } from "../../src/domain/decline.ts";
import { type DunningProgress, decideDunning } from "../../src/domain/dunning.ts";
import { POLICY } from "./fixtures.ts";

const FRESH: DunningProgress = { step: 0, firstDeclinedAt: null };

function decide(progress: DunningProgress, code: DeclineCode, at: string) {
  const decline = createDecline(code, { code: "9999", message: "거절" });
  return decideDunning(POLICY.dunning, progress, { decline, at: new Date(at) });
}

/** Declines a charge on each instant it falls due, as if nobody were ever late. */
function walkLadder(firstAt: string): string[] {
  const dueAts: string[] = [];
  let progress = FRESH;
  for (let at = firstAt; ; ) {
    const decision = decide(progress, "insufficient_funds", at);
    if (decision.kind === "exhausted") return dueAts;
    progress = decision.progress;
    at = decision.dueAt.toISOString();
    dueAts.push(at);
  }
}

describe("a soft decline", () => {
  test("is tried again 1, 3, 5 and 7 days after the first, at 10:00 in Korea, then no more", () => {
    expect(walkLadder("2026-01-05T01:00:07Z")).toEqual([
      "2026-01-06T01:00:00.000Z",
      "2026-01-08T01:00:00.000Z",
      "2026-01-10T01:00:00.000Z",
      "2026-01-12T01:00:00.000Z",
    ]);
  });

  test("counts its days in Korea", () => {
    // 23:30 UTC on the 5th is 08:30 on the 6th in Korea.
    expect(walkLadder("2026-01-05T23:30:00Z")[0]).toBe("2026-01-07T01:00:00.000Z");
    expect(walkLadder("2026-01-05T14:59:59Z")[0]).toBe("2026-01-06T01:00:00.000Z");
    expect(walkLadder("2026-01-05T15:00:00Z")[0]).toBe("2026-01-07T01:00:00.000Z");
  });

  test("keeps counting from the first decline, not from the last", () => {
    const firstDeclinedAt = new Date("2026-01-05T01:00:00Z");
    const decision = decide({ step: 1, firstDeclinedAt }, "card_declined", "2026-01-07T22:00:00Z");
    // 07:00 on the 8th in Korea: the step of the 8th at 10:00 is still to come.
    expect(decision).toEqual({
      kind: "retry",
      dueAt: new Date("2026-01-08T01:00:00Z"),
      progress: { step: 2, firstDeclinedAt },
    });
  });

  test("skips steps whose day has passed while nobody could charge", () => {
    const firstDeclinedAt = new Date("2026-01-05T01:00:00Z");
    const decision = decide({ step: 1, firstDeclinedAt }, "limit_exceeded", "2026-01-09T02:00:00Z");
    expect(decision).toEqual({
      kind: "retry",
      dueAt: new Date("2026-01-10T01:00:00Z"),
      progress: { step: 3, firstDeclinedAt },
    });
  });

  test("at the very instant of a step goes on to the next one", () => {
    const firstDeclinedAt = new Date("2026-01-05T01:00:00Z");
    const decision = decide({ step: 1, firstDeclinedAt }, "card_declined", "2026-01-08T01:00:00Z");
    expect(decision).toMatchObject({ dueAt: new Date("2026-01-10T01:00:00Z") });
  });

  test("after the last day is the end, whatever steps are left", () => {
    const firstDeclinedAt = new Date("2026-01-05T01:00:00Z");
    const decision = decide({ step: 1, firstDeclinedAt }, "card_declined", "2026-01-20T01:00:00Z");
    expect(decision).toEqual({ kind: "exhausted", progress: { step: 4, firstDeclinedAt } });
  });
});

describe("a hard decline", () => {
  test("is the end at once and notes when it was", () => {
    expect(decide(FRESH, "card_lost_or_stolen", "2026-01-05T01:00:00Z")).toEqual({
      kind: "exhausted",
      progress: { step: 0, firstDeclinedAt: new Date("2026-01-05T01:00:00Z") },
    });
  });
});

describe("a decline on the merchant's side", () => {
  test("uses no step, starts no ladder and is tried again the next day", () => {
    expect(decide(FRESH, "amount_not_allowed", "2026-01-05T01:00:00Z")).toEqual({
      kind: "retry",
      dueAt: new Date("2026-01-06T01:00:00Z"),
      progress: FRESH,
    });
  });

  test("in the middle of a ladder leaves it where it stood", () => {
    const progress = { step: 4, firstDeclinedAt: new Date("2026-01-05T01:00:00Z") };
    expect(decide(progress, "request_refused", "2026-01-12T03:00:00Z")).toEqual({
      kind: "retry",
      dueAt: new Date("2026-01-13T01:00:00Z"),
      progress,
    });
  });
});

describe("a decline that is about the merchant's account", () => {
  test.each(["merchant_limit", "settlement_balance_short", "contract_not_open"] as const)(
    "%s uses no step and leaves it due: the account's pause says when",
    (code) => {
      expect(decide(FRESH, code, "2026-01-05T01:00:07Z")).toEqual({
        kind: "retry",
        dueAt: new Date("2026-01-05T01:00:07Z"),
        progress: FRESH,
      });
    },
  );
});

describe("a code that no map knows", () => {
  const AT = "2026-01-05T01:00:00Z";
  const NEXT = "2026-01-06T01:00:00Z";
  const once = decide(FRESH, "unrecognized", AT);

  test("is tried once more, on the next step of the ladder", () => {
    expect(once).toEqual({
      kind: "retry",
      dueAt: new Date(NEXT),
      progress: { step: 1, firstDeclinedAt: new Date(AT), unrecognized: 1 },
    });
  });

  test("is final the second time in a row", () => {
    expect(decide(once.progress, "unrecognized", NEXT)).toEqual({
      kind: "exhausted",
      progress: { step: 1, firstDeclinedAt: new Date(AT), unrecognized: 2 },
    });
  });

  test("begins anew behind a decline whose code is known", () => {
    const known = decide(once.progress, "insufficient_funds", NEXT);
    expect(known.progress).toEqual({ step: 2, firstDeclinedAt: new Date(AT) });
    expect(decide(known.progress, "unrecognized", "2026-01-08T01:00:00Z").kind).toBe("retry");
  });

  test("is not forgiven by a refusal that was nobody's card's fault", () => {
    const blameless = decide(once.progress, "request_refused", NEXT);
    expect(decide(blameless.progress, "unrecognized", "2026-01-07T01:00:00Z").kind).toBe(
      "exhausted",
    );
  });
});
