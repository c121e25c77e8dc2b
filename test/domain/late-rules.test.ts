import { describe, expect, test } from "vitest";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  keepLateAnswer,
  lateAnswersOf,
  recordLateApproval,
  recordRecheck,
} from "../../src/domain/late-rules.ts";
import { closeAbsent } from "../../src/domain/ask-rules.ts";
import {
  DAY_MS,
  HOUR_MS,
  POLICY,
  START,
  after,
  approved,
  claimed,
  declined,
  eventsOf,
  expired,
  foundOf,
  given,
  newest,
  periodInvoice,
  recorded,
  recordingAt,
  statesOf,
  unknownInvoice,
} from "./fixtures.ts";

const FIRST = "KB-A1B2C3D4E5F6-1";
const SECOND = "KB-A1B2C3D4E5F6-2";

function late(invoice: Invoice, transaction = foundOf("T1"), orderNumber = FIRST) {
  const recording = recordingAt(HOUR_MS, { actor: "reconcile" });
  return recordLateApproval(invoice, { orderNumber, transaction }, recording);
}

function onLadder(): Invoice {
  return recorded(claimed(periodInvoice()), declined("insufficient_funds"));
}

function absent(): Invoice {
  return closeAbsent(unknownInvoice(), POLICY, recordingAt(1000));
}

/** Declined at first, paid by a second attempt. */
function paidBySecond(): Invoice {
  return recorded(claimed(absent(), 2000, "token-2"), approved("T2"), 3000);
}

function heldInvoice(): Invoice {
  return { ...onLadder(), held: "too_many_attempts", step: "none" };
}

function refunding(): Invoice {
  return { ...paidBySecond(), step: "call" };
}

describe("an approval that turns up late", () => {
  test.each([
    ["declined and on the ladder", onLadder(), true],
    ["absent and about to be charged again", absent(), false],
    ["failed", recorded(claimed(periodInvoice()), declined("card_expired")), true],
    ["held for a person", heldInvoice(), true],
  ])("is adopted where the invoice is %s", (_why, invoice, tellsSubscription) => {
    const paid = given(late(invoice));
    expect(paid).toMatchObject({
      state: "paid",
      step: "none",
      held: null,
      claim: null,
      followUp: tellsSubscription,
      capturedAmount: 9900,
      refundable: 9900,
      recheckAt: null,
      refunds: [],
    });
    expect(newest(paid)).toMatchObject({ state: "approved", transaction: { id: "T1" } });
  });

  test("is adopted before a number that never left, which is given up", () => {
    const second = claimed(absent(), 2000, "token-2");
    const waiting = recorded(second, { kind: "not_sent", reason: "refused" }, 3000);
    const paid = given(late(waiting));
    expect(statesOf(paid)).toEqual(["approved", "abandoned"]);
    expect(paid).toMatchObject({ state: "paid", step: "none" });
  });

  test("is given back where the invoice is paid already, and only one attempt has paid", () => {
    const paid = given(late(paidBySecond()));
    expect(paid).toMatchObject({ state: "paid", step: "refund", refundable: 9900 });
    expect(statesOf(paid)).toEqual(["absent", "approved"]);
    expect(paid.refunds).toMatchObject([
      { transactionId: "T1", orderNumber: FIRST, surplus: true, amount: 9900 },
    ]);
    expect(eventsOf(paid).at(-1)).toBe("charge_attempt.surplus_found");
    expect(paid.recheckAt).toBeNull();
  });

  test("is given back where the invoice is void", () => {
    const stopped = { ...claimed(periodInvoice()), stop: true, behind: true };
    const voided = recorded(stopped, declined("card_declined"));
    expect(given(late(voided))).toMatchObject({
      state: "void",
      step: "refund",
      capturedAmount: 0,
      refunds: [{ transactionId: "T1", surplus: true }],
    });
  });

  test("under the very number that has paid is given back, the first one stays", () => {
    const paid = recorded(claimed(periodInvoice()), approved("T1"));
    const both = given(late(paid, foundOf("T2")));
    expect(both).toMatchObject({ state: "paid", refundable: 9900 });
    expect(newest(both).transaction?.id).toBe("T1");
    expect(both.refunds).toMatchObject([{ transactionId: "T2", surplus: true }]);
  });

  test.each([
    ["a charge is out", claimed(absent(), 2000, "token-2")],
    ["a charge is asked about", expired()],
    ["a refund is out", refunding()],
  ])("waits while %s", (_why, invoice) => {
    expect(late(invoice)).toBeNull();
  });

  test("is ignored where its transaction is known", () => {
    const paid = paidBySecond();
    expect(late(paid, foundOf("T2"), SECOND)).toBe(paid);
    const surplus = given(late(paid));
    expect(late(surplus)).toBe(surplus);
  });

  test("under no number of ours is ignored", () => {
    expect(late(onLadder(), foundOf("T1"), "KB-SOMEBODYELSE-1")).toBeNull();
  });

  test("that was given back already changes nothing and is looked for no more", () => {
    const invoice = onLadder();
    const same = given(late(invoice, foundOf("T1", { refunded: true })));
    expect(same).toMatchObject({ state: "open", step: "charge", refunds: [], recheckAt: null });
    expect(statesOf(same)).toEqual(["declined"]);
  });

  test("of another amount is held for a person", () => {
    const held = given(late(onLadder(), foundOf("T1", { amount: 5000 })));
    expect(held).toMatchObject({
      state: "open",
      step: "none",
      held: "amount_mismatch",
      capturedAmount: 0,
    });
    const surplus = given(late(paidBySecond(), foundOf("T1", { amount: 5000 })));
    expect(surplus.refunds).toMatchObject([{ amount: 5000, surplus: true }]);
  });
});

describe("a second look", () => {
  test("comes an hour, a day and three days after the attempt was closed, then no more", () => {
    let invoice = onLadder();
    const closedMs = START.getTime() + 1000;
    const looks: (number | null)[] = [];
    for (let round = 0; round < 4; round += 1) {
      looks.push(invoice.recheckAt === null ? null : invoice.recheckAt.getTime() - closedMs);
      invoice = recordRecheck(invoice, FIRST, POLICY);
    }
    expect(looks).toEqual([HOUR_MS, DAY_MS, 3 * DAY_MS, null]);
  });

  test("of one attempt leaves the others' alone, and the earliest counts", () => {
    const second = claimed(absent(), 2000, "token-2");
    const both = recorded(second, declined("card_declined"), 3000);
    expect(both.recheckAt).toEqual(after(1000 + HOUR_MS).business);
    const looked = recordRecheck(both, FIRST, POLICY);
    expect(looked.attempts.map((one) => one.rechecks)).toEqual([1, 0]);
    expect(looked.recheckAt).toEqual(after(3000 + HOUR_MS).business);
  });

  test("is not begun again for an attempt that paid meanwhile", () => {
    const paid = given(late(onLadder()));
    expect(recordRecheck(paid, FIRST, POLICY)).toEqual(paid);
  });
});

describe("an approval that its worker held too long", () => {
  const transaction = { id: "T1", approvedAt: START, approvalNumber: "30001234" };

  test("is kept with its attempt and looked at soon", () => {
    const kept = given(keepLateAnswer(absent(), { orderNumber: FIRST, transaction }, START));
    expect(kept).toMatchObject({ state: "open", step: "charge", recheckAt: START });
    expect(lateAnswersOf(newest(kept))).toEqual([
      { ...transaction, amount: 9900, refunded: false },
    ]);
    const [found] = lateAnswersOf(newest(kept));
    expect(given(late(kept, given(found)))).toMatchObject({ state: "paid" });
  });

  test("is kept once, and not at all where it is known", () => {
    const kept = given(keepLateAnswer(absent(), { orderNumber: FIRST, transaction }, START));
    expect(keepLateAnswer(kept, { orderNumber: FIRST, transaction }, START)).toBeNull();
    const paid = recorded(claimed(periodInvoice()), approved("T1"));
    expect(keepLateAnswer(paid, { orderNumber: FIRST, transaction }, START)).toBeNull();
    expect(keepLateAnswer(absent(), { orderNumber: SECOND, transaction }, START)).toBeNull();
  });

  test("changes neither state nor step nor claim", () => {
    const inFlight = claimed(absent(), 2000, "token-2");
    const kept = given(keepLateAnswer(inFlight, { orderNumber: FIRST, transaction }, START));
    expect(statesOf(kept)).toEqual(["absent", "initiated"]);
    expect(kept).toMatchObject({ step: "call", claim: { token: "token-2" } });
  });
});
