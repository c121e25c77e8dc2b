import { describe, expect, it } from "vitest";
import { type Client, startSimulator } from "../support.ts";

const keyIn = (client: Client, fields: Record<string, unknown> = {}) =>
  client.call("/keyin/payment", client.issueBody({ AMOUNT: "9900", ...fields }));

describe("CookiePayments key-in", () => {
  it("charges the card that is sent along, and issues no key", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-02-05T08:56:11Z");
    const sealed = await keyIn(client, { ORDERNO: "KEY-IN", AMOUNT: "1200" });
    expect(Object.keys(sealed.body)).toEqual(["RESULTCODE", "RESULTMSG", "ENC_DATA"]);
    const opened = await client.decrypt(sealed.body.ENC_DATA);
    expect(opened.body.decryptData).toEqual({
      RESULTCODE: "0000",
      TID: expect.stringMatching(/^cTS260205175611\d{5}$/),
      ORDERNO: "KEY-IN",
      AMOUNT: "1200",
      ACCEPTDATE: "20260205175611",
      ACCEPTNO: expect.stringMatching(/^\d{8}$/),
      CARDNAME: "BC",
    });
    const { entries } = (await client.ledger()).body;
    expect(entries).toEqual([
      expect.objectContaining({ kind: "approval", amount: 1200, cardLast4: "1111" }),
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/billingKey|4111111111111111|900101/);
  });

  it("answers in plain text to ENC_YN=N, and can be looked up and given back", async () => {
    const { client } = await startSimulator();
    const plain = await keyIn(client, { ENC_YN: "N", ORDERNO: "PLAIN" });
    expect(plain.body).toMatchObject({ RESULTCODE: "0000", ORDERNO: "PLAIN", AMOUNT: "9900" });
    expect(plain.body).not.toHaveProperty("ENC_DATA");
    expect(plain.body).not.toHaveProperty("BILLKEY");
    const { TID } = plain.body as { TID: string };
    expect((await client.call("/api/paycert", { tid: TID })).body.PAYMETHOD).toBe("CARD_SUGI");
    expect((await client.cancel({ tid: TID })).body.cancel_amt).toBe("9900");
  });

  it.each([
    ["4000000000010118", "9912", "2001"],
    ["4000000000010001", "2001", "2015"],
    ["4539578763621486", "9912", "1012"],
    ["4111111111111112", "9912", "2006"],
  ])("declines %s of %s with %s", async (CARDNO, EXPIREDT, code) => {
    const { client } = await startSimulator();
    const declined = await keyIn(client, { CARDNO, EXPIREDT });
    expect(declined.body).toMatchObject({ RESULTCODE: code });
    expect((await client.ledger()).body.entries).toMatchObject([
      { kind: "decline", code, amount: 9900, detail: { operation: "keyin" } },
    ]);
  });

  it("shows a decline inside ENC_DATA where the switch says so, but not in plain text", async () => {
    const { client } = await startSimulator();
    await client.setSwitches({ cookiepay: { declineAt: "inner" } });
    const CARDNO = "4000000000010118";
    const inner = await keyIn(client, { CARDNO });
    expect(inner.body.RESULTCODE).toBe("0000");
    const opened = await client.decrypt(inner.body.ENC_DATA);
    expect(opened.body.decryptData).toMatchObject({ RESULTCODE: "2001", AMOUNT: "9900" });
    expect((await keyIn(client, { CARDNO, ENC_YN: "N" })).body.RESULTCODE).toBe("2001");
  });

  it("charges a paid order number again, unless the switch rejects it", async () => {
    const { client } = await startSimulator();
    for (let time = 0; time < 2; time += 1) {
      expect((await keyIn(client, { ORDERNO: "TWICE" })).body.RESULTCODE).toBe("0000");
    }
    await client.setSwitches({ cookiepay: { duplicateOrderNumber: "reject" } });
    expect((await keyIn(client, { ORDERNO: "TWICE" })).body.RESULTCODE).toBe("9002");
    expect((await client.ledger("?orderNumber=TWICE")).body.totals).toMatchObject({ approvals: 2 });
  });

  it("wants an amount, a token and known fields", async () => {
    const { client } = await startSimulator();
    expect((await keyIn(client, { AMOUNT: "" })).body).toMatchObject({
      RESULTCODE: "E007",
      RESULTMSG: expect.stringContaining("AMOUNT"),
    });
    expect((await keyIn(client, { BILLKEY: "x" })).body.RESULTCODE).toBe("E004");
    const body = client.issueBody({ AMOUNT: "9900" });
    const anonymous = await client.post("/keyin/payment", body, { ApiKey: "sim_secret" });
    expect(anonymous.body.RESULTCODE).toBe("E003");
  });

  it.each([
    [{ decline: "3333" }, { RESULTCODE: "3333" }, 0],
    ["token_refused", { RESULTCODE: "E003" }, 0],
    ["break_enc_data", { RESULTCODE: "0000" }, 1],
  ])("obeys the fault %j", async (effect, answer, approvals) => {
    const { client } = await startSimulator();
    await client.addFault({ match: { operation: "keyin" }, effect });
    const answered = await keyIn(client);
    expect(answered.body).toMatchObject(answer);
    expect((await client.ledger()).body.totals).toMatchObject({ approvals });
    const opened = await client.decrypt(answered.body.ENC_DATA ?? "none");
    expect(opened.body.RESULTCODE).toBe("E030");
  });
});
