import { describe, expect, it } from "vitest";
import { OTHER, createMerchant, startKiwoompay } from "./support.ts";

async function paidOnce() {
  const world = await startKiwoompay();
  const billingKey = await world.merchant.keyFor();
  const { body } = await world.merchant.batch(billingKey, { ORDERNO: "PAID" });
  return { ...world, billingKey, TRXID: String(body.DAOUTRX) };
}

describe("KiwoomPay cancel", () => {
  it("gives everything back with the recorded fields", async () => {
    const { client, merchant, TRXID } = await paidOnce();
    await client.setClock("2026-03-01T00:00:00Z");
    const { body } = await merchant.cancel("CARD-BATCH", { TRXID });
    expect(body).toEqual({
      RESULTCODE: "0000",
      ERRORMESSAGE: "정상 처리 되었습니다.",
      DAOUTRX: expect.stringMatching(/^cTS\d{17}$/),
      AMOUNT: "9900",
      ORDERNO: "PAID",
      CANCELDATE: "20260301090000",
      CPNAME: expect.any(String),
      CPURL: expect.any(String),
      CPTELNO: expect.any(String),
      TOKEN: expect.any(String),
    });
    expect(body.DAOUTRX).not.toBe(TRXID);
  });

  it("names the approval instead, where the switch says so", async () => {
    const { merchant, turn, TRXID } = await paidOnce();
    await turn({ cancelNumber: "approval_trxid" });
    const { body } = await merchant.cancel("CARD-BATCH", { TRXID });
    expect(body).toMatchObject({ RESULTCODE: "0000", TRXID });
    expect(body).not.toHaveProperty("DAOUTRX");
  });

  it("gives parts back until nothing is left, never more", async () => {
    const { client, merchant, TRXID } = await paidOnce();
    const part = async (AMOUNT: string) =>
      (await merchant.cancel("CARD-BATCH", { TRXID, AMOUNT })).body.RESULTCODE;
    expect(await part("9901")).toBe("9204");
    expect(await part("4000")).toBe("0000");
    expect(await part("5901")).toBe("9204");
    expect(await part("5900")).toBe("0000");
    expect(await part("1")).toBe("9206");
    expect((await client.ledger(`?transactionId=${TRXID}`)).body.totals).toMatchObject({
      approvals: 1,
      refunds: 2,
      refundedAmount: 9_900,
    });
  });

  it("lets only one of many simultaneous full cancels through", async () => {
    const { merchant, TRXID } = await paidOnce();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => merchant.cancel("CARD-BATCH", { TRXID })),
    );
    expect(answers.filter(({ body }) => body.RESULTCODE === "0000")).toHaveLength(1);
  });

  it("goes under the name of what was paid with", async () => {
    const { merchant } = await startKiwoompay();
    for (const family of ["CARD", "CARDK"]) {
      const batch = await merchant.batch(await merchant.keyFor(undefined, family), {}, family);
      const sugi = await merchant.sugi({}, family);
      const direct = { DIRECT_YN: "Y", AMOUNT: "9900" };
      const keygen = await merchant.keygen(direct, family);
      const cancel = async (payMethod: string, { body }: typeof sugi) =>
        (await merchant.cancel(payMethod, { TRXID: body.DAOUTRX })).body.RESULTCODE;
      expect(await cancel(family, batch)).toBe("9202");
      expect(await cancel(`${family}-BATCH`, batch)).toBe("0000");
      for (const paid of [sugi, keygen]) {
        expect(await cancel(`${family}-BATCH`, paid)).toBe("9202");
        expect(await cancel(family, paid)).toBe("0000");
      }
    }
  });

  it("takes a second step without PAYMETHOD and CANCELREQ, as two live integrations send it", async () => {
    const { client, merchant, TRXID } = await paidOnce();
    const fields = { PAYMETHOD: undefined, CANCELREQ: undefined, TRXID };
    expect((await merchant.cancel("CARD-BATCH", fields)).body.RESULTCODE).toBe("0000");
    expect((await client.ledger("?kind=refund")).body.entries).toHaveLength(1);
  });

  it.each([
    ["an unknown transaction", { TRXID: "cTS0" }, "9201"],
    ["no transaction", { TRXID: undefined }, "9001"],
    ["no reason", { CANCELREASON: "" }, "9001"],
    ["no amount", { AMOUNT: undefined }, "9001"],
    ["a number for an amount", { AMOUNT: 9900 }, "9012"],
    ["nothing as the amount", { AMOUNT: "0" }, "9012"],
    ["a bracket in the reason", { CANCELREASON: "[고객]" }, "9011"],
    ["a caret in the reason", { CANCELREASON: "a^b" }, "9011"],
    ["a long reason", { CANCELREASON: "가".repeat(26) }, "9012"],
    ["another field", { BANKCODE: "004" }, "9013"],
  ])("refuses %s", async (_what, fields, code) => {
    const { client, merchant, TRXID } = await paidOnce();
    const answer = await merchant.cancel("CARD-BATCH", { TRXID, ...fields });
    expect(answer.body.RESULTCODE).toBe(code);
    expect((await client.ledger("?kind=refund")).body.entries).toEqual([]);
  });

  it("serves no other merchant", async () => {
    const { port, TRXID } = await paidOnce();
    const stranger = createMerchant(port, OTHER);
    expect((await stranger.cancel("CARD-BATCH", { TRXID })).body.RESULTCODE).toBe("9201");
  });
});

describe("KiwoomPay's sandbox", () => {
  it("cancels at 20:00 in Korea what was approved before, at the next call", async () => {
    const { client, merchant, turn } = await startKiwoompay();
    await client.setClock("2026-03-01T02:00:00Z");
    const billingKey = await merchant.keyFor();
    const noon = await merchant.batch(billingKey, { ORDERNO: "NOON" });
    const part = { TRXID: noon.body.DAOUTRX, AMOUNT: "900" };
    await merchant.cancel("CARD-BATCH", part);
    await client.setClock("2026-03-01T11:00:00Z");
    await merchant.batch(billingKey, { ORDERNO: "EIGHT" });

    await merchant.keygen();
    const refunds = async () => (await client.ledger("?kind=refund")).body.entries;
    expect(await refunds()).toHaveLength(1);
    await turn({ sandboxHabit: "on" });
    await merchant.keygen();
    const evening = { orderNumber: "NOON", amount: 9_000, at: "2026-03-01T11:00:00.000Z" };
    expect(await refunds()).toMatchObject([{ amount: 900 }, evening]);

    await client.setClock("2026-03-02T11:00:00Z");
    await merchant.keygen();
    await merchant.keygen();
    expect(await refunds()).toMatchObject([
      { amount: 900 },
      evening,
      { orderNumber: "EIGHT", amount: 9_900, at: "2026-03-02T11:00:00.000Z" },
    ]);
  });

  it("takes no test card, and no billing key of one", async () => {
    const { merchant, turn } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    await turn({ sandboxHabit: "on" });
    const refused = { RESULTCODE: "1012", ERRORMESSAGE: "미등록된 발급카드 거래불가" };
    expect((await merchant.keygen()).body).toEqual(refused);
    expect((await merchant.sugi()).body).toEqual(refused);
    expect((await merchant.batch(billingKey)).body).toEqual(refused);
    await turn({ sandboxHabit: "off" });
    expect((await merchant.batch(billingKey)).body.RESULTCODE).toBe("0000");
  });
});
