import { describe, expect, test } from "vitest";
import {
  type Reading,
  closeAbsent,
  mayCountMissing,
  recordReadEvidence,
  recordReading,
} from "../../src/domain/ask-rules.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  CREDENTIAL_MS,
  HOUR_MS,
  POLICY,
  after,
  approved,
  claimed,
  declined,
  eventsOf,
  expired,
  foundOf,
  given,
  newest,
  paymentInvoice,
  periodInvoice,
  recorded,
  recordingAt,
  statesOf,
  unknownInvoice,
} from "./fixtures.ts";

const NOT_FOUND: Reading = { kind: "not_found" };
/** The call of `unknownInvoice` ended after a second. */
const SETTLED_MS = 1000 + POLICY.settleDelayMs;

function read(invoice: Invoice, reading: Reading, ms: number): Invoice | null {
  const asked = { token: "token-1", reading };
  return recordReading(invoice, asked, POLICY, recordingAt(ms, { actor: "reconcile" }));
}

function found(...transactions: ReturnType<typeof foundOf>[]): Reading {
  return { kind: "found", transactions };
}

function readLater(invoice: Invoice, outcome: Parameters<typeof recordReadEvidence>[1]["outcome"]) {
  const answer = { token: "token-1", outcome };
  return recordReadEvidence(invoice, answer, POLICY, recordingAt(5000, { actor: "reconcile" }));
}

describe("a charge that is found", () => {
  test.each([
    ["by the worker's word", unknownInvoice()],
    ["after its lease ran out", expired()],
  ])("pays the invoice (unknown %s)", (_why, invoice) => {
    const paid = given(read(invoice, found(foundOf("T1")), 60_000));
    expect(paid).toMatchObject({ state: "paid", capturedAmount: 9900, refundable: 9900 });
    expect(newest(paid)).toMatchObject({ state: "approved", lookUps: 1 });
    expect(newest(paid).transaction).toEqual({ id: "T1", approvedAt: after(0).business });
    expect(paid.refunds).toEqual([]);
  });

  test("twice pays once, and every other approval goes back", () => {
    const reading = found(foundOf("T1"), foundOf("T2"), foundOf("T3"));
    const paid = given(read(unknownInvoice(), reading, 5000));
    expect(paid).toMatchObject({ state: "paid", step: "refund", refundable: 9900 });
    expect(newest(paid).transaction?.id).toBe("T1");
    expect(paid.refunds).toMatchObject([
      { transactionId: "T2", amount: 9900, surplus: true, state: "queued" },
      { transactionId: "T3", amount: 9900, surplus: true, state: "queued" },
    ]);
    expect(new Set(paid.refunds.map((refund) => refund.id)).size).toBe(2);
  });

  test("behind a cancel goes back, with every other approval", () => {
    const invoice = { ...unknownInvoice(), stop: true, behind: true };
    const paid = given(read(invoice, found(foundOf("T1"), foundOf("T2")), 5000));
    expect(paid).toMatchObject({ state: "paid", step: "refund", refundable: 0 });
    expect(paid.refunds).toMatchObject([
      { transactionId: "T1", surplus: false },
      { transactionId: "T2", surplus: true },
    ]);
  });

  test("with another amount is held for a person, and no machine asks or charges again", () => {
    const reading = found(foundOf("T1", { amount: 5000 }));
    const held = given(read(unknownInvoice(), reading, 5000));
    expect(held).toMatchObject({ state: "open", step: "ask", held: "amount_mismatch" });
    expect(eventsOf(held).at(-1)).toBe("invoice.held");
    // A reading that was under way meanwhile says nothing any more.
    expect(read(held, NOT_FOUND, 10 * SETTLED_MS)).toBeNull();
    expect(read(held, found(foundOf("T1")), 10 * SETTLED_MS)).toBeNull();
  });

  test("as given back already is paid and given back, whoever did it", () => {
    const reading = found(foundOf("T1", { refunded: true }));
    const stopped = { ...unknownInvoice(), stop: true, behind: true };
    for (const invoice of [unknownInvoice(), stopped]) {
      const paid = given(read(invoice, reading, 5000));
      expect(paid).toMatchObject({ state: "paid", step: "none", refundable: 0 });
      expect(paid.refunds).toMatchObject([
        { transactionId: "T1", amount: 9900, state: "done", surplus: false },
      ]);
    }
  });

  test("given back once and approved once more is paid by the one that stands", () => {
    const reading = found(foundOf("T1", { refunded: true }), foundOf("T2"));
    const paid = given(read(unknownInvoice(), reading, 5000));
    expect(paid).toMatchObject({ state: "paid", step: "none", refundable: 9900, refunds: [] });
    expect(newest(paid).transaction?.id).toBe("T2");
  });
});

describe("a charge that is not there", () => {
  test("stays unknown before the settle delay, however often it is read", () => {
    let invoice = unknownInvoice();
    for (const ms of [4000, 20_000, 60_000, SETTLED_MS - 1]) {
      invoice = given(read(invoice, NOT_FOUND, ms));
      expect(invoice).toMatchObject({ state: "open", step: "ask" });
    }
    expect(newest(invoice)).toMatchObject({ state: "unknown", missingReads: 0, lookUps: 4 });
  });

  test("is closed by the second reading after it, and a new attempt may follow at once", () => {
    const once = given(read(unknownInvoice(), NOT_FOUND, SETTLED_MS));
    expect(once).toMatchObject({ step: "ask", claim: { token: "token-1" } });
    expect(newest(once)).toMatchObject({ state: "unknown", missingReads: 1 });
    const absent = given(read(once, NOT_FOUND, SETTLED_MS + 1));
    expect(absent).toMatchObject({
      state: "open",
      step: "charge",
      claim: null,
      dunning: { step: 0, firstDeclinedAt: null },
      recheckAt: after(SETTLED_MS + 1 + HOUR_MS).business,
    });
    expect(eventsOf(absent).at(-1)).toBe("charge_attempt.absent");
    const next = claimed(absent, SETTLED_MS + 1, "token-2");
    expect(statesOf(next)).toEqual(["absent", "initiated"]);
    expect(newest(next).orderNumber).toBe("KB-A1B2C3D4E5F6-2");
  });

  test("behind a cancel ends the invoice", () => {
    const stopped = { ...unknownInvoice(), stop: true, behind: true };
    const once = given(read(stopped, NOT_FOUND, SETTLED_MS));
    expect(given(read(once, NOT_FOUND, SETTLED_MS))).toMatchObject({ state: "void", step: "none" });
  });

  test("cannot be closed while a worker that said nothing may still send", () => {
    const invoice = expired();
    const still = given(read(invoice, NOT_FOUND, CREDENTIAL_MS - 1));
    expect(newest(still).missingReads).toBe(0);
    const settled = CREDENTIAL_MS + POLICY.settleDelayMs;
    expect(newest(given(read(invoice, NOT_FOUND, settled))).missingReads).toBe(1);
  });

  test("waits for the gateway's list after a worker that sent long past its lease", () => {
    const sentLate = recorded(expired(), { kind: "unknown", reason: "reset" }, HOUR_MS / 6);
    const justAfter = given(read(sentLate, NOT_FOUND, HOUR_MS / 6 + 1000));
    expect(newest(justAfter).missingReads).toBe(0);
  });

  test("is found after all by the second reading", () => {
    const once = given(read(unknownInvoice(), NOT_FOUND, SETTLED_MS));
    expect(read(once, found(foundOf("T1")), SETTLED_MS + 1)?.state).toBe("paid");
  });
});

describe("a look-up without an answer", () => {
  test("asks again later each time and counts for nothing", () => {
    let invoice = unknownInvoice();
    const delays: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      invoice = given(read(invoice, { kind: "failed", reason: "timeout" }, 10 * SETTLED_MS));
      delays.push(invoice.nextActionAt.getTime() - after(10 * SETTLED_MS).operational.getTime());
    }
    expect(delays).toEqual([6000, 12_000, 24_000, 48_000]);
    expect(newest(invoice)).toMatchObject({ state: "unknown", missingReads: 0, lookUps: 4 });
  });
});

describe("when not there counts", () => {
  const attempt = newest(claimed(periodInvoice()));
  const ended = { ...attempt, callEndedAt: after(2000).operational };
  const cases: [string, typeof attempt, number, boolean][] = [
    ["just before the settle delay", ended, 91_999, false],
    ["once the settle delay has passed since the call ended", ended, 92_000, true],
    ["while nobody said that the call ended", attempt, CREDENTIAL_MS, false],
    ["a settle delay after the credential's end", attempt, CREDENTIAL_MS + 90_000, true],
  ];

  test.each(cases)("%s", (_why, one, ms, counts) => {
    expect(mayCountMissing(one, POLICY, after(ms).operational)).toBe(counts);
  });

  test("never before the claim is old enough, even with a credential that ended before", () => {
    const short = { ...attempt, credentialEndsAt: after(-1).operational };
    expect(mayCountMissing(short, POLICY, after(89_999).operational)).toBe(false);
    expect(mayCountMissing(short, POLICY, after(90_000).operational)).toBe(true);
  });
});

describe("the question", () => {
  const readings: Reading[] = [found(foundOf("T1")), NOT_FOUND, { kind: "failed", reason: "no" }];
  const settled: [string, Invoice][] = [
    ["is claimed", claimed(periodInvoice())],
    ["is paid", recorded(claimed(periodInvoice()), approved("T9"))],
    ["is declined", recorded(claimed(periodInvoice()), declined("card_declined"))],
    ["never left", recorded(claimed(periodInvoice()), { kind: "not_sent", reason: "refused" })],
  ];

  test.each(settled)("is settled where the charge %s", (_why, invoice) => {
    for (const reading of readings) expect(read(invoice, reading, 10 * SETTLED_MS)).toBeNull();
  });

  test("belongs to the token it was asked for", () => {
    for (const reading of readings) {
      const asked = { token: "token-2", reading };
      expect(recordReading(unknownInvoice(), asked, POLICY, recordingAt(SETTLED_MS))).toBeNull();
    }
  });
});

describe("an answer that could be read later", () => {
  test("settles the charge where it is definite", () => {
    expect(readLater(unknownInvoice(), approved("T1"))?.state).toBe("paid");
    expect(readLater(unknownInvoice(), declined("card_declined"))?.step).toBe("charge");
    const payment = unknownInvoice(paymentInvoice());
    expect(readLater(payment, declined("card_declined"))?.state).toBe("failed");
  });

  test("settles nothing where it is not", () => {
    expect(readLater(unknownInvoice(), { kind: "unknown", reason: "unreadable" })).toBeNull();
    expect(readLater(unknownInvoice(), { kind: "pending", reason: "in hand" })).toBeNull();
    // What an answer says cannot have stayed at home.
    expect(readLater(unknownInvoice(), { kind: "not_sent", reason: "refused" })).toBeNull();
    expect(readLater(claimed(periodInvoice()), approved("T1"))).toBeNull();
  });
});

describe("a person's word that nothing was charged", () => {
  test("closes the attempt at once and takes the hold away", () => {
    const held: Invoice = { ...unknownInvoice(), held: "amount_mismatch" };
    const closed = closeAbsent(held, POLICY, recordingAt(5000, { actor: "operator" }));
    expect(closed).toMatchObject({ state: "open", step: "charge", held: null, claim: null });
    expect(newest(closed).state).toBe("absent");
  });

  test("needs an attempt", () => {
    expect(() => closeAbsent(periodInvoice(), POLICY, recordingAt(0))).toThrow("no attempt");
  });
});
