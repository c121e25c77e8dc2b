import { describe, expect, test } from "vitest";
import { expireClaim } from "../../src/domain/claim-rules.ts";
import { createDecline } from "../../src/domain/decline.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { RefundOutcome } from "../../src/domain/outcome.ts";
import {
  type RefundReading,
  claimRefund,
  isEverythingLeft,
  recordRefundOutcome,
  recordRefundReading,
} from "../../src/domain/refund-rules.ts";
import { reserveRefund } from "../../src/domain/settle-rules.ts";
import { refundSurplus } from "../../src/domain/ask-rules.ts";
import {
  CREDENTIAL_MS,
  LEASE_MS,
  REFUND_POLICY,
  START,
  after,
  approved,
  claimRequest,
  claimed,
  eventsOf,
  foundOf,
  given,
  newest,
  periodInvoice,
  recorded,
  recordingAt,
} from "./fixtures.ts";

const DONE: RefundOutcome = { kind: "approved", refundTransactionId: "R1", refundedAt: START };
const REFUSED: RefundOutcome = {
  kind: "declined",
  decline: createDecline("request_refused", { code: "3001", message: "취소 불가" }),
};
const UNKNOWN: RefundOutcome = { kind: "unknown", reason: "timeout" };
/** The calls of these tests begin after 2 and end after 3 seconds. */
const SETTLED_MS = 3000 + REFUND_POLICY.settleDelayMs;

function paid(): Invoice {
  return recorded(claimed(periodInvoice()), approved("T1"));
}

function requested(invoice: Invoice, amount: number, id = "ref_1"): Invoice {
  return reserveRefund(invoice, { id, amount, reason: "return", at: after(1500), actor: "api" });
}

function sent(invoice: Invoice, token = "token-r"): Invoice {
  return given(claimRefund(invoice, claimRequest(2000, token, 0)));
}

function answered(invoice: Invoice, outcome: RefundOutcome, ms = 3000): Invoice {
  const token = invoice.claim?.token ?? "none";
  return given(recordRefundOutcome(invoice, { token, outcome }, REFUND_POLICY, recordingAt(ms)));
}

function read(invoice: Invoice, reading: RefundReading, ms: number, policy = REFUND_POLICY) {
  return recordRefundReading(invoice, { token: "token-r", reading }, policy, recordingAt(ms));
}

function firstRefund(invoice: Invoice) {
  return given(invoice.refunds[0]);
}

describe("a refund that is asked for", () => {
  test("reserves its amount in the same write", () => {
    const invoice = requested(paid(), 4000);
    expect(invoice).toMatchObject({ state: "paid", step: "refund", refundable: 5900 });
    expect(invoice.refunds).toMatchObject([
      { id: "ref_1", transactionId: "T1", amount: 4000, state: "queued", surplus: false },
    ]);
    expect(eventsOf(invoice).at(-1)).toBe("refund.requested");
  });

  test("never passes what is left", () => {
    const invoice = requested(paid(), 4000);
    expect(() => requested(invoice, 5901, "ref_2")).toThrow("nothing like 5901 won");
    expect(requested(invoice, 5900, "ref_2").refundable).toBe(0);
    expect(() => requested(periodInvoice(), 1)).toThrow("to give back");
  });

  test("waits for the one that is out", () => {
    const out = sent(requested(paid(), 4000));
    const both = requested(out, 1000, "ref_2");
    expect(both).toMatchObject({ step: "call", claim: { subject: "ref_1" } });
    const next = answered(both, DONE);
    expect(next).toMatchObject({ step: "refund", claim: null, refundable: 4900 });
    expect(sent({ ...next, nextActionAt: START })).toMatchObject({ claim: { subject: "ref_2" } });
  });
});

describe("a refund that the settlement balance does not cover", () => {
  const short = createDecline("settlement_balance_short", { code: "9029", message: "잔액 부족" });
  const refused = answered(sent(requested(paid(), 4000)), { kind: "declined", decline: short });

  test("keeps its amount and waits", () => {
    expect(refused).toMatchObject({ step: "refund", claim: null, refundable: 5900 });
    expect(firstRefund(refused)).toMatchObject({ state: "queued", decline: short });
    expect(eventsOf(refused).at(-1)).toBe("refund.requested");
  });

  test("goes out again, and leaves no refusal behind once it is done", () => {
    const done = answered(sent({ ...refused, nextActionAt: START }), DONE);
    expect(firstRefund(done)).toMatchObject({ state: "done", tries: 2, decline: null });
  });
});

describe("a refund's claim", () => {
  test("is on record before the call", () => {
    const out = sent(requested(paid(), 9900));
    expect(out).toMatchObject({
      step: "call",
      claim: { kind: "refund", subject: "ref_1", token: "token-r" },
    });
    expect(firstRefund(out)).toMatchObject({ state: "initiated", tries: 1, callEndedAt: null });
  });

  test.each([
    ["nothing is to be refunded", paid()],
    ["another is out", sent(requested(paid(), 4000))],
    ["a person has to decide first", { ...requested(paid(), 4000), held: "refund_unknown" }],
    ["its time has not come", { ...requested(paid(), 4000), nextActionAt: after(9e9).operational }],
  ] as [string, Invoice][])("is refused where %s", (_why, invoice) => {
    expect(claimRefund(invoice, claimRequest(2000, "token-x", 0))).toBeNull();
  });
});

describe("a refund's outcome", () => {
  test("done leaves the money refunded", () => {
    const invoice = answered(sent(requested(paid(), 4000)), DONE);
    expect(invoice).toMatchObject({ step: "none", claim: null, refundable: 5900 });
    expect(firstRefund(invoice)).toMatchObject({ state: "done", refundTransactionId: "R1" });
    expect(eventsOf(invoice).at(-1)).toBe("refund.completed");
  });

  test("refused gives the reservation up", () => {
    const invoice = answered(sent(requested(paid(), 4000)), REFUSED);
    expect(invoice).toMatchObject({ step: "none", claim: null, refundable: 9900 });
    expect(firstRefund(invoice)).toMatchObject({
      state: "failed",
      decline: { code: "request_refused" },
    });
  });

  test("of a surplus refused gives up nothing: it was never captured", () => {
    const attempt = newest(paid());
    const surplus = refundSurplus(paid(), attempt, foundOf("T2"), recordingAt(1500));
    expect(answered(sent(surplus), REFUSED)).toMatchObject({ refundable: 9900 });
  });

  test("not sent is tried again with its reservation", () => {
    const invoice = answered(sent(requested(paid(), 4000)), { kind: "not_sent", reason: "DNS" });
    expect(invoice).toMatchObject({
      step: "refund",
      claim: null,
      refundable: 5900,
      nextActionAt: after(4000).operational,
    });
    expect(firstRefund(invoice).state).toBe("queued");
  });

  test.each(["unknown", "pending"] as const)("%s becomes a question", (kind) => {
    const invoice = answered(sent(requested(paid(), 4000)), { kind, reason: "why" });
    expect(invoice).toMatchObject({ step: "ask", refundable: 5900, claim: { token: "token-r" } });
    expect(firstRefund(invoice).state).toBe("unknown");
  });

  test("is written only under the claim's own token, and once", () => {
    const out = sent(requested(paid(), 4000));
    for (const outcome of [DONE, REFUSED, UNKNOWN]) {
      const stranger = { token: "token-x", outcome };
      expect(recordRefundOutcome(out, stranger, REFUND_POLICY, recordingAt(3000))).toBeNull();
      const again = { token: "token-r", outcome };
      const settled = answered(out, DONE);
      expect(recordRefundOutcome(settled, again, REFUND_POLICY, recordingAt(4000))).toBeNull();
    }
  });

  test("past its lease still counts", () => {
    const asked = given(expireClaim(sent(requested(paid(), 4000)), after(2000 + LEASE_MS)));
    expect(asked).toMatchObject({ step: "ask" });
    expect(firstRefund(asked).state).toBe("unknown");
    expect(firstRefund(answered(asked, DONE, 60_000)).state).toBe("done");
  });
});

describe("all that is left", () => {
  test("is what completes the captured amount, with nothing else reserved", () => {
    const whole = requested(paid(), 9900);
    expect(isEverythingLeft(whole, firstRefund(whole))).toBe(true);
    const part = requested(paid(), 4000);
    expect(isEverythingLeft(part, firstRefund(part))).toBe(false);
    const both = requested(part, 5900, "ref_2");
    expect(both.refunds.map((refund) => isEverythingLeft(both, refund))).toEqual([false, false]);
    const second = answered(sent(both), DONE);
    expect(isEverythingLeft(second, given(second.refunds[1]))).toBe(true);
  });
});

describe("an unknown refund", () => {
  const whole = answered(sent(requested(paid(), 9900)), UNKNOWN);
  const part = answered(sent(requested(paid(), 4000)), UNKNOWN);
  const yes: RefundReading = { kind: "found", refunded: true };
  const no: RefundReading = { kind: "found", refunded: false };

  test("is only asked about before the settle delay, or while nobody answers", () => {
    for (const invoice of [whole, part]) {
      for (const reading of [yes, no]) {
        expect(read(invoice, reading, 60_000)).toMatchObject({ step: "ask" });
      }
      const failed = read(invoice, { kind: "failed", reason: "timeout" }, SETTLED_MS);
      expect(failed).toMatchObject({ step: "ask", refunds: [{ state: "unknown", lookUps: 1 }] });
    }
  });

  test("of everything may be sent again where the gateway bounds it", () => {
    expect(read(whole, no, SETTLED_MS)).toMatchObject({ step: "refund", claim: null });
    expect(read(whole, yes, SETTLED_MS)).toMatchObject({ step: "refund", claim: null });
  });

  test("of everything is found out where the gateway bounds nothing", () => {
    const policy = { ...REFUND_POLICY, repeatableFullRefund: false };
    expect(read(whole, yes, SETTLED_MS, policy)?.refunds).toMatchObject([{ state: "done" }]);
    const once = given(read(whole, no, SETTLED_MS, policy));
    expect(once.refunds).toMatchObject([{ state: "unknown", missingReads: 1 }]);
    expect(read(once, no, SETTLED_MS, policy)?.refunds).toMatchObject([{ state: "queued" }]);
  });

  test("of a part is done where the gateway shows it", () => {
    const done = given(read(part, yes, SETTLED_MS));
    expect(done).toMatchObject({ step: "none", refundable: 5900, refunds: [{ state: "done" }] });
  });

  test("of a part is sent again only after two readings that show nothing", () => {
    const once = given(read(part, no, SETTLED_MS));
    expect(once).toMatchObject({ step: "ask", refundable: 5900 });
    expect(read(once, yes, SETTLED_MS)).toMatchObject({ refunds: [{ state: "done" }] });
    expect(read(once, no, SETTLED_MS)).toMatchObject({ step: "refund", refundable: 5900 });
  });

  test("of a part is sent again only where nobody can be sending it any more", () => {
    const silent = given(expireClaim(sent(requested(paid(), 4000)), after(2000 + LEASE_MS)));
    const credentialEndMs = 2000 + CREDENTIAL_MS;
    expect(read(silent, no, credentialEndMs)).toMatchObject({ step: "ask" });
    const settledMs = credentialEndMs + REFUND_POLICY.settleDelayMs;
    const once = given(read(silent, no, settledMs));
    expect(once).toMatchObject({ step: "ask" });
    expect(read(once, no, settledMs)).toMatchObject({ step: "refund" });
  });

  test("that earlier refunds blur is held for a person, its reservation kept", () => {
    const first = answered(sent(requested(paid(), 4000)), DONE);
    const again = requested({ ...first, nextActionAt: START }, 1000, "ref_2");
    const asked = answered(sent({ ...again, nextActionAt: START }), UNKNOWN);
    for (const reading of [yes, no]) {
      const held = given(read(asked, reading, SETTLED_MS));
      expect(held).toMatchObject({
        held: "refund_unknown",
        step: "none",
        claim: null,
        refundable: 4900,
      });
    }
  });

  test("at a gateway that cannot be asked goes out again where that is bounded, else waits for a person", () => {
    const unaskable: RefundReading = { kind: "unaskable" };
    expect(read(whole, unaskable, 60_000)).toMatchObject({ step: "ask" });
    expect(read(whole, unaskable, SETTLED_MS)).toMatchObject({ step: "refund", claim: null });
    const held = { held: "refund_unknown", step: "none", refundable: 5900 };
    expect(read(part, unaskable, SETTLED_MS)).toMatchObject(held);
    const policy = { ...REFUND_POLICY, repeatableFullRefund: false };
    expect(read(whole, unaskable, SETTLED_MS, policy)).toMatchObject({ held: "refund_unknown" });
  });

  test("is settled by nobody's reading but its own claim's", () => {
    const asked = { token: "token-x", reading: yes };
    expect(recordRefundReading(whole, asked, REFUND_POLICY, recordingAt(SETTLED_MS))).toBeNull();
    expect(read(paid(), yes, SETTLED_MS)).toBeNull();
  });
});
