import { describe, expect, it } from "vitest";
import { type Client, startSimulator } from "../support.ts";

async function payOnce(client: Client, fields: Record<string, string> = {}) {
  return client.approve(await client.billingKeyFor("4111111111111111"), fields);
}

const DAY = { API_ID: "sim_merchant", STD_DT: "2026-03-01", END_DT: "2026-03-01" };

describe("CookiePayments cancel", () => {
  it.each([
    ["without an amount", {}],
    ['with the amount "0"', { amount: "0" }],
    ["with an empty amount", { amount: "" }],
  ])("gives everything back %s", async (_how, fields) => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-01T00:00:00Z");
    const { TID } = await payOnce(client);
    const answer = await client.cancel({ tid: TID, ...fields });
    expect(answer.body).toMatchObject({
      cancel_code: "0000",
      cancel_msg: "성공",
      cancel_date: "20260301090000",
      cancel_amt: "9900",
    });
    expect(answer.body.cancel_tid).toMatch(/^cTS\d{17}$/);
    expect(answer.body.cancel_tid).not.toBe(TID);
  });

  it("gives parts back until nothing is left, never more", async () => {
    const { client } = await startSimulator();
    const { TID } = await payOnce(client);
    const part = (amount: string) => client.cancel({ tid: TID, amount });
    expect((await part("9901")).body.cancel_code).toBe("E022");
    expect((await part("4000")).body.cancel_amt).toBe("4000");
    expect((await part("5901")).body.cancel_code).toBe("E022");
    expect((await client.cancel({ tid: TID })).body.cancel_amt).toBe("5900");
    const again = await client.cancel({ tid: TID });
    expect(again.body.cancel_code).not.toBe("0000");
    expect(again.body.cancel_msg).toContain("이미 취소");
    expect((await client.ledger(`?transactionId=${TID}`)).body.totals).toMatchObject({
      approvals: 1,
      refunds: 2,
      refundedAmount: 9900,
    });
  });

  it("lets only one of many simultaneous full cancels through", async () => {
    const { client } = await startSimulator();
    const { TID } = await payOnce(client);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => client.cancel({ tid: TID })),
    );
    expect(answers.filter(({ body }) => body.cancel_code === "0000")).toHaveLength(1);
  });

  it("refuses an unknown transaction and an amount that is no text of digits", async () => {
    const { client } = await startSimulator();
    const { TID } = await payOnce(client);
    expect((await client.cancel({ tid: "cTS0" })).body.cancel_code).toBe("E020");
    expect((await client.cancel({ tid: TID, amount: 1000 })).body.cancel_code).toBe("E001");
    expect((await client.cancel({ tid: TID, amount: "1.5" })).body.cancel_code).toBe("E001");
    expect((await client.ledger("?kind=refund")).body.entries).toEqual([]);
  });
});

describe("CookiePayments paycert", () => {
  it("shows an approved payment, and its cancel date once any part was given back", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-01T00:00:00Z");
    const { TID, ACCEPTNO } = await payOnce(client, { ORDERNO: "PAY-1" });
    const paid = await client.call("/api/paycert", { tid: TID });
    expect(paid.body).toMatchObject({
      RESULTCODE: "0000",
      ORDERNO: "PAY-1",
      AMOUNT: "9900",
      BUYERNAME: "홍길동",
      BUYERID: "customer-1",
      PRODUCTNAME: "구독",
      PAYMETHOD: "CARD_BATCH",
      ACCEPTDATE: "20260301090000",
      ACCEPTNO,
      TID,
      CANCELDATE: "",
      CARDCODE: "CCBC",
    });
    await client.setClock("2026-03-02T00:00:00Z");
    await client.cancel({ tid: TID, amount: "1000", reason: "고객 요청" });
    const cancelled = await client.call("/api/paycert", { tid: TID });
    expect(cancelled.body).toMatchObject({
      AMOUNT: "9900",
      CANCELDATE: "20260302090000",
      CANCELMSG: "고객 요청",
    });
  });

  it("answers E008 for a transaction that does not exist", async () => {
    const { client } = await startSimulator();
    expect((await client.call("/api/paycert", { tid: "cTS0" })).body.RESULTCODE).toBe("E008");
  });
});

describe("CookiePayments paysearch", () => {
  it("lists approvals as an array, and answers one object when there are none", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-01T05:00:00Z");
    const none = await client.call("/api/paysearch", DAY);
    expect(Array.isArray(none.body)).toBe(false);
    expect(none.body.RESULTCODE).toBe("E008");

    const declining = await client.billingKeyFor("4000000000010118");
    await client.pay(declining, { ORDERNO: "DECLINED" });
    await payOnce(client, { ORDERNO: "PAY-1" });
    await payOnce(client, { ORDERNO: "PAY-2" });
    const found = await client.call("/api/paysearch", DAY);
    expect(found.body).toMatchObject([
      { RESULTCODE: "0000", ORDERNO: "PAY-1" },
      { ORDERNO: "PAY-2" },
    ]);
  });

  it("counts days as they are in Korea", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-02-28T14:59:59Z");
    await payOnce(client, { ORDERNO: "LAST-OF-FEBRUARY" });
    await client.setClock("2026-02-28T15:00:00Z");
    await payOnce(client, { ORDERNO: "FIRST-OF-MARCH" });
    const march = await client.call("/api/paysearch", DAY);
    expect(march.body).toMatchObject([{ ORDERNO: "FIRST-OF-MARCH" }]);
    const both = await client.call("/api/paysearch", { ...DAY, STD_DT: "2026-02-28" });
    expect(both.body).toHaveLength(2);
  });

  it("lets the transaction id go before the dates", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-05-05T00:00:00Z");
    const { TID } = await payOnce(client, { ORDERNO: "PAY-1" });
    const found = await client.call("/api/paysearch", { ...DAY, TID });
    expect(found.body).toMatchObject([{ ORDERNO: "PAY-1" }]);
    const missing = await client.call("/api/paysearch", { API_ID: "sim_merchant", TID: "cTS0" });
    expect(missing.body.RESULTCODE).toBe("E008");
  });

  it("refuses days that do not exist, are written otherwise, or stand in the wrong order", async () => {
    const { client } = await startSimulator();
    for (const days of [
      { STD_DT: "2026-02-30" },
      { STD_DT: "20260301" },
      { STD_DT: "2026-03-02" },
      { END_DT: "9999-12-31" },
    ]) {
      const answer = await client.call("/api/paysearch", { ...DAY, ...days });
      expect(answer.body.RESULTCODE).toBe("E001");
    }
  });

  it("hides an approval until the look-up lag has passed in real time", async () => {
    let ms = Date.parse("2026-03-01T05:00:00Z");
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { client } = await startSimulator({ clock });
    await client.setSwitches({ lookupLagMs: 60_000 });
    const { TID } = await payOnce(client);
    ms += 59_999;
    expect((await client.call("/api/paysearch", DAY)).body.RESULTCODE).toBe("E008");
    expect((await client.call("/api/paysearch", { ...DAY, TID })).body.RESULTCODE).toBe("E008");
    ms += 1;
    expect((await client.call("/api/paysearch", DAY)).body).toHaveLength(1);
  });
});
