import { describe, expect, it } from "vitest";
import { createMerchant, sign, startPayup } from "./client.ts";

const MONEY_FIELDS = [
  "responseCode",
  "responseMsg",
  "transactionId",
  "orderNumber",
  "type",
  "authDateTime",
  "amount",
  "cashReceipt",
];

describe("PayUp pay", () => {
  it("approves the wallet's money, and writes it into the ledger", async () => {
    const { client, merchant } = await startPayup();
    await client.setClock("2026-03-01T00:00:00Z");
    const paid = await merchant.pay(await merchant.agree({ orderNumber: "PAY-1" }));
    expect(Object.keys(paid.body)).toEqual(MONEY_FIELDS);
    expect(paid.body).toMatchObject({
      responseCode: "0000",
      responseMsg: "정상처리",
      transactionId: expect.stringMatching(/^20260301090000KK\d{4}$/),
      orderNumber: "PAY-1",
      type: "KAKAO_MONEY",
      authDateTime: "20260301090000",
      amount: "9900",
      cashReceipt: "9900",
    });
    const { entries } = (await client.ledger("?gateway=payup")).body;
    expect(entries).toEqual([
      expect.objectContaining({
        kind: "approval",
        merchant: "sim_payup",
        orderNumber: "PAY-1",
        transactionId: paid.body.transactionId,
        amount: 9900,
        buyerId: "홍길동",
      }),
    ]);
  });

  it("issues no receipt for cash where the order wants none", async () => {
    const { merchant } = await startPayup();
    const paid = await merchant.pay(await merchant.agree({ cashbillYn: "N" }));
    expect(paid.body.cashReceipt).toBe("0");
  });

  it("approves a card, whole or short as the switch says", async () => {
    const { client, merchant } = await startPayup();
    const card = { card: "4000000000010001" };
    const full = await merchant.pay(await merchant.agree({}, card));
    expect(full.body).toMatchObject({
      type: "KAKAO_CARD",
      amount: "9900",
      authDateTime: expect.stringMatching(/^\d{14}$/),
      authNumber: expect.stringMatching(/^\d{8}$/),
      cardName: "신한",
      cardNo: "400000******0001",
      quota: "0",
    });
    await client.setSwitches({ payup: { cardReply: "short" } });
    const short = await merchant.pay(await merchant.agree({}, card));
    expect(short.body).not.toHaveProperty("amount");
    expect(short.body).not.toHaveProperty("authDateTime");
    expect(JSON.stringify((await client.ledger()).body)).not.toContain("4000000000010001");
  });

  it("numbers the approval of its own, or as its order, by the switch", async () => {
    const { client, merchant } = await startPayup();
    const agreed = await merchant.agree();
    expect((await merchant.pay(agreed)).body.transactionId).not.toBe(agreed.ordr_idxx);
    await client.setSwitches({ payup: { transactionId: "ordr_idxx" } });
    const other = await merchant.agree();
    expect((await merchant.pay(other)).body.transactionId).toBe(other.ordr_idxx);
  });

  it("approves an order once: then 8002, after a restart too, and without a transaction", async () => {
    const first = await startPayup();
    const agreed = await first.merchant.agree({ orderNumber: "ONCE" });
    const answers = await Promise.all(Array.from({ length: 20 }, () => first.merchant.pay(agreed)));
    const codes = answers.map(({ body }) => body.responseCode);
    expect(codes.filter((code) => code === "0000")).toHaveLength(1);
    expect(codes.filter((code) => code === "8002")).toHaveLength(19);
    await first.simulator.close();

    const second = await startPayup({ dir: first.dir });
    const again = await second.merchant.pay(agreed);
    expect(again.body).toEqual({ responseCode: "8002", responseMsg: expect.any(String) });
    expect((await second.client.ledger("?orderNumber=ONCE")).body.totals).toMatchObject({
      approvals: 1,
    });
  });

  it("pays two orders of one order number, both of them", async () => {
    const { client, merchant } = await startPayup();
    for (let time = 0; time < 2; time += 1) {
      const paid = await merchant.pay(await merchant.agree({ orderNumber: "SAME" }));
      expect(paid.body.responseCode).toBe("0000");
    }
    expect((await client.ledger("?orderNumber=SAME")).body.totals).toMatchObject({ approvals: 2 });
  });

  it("approves after a restart what was authenticated before", async () => {
    const first = await startPayup();
    const agreed = await first.merchant.agree({ orderNumber: "LATER" });
    await first.simulator.close();
    const { merchant } = await startPayup({ dir: first.dir });
    expect((await merchant.pay(agreed)).body).toMatchObject({ responseCode: "0000" });
  });

  it("refuses what was not authenticated, or for another order, and books nothing", async () => {
    const { client, merchant } = await startPayup();
    const agreed = await merchant.agree();
    const other = await merchant.agree();
    const refusals: [object, string][] = [
      [{ res_cd: "3001" }, "9002"],
      [{ enc_data: "" }, "6001"],
      [{ enc_info: undefined }, "6001"],
      [{ ordr_idxx: "" }, "6001"],
      [{ card_pay_method: "CARD" }, "6002"],
      [{ enc_data: "Zm9yZ2Vk", ordr_idxx: "20200101000000KK0001" }, "8001"],
      [{ enc_data: "Zm9yZ2Vk" }, "SIM9"],
      [{ enc_data: other.enc_data }, "SIM9"],
      [{ card_pay_method: "KAKAO_CARD" }, "SIM9"],
    ];
    for (const [fields, code] of refusals) {
      const refused = await merchant.pay({ ...agreed, ...fields });
      expect(refused.body).toEqual({ responseCode: code, responseMsg: expect.any(String) });
    }
    expect((await client.ledger()).body.entries).toEqual([]);
    expect((await merchant.pay({ ...agreed, tran_cd: "" })).body.responseCode).toBe("0000");
  });

  it("keeps merchants apart", async () => {
    const account = { gateway: "payup", id: "other", secret: "other_key" };
    const { client, merchant } = await startPayup({ accounts: [account] });
    const stranger = createMerchant(client, { id: "other", key: "other_key" });
    const agreed = await merchant.agree();
    expect((await stranger.pay(agreed)).body.responseCode).toBe("8001");
    const { transactionId } = (await merchant.pay(agreed)).body;
    expect((await stranger.cancel(transactionId)).body.responseCode).toBe("1004");
    expect((await client.ledger("?kind=refund")).body.entries).toEqual([]);
  });

  it("lets an order live as long as the switch says, in real time", async () => {
    let ms = Date.parse("2026-03-01T00:00:00Z");
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { client, merchant } = await startPayup({ clock });
    await client.setSwitches({ payup: { orderLifeMs: 60_000 } });
    const agreed = await merchant.agree();
    const paid = await merchant.agree();
    ms += 59_999;
    expect((await merchant.pay(paid)).body.responseCode).toBe("0000");
    ms += 1;
    expect((await merchant.pay(agreed)).body.responseCode).toBe("8001");
    expect((await merchant.pay(paid)).body.responseCode).toBe("8002");
    expect((await merchant.authenticate({ ordr_idxx: agreed.ordr_idxx })).status).toBe(400);
  });

  it.each([
    ["4000000000010118", "CC10", "잔액부족"],
    ["4000000000010126", "CC61", "한도초과"],
    ["4000000000010134", "SIM3", "도난분실카드"],
    ["4000000000010142", "SIM4", "카드사 시스템 점검"],
    ["4000000000010159", "5003", "가맹점 일한도 초과! 관리자에게 문의 부탁드립니다."],
  ])("declines the card %s with %s", async (card, responseCode, responseMsg) => {
    const { client, merchant } = await startPayup();
    const refused = await merchant.pay(await merchant.agree({ orderNumber: "NO" }, { card }));
    expect(refused).toEqual({ status: 200, body: { responseCode, responseMsg } });
    expect((await client.ledger()).body.entries).toMatchObject([
      { kind: "decline", gateway: "payup", orderNumber: "NO", code: responseCode, amount: 9900 },
    ]);
  });

  it("counts a card's declines by its buyer: the order may be tried again, others do not matter", async () => {
    const { merchant } = await startPayup();
    const card = { card: "4000000000010225" };
    const codeOf = async (agreed: object) => (await merchant.pay(agreed)).body.responseCode;
    const agreed = await merchant.agree({ userName: "김" }, card);
    expect(await codeOf(agreed)).toBe("CC10");
    expect(await codeOf(await merchant.agree({ userName: "이" }, card))).toBe("CC10");
    expect(await codeOf(await merchant.agree({ userName: "김" }, card))).toBe("CC10");
    expect(await codeOf(agreed)).toBe("0000");
  });

  it.each([
    ["4000000000010415", "commit_then_drop", 1],
    ["4000000000010423", "commit_then_500", 1],
  ])("loses the answer to the card %s, and has booked it (%s)", async (card, fault, approvals) => {
    const { client, merchant } = await startPayup();
    const agreed = await merchant.agree({ orderNumber: "LOST" }, { card });
    await expect(merchant.pay(agreed)).rejects.toThrow(/./);
    const { totals, entries } = (await client.ledger("?orderNumber=LOST")).body;
    expect(totals).toMatchObject({ approvals });
    expect(entries).toMatchObject([{ fault }]);
    expect((await merchant.pay(agreed)).body.responseCode).toBe("8002");
  });
});

describe("PayUp cancel", () => {
  async function withPayment() {
    const started = await startPayup();
    await started.client.setClock("2026-03-01T00:00:00Z");
    const agreed = await started.merchant.agree({ orderNumber: "PAID" });
    const paid = await started.merchant.pay(agreed);
    return { ...started, agreed, transactionId: String(paid.body.transactionId) };
  }

  it("gives the whole payment back, once; the second time is 1005, or 1004 by the switch", async () => {
    const { client, merchant, transactionId } = await withPayment();
    await client.setClock("2026-03-02T00:00:00Z");
    expect((await merchant.cancel(transactionId)).body).toEqual({
      responseCode: "0000",
      responseMsg: "성공",
      cancelDateTime: "20260302090000",
      transactionId,
    });
    expect((await merchant.cancel(transactionId)).body.responseCode).toBe("1005");
    await client.setSwitches({ payup: { secondCancel: "1004" } });
    expect((await merchant.cancel(transactionId)).body.responseCode).toBe("1004");
    expect((await client.ledger("?orderNumber=PAID")).body.totals).toMatchObject({
      approvals: 1,
      refunds: 1,
      refundedAmount: 9900,
    });
  });

  it("needs no reason, and gives the whole back although an amount is sent", async () => {
    const { client, merchant, transactionId } = await withPayment();
    const fields = { cancelReason: undefined, amount: "100" };
    expect((await merchant.cancel(transactionId, fields)).body.responseCode).toBe("0000");
    expect((await client.ledger("?kind=refund")).body.totals).toMatchObject({
      refundedAmount: 9900,
    });
  });

  it("refuses an unknown transaction, the order's own number, and a wrong signature", async () => {
    const { client, merchant, agreed, transactionId } = await withPayment();
    expect((await merchant.cancel("20200101000000KK0001")).body.responseCode).toBe("1004");
    expect((await merchant.cancel(agreed.ordr_idxx)).body.responseCode).toBe("1004");
    const signature = sign("sim_payup", transactionId, "wrong");
    const forged = () => merchant.cancel(transactionId, { signature });
    expect((await forged()).body.responseCode).toBe("6002");
    await client.setSwitches({ payup: { badSignature: "2001" } });
    expect((await forged()).body.responseCode).toBe("2001");
    expect((await merchant.cancel("")).body.responseCode).toBe("6001");
    expect((await client.ledger("?kind=refund")).body.entries).toEqual([]);
  });

  it("gives back and answers 1006 where the record is lost", async () => {
    const { client, merchant, transactionId } = await withPayment();
    await client.setSwitches({ payup: { cancelRecord: "lost" } });
    expect((await merchant.cancel(transactionId)).body.responseCode).toBe("1006");
    expect((await client.ledger("?kind=refund")).body.entries).toMatchObject([
      { code: "1006", amount: 9900, transactionId },
    ]);
    expect((await merchant.cancel(transactionId)).body.responseCode).toBe("1005");
  });
});

describe("PayUp under fault rules", () => {
  it.each([
    ["kakao_order", "5001"],
    ["kakao_pay", "8837"],
    ["kakao_cancel", "1003"],
  ])("refuses %s with the code of the rule", async (operation, code) => {
    const { client, merchant } = await startPayup();
    await client.addFault({
      match: { gateway: "payup", operation, orderNumber: "RULED" },
      effect: { decline: code },
    });
    const ordered = await merchant.order({ orderNumber: "RULED" });
    const agreed = await merchant.authenticate({ ordr_idxx: ordered.body.ordr_idxx ?? "none" });
    const paid = await merchant.pay(agreed.body);
    const given = await merchant.cancel(paid.body.transactionId ?? "none");
    const answers = { kakao_order: ordered, kakao_pay: paid, kakao_cancel: given };
    expect(answers[operation as keyof typeof answers].body.responseCode).toBe(code);
    expect((await client.get("/_sim/faults")).body.rules).toMatchObject([{ hits: 1 }]);
    expect((await client.ledger("?kind=refund")).body.entries).toEqual([]);
  });

  it("sees buyer, amount and merchant of a payment through its order, of a cancellation through the payment", async () => {
    const { client, merchant } = await startPayup();
    const match = { merchant: "sim_payup", buyerId: "김철수", amount: 7000 };
    await client.addFault(
      { id: "pay", match: { ...match, operation: "kakao_pay" }, effect: "http_500", times: 1 },
      { id: "cancel", match: { ...match, operation: "kakao_cancel" }, effect: "unavailable" },
    );
    const agreed = await merchant.agree({ userName: "김철수", amount: "7000" });
    await expect(merchant.pay(agreed)).rejects.toThrow(/JSON/);
    const paid = await merchant.pay(agreed);
    expect(paid.body.responseCode).toBe("0000");
    await expect(merchant.cancel(paid.body.transactionId)).rejects.toThrow(/JSON/);
    const other = await merchant.pay(await merchant.agree());
    expect((await merchant.cancel(other.body.transactionId)).body.responseCode).toBe("0000");
  });

  it.each([["break_enc_data"], ["token_refused"]])("knows no %s", async (effect) => {
    const { client } = await startPayup();
    const refused = await client.addFault({ match: { operation: "kakao_pay" }, effect });
    expect(refused.status).toBe(400);
    expect(refused.body.message).toContain("cannot happen to kakao_pay");
  });
});

describe("PayUp paths", () => {
  it("are named to whoever misses them", async () => {
    const { client } = await startPayup();
    const missed = await client.post("/ep/api/kakao/sim_payup/orders", {});
    expect(missed).toMatchObject({
      status: 404,
      body: { nearest: "/ep/api/kakao/sim_payup/order" },
    });
  });
});
