/** Gateways that can be asked: a notice alone moves nothing, it only says that now is the time to ask. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Invoice } from "../../src/domain/invoice.ts";
import { toKoreaStamp } from "../../src/gateways/korea-stamp.ts";
import {
  AMOUNT,
  MERCHANTS,
  type NoticeBench,
  type Wire,
  attemptOf,
  jsonPost,
  startNoticeBench,
} from "./bench.ts";

let cookiepay: NoticeBench;
let portone: NoticeBench;
beforeAll(async () => {
  cookiepay = await startNoticeBench("cookiepay");
  portone = await startNoticeBench("portone");
}, 90_000);
afterAll(() => Promise.all([cookiepay?.close(), portone?.close()]));

const GATEWAYS = ["cookiepay", "portone"] as const;
const benchOf = (gateway: (typeof GATEWAYS)[number]) =>
  gateway === "cookiepay" ? cookiepay : portone;

interface Told {
  kind: "paid" | "canceled";
  transactionId: string;
  amount?: number;
  /** When it was given back. */
  at?: Date;
  changes?: object;
}

/** As each gateway writes it. */
function noticeOf(gateway: (typeof GATEWAYS)[number], invoice: Invoice, told: Told): Wire {
  const { orderNumber } = attemptOf(invoice);
  const { kind, transactionId, amount = AMOUNT, changes = {} } = told;
  if (gateway === "portone") {
    const status = kind === "paid" ? "paid" : "cancelled";
    const fields = { imp_uid: transactionId, merchant_uid: orderNumber, status, ...changes };
    return jsonPost("/webhook/portone", fields);
  }
  const fields =
    kind === "paid"
      ? {
          PAY_METHOD: "CARD",
          API_ID: MERCHANTS.cookiepay,
          ORDERNO: orderNumber,
          AMOUNT: `${amount}`,
        }
      : {
          noti_type: "cancel",
          paymethod: "CARD",
          orderno: orderNumber,
          cancel_amount: `${amount}`,
          cancel_date: toKoreaStamp(told.at ?? new Date("2026-11-21T01:00:00Z")),
        };
  const tid = kind === "paid" ? { TID: transactionId } : { tid: transactionId };
  return jsonPost("/webhook/cookiepay", { ...fields, ...tid, ...changes });
}

async function look(bench: NoticeBench) {
  await bench.work();
  const { state, reason } = await bench.newest();
  return { state, reason };
}

const OPERATION = { cookiepay: "payments", portone: "again" } as const;

const unknownAfter = (gateway: (typeof GATEWAYS)[number], effect: string) =>
  benchOf(gateway).pay((buyerId) =>
    benchOf(gateway).core.plantFaults({
      match: { operation: OPERATION[gateway], buyerId },
      times: 1,
      effect,
    }),
  );

async function approvalOf(bench: NoticeBench, invoice: Invoice): Promise<string> {
  const { orderNumber } = attemptOf(invoice);
  const [approval] = await bench.core.simulator.ledger({ kind: "approval", orderNumber });
  return approval?.transactionId ?? "";
}

describe.each(GATEWAYS)("a notice of %s", (gateway) => {
  it("makes reconciliation ask now, and its answer settles the charge", async () => {
    const bench = benchOf(gateway);
    const invoice = await unknownAfter(gateway, "commit_then_drop");
    expect(invoice).toMatchObject({ state: "open", step: "ask" });
    const transactionId = await approvalOf(bench, invoice);
    const answer = await bench.post(noticeOf(gateway, invoice, { kind: "paid", transactionId }));
    expect(answer.status).toBe(200);
    expect(await look(bench)).toEqual({ state: "applied", reason: "charge_settled" });
    const settled = await bench.core.invoice(invoice.id);
    expect(settled).toMatchObject({ state: "paid", capturedAmount: AMOUNT });
    expect(attemptOf(settled).transaction?.id).toBe(transactionId);
  });

  it("moves nothing where the gateway does not say so, and is flagged in the end", async () => {
    const bench = benchOf(gateway);
    const invoice = await unknownAfter(gateway, "drop");
    await bench.post(
      noticeOf(gateway, invoice, { kind: "paid", transactionId: "imp_000000000001" }),
    );
    expect(await look(bench)).toEqual({ state: "received", reason: "not_confirmed" });
    // However often a notice asks, it cannot close the attempt as absent.
    for (let round = 0; round < 11; round += 1) await bench.work();
    expect(await look(bench)).toEqual({ state: "flagged", reason: "not_confirmed" });
    const after = await bench.core.invoice(invoice.id);
    expect(after).toMatchObject({ state: "open", step: "ask", capturedAmount: 0 });
    expect(attemptOf(after)).toMatchObject({ state: "unknown", missingReads: 0 });
  });

  it("that is forged about a paid charge changes nothing", async () => {
    const bench = benchOf(gateway);
    const invoice = await bench.pay();
    await bench.post(
      noticeOf(gateway, invoice, { kind: "paid", transactionId: "imp_000000000002" }),
    );
    expect(await look(bench)).toEqual({ state: "received", reason: "not_confirmed" });
    await bench.post(
      noticeOf(gateway, invoice, {
        kind: "canceled",
        transactionId: attemptOf(invoice).transaction?.id ?? "",
      }),
    );
    expect(await look(bench)).toEqual({ state: "received", reason: "not_confirmed" });
    expect(await bench.core.invoice(invoice.id)).toEqual(invoice);
  });

  it("of a refund of ours is recognised; of one in the console it becomes a refund of ours", async () => {
    const bench = benchOf(gateway);
    const invoice = await bench.pay();
    const transactionId = attemptOf(invoice).transaction?.id ?? "";
    await cancelInConsole(bench, invoice, 3000);
    const [entry] = await bench.core.simulator.ledger({ kind: "refund", transactionId });
    const at = new Date(entry?.at ?? 0);
    const told = { kind: "canceled" as const, transactionId, amount: 3000, at };
    await bench.post(noticeOf(gateway, invoice, told));
    expect(await look(bench)).toEqual({ state: "applied", reason: "refunded_at_gateway" });
    const once = await bench.core.invoice(invoice.id);
    expect(once).toMatchObject({
      refundable: AMOUNT - 3000,
      refunds: [{ state: "done", amount: 3000, surplus: false }],
    });
    await bench.post(noticeOf(gateway, invoice, { ...told, changes: { extra: "other words" } }));
    expect((await look(bench)).state).toBe("nothing_to_do");
    expect(await bench.core.invoice(invoice.id)).toEqual(once);
    const both = await bench.refund(once, 2000);
    expect(both.refunds).toMatchObject([{ state: "done" }, { state: "done", amount: 2000 }]);
    const own = { ...told, amount: 2000, at: both.refunds[1]?.refundedAt ?? at };
    await bench.post(noticeOf(gateway, invoice, own));
    expect((await look(bench)).state).toBe("nothing_to_do");
    const after = await bench.core.invoice(invoice.id);
    expect(after).toMatchObject({ refundable: AMOUNT - 5000 });
    expect(after.refunds).toHaveLength(2);
  });

  it("that was cancelled before anybody knew that it was paid ends the same", async () => {
    const bench = benchOf(gateway);
    const invoice = await unknownAfter(gateway, "commit_then_drop");
    const transactionId = await approvalOf(bench, invoice);
    await cancelInConsole(bench, invoice, AMOUNT, transactionId);
    await bench.post(noticeOf(gateway, invoice, { kind: "canceled", transactionId }));
    await bench.work();
    await bench.work();
    expect(await bench.core.invoice(invoice.id)).toMatchObject({
      state: "paid",
      capturedAmount: AMOUNT,
      refundable: 0,
      refunds: [{ state: "done", amount: AMOUNT }],
    });
  });
});

describe("a part of a PortOne payment that went back before anybody knew that it was paid", () => {
  it("is a part on record as well", async () => {
    const invoice = await unknownAfter("portone", "commit_then_drop");
    const transactionId = await approvalOf(portone, invoice);
    await cancelInConsole(portone, invoice, 1000, transactionId);
    await portone.post(noticeOf("portone", invoice, { kind: "canceled", transactionId }));
    await portone.work();
    expect(await portone.core.invoice(invoice.id)).toMatchObject({
      state: "paid",
      refundable: AMOUNT - 1000,
      refunds: [{ state: "done", amount: 1000 }],
    });
  });
});

/** Somebody gives money back in the gateway's console: by the same adapter, unknown to our books. */
async function cancelInConsole(
  { core, gateway }: NoticeBench,
  invoice: Invoice,
  amount: number,
  transactionId = attemptOf(invoice).transaction?.id ?? "",
): Promise<void> {
  const adapter = core.composition.gateways.get(gateway, "default");
  const opened = await adapter.openCredential({ call: "refund", paidWith: "billing_key" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  const refunded = await adapter.refund(
    { credential: opened.credential, maySend: () => true },
    {
      transactionId,
      orderNumber: attemptOf(invoice).orderNumber,
      amount,
      leftBefore: AMOUNT,
      everythingLeft: amount === AMOUNT,
      paidWith: "billing_key",
      reason: "관리자 취소",
    },
  );
  if (refunded.kind !== "approved") throw new Error(refunded.kind);
}
