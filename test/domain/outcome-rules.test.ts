import { describe, expect, test } from "vitest";
import { closeAbsent } from "../../src/domain/ask-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { ChargeOutcome } from "../../src/domain/outcome.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import { deferInvoice } from "../../src/domain/settle-rules.ts";
import {
  HOUR_MS,
  POLICY,
  START,
  after,
  approved,
  claimed,
  declined,
  eventsOf,
  expired,
  newest,
  paymentInvoice,
  periodInvoice,
  recorded,
  recordingAt,
  unknownInvoice,
} from "./fixtures.ts";

const OUTCOMES: ChargeOutcome[] = [
  approved(),
  declined("insufficient_funds"),
  { kind: "not_sent", reason: "connection refused" },
  { kind: "unknown", reason: "timeout", evidence: { kind: "enc_data", value: "abc" } },
  { kind: "pending", reason: "in hand" },
];

/** In flight when the contract was cancelled. */
function stopped(invoice: Invoice): Invoice {
  return { ...invoice, stop: true, behind: true };
}

describe("a card that was keyed in", () => {
  const keyedIn = () => claimed(paymentInvoice({ paidWith: "card", billingKeyId: null }));

  test("is not sent again: what never left ends as not charged", () => {
    const failed = recorded(keyedIn(), { kind: "not_sent", reason: "ECONNREFUSED" });
    expect(failed).toMatchObject({ state: "failed", step: "none", claim: null, refundable: 0 });
    expect(newest(failed)).toMatchObject({ state: "abandoned" });
    expect(eventsOf(failed).at(-1)).toBe("payment.failed");
  });

  test("is not sent again either where the gateway never saw it", () => {
    const asking = recorded(keyedIn(), { kind: "unknown", reason: "timeout" });
    expect(asking).toMatchObject({ state: "open", step: "ask" });
    const absent = closeAbsent(asking, POLICY, recordingAt(HOUR_MS));
    expect(absent).toMatchObject({ state: "failed", step: "none", claim: null });
    expect(newest(absent)).toMatchObject({ state: "absent", recheckAt: expect.any(Date) });
  });

  test("pays as any other charge", () => {
    expect(recorded(keyedIn(), approved("T1"))).toMatchObject({ state: "paid", refundable: 9900 });
  });
});

describe("an approval", () => {
  test("pays the invoice, whether the lease still runs or has run out", () => {
    for (const invoice of [claimed(periodInvoice()), expired(), unknownInvoice()]) {
      const paid = recorded(invoice, approved("T1"), 50_000);
      expect(paid).toMatchObject({
        state: "paid",
        step: "none",
        claim: null,
        followUp: false,
        capturedAmount: 9900,
        refundable: 9900,
        refunds: [],
      });
      expect(newest(paid)).toMatchObject({
        state: "approved",
        transaction: { id: "T1" },
        closedAt: after(50_000).business,
        callEndedAt: after(50_000).operational,
        reason: null,
      });
      expect(eventsOf(paid).at(-1)).toBe("invoice.paid");
    }
  });

  test("tells the subscription only where a decline had changed how it stands", () => {
    const soft = recorded(claimed(periodInvoice()), declined("insufficient_funds"));
    const recovered = recorded(
      claimed({ ...soft, dueAt: after(0).business }, HOUR_MS, "token-2"),
      approved("T2"),
    );
    expect(recovered).toMatchObject({ state: "paid", followUp: true });
    // Its ladder has not begun, but it has failed: the same holds.
    const merchant = recorded(claimed(periodInvoice()), declined("merchant_limit"));
    expect(merchant.dunning.firstDeclinedAt).toBeNull();
    const paid = recorded(
      claimed({ ...merchant, dueAt: after(0).business }, HOUR_MS, "token-2"),
      approved("T2"),
    );
    expect(paid).toMatchObject({ state: "paid", followUp: true });
  });

  test("of a payment tells no subscription", () => {
    const paid = recorded(claimed(paymentInvoice()), approved());
    expect(paid).toMatchObject({ state: "paid", followUp: false });
    expect(eventsOf(paid).at(-1)).toBe("payment.paid");
  });

  test("behind a cancel goes straight back, whole", () => {
    for (const invoice of [stopped(claimed(periodInvoice())), stopped(expired())]) {
      const paid = recorded(invoice, approved("T1"), 50_000);
      expect(paid).toMatchObject({ state: "paid", step: "refund", refundable: 0, claim: null });
      expect(paid.refunds).toMatchObject([
        { transactionId: "T1", amount: 9900, state: "queued", surplus: false },
      ]);
      expect(eventsOf(paid).slice(-2)).toEqual(["invoice.paid", "refund.requested"]);
    }
  });
});

describe("a decline", () => {
  test("goes up the ladder and is looked for again in an hour", () => {
    const invoice = recorded(claimed(periodInvoice()), declined("insufficient_funds"));
    expect(invoice).toMatchObject({
      state: "open",
      step: "charge",
      claim: null,
      followUp: true,
      dueAt: new Date("2026-01-06T01:00:00Z"),
      dunning: { step: 1, firstDeclinedAt: after(1000).business },
      recheckAt: after(1000 + HOUR_MS).business,
    });
    expect(newest(invoice)).toMatchObject({
      state: "declined",
      decline: { code: "insufficient_funds", kind: "soft", rawCode: "2002" },
    });
    expect(invoice.outbox.at(-1)).toMatchObject({
      type: "charge_attempt.declined",
      reason: "insufficient_funds",
      data: { rawCode: "2002", orderNumber: "KB-A1B2C3D4E5F6-1" },
    });
  });

  test("that is hard fails the invoice at once", () => {
    const invoice = recorded(claimed(periodInvoice()), declined("card_expired"));
    expect(invoice).toMatchObject({ state: "failed", step: "none", followUp: true, claim: null });
    expect(eventsOf(invoice).slice(-2)).toEqual(["charge_attempt.declined", "invoice.failed"]);
  });

  test("on the merchant's side uses no step of the ladder", () => {
    const invoice = recorded(claimed(periodInvoice()), declined("request_refused"));
    expect(invoice).toMatchObject({
      state: "open",
      step: "charge",
      dueAt: new Date("2026-01-06T01:00:00Z"),
      dunning: { step: 0, firstDeclinedAt: null },
    });
  });

  test("that is about the merchant's account leaves it due, and says that no customer is meant", () => {
    const invoice = recorded(claimed(periodInvoice()), declined("merchant_limit"));
    expect(invoice).toMatchObject({
      state: "open",
      step: "charge",
      dueAt: after(1000).business,
      dunning: { step: 0, firstDeclinedAt: null },
    });
    expect(invoice.outbox.at(-1)).toMatchObject({
      type: "charge_attempt.declined",
      data: { declineKind: "merchant" },
    });
  });

  test("on the last step fails the invoice", () => {
    const dunning = { step: 4, firstDeclinedAt: after(-7 * 24 * HOUR_MS).business };
    const invoice = recorded(claimed(periodInvoice({ dunning })), declined("card_declined"));
    expect(invoice).toMatchObject({ state: "failed", followUp: true });
  });

  test("of a payment is the end of it: no ladder for what a customer waits for", () => {
    const invoice = recorded(claimed(paymentInvoice()), declined("insufficient_funds"));
    expect(invoice).toMatchObject({ state: "failed", step: "none", followUp: false });
    expect(eventsOf(invoice).at(-1)).toBe("payment.failed");
  });

  test("behind a cancel voids the invoice", () => {
    const invoice = recorded(stopped(claimed(periodInvoice())), declined("card_declined"));
    expect(invoice).toMatchObject({ state: "void", step: "none", behind: false, claim: null });
    expect(invoice.recheckAt).not.toBeNull();
  });

  test("past the lease counts all the same", () => {
    expect(newest(recorded(expired(), declined("card_declined"), 50_000)).state).toBe("declined");
  });
});

describe("a charge that never left", () => {
  const notSent: ChargeOutcome = { kind: "not_sent", reason: "connection refused" };

  test("is to be sent again, later each time, and uses no step of the ladder", () => {
    const first = recorded(claimed(periodInvoice()), notSent);
    expect(first).toMatchObject({
      state: "open",
      step: "charge",
      claim: null,
      nextActionAt: after(2000).operational,
      dunning: { step: 0, firstDeclinedAt: null },
    });
    const second = recorded(claimed(first, 2000, "token-2"), notSent, 3000);
    expect(second.nextActionAt).toEqual(after(5000).operational);
    expect(newest(second)).toMatchObject({ state: "not_sent", notSentCount: 2, number: 1 });
  });

  test("is believed also past the lease", () => {
    const invoice = recorded(expired(), notSent, 50_000);
    expect(invoice.step).toBe("charge");
    expect(newest(invoice)).toMatchObject({ state: "not_sent", unknownSince: null });
  });

  test("behind a cancel is given up", () => {
    const invoice = recorded(stopped(claimed(periodInvoice())), notSent);
    expect(invoice).toMatchObject({ state: "void", step: "none", claim: null });
    expect(newest(invoice).state).toBe("abandoned");
  });
});

describe("a charge whose outcome nobody knows", () => {
  test.each(["unknown", "pending"] as const)("(%s) becomes a question", (kind) => {
    const invoice = recorded(claimed(periodInvoice()), { kind, reason: "why" });
    expect(invoice).toMatchObject({
      state: "open",
      step: "ask",
      claim: { token: "token-1" },
      nextActionAt: after(4000).operational,
    });
    expect(newest(invoice)).toMatchObject({
      state: kind,
      reason: "why",
      callEndedAt: after(1000).operational,
      unknownSince: after(1000).operational,
    });
    expect(eventsOf(invoice).at(-1)).toBe(`charge_attempt.${kind}`);
  });

  test("keeps what could not be read", () => {
    const evidence = { kind: "enc_data", value: "abc" };
    const outcome: ChargeOutcome = { kind: "unknown", reason: "unreadable", evidence };
    expect(newest(recorded(claimed(periodInvoice()), outcome)).evidence).toEqual([evidence]);
  });

  test("past the lease takes the worker's word that its call has ended", () => {
    const asked = expired();
    const attempts = [{ ...newest(asked), missingReads: 1 }];
    const reply: ChargeOutcome = { kind: "unknown", reason: "reset" };
    expect(newest(recorded({ ...asked, attempts }, reply, 60_000))).toMatchObject({
      state: "unknown",
      reason: "reset",
      callEndedAt: after(60_000).operational,
      unknownSince: after(45_000).operational,
      missingReads: 0,
    });
  });

  test("behind a cancel stays a question: its money has to be found first", () => {
    const outcome: ChargeOutcome = { kind: "unknown", reason: "timeout" };
    const invoice = recorded(stopped(claimed(periodInvoice())), outcome);
    expect(invoice).toMatchObject({ state: "open", step: "ask", stop: true, behind: true });
  });
});

describe("fencing", () => {
  const settled: [string, Invoice][] = [
    ["not claimed", periodInvoice()],
    ["claimed by another", claimed(periodInvoice(), 0, "token-2")],
    ["paid", recorded(claimed(periodInvoice()), approved())],
    ["declined", recorded(claimed(periodInvoice()), declined("card_declined"))],
    ["failed", recorded(claimed(periodInvoice()), declined("card_expired"))],
    ["put back", recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" })],
    ["void", recorded(stopped(claimed(periodInvoice())), declined("card_declined"))],
    ["being refunded", recorded(stopped(claimed(periodInvoice())), approved())],
  ];

  test.each(settled)(
    "lets a late writer change nothing where the invoice is %s",
    (_why, invoice) => {
      for (const outcome of OUTCOMES) {
        const result = { token: "token-1", outcome };
        expect(recordOutcome(invoice, result, POLICY, recordingAt(60_000))).toBeNull();
      }
    },
  );

  test("lets a claim after a resend shut the first one out", () => {
    const back = recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" });
    const again = claimed(back, 2000, "token-2");
    const late = { token: "token-1", outcome: declined("card_expired") };
    expect(recordOutcome(again, late, POLICY, recordingAt(3000))).toBeNull();
    expect(recorded(again, approved(), 3000).state).toBe("paid");
  });
});

describe("a charge that could not even be claimed", () => {
  test("is put off, later each time, without an attempt", () => {
    const first = deferInvoice(periodInvoice(), POLICY, recordingAt(0));
    const second = deferInvoice(first, POLICY, recordingAt(1000));
    expect([first.nextActionAt, second.nextActionAt]).toEqual([
      after(1000).operational,
      after(3000).operational,
    ]);
    expect(second).toMatchObject({ deferrals: 2, attempts: [], dueAt: START, step: "charge" });
    expect(claimed(second, 3000).deferrals).toBe(0);
  });
});
