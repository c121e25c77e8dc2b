import { describe, expect, it } from "vitest";
import { startKiwoompay } from "./support.ts";

const ORDER = ["ORDERNO", "BILLTYPE", "IPADDRESS", "USERID", "QUOTA", "TAXFREECD"];
const CARD = ["CARDNO", "EXPIREDT"];

describe("KiwoomPay fields", () => {
  it.each([
    ["keygen", [...ORDER, ...CARD, "PRODUCTCODE", "CARDAUTH", "CARDPASSWORD", "DIRECT_YN"]],
    ["batch", [...ORDER, "PRODUCTTYPE", "PRODUCTCODE", "PRODUCTNAME", "AMOUNT", "AUTOKEY"]],
    [
      "sugi",
      [...ORDER, ...CARD, "PRODUCTTYPE", "PRODUCTNAME", "AMOUNT", "CARDAUTH", "CARDPASSWORD"],
    ],
  ] as const)("names what %s lacks, with 9001", async (operation, names) => {
    const { client, merchant } = await startKiwoompay();
    const billingKey = await merchant.keyFor();
    for (const name of names) {
      for (const missing of [undefined, ""]) {
        const fields = { [name]: missing };
        const { body } = await (operation === "batch"
          ? merchant.batch(billingKey, fields)
          : merchant[operation](fields));
        expect(body.RESULTCODE).toBe("9001");
        expect(body.ERRORMESSAGE).toContain(name);
      }
    }
    expect((await client.ledger("?kind=approval")).body.entries).toEqual([]);
  });

  it("leaves out what is optional, as each operation allows", async () => {
    const { merchant } = await startKiwoompay();
    const bare = { PRODUCTTYPE: undefined, PRODUCTNAME: undefined, AMOUNT: undefined };
    expect((await merchant.keygen(bare)).body.RESULTCODE).toBe("0000");
    expect((await merchant.sugi({ PRODUCTCODE: undefined })).body.RESULTCODE).toBe("0000");
    const withoutAuth = { BILLTYPE: "18", CARDAUTH: undefined, CARDPASSWORD: undefined };
    expect((await merchant.sugi(withoutAuth)).body.RESULTCODE).toBe("0000");
    const noted = { EMAIL: "a@example.com", RESERVEDINDEX1: "1", RESERVEDSTRING: "메모" };
    expect((await merchant.sugi(noted)).body.RESULTCODE).toBe("0000");
  });

  it.each([
    ["AMOUNT", 9900, "9012"],
    ["AMOUNT", "9,900", "9012"],
    ["AMOUNT", "0", "9012"],
    ["AMOUNT", "12345678901", "9012"],
    ["BILLTYPE", "13", "9012"],
    ["PRODUCTTYPE", "3", "9012"],
    ["TAXFREECD", "Y", "9012"],
    ["QUOTA", "0", "9012"],
    ["ORDERNO", "X".repeat(51), "9012"],
    ["ORDERNO", "A|B", "9011"],
    ["PRODUCTNAME", "가|나", "9011"],
    ["PRODUCTNAME", "가".repeat(26), "9012"],
    ["PRODUCTCODE", "12345678901", "9012"],
    ["USERNAME", "가".repeat(26), "9012"],
    ["USERID", { id: 1 }, "9012"],
    ["IPADDRESS", "somewhere", "9012"],
  ])("batch refuses %s = %j with %s", async (field, value, code) => {
    const { client, merchant } = await startKiwoompay();
    const { body } = await merchant.batch(await merchant.keyFor(), { [field]: value });
    expect(body.RESULTCODE).toBe(code);
    expect(body.ERRORMESSAGE).toContain(field);
    expect((await client.ledger("?kind=approval")).body.entries).toEqual([]);
  });

  it.each([
    ["CARDPASSWORD", "1"],
    ["CARDAUTH", "9001011"],
    ["CARDNO", "4111-1111-1111-1"],
    ["EXPIREDT", "9912"],
    ["EXPIREDT", "199912"],
    ["DIRECT_YN", "X"],
  ])("keygen refuses %s = %j", async (field, value) => {
    const { merchant } = await startKiwoompay();
    const { body } = await merchant.keygen({ [field]: value });
    expect(body.RESULTCODE).toBe("9012");
    expect(body.ERRORMESSAGE).toContain(field);
  });

  it("counts lengths in bytes", async () => {
    const { merchant } = await startKiwoompay();
    const full = { PRODUCTNAME: "가".repeat(25), USERNAME: "A".repeat(50), CARDAUTH: "1234567890" };
    expect((await merchant.keygen(full)).body.RESULTCODE).toBe("0000");
  });

  it("refuses fields that it does not know, the other dialect's among them", async () => {
    const { client, merchant } = await startKiwoompay();
    const asGuide = { CARDPASSWORD: undefined, CARDPWD: "00" };
    expect((await merchant.keygen(asGuide)).body.RESULTCODE).toBe("9013");
    expect((await merchant.batch("C2026A1B2C3D4", { BILLKEY: "x" })).body.RESULTCODE).toBe("9013");
    const list = await client.get("/_sim/not-understood");
    expect(list.body.items).toMatchObject([
      { path: "/kiwoompay/keygen", field: "CARDPWD" },
      { path: "/kiwoompay/batch", field: "BILLKEY" },
    ]);
  });

  it("takes no password for CARDK-KEYGEN", async () => {
    const { merchant } = await startKiwoompay();
    expect((await merchant.keygen({}, "CARDK")).body.RESULTCODE).toBe("0000");
    const { body } = await merchant.keygen({ CARDPASSWORD: "00" }, "CARDK");
    expect(body.RESULTCODE).toBe("9013");
  });
});

/** The field lists of the integration guide of 2026-02-05, as they stand there. */
describe("the integration guide's own examples", () => {
  const KEYGEN = {
    CPID: "CTSIM001",
    PAYMETHOD: "CARD-KEYGEN",
    ORDERNO: "GUIDE-1",
    CARDNO: "4111111111111111",
    EXPIREDT: "9912",
    CARDPWD: "00",
    CARDAUTH: "900101",
  };

  it("issue a key, charge it and take it back in its dialect", async () => {
    const { client, merchant, turn } = await startKiwoompay();
    await turn({ dialect: "guide" });
    const issued = await merchant.call("CARD-KEYGEN", KEYGEN);
    expect(issued.body).toMatchObject({
      RESULTCODE: "0000",
      RESULTMSG: expect.any(String),
      BILLKEY: expect.stringMatching(/^C\d{4}[A-Z0-9]{8}$/),
    });
    expect(issued.body).not.toHaveProperty("AUTOKEY");

    const { BILLKEY } = issued.body;
    const pay = { CPID: "CTSIM001", ORDERNO: "GUIDE-2", BILLKEY, AMOUNT: "9900" };
    const paid = await merchant.call("CARD-BATCH", { ...pay, PAYMETHOD: "CARD-BATCH" });
    expect(paid.body).toMatchObject({
      RESULTCODE: "0000",
      DAOUTRX: expect.any(String),
      ORDERNO: "GUIDE-2",
      AMOUNT: "9900",
      AUTHDATE: expect.stringMatching(/^\d{14}$/),
      BILLKEY,
    });
    const given = await merchant.cancel("CARD-BATCH", { TRXID: paid.body.DAOUTRX });
    expect(given.body).toMatchObject({ RESULTCODE: "0000", RESULTMSG: expect.any(String) });
    expect((await client.ledger("?orderNumber=GUIDE-2")).body.totals).toMatchObject({
      approvals: 1,
      refundedAmount: 9_900,
    });
  });

  it.each(["CARDK-KEYGEN", "CARDK-BATCH", "CARD-SUGI"])("know %s", async (payMethod) => {
    const { merchant, turn } = await startKiwoompay();
    await turn({ dialect: "guide" });
    const { BILLKEY } = (
      await merchant.call("CARDK-KEYGEN", { ...KEYGEN, PAYMETHOD: "CARDK-KEYGEN" })
    ).body;
    const charge = { CPID: "CTSIM001", ORDERNO: "GUIDE-3", PAYMETHOD: payMethod, AMOUNT: "1000" };
    const bodies: Record<string, object> = {
      "CARDK-KEYGEN": { ...KEYGEN, PAYMETHOD: payMethod },
      "CARDK-BATCH": { ...charge, BILLKEY },
      "CARD-SUGI": { ...charge, CARDNO: KEYGEN.CARDNO, EXPIREDT: KEYGEN.EXPIREDT },
    };
    const answer = await merchant.call(payMethod, { ...bodies[payMethod] });
    expect(answer.body.RESULTCODE).toBe("0000");
  });

  it.each(["ORDERNO", "CARDNO", "EXPIREDT", "CARDPWD", "CARDAUTH"])(
    "need %s all the same",
    async (name) => {
      const { merchant, turn } = await startKiwoompay();
      await turn({ dialect: "guide" });
      const { body } = await merchant.call("CARD-KEYGEN", { ...KEYGEN, [name]: undefined });
      expect(body).toMatchObject({
        RESULTCODE: "9001",
        RESULTMSG: expect.stringContaining(name),
      });
    },
  );

  it("are refused where the gateway speaks as it was recorded", async () => {
    const { merchant } = await startKiwoompay();
    expect((await merchant.call("CARD-KEYGEN", KEYGEN)).body.RESULTCODE).toBe("9013");
  });
});
