import { describe, expect, it } from "vitest";
import { startSimulator } from "../support.ts";

describe("CookiePayments fields", () => {
  const issueRequired = ["ORDERNO", "PRODUCTNAME", "CARDNO", "EXPIREDT", "CARDPWD", "CARDAUTH"];
  const payRequired = ["BILLKEY", "ORDERNO", "PRODUCTNAME", "AMOUNT", "TAXFREECD", "QUOTA"];

  it.each([...issueRequired, "QUOTA", "TAXFREECD", "API_ID"])(
    "names %s with E007 when billkeygen lacks it",
    async (field) => {
      const { client } = await startSimulator();
      for (const missing of [undefined, ""]) {
        const answer = await client.issue({ [field]: missing });
        expect(answer).toMatchObject({ status: 200, body: { RESULTCODE: "E007" } });
        expect(answer.body.RESULTMSG).toContain(field);
      }
    },
  );

  it.each([...payRequired, "API_ID"])(
    "names %s with E007 when payments lacks it",
    async (field) => {
      const { client } = await startSimulator();
      const billingKey = await client.billingKeyFor("4111111111111111");
      const answer = await client.pay(billingKey, { [field]: undefined });
      expect(answer.body.RESULTCODE).toBe("E007");
      expect(answer.body.RESULTMSG).toContain(field);
      expect((await client.ledger("?kind=approval")).body.entries).toEqual([]);
    },
  );

  it.each([
    ["/payAuth/token", "pay2_key", "RTN_CD", { pay2_id: "sim_merchant" }],
    ["/api/cancel", "reason", "cancel_code", { tid: "x" }],
    ["/api/cancel", "tid", "cancel_code", { reason: "x" }],
    ["/api/paycert", "tid", "RESULTCODE", {}],
    ["/api/paysearch", "STD_DT", "RESULTCODE", { API_ID: "sim_merchant", END_DT: "2026-03-01" }],
    ["/api/paysearch", "END_DT", "RESULTCODE", { API_ID: "sim_merchant", STD_DT: "2026-03-01" }],
    ["/EdiAuth/cookiepay_edi_decrypt", "ENC_DATA", "RESULTCODE", { API_ID: "sim_merchant" }],
    ["/Subscribe/billingkeycancel", "BILLKEY", "RESULTCODE", { API_ID: "sim_merchant" }],
  ])("%s without %s answers E007 in %s", async (at, field, codeField, body) => {
    const { client } = await startSimulator();
    const answer = await client.call(at, body);
    expect(answer.body[codeField]).toBe("E007");
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it.each([
    ["AMOUNT", 9900],
    ["AMOUNT", "9,900"],
    ["AMOUNT", "0"],
    ["AMOUNT", "-1"],
    ["AMOUNT", "099"],
    ["AMOUNT", "12345678901"],
    ["TAXFREECD", "T"],
    ["QUOTA", "0"],
    ["ORDERNO", "X".repeat(51)],
    ["PRODUCTNAME", "가".repeat(41)],
    ["PRODUCTNAME", "A & B"],
    ["PRODUCTCODE", "12345678901"],
    ["BUYERNAME", "가".repeat(21)],
    ["BUYERID", { id: 1 }],
  ])("payments refuses %s = %j", async (field, value) => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    const answer = await client.pay(billingKey, { [field]: value });
    expect(answer.body.RESULTCODE).toBe("E001");
    expect(answer.body.RESULTMSG).toContain(field);
    expect((await client.ledger("?kind=approval")).body.entries).toEqual([]);
  });

  it.each([
    ["CARDPWD", "1"],
    ["CARDPWD", "ab"],
    ["CARDAUTH", "9001011"],
    ["CARDAUTH", "90010"],
    ["CARDNO", "411111111111111"],
    ["CARDNO", "4111-1111-1111-1"],
    ["EXPIREDT", "281"],
    ["EXPIREDT", "202812"],
    ["ENC_YN", "X"],
  ])("billkeygen refuses %s = %j", async (field, value) => {
    const { client } = await startSimulator();
    const answer = await client.issue({ [field]: value });
    expect(answer.body.RESULTCODE).toBe("E001");
    expect(answer.body.RESULTMSG).toContain(field);
  });

  it("takes a business number of ten digits and names of the full length", async () => {
    const { client } = await startSimulator();
    const fields = {
      CARDAUTH: "1234567890",
      PRODUCTNAME: "가".repeat(40),
      ORDERNO: "X".repeat(50),
    };
    expect((await client.issue(fields)).body.RESULTCODE).toBe("0000");
  });

  it("refuses fields that it does not know, and lists their names without values", async () => {
    const { client } = await startSimulator();
    const answer = await client.issue({ RECURRENCE_PAY: "secret-value" });
    expect(answer.body.RESULTCODE).toBe("E004");
    const proto = await fetch(`${client.base}/payAuth/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"pay2_id":"sim_merchant","pay2_key":"sim_secret","__proto__":{"x":1}}',
    });
    expect(await proto.json()).toMatchObject({ RTN_CD: "E004" });
    const list = await client.get("/_sim/not-understood");
    expect(list.body.items).toMatchObject([
      { path: "/Subscribe/billkeygen", field: "RECURRENCE_PAY", reason: "unknown field" },
      { path: "/payAuth/token", field: "__proto__" },
    ]);
    expect(JSON.stringify(list.body)).not.toContain("secret-value");
  });

  it.each([
    ["a list", "[]", "E005"],
    ["null", "null", "E005"],
    ["a text", '"x"', "E005"],
    ["an empty body", "", "E005"],
  ])("refuses %s as a body", async (_what, body, code) => {
    const { client } = await startSimulator();
    const answer = await fetch(`${client.base}/payAuth/token`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(await answer.json()).toMatchObject({ RTN_CD: code });
  });

  it.each([
    ["broken JSON", Buffer.from("{"), "application/json", 400],
    ["EUC-KR bytes", Buffer.from([0x22, 0xb1, 0xb8, 0x22]), "application/json", 400],
    ["a form", Buffer.from("pay2_id=x"), "application/x-www-form-urlencoded", 415],
  ])("answers an HTTP error to %s", async (_what, body, type, status) => {
    const { client } = await startSimulator();
    const init = { method: "POST", headers: { "content-type": type }, body };
    expect((await fetch(`${client.base}/payAuth/token`, init)).status).toBe(status);
  });
});
