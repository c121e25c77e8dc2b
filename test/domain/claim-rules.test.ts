import { describe, expect, test } from "vitest";
import type { ChargeAttemptState } from "../../src/domain/charge-attempt.ts";
import {
  claimCharge,
  expireClaim,
  isChargeable,
  ownsCharge,
} from "../../src/domain/claim-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  LEASE_MS,
  POLICY,
  after,
  approved,
  claimRequest,
  claimed,
  declined,
  eventsOf,
  expired,
  given,
  newest,
  paymentInvoice,
  periodInvoice,
  recorded,
  statesOf,
  unknownInvoice,
} from "./fixtures.ts";

function claim(invoice: Invoice, ms = 0, version = 1) {
  return claimCharge(invoice, claimRequest(ms, "token-1", version), POLICY);
}

describe("a claim", () => {
  test("puts the attempt on record with its order number and a fencing token", () => {
    const invoice = given(claim(periodInvoice()));
    expect(invoice).toMatchObject({
      step: "call",
      claim: { token: "token-1", kind: "charge", subject: "KB-A1B2C3D4E5F6-1" },
      nextActionAt: after(LEASE_MS).operational,
      deferrals: 0,
    });
    expect(invoice.attempts).toMatchObject([
      {
        number: 1,
        orderNumber: "KB-A1B2C3D4E5F6-1",
        state: "initiated",
        amount: 9900,
        billingKeyId: "bk_1",
        callEndedAt: null,
      },
    ]);
  });

  test("of a one-off payment follows no contract", () => {
    expect(claim(paymentInvoice(), 0, 0)?.step).toBe("call");
  });

  const refusals: [string, Partial<Invoice>][] = [
    ["paid", { state: "paid" }],
    ["void", { state: "void" }],
    ["failed", { state: "failed" }],
    ["being called", { step: "call" }],
    ["being asked about", { step: "ask" }],
    ["to be refunded", { step: "refund" }],
    ["done", { step: "none" }],
    ["held as late", { held: "late" }],
    ["held for a person", { held: "too_many_attempts" }],
    ["behind its contract", { behind: true }],
    ["stopped", { stop: true }],
    ["of an older contract", { version: 0 }],
    ["of a newer contract", { version: 2 }],
    ["not due yet", { dueAt: after(1).business }],
    ["waiting for its next try", { nextActionAt: after(1).operational }],
  ];

  test.each(refusals)("is refused where the invoice is %s", (_why, changes) => {
    const invoice = periodInvoice(changes);
    expect(isChargeable(invoice, 1, after(0))).toBe(false);
    expect(claim(invoice)).toBeNull();
  });

  test("keeps the two kinds of time apart", () => {
    const invoice = periodInvoice();
    const later = after(60_000).business;
    const early = { business: after(-1).business, operational: later };
    const waiting = { business: later, operational: after(-1).operational };
    expect(isChargeable(invoice, 1, early)).toBe(false);
    expect(isChargeable(invoice, 1, waiting)).toBe(false);
    expect(isChargeable(invoice, 1, after(0))).toBe(true);
  });

  const blocking: ChargeAttemptState[] = ["initiated", "unknown", "pending", "approved"];

  test.each(blocking)("is refused beside an attempt that is %s", (state) => {
    const attempt = { ...newest(claimed(periodInvoice())), state };
    expect(claim(periodInvoice({ attempts: [attempt] }))).toBeNull();
  });

  test.each(["declined", "absent", "abandoned"] as const)(
    "takes a new number after an attempt that is %s",
    (state) => {
      const attempt = { ...newest(claimed(periodInvoice())), state };
      const invoice = given(claim(periodInvoice({ attempts: [attempt] })));
      expect(invoice.attempts.map((one) => one.orderNumber)).toEqual([
        "KB-A1B2C3D4E5F6-1",
        "KB-A1B2C3D4E5F6-2",
      ]);
    },
  );

  test("is refused to the second of two that read the same invoice", () => {
    expect(claim(given(claim(periodInvoice())))).toBeNull();
  });

  test("of an attempt that never left keeps its number and its amount", () => {
    const back = recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" });
    expect(claim(back, 1500)).toBeNull();
    const again = claimed(back, 2000, "token-2");
    expect(again.attempts).toHaveLength(1);
    expect(newest(again)).toMatchObject({
      orderNumber: "KB-A1B2C3D4E5F6-1",
      state: "initiated",
      notSentCount: 1,
      claimedAt: after(2000).operational,
      callEndedAt: null,
      reason: null,
    });
  });

  test("of an attempt that is sent again forgets what was read about the first sending", () => {
    const asked = expired();
    const attempts = [{ ...newest(asked), missingReads: 1, lookUps: 4 }];
    const back = recorded({ ...asked, attempts }, { kind: "not_sent", reason: "late" }, 60_000);
    expect(newest(claimed(back, 120_000, "token-2"))).toMatchObject({
      missingReads: 0,
      lookUps: 0,
    });
  });

  test("is held for a person once there were too many attempts", () => {
    const attempt = { ...newest(claimed(periodInvoice())), state: "declined" as const };
    const attempts = Array.from({ length: 30 }, () => attempt);
    const held = given(claim(periodInvoice({ attempts })));
    expect(held).toMatchObject({ step: "none", held: "too_many_attempts", claim: null });
    expect(held.attempts).toHaveLength(30);
    expect(claim(held)).toBeNull();
  });
});

describe("owning a charge", () => {
  test("lasts from the claim until an outcome is written, also past the lease", () => {
    expect(ownsCharge(claimed(periodInvoice()), "token-1")).toBe(true);
    expect(ownsCharge(expired(), "token-1")).toBe(true);
    expect(ownsCharge(unknownInvoice(), "token-1")).toBe(true);
    expect(ownsCharge(recorded(claimed(periodInvoice()), approved()), "token-1")).toBe(false);
    const onLadder = recorded(claimed(periodInvoice()), declined("card_declined"));
    expect(ownsCharge(onLadder, "token-1")).toBe(false);
  });

  test("needs the very token", () => {
    expect(ownsCharge(claimed(periodInvoice()), "token-2")).toBe(false);
    expect(ownsCharge(periodInvoice(), "token-1")).toBe(false);
  });
});

describe("a lease that runs out", () => {
  test("becomes a question, never another charge", () => {
    const invoice = expired();
    expect(invoice).toMatchObject({ state: "open", step: "ask", claim: { token: "token-1" } });
    expect(newest(invoice)).toMatchObject({
      state: "unknown",
      reason: "lease expired",
      callEndedAt: null,
      unknownSince: after(LEASE_MS).operational,
    });
    expect(eventsOf(invoice)).toContain("charge_attempt.unknown");
    expect(claim(invoice, LEASE_MS)).toBeNull();
  });

  test("is not touched before its time", () => {
    expect(expireClaim(claimed(periodInvoice()), after(LEASE_MS - 1))).toBeNull();
  });

  test("is looked at in operational time only", () => {
    const at = { business: after(10 * LEASE_MS).business, operational: after(0).operational };
    expect(expireClaim(claimed(periodInvoice()), at)).toBeNull();
  });

  test("runs out once", () => {
    expect(expireClaim(expired(), after(10 * LEASE_MS))).toBeNull();
    expect(expireClaim(periodInvoice(), after(10 * LEASE_MS))).toBeNull();
    expect(statesOf(expired())).toEqual(["unknown"]);
  });
});
