import { describe, expect, test } from "vitest";
import { alignInvoice } from "../../src/domain/contract-rules.ts";
import { claimCharge } from "../../src/domain/claim-rules.ts";
import { brokenInvariantOf, brokenSuccession } from "../../src/domain/invariants.ts";
import type { HoldReason, Invoice } from "../../src/domain/invoice.ts";
import { holdBroken, releaseInvoice, resolveRefund } from "../../src/domain/release-rules.ts";
import { reserveRefund } from "../../src/domain/settle-rules.ts";
import { claimRefund, recordRefundOutcome } from "../../src/domain/refund-rules.ts";
import { parkSubscription, releaseSubscription } from "../../src/domain/subscription.ts";
import {
  AMOUNT,
  POLICY,
  REFUND_POLICY,
  after,
  approved,
  claimRequest,
  claimed,
  declined,
  newSubscription,
  periodInvoice,
  recorded,
  recordingAt,
  unknownInvoice,
} from "./fixtures.ts";

const BY = { at: after(60_000), actor: "operator" as const, by: "kim", reason: "looked at" };

function held(reason: HoldReason, changes: Partial<Invoice> = {}): Invoice {
  return periodInvoice({ held: reason, step: "none", ...changes });
}

describe("a release", () => {
  test.each(["late", "too_many_attempts"] as const)("has an invoice held as %s charged", (why) => {
    const released = releaseInvoice(held(why), BY);
    expect(released).toMatchObject({ held: null, step: "charge", nextActionAt: BY.at.operational });
    expect(released.outbox.at(-1)).toMatchObject({
      type: "invoice.released",
      actor: "operator",
      by: "kim",
      reason: "looked at",
      before: why,
    });
  });

  test("lets one with too many attempts be claimed as often again", () => {
    const policy = { ...POLICY, attemptsMax: 1 };
    const tried = recorded(claimed(periodInvoice()), declined("card_declined"));
    const due = { ...tried, dueAt: after(0).business, nextActionAt: after(0).operational };
    const refused = claimCharge(due, claimRequest(1, "token-2", due.version), policy);
    expect(refused).toMatchObject({ held: "too_many_attempts", step: "none" });
    const released = releaseInvoice(refused ?? due, BY);
    const again = claimCharge(released, claimRequest(60_001, "token-3", due.version), policy);
    expect(again?.attempts).toHaveLength(2);
  });

  test("goes on asking where another amount was found", () => {
    const asking = unknownInvoice();
    const released = releaseInvoice({ ...asking, held: "amount_mismatch" }, BY);
    expect(released).toMatchObject({ held: null, step: "ask" });
  });

  test("keeps a failed invoice failed", () => {
    const failed = recorded(claimed(periodInvoice()), declined("card_expired"));
    const released = releaseInvoice({ ...failed, held: "amount_mismatch" }, BY);
    expect(released).toMatchObject({ state: "failed", step: "none", held: null });
  });

  test.each([
    [null, "NOT_HELD"],
    ["refund_unknown", "NEEDS_RESOLUTION"],
    ["parked", "SUBSCRIPTION_PARKED"],
  ] as const)("is refused for an invoice held as %s", (why, code) => {
    const invoice = periodInvoice({ held: why });
    expect(() => releaseInvoice(invoice, BY)).toThrow(expect.objectContaining({ code }));
  });
});

describe("a parked subscription", () => {
  const parked = parkSubscription(newSubscription(), { ...BY, reason: "two attempts" });

  test("holds its open invoices and lets them go again", () => {
    const stopped = alignInvoice(periodInvoice(), parked, BY);
    expect(stopped).toMatchObject({ held: "parked", step: "charge", version: parked.version });
    expect(claimCharge(stopped, claimRequest(60_001, "token-1", 2), POLICY)).toBeNull();
    const free = releaseSubscription(parked, BY);
    expect(free).toMatchObject({ parked: null, aligning: true });
    expect(free.outbox.at(-1)).toMatchObject({ type: "subscription.released", by: "kim" });
    const released = alignInvoice(stopped, free, BY);
    expect(released).toMatchObject({ held: null, step: "charge", version: free.version });
    expect(claimCharge(released, claimRequest(60_001, "token-1", 3), POLICY)).not.toBeNull();
  });

  test("keeps another reason to hold", () => {
    expect(alignInvoice(held("late"), parked, BY).held).toBe("late");
  });

  test("only marks a call in flight, which then comes back", () => {
    const marked = alignInvoice(claimed(periodInvoice()), parked, BY);
    expect(marked).toMatchObject({ behind: true, stop: false, held: null });
    expect(recorded(marked, approved())).toMatchObject({ state: "paid", refunds: [] });
  });
});

describe("an invoice that contradicts itself", () => {
  test("is held with its step, and not aligned until it is released", () => {
    const broken = holdBroken(periodInvoice(), "two attempts", BY);
    expect(broken).toMatchObject({ held: "broken", step: "charge" });
    expect(broken && holdBroken(broken, "again", BY)).toBeNull();
    const moved = { ...newSubscription(), version: 5 };
    expect(broken && alignInvoice(broken, moved, BY)).toBe(broken);
  });
});

describe("the invariants of an invoice", () => {
  const paid = recorded(claimed(periodInvoice()), approved());
  const [attempt] = paid.attempts;
  if (attempt === undefined) throw new Error("no attempt");

  test("hold for everything that the rules make", () => {
    const refunding = reserveRefund(paid, { id: "ref_1", amount: 400, ...BY });
    const sound = [
      periodInvoice(),
      claimed(periodInvoice()),
      unknownInvoice(),
      paid,
      refunding,
      recorded(claimed(periodInvoice()), declined("card_declined")),
      recorded(claimed(periodInvoice()), declined("card_expired")),
      recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" }),
    ];
    expect(sound.map(brokenInvariantOf)).toEqual(sound.map(() => null));
  });

  test.each<[string, Invoice]>([
    ["two attempts are approved", { ...paid, attempts: [attempt, { ...attempt, number: 2 }] }],
    [
      "two attempts are open at once",
      { ...paid, attempts: [attempt, { ...attempt, number: 2, state: "unknown" }] },
    ],
    ["an attempt is missing", { ...paid, attempts: [{ ...attempt, number: 2 }] }],
    [
      "an order number was used twice",
      {
        ...paid,
        attempts: [
          { ...attempt, state: "declined" },
          { ...attempt, number: 2 },
        ],
      },
    ],
    [
      "an approved attempt has no transaction",
      { ...paid, attempts: [{ ...attempt, transaction: null }] },
    ],
    ["it is paid without an approval", { ...paid, attempts: [] }],
    ["it is open and an attempt is approved", { ...paid, state: "open" }],
    ["its amount is not won", periodInvoice({ amount: 9900.5 })],
    ["its step is call without a claim", { ...claimed(periodInvoice()), claim: null }],
    ["it is closed and to be charged", periodInvoice({ state: "void" })],
    ["more is reserved for refunds than was captured", { ...paid, refundable: -1 }],
    [
      `captured ${AMOUNT}, but ${AMOUNT - 1} refundable and 0 refunded or reserved`,
      { ...paid, refundable: AMOUNT - 1 },
    ],
  ])("find that %s", (what, invoice) => {
    expect(brokenInvariantOf(invoice)).toBe(what);
  });

  test("find a period that does not follow the one before", () => {
    const subscription = { ...newSubscription(), nextPeriod: 1 };
    const before = { periodNumber: 0, periodEndOn: "2026-02-05" };
    expect(brokenSuccession(subscription, before)).toBeNull();
    expect(brokenSuccession({ ...subscription, nextPeriod: 0 }, null)).toBeNull();
    expect(brokenSuccession(subscription, null)).toBe("period 0 has no invoice");
    expect(brokenSuccession(subscription, { ...before, periodEndOn: "2026-02-04" })).toContain(
      "ends on 2026-02-04",
    );
  });
});

describe("a person's word about an unknown refund", () => {
  function unknownRefund(): Invoice {
    const paid = recorded(claimed(periodInvoice()), approved());
    const asked = reserveRefund(paid, { id: "ref_1", amount: AMOUNT, ...BY });
    const out = claimRefund(asked, claimRequest(60_000, "token-r", 0));
    if (out === null) throw new Error("not claimed");
    const result = { token: "token-r", outcome: { kind: "unknown", reason: "timeout" } as const };
    const unknown = recordRefundOutcome(out, result, REFUND_POLICY, recordingAt(61_000));
    if (unknown === null) throw new Error("not recorded");
    return unknown;
  }
  const recording = { ...recordingAt(70_000), actor: "operator" as const, by: "kim" };
  const word = (kind: "refunded" | "not_refunded") => ({ refundId: "ref_1", kind, reason: "seen" });

  test("ends it", () => {
    const done = resolveRefund(unknownRefund(), word("refunded"), recording);
    expect(done).toMatchObject({ step: "none", claim: null, refunds: [{ state: "done" }] });
    expect(done.outbox.map((entry) => entry.type).slice(-2)).toEqual([
      "refund.resolved",
      "refund.completed",
    ]);
    expect(brokenInvariantOf(done)).toBeNull();
  });

  test("sends it again, with its amount still reserved", () => {
    const again = resolveRefund(unknownRefund(), word("not_refunded"), recording);
    expect(again).toMatchObject({ step: "refund", refundable: 0, refunds: [{ state: "queued" }] });
  });

  test("frees one that was held", () => {
    const waiting: Invoice = {
      ...unknownRefund(),
      held: "refund_unknown",
      step: "none",
      claim: null,
    };
    const done = resolveRefund(waiting, word("refunded"), recording);
    expect(done).toMatchObject({ held: null, refunds: [{ state: "done" }] });
  });

  test("is refused where nothing is unknown", () => {
    const paid = recorded(claimed(periodInvoice()), approved());
    expect(() => resolveRefund(paid, word("refunded"), recording)).toThrow("ATTEMPT_NOT_OPEN");
  });
});
