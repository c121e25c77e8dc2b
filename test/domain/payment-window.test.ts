import { describe, expect, it } from "vitest";
import { brokenInvariantOf } from "../../src/domain/invariants.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import { recordLateApproval } from "../../src/domain/late-rules.ts";
import { judgeNotice } from "../../src/domain/notice-rules.ts";
import { orderStatusOf } from "../../src/domain/order-status.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import {
  awaitDeposit,
  claimWindow,
  endWindow,
  keepOpened,
  leaveWindow,
  noteFailure,
  noteReturn,
  refuseWindow,
  stopWindow,
} from "../../src/domain/payment-window.ts";
import {
  AMOUNT,
  DAY_MS,
  HOUR_MS,
  POLICY,
  after,
  approved,
  claimRequest,
  foundOf,
  given,
  recordingAt,
  windowInvoice,
} from "./fixtures.ts";

const ours = windowInvoice("merchant");
const theirs = windowInvoice("gateway");
const silent = windowInvoice("gateway", { askable: false });
const cause = { at: after(1000), actor: "api" as const };

describe("a window in which the gateway takes the money", () => {
  it("has its attempt on record, pending and claimed, before anybody can pay", () => {
    expect(theirs).toMatchObject({ state: "open", step: "window", capturedAmount: 0 });
    expect(theirs.attempts).toMatchObject([{ state: "pending", amount: AMOUNT }]);
    expect(theirs.claim?.subject).toBe(theirs.attempts[0]?.orderNumber);
    expect(brokenInvariantOf(theirs)).toBeNull();
  });

  it("is never claimed for a charge of ours", () => {
    expect(claimWindow(theirs, claimRequest(1000, "t", 0), POLICY)).toBeNull();
  });

  it("becomes a question when its time is over, and not before", () => {
    expect(endWindow(theirs, POLICY, recordingAt(1000))).toBeNull();
    const ended = given(endWindow(theirs, POLICY, recordingAt(HOUR_MS)));
    expect(ended).toMatchObject({ state: "open", step: "ask" });
    expect(orderStatusOf(ended)).toBe("confirming");
  });

  it("expires at a gateway that cannot be asked and told nothing, and is adopted late", () => {
    const ended = given(endWindow(silent, POLICY, recordingAt(HOUR_MS)));
    expect(ended).toMatchObject({ state: "failed", step: "none", claim: null });
    expect(orderStatusOf(ended)).toBe("expired");
    const { orderNumber = "" } = ended.attempts[0] ?? {};
    const late = { orderNumber, transaction: foundOf("T9") };
    const adopted = given(recordLateApproval(ended, late, recordingAt(2 * HOUR_MS)));
    expect(adopted).toMatchObject({ state: "paid", capturedAmount: AMOUNT });
  });

  it("is for a person where a browser says that it was paid", () => {
    const returned = given(noteReturn(silent, after(1000)));
    expect(orderStatusOf(returned)).toBe("confirming");
    const ended = given(endWindow(returned, POLICY, recordingAt(HOUR_MS)));
    expect(ended).toMatchObject({ state: "open", step: "ask" });
    expect(ended.attempts[0]?.unknownSince).not.toBeNull();
  });

  it("waits for the deposit of a virtual account, a day longer than that", () => {
    const endsAt = after(3 * DAY_MS).operational;
    const account = { bankName: "국민은행", accountNumber: "1", holder: "상점", endsAt };
    const waiting = given(awaitDeposit(theirs, account));
    expect(waiting.nextActionAt).toEqual(after(4 * DAY_MS).operational);
    expect(orderStatusOf(waiting)).toBe("pending");
    expect(awaitDeposit(waiting, account)).toBeNull();
    expect(endWindow(waiting, POLICY, recordingAt(3 * DAY_MS))).toBeNull();
    expect(awaitDeposit(ours, account)).toBeNull();
  });

  it("cancelled, sends back what still comes", () => {
    const stopped = given(stopWindow(theirs, cause));
    expect(stopped).toMatchObject({ state: "open", stop: true });
    expect(orderStatusOf(stopped)).toBe("canceled");
    const asked = given(leaveWindow(stopped, after(2000)));
    const outcome = approved();
    const paid = given(
      recordOutcome(asked, { token: "token-1", outcome }, POLICY, recordingAt(3000)),
    );
    expect(paid).toMatchObject({ state: "paid", step: "refund", refundable: 0 });
    expect(paid.refunds).toMatchObject([{ state: "queued", amount: AMOUNT }]);
    expect(stopWindow(stopped, cause)).toBeNull();
  });

  it("cancelled and never paid, is void", () => {
    const stopped = given(stopWindow(silent, cause));
    expect(endWindow(stopped, POLICY, recordingAt(HOUR_MS))).toMatchObject({ state: "void" });
  });

  it("refused by the gateway, can bring nothing", () => {
    const refused = given(refuseWindow(windowInvoice("gateway", { opened: null }), "9102", cause));
    expect(refused).toMatchObject({ state: "failed", attempts: [{ state: "abandoned" }] });
    expect(orderStatusOf(refused)).toBe("failed");
    expect(refuseWindow(theirs, "9102", cause)).toBeNull();
  });

  it("declines in it leave it open, whoever tells", () => {
    const noted = given(noteFailure(theirs, "잔액부족"));
    expect(orderStatusOf(noted)).toBe("waiting");
    const notice = noticeOf(theirs, "failed");
    const judged = judgeNotice(theirs, { notice, canAsk: false }, recordingAt(1000));
    expect(judged).toEqual({ kind: "nothing", reason: "declined_in_window" });
  });

  it("paid twice, gives the second payment back, and the first never", () => {
    const asked = given(leaveWindow(silent, after(1000)));
    const told = { token: "token-1", outcome: approved() };
    const paid = given(recordOutcome(asked, told, POLICY, recordingAt(2000)));
    const first = paid.attempts[0]?.transaction?.id ?? "";
    const judge = (invoice: Invoice, transactionId: string) =>
      judgeNotice(
        invoice,
        { notice: { ...noticeOf(silent, "paid"), transactionId }, canAsk: false },
        recordingAt(3000),
      );
    expect(judge(paid, first)).toMatchObject({ kind: "nothing", reason: "already_known" });
    const judged = judge(paid, "T-SECOND");
    expect(judged).toMatchObject({
      kind: "change",
      invoice: { state: "paid", refunds: [{ surplus: true, transactionId: "T-SECOND" }] },
    });
  });
});

function noticeOf(invoice: Invoice, kind: "paid" | "failed") {
  const orderNumber = invoice.attempts[0]?.orderNumber ?? "";
  const shared = { cancellationId: null, at: null, merchantId: "CT" };
  return { ...shared, kind, orderNumber, transactionId: "T1", amount: AMOUNT };
}

describe("a window in which we take the money", () => {
  it("has no attempt: nothing can move before we claim it", () => {
    expect(ours).toMatchObject({ step: "window", claim: null, attempts: [] });
    expect(orderStatusOf(ours)).toBe("waiting");
  });

  it("is claimed once", () => {
    const claimed = given(claimWindow(ours, claimRequest(1000, "t", 0), POLICY));
    expect(claimed).toMatchObject({ step: "call", claim: { kind: "charge" } });
    expect(claimWindow(claimed, claimRequest(2000, "u", 0), POLICY)).toBeNull();
    expect(leaveWindow(ours, after(1000))).toBeNull();
  });

  it("is void at once when it is cancelled, and expires otherwise", () => {
    expect(stopWindow(ours, cause)).toMatchObject({ state: "void", step: "none" });
    const ended = given(endWindow(ours, POLICY, recordingAt(HOUR_MS)));
    expect(orderStatusOf(ended)).toBe("expired");
    expect(claimWindow(ended, claimRequest(2 * HOUR_MS, "t", 0), POLICY)).toBeNull();
  });

  it("keeps the gateway's first answer", () => {
    const fresh = windowInvoice("merchant", { opened: null });
    const kept = given(keepOpened(fresh, { text: "1", gatewayOrderId: "G1" }));
    expect(kept.window).toMatchObject({ opened: "1", gatewayOrderId: "G1" });
    expect(keepOpened(kept, { text: "2", gatewayOrderId: "G2" })).toBeNull();
  });
});
