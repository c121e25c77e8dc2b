import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Invoice } from "../../src/domain/invoice.ts";
import {
  AMOUNT,
  type Fields,
  type NoticeBench,
  attemptOf,
  jsonPost,
  kiwoomFields,
  kiwoomForm,
  kiwoomGet,
  startNoticeBench,
  turn,
} from "./bench.ts";

let bench: NoticeBench;
beforeAll(async () => {
  bench = await startNoticeBench("kiwoompay");
}, 60_000);
afterAll(() => bench?.close());

const loseReply = () =>
  bench.core.plantFaults({
    match: { operation: "batch" },
    times: 1,
    effect: "commit_then_drop",
  });

/** A charge of which nobody knows whether it moved money; nobody but a notice can tell. */
async function unknownCharge(): Promise<{ invoice: Invoice; orderNumber: string }> {
  const invoice = await bench.pay(loseReply);
  expect(invoice).toMatchObject({ state: "open", step: "ask" });
  return { invoice, orderNumber: attemptOf(invoice).orderNumber };
}

async function paidCharge(): Promise<{ invoice: Invoice; fields: Fields }> {
  const invoice = await bench.pay();
  const { orderNumber, transaction } = attemptOf(invoice);
  return { invoice, fields: kiwoomFields(orderNumber, { DAOUTRX: transaction?.id ?? "" }) };
}

const cancelOf = (fields: Fields, changes: Fields = {}): Fields => ({
  ...fields,
  PAYMETHOD: "CARD_CANCEL",
  SETTDATE: "20261121100000",
  ...changes,
});

/** The state and reason of the notice that came in last. */
async function outcome() {
  await bench.work();
  const { state, reason } = await bench.newest();
  return { state, reason };
}

describe("a paid notice of KiwoomPay, which cannot be asked", () => {
  it("settles a charge whose reply was lost, with no reconciler running", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    const [approval] = await bench.core.simulator.ledger({ kind: "approval", orderNumber });
    const fields = kiwoomFields(orderNumber, { DAOUTRX: approval?.transactionId ?? "" });
    const answer = await bench.post(kiwoomGet(fields));
    expect(answer).toEqual({
      status: 200,
      text: "<html><body><RESULT>SUCCESS</RESULT></body></html>",
    });
    expect(await outcome()).toEqual({ state: "applied", reason: "charge_settled" });
    const settled = await bench.core.invoice(invoice.id);
    expect(settled).toMatchObject({ state: "paid", step: "none", capturedAmount: AMOUNT });
    expect(attemptOf(settled).transaction?.id).toBe(approval?.transactionId);
    expect(settled.outbox.at(-1)).toMatchObject({ type: "payment.paid", actor: "notice" });
    // What it has paid can be given back.
    expect((await bench.refund(settled, null)).refunds).toMatchObject([{ state: "done" }]);
  });

  it("changes nothing a second time, in the same words or in others", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    const fields = kiwoomFields(orderNumber);
    await bench.post(kiwoomGet(fields));
    await bench.post(kiwoomGet(fields));
    expect(await bench.newest()).toMatchObject({ timesSeen: 2, state: "received" });
    expect(await outcome()).toMatchObject({ state: "applied" });
    const { revision } = await bench.core.invoice(invoice.id);
    await bench.post(kiwoomForm({ ...fields, AUTHNO: "87654321" }));
    expect(await outcome()).toEqual({ state: "nothing_to_do", reason: "already_known" });
    expect((await bench.core.invoice(invoice.id)).revision).toBe(revision);
  });

  it.each([
    ["wrong_amount", { AMOUNT: "9901" }],
    ["another_merchant", { CPID: "SOMEBODY" }],
    ["no_merchant", { CPID: "" }],
    ["no_transaction", { DAOUTRX: "" }],
    ["no_amount", { AMOUNT: "" }],
    ["unknown_order", { ORDERNO: "KB-ZZZZZZZZZZZZ-1" }],
    ["failure_not_proof", { RESULTCODE: "9005" }],
    ["charge_unknown", { PAYMETHOD: "CARD_CANCEL" }],
  ] as [string, Fields][])("moves nothing and is kept: %s", async (reason, changes) => {
    const { invoice, orderNumber } = await unknownCharge();
    await bench.post(kiwoomForm(kiwoomFields(orderNumber, changes)));
    expect((await outcome()).reason).toBe(reason);
    const after = await bench.core.invoice(invoice.id);
    expect(after).toEqual(invoice);
  });

  it("of a virtual account that was issued says that nothing is paid", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    await bench.post(kiwoomForm(kiwoomFields(orderNumber, { PAYMETHOD: "VACCOUNTISSUE" })));
    expect(await outcome()).toEqual({ state: "nothing_to_do", reason: "pending" });
    expect(await bench.core.invoice(invoice.id)).toEqual(invoice);
  });

  it("waits while our own call is out, and applies once its claim has ended", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    const { invoices } = bench.core.composition;
    const attempts = [{ ...attemptOf(invoice), state: "initiated" as const }];
    const calling = await invoices.write(invoice, { ...invoice, step: "call", attempts });
    await bench.post(kiwoomGet(kiwoomFields(orderNumber)));
    expect(await outcome()).toEqual({ state: "received", reason: "call_in_flight" });
    if (calling === null) throw new Error("the invoice was written by somebody else");
    expect(await invoices.find(invoice.id)).toEqual(calling);
    const { attempts: before, step } = invoice;
    await invoices.write(calling, { ...calling, attempts: before, step });
    expect(await outcome()).toEqual({ state: "applied", reason: "charge_settled" });
    expect(await bench.core.invoice(invoice.id)).toMatchObject({ state: "paid" });
  });

  it("for what was paid by another attempt leads to the surplus's refund, once", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    const { invoices } = bench.core.composition;
    const { transaction: _none, ...first } = attemptOf(invoice);
    const paidBy = {
      ...first,
      number: 2,
      orderNumber: orderNumber.replace(/1$/, "2"),
      state: "approved" as const,
      transaction: { id: "cTS-other", approvedAt: first.initiatedAt },
    };
    await invoices.write(invoice, {
      ...invoice,
      state: "paid",
      step: "none",
      claim: null,
      capturedAmount: AMOUNT,
      refundable: AMOUNT,
      attempts: [{ ...first, state: "declined", transaction: null }, paidBy],
    });
    await bench.post(kiwoomGet(kiwoomFields(orderNumber)));
    expect(await outcome()).toEqual({ state: "applied", reason: "late_approval" });
    await bench.post(kiwoomGet(kiwoomFields(orderNumber, { AUTHNO: "1" })));
    expect(await outcome()).toEqual({ state: "nothing_to_do", reason: "already_known" });
    await bench.post(kiwoomGet(kiwoomFields(orderNumber, { DAOUTRX: "cTS-invented" })));
    expect(await outcome()).toEqual({ state: "flagged", reason: "another_transaction" });
    expect(await bench.core.invoice(invoice.id)).toMatchObject({
      step: "refund",
      refundable: AMOUNT,
      refunds: [{ surplus: true, amount: AMOUNT, orderNumber }],
    });
  });
});

describe("a cancellation that KiwoomPay tells", () => {
  it("was made in its console: on record as a refund, once, never above what was captured", async () => {
    const { invoice, fields } = await paidCharge();
    await bench.post(kiwoomGet(cancelOf(fields, { AMOUNT: "3000" })));
    expect(await outcome()).toEqual({ state: "applied", reason: "refunded_at_gateway" });
    const once = await bench.core.invoice(invoice.id);
    expect(once).toMatchObject({
      refundable: AMOUNT - 3000,
      refunds: [{ state: "done", amount: 3000, reason: "refunded at the gateway" }],
    });
    await bench.post(kiwoomForm(cancelOf(fields, { AMOUNT: "3000", USERNAME: "다른 글" })));
    expect(await outcome()).toEqual({ state: "nothing_to_do", reason: "already_known" });
    await bench.post(kiwoomGet(cancelOf(fields, { AMOUNT: "3000", SETTDATE: "" })));
    expect(await outcome()).toEqual({ state: "flagged", reason: "maybe_known" });
    const late = { AMOUNT: "7000", SETTDATE: "20261121100001" };
    await bench.post(kiwoomGet(cancelOf(fields, late)));
    expect(await outcome()).toEqual({ state: "flagged", reason: "more_than_captured" });
    expect(await bench.core.invoice(invoice.id)).toEqual(once);
  });

  it("is a refund of our own: recognised, and nothing of the money changes", async () => {
    const { invoice, fields } = await paidCharge();
    const refunded = await bench.refund(invoice, 4000);
    expect(refunded.refunds).toMatchObject([{ state: "done", amount: 4000 }]);
    await bench.post(kiwoomGet(cancelOf(fields, { AMOUNT: "4000" })));
    expect(await outcome()).toEqual({ state: "nothing_to_do", reason: "own_refund" });
    // Another one of the same amount is not ours.
    await bench.post(kiwoomGet(cancelOf(fields, { AMOUNT: "4000", SETTDATE: "20261122100000" })));
    expect(await outcome()).toEqual({ state: "applied", reason: "refunded_at_gateway" });
    const after = await bench.core.invoice(invoice.id);
    expect(after).toMatchObject({ refundable: AMOUNT - 8000, capturedAmount: AMOUNT });
    expect(after.refunds).toHaveLength(2);
  });

  it("settles a part refund of ours of which nobody knew what came", async () => {
    const { invoice, fields } = await paidCharge();
    const { invoices } = bench.core.composition;
    const done = await bench.refund(invoice, 2000);
    const refunds = done.refunds.map((one) => ({ ...one, state: "unknown" as const }));
    await invoices.write(done, { ...done, refunds, held: "refund_unknown" });
    await bench.post(kiwoomGet(cancelOf(fields, { AMOUNT: "2000" })));
    expect(await outcome()).toEqual({ state: "applied", reason: "refund_settled" });
    expect(await bench.core.invoice(invoice.id)).toMatchObject({
      held: null,
      step: "none",
      refundable: AMOUNT - 2000,
      refunds: [{ state: "done" }],
    });
  });

  it("takes the money of a refund that was asked for and has not left", async () => {
    const { invoice, fields } = await paidCharge();
    const { invoices } = bench.core.composition;
    const asked = await bench.refund(invoice, 5000);
    const refunds = asked.refunds.map((one) => ({ ...one, state: "queued" as const, tries: 0 }));
    await invoices.write(asked, { ...asked, refunds, step: "refund" });
    await bench.post(kiwoomGet(cancelOf(fields)));
    expect(await outcome()).toEqual({ state: "applied", reason: "refunded_at_gateway" });
    expect(await bench.core.invoice(invoice.id)).toMatchObject({
      step: "none",
      refundable: 0,
      refunds: [{ state: "failed" }, { state: "done", amount: AMOUNT }],
    });
  });

  it("before the approval that it cancels waits for it", async () => {
    const { invoice, orderNumber } = await unknownCharge();
    const fields = kiwoomFields(orderNumber);
    await bench.post(kiwoomGet(cancelOf(fields)));
    expect(await outcome()).toEqual({ state: "received", reason: "charge_unknown" });
    await bench.post(kiwoomGet(fields));
    await bench.work();
    await bench.work();
    expect(await bench.core.invoice(invoice.id)).toMatchObject({
      state: "paid",
      refundable: 0,
      refunds: [{ state: "done", amount: AMOUNT }],
    });
  });
});

describe("the guide's dialect", () => {
  it("is JSON with a result code, answered in JSON, and names no merchant", async () => {
    const guide = await startNoticeBench("kiwoompay", { KIWOOM_DIALECT: "guide" });
    await turn(guide.core, { dialect: "guide" });
    try {
      const invoice = await guide.pay(() =>
        guide.core.plantFaults({
          match: { operation: "batch" },
          times: 1,
          effect: "commit_then_drop",
        }),
      );
      const { orderNumber } = attemptOf(invoice);
      const notice = {
        RESULTCODE: "0000",
        DAOUTRX: "cTS26112012000012345",
        ORDERNO: orderNumber,
        AMOUNT,
        AUTHDATE: "20261120120000",
      };
      const answer = await guide.post(jsonPost("/webhook/kiwoom", notice));
      expect(answer).toEqual({ status: 200, text: '{"RESULTCODE":"0000","RESULTMSG":"OK"}' });
      const form = await guide.post(kiwoomForm({ ...notice, AMOUNT: "1" }));
      expect(form.text).toBe('{"RESULTCODE":"0000","RESULTMSG":"OK"}');
      await guide.work();
      expect(await guide.core.invoice(invoice.id)).toMatchObject({ state: "paid" });
    } finally {
      await guide.close();
    }
  }, 60_000);
});
