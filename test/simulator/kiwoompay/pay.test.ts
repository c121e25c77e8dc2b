import { describe, expect, it } from "vitest";
import { createSwitchBoard } from "../../../src/simulator/switches.ts";
import { newTransactionId } from "../../../src/simulator/kiwoompay/numbers.ts";
import { OTHER, createMerchant, startKiwoompay } from "./support.ts";

const APPROVED = "2026-02-05T08:56:11Z";

describe("KiwoomPay billing key", () => {
  it("comes with the recorded fields, and is not charged", async () => {
    const { client, merchant } = await startKiwoompay();
    await client.setClock("2026-12-31T15:30:00Z");
    const { body } = await merchant.keygen({ ORDERNO: "ISSUE-1", AMOUNT: "0" });
    expect(body).toEqual({
      RESULTCODE: "0000",
      ERRORMESSAGE: "정상 처리 되었습니다.",
      CARDCODE: "CCBC",
      AUTOKEY: expect.stringMatching(/^C2027[A-Z0-9]{8}$/),
      PAYMETHOD: "CARD-KEYGEN",
      GENDATE: "20270101003000",
      TOKEN: expect.stringMatching(/^[0-9a-f]{34}$/),
    });
    const { entries } = (await client.ledger()).body;
    expect(entries).toMatchObject([{ kind: "billing_key_issued", billingKey: body.AUTOKEY }]);
    expect(JSON.stringify(entries)).not.toContain("4111111111111111");
  });

  it("is charged at once with DIRECT_YN, and both are on the ledger", async () => {
    const { client, merchant } = await startKiwoompay();
    const direct = { ORDERNO: "BOTH", DIRECT_YN: "Y", AMOUNT: "1200" };
    const { body } = await merchant.keygen(direct);
    expect(body).toMatchObject({ ORDERNO: "BOTH", AMOUNT: "1200", PAYMETHOD: "CARD-KEYGEN" });
    expect(body.DAOUTRX).toMatch(/^cTS\d{17}$/);
    expect((await client.ledger("?orderNumber=BOTH")).body.entries).toMatchObject([
      { kind: "billing_key_issued", billingKey: body.AUTOKEY },
      { kind: "approval", amount: 1200, transactionId: body.DAOUTRX, billingKey: body.AUTOKEY },
    ]);
    expect((await merchant.batch(String(body.AUTOKEY))).body.RESULTCODE).toBe("0000");
  });

  it("is not issued when the charge that comes with it is declined, or has no amount", async () => {
    const { client, merchant } = await startKiwoompay();
    const card = { CARDNO: "4000000000010118", DIRECT_YN: "Y" };
    expect((await merchant.keygen({ ...card, AMOUNT: "1200" })).body).toEqual({
      RESULTCODE: "2001",
      ERRORMESSAGE: "잔액부족",
    });
    for (const AMOUNT of [undefined, "0"]) {
      const { body } = await merchant.keygen({ ...card, AMOUNT });
      expect(body).toMatchObject({
        RESULTCODE: "9001",
        ERRORMESSAGE: expect.stringContaining("AMOUNT"),
      });
    }
    expect((await client.ledger()).body.entries).toMatchObject([
      { kind: "decline", code: "2001", amount: 1200, cardLast4: "0118" },
    ]);
  });

  it.each([
    ["a card that nobody issued", { CARDNO: "4539578763621486" }, "1012"],
    ["a wrong check digit", { CARDNO: "4539578763621487" }, "2006"],
    ["an expired card", { CARDNO: "4000000000010001", EXPIREDT: "202001" }, "2015"],
    ["a month that is none", { CARDNO: "4000000000010001", EXPIREDT: "209913" }, "2015"],
  ])("is refused to %s", async (_what, fields, code) => {
    const { merchant } = await startKiwoompay();
    expect((await merchant.keygen(fields)).body.RESULTCODE).toBe(code);
    expect((await merchant.sugi(fields)).body.RESULTCODE).toBe(code);
  });

  it("serves its own merchant and contract, after a restart too", async () => {
    const first = await startKiwoompay();
    const billingKey = await first.merchant.keyFor();
    const ofOther = await first.merchant.keyFor("4111111111111111", "CARDK");
    const stranger = createMerchant(first.port, OTHER);
    expect((await stranger.batch(billingKey)).body.RESULTCODE).toBe("9301");
    expect((await first.merchant.batch(ofOther)).body.RESULTCODE).toBe("9301");
    expect((await first.merchant.batch(ofOther, {}, "CARDK")).body.RESULTCODE).toBe("0000");
    const second = await startKiwoompay({ dir: first.dir });
    expect((await second.merchant.batch(billingKey)).body.RESULTCODE).toBe("0000");
    const refused = (await second.client.ledger("?code=9301")).body.entries;
    expect(refused).toMatchObject([{ merchant: OTHER.id }, { merchant: "CTSIM001" }]);
  });
});

describe("KiwoomPay payment", () => {
  const SHOP = {
    CPNAME: expect.any(String),
    CPURL: expect.any(String),
    CPTELNO: expect.any(String),
  };

  it("by billing key comes with the recorded fields", async () => {
    const { client, merchant } = await startKiwoompay();
    await client.setClock(APPROVED);
    const billingKey = await merchant.keyFor();
    const { body } = await merchant.batch(billingKey, { ORDERNO: "PAY-1", AMOUNT: "100" });
    expect(body).toEqual({
      RESULTCODE: "0000",
      ERRORMESSAGE: "정상 처리 되었습니다.",
      DAOUTRX: expect.stringMatching(/^cTS260205175611\d{5}$/),
      AUTHNO: expect.stringMatching(/^\d{8}$/),
      AUTHDATE: "20260205175611",
      AMOUNT: "100",
      ORDERNO: "PAY-1",
      AUTOKEY: billingKey,
      PAYMETHOD: "CARD-BATCH",
      ...SHOP,
      TOKEN: expect.any(String),
    });
  });

  it("by a card's number has no key", async () => {
    const { merchant } = await startKiwoompay();
    const { body } = await merchant.sugi({ ORDERNO: "PAY-2" }, "CARDK");
    expect(body).toMatchObject({
      RESULTCODE: "0000",
      ORDERNO: "PAY-2",
      PAYMETHOD: "CARDK-SUGI",
      ...SHOP,
    });
    expect(body).not.toHaveProperty("AUTOKEY");
  });

  it("is split into parts from 50,000 won on", async () => {
    const { merchant } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    const codes = async (AMOUNT: string) => [
      (await merchant.batch(billingKey, { QUOTA: "03", AMOUNT })).body.RESULTCODE,
      (await merchant.sugi({ QUOTA: "03", AMOUNT })).body.RESULTCODE,
      (await merchant.keygen({ QUOTA: "03", AMOUNT, DIRECT_YN: "Y" })).body.RESULTCODE,
    ];
    expect(await codes("49999")).toEqual(["9012", "9012", "9012"]);
    expect(await codes("50000")).toEqual(["0000", "0000", "0000"]);
  });

  it("under a used number is charged again, or refused without a transaction", async () => {
    const { client, merchant, turn } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    const again = { ORDERNO: "TWICE" };
    await merchant.batch(billingKey, again);
    expect((await merchant.sugi(again)).body.RESULTCODE).toBe("0000");
    await turn({ duplicateOrderNumber: "reject" });
    const refused = [
      await merchant.batch(billingKey, again),
      await merchant.sugi(again),
      await merchant.keygen({ ...again, DIRECT_YN: "Y", AMOUNT: "9900" }),
    ];
    for (const { body } of refused) {
      expect(body).toEqual({ RESULTCODE: "9002", ERRORMESSAGE: expect.stringContaining("중복") });
    }
    expect((await merchant.keygen(again)).body.RESULTCODE).toBe("0000");
    expect((await client.ledger("?orderNumber=TWICE")).body.totals).toMatchObject({ approvals: 2 });
  });

  it("under a number that was declined goes through, unless the switch remembers it", async () => {
    const { merchant, turn } = await startKiwoompay();
    const billingKey = await merchant.keyFor("4000000000010217");
    const pay = async (ORDERNO: string) =>
      (await merchant.batch(billingKey, { ORDERNO })).body.RESULTCODE;
    await turn({ duplicateOrderNumber: "reject" });
    expect([await pay("A"), await pay("A")]).toEqual(["2001", "0000"]);
    await turn({ duplicateOrderNumber: "reject_after_decline" });
    expect([await pay("B"), await pay("B"), await pay("C")]).toEqual(["2001", "9002", "0000"]);
  });

  it("never repeats a transaction number while business time stands still", () => {
    const taken = new Set<string>();
    let seq = 0;
    const ledger = {
      nextSeq: () => seq,
      books: { isTransactionIdTaken: (id: string) => taken.has(id) },
    } as unknown as Parameters<typeof newTransactionId>[0];
    const at = new Date("2026-03-01T00:00:00Z");
    for (seq = 1; seq <= 250_000; seq += 1) taken.add(newTransactionId(ledger, at));
    expect(taken.size).toBe(250_000);
  });
});

describe("KiwoomPay faults", () => {
  it("strike the operation that they name, and no other gateway's", async () => {
    const { client, merchant } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    await client.addFault({ match: { operation: "batch" }, effect: { decline: "2002" } });
    expect((await merchant.batch(billingKey)).body.RESULTCODE).toBe("2002");
    expect((await merchant.sugi()).body.RESULTCODE).toBe("0000");
    const cookiepay = await client.billingKeyFor("4111111111111111");
    expect((await client.pay(cookiepay)).body.RESULTCODE).toBe("0000");
  });

  it("see the merchant, the order, the key, the buyer, the amount and the transaction", async () => {
    const { client, merchant } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    const paid = await merchant.batch(billingKey, { ORDERNO: "PAID", USERID: "B", AMOUNT: "700" });
    const transactionId = String(paid.body.DAOUTRX);
    const seen = { merchant: "CTSIM001", billingKey, buyerId: "B", amount: 700 };
    const cases = [
      ["ready", { merchant: "CTSIM001" }],
      ["batch", { ...seen, orderNumber: "PAID" }],
      ["pay_cancel", { ...seen, orderNumber: "PAID", transactionId }],
    ] as const;
    for (const [operation, match] of cases) {
      await client.addFault({
        id: operation,
        match: { operation, ...match },
        effect: { delayMs: 1 },
      });
    }
    await merchant.batch(billingKey, { ORDERNO: "PAID", USERID: "B", AMOUNT: "700" });
    await merchant.cancel("CARD-BATCH", { TRXID: transactionId, AMOUNT: "700" });
    const rules = (await client.get("/_sim/faults")).body.rules;
    expect(rules).toMatchObject([
      { id: "ready", matched: 2 },
      { id: "batch", matched: 1 },
      { id: "pay_cancel", matched: 1 },
    ]);
  });

  it.each([
    ["ready", { decline: "2001" }],
    ["pay_cancel", { decline: "2001" }],
    ["batch", "break_enc_data"],
    ["sugi", { decryptFails: 1 }],
  ])("cannot happen to %s: %j", async (operation, effect) => {
    const { client } = await startKiwoompay();
    const answer = await client.addFault({ match: { operation }, effect });
    expect(answer.status).toBe(400);
  });
});

it("KiwoomPay's switches stand at the harsh reading", () => {
  expect(createSwitchBoard().current().kiwoompay).toEqual({
    dialect: "recorded",
    hashKey: "optional",
    tokenIn: "header",
    tokenUse: "once",
    tokenBound: "yes",
    tokenLifeMs: 300_000,
    readyResultCode: "absent",
    duplicateOrderNumber: "accept",
    cancelNumber: "own_daoutrx",
    sandboxHabit: "off",
    callsPerSecond: 5,
    rateRefusal: "code",
    notices: "on",
    noticeTries: 10,
    noticeRetryMs: 180_000,
    noticeTimeoutMs: 10_000,
    noticeForm: "by_dialect",
    noticeOfBillingKeys: "sent",
  });
});
