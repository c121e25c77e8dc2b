import { describe, expect, it } from "vitest";
import { newTransactionId } from "../../../src/simulator/cookiepay/numbers.ts";
import { createClient, startSimulator } from "../support.ts";

describe("CookiePayments token", () => {
  it("gives a signed token of one hour to the right pair", async () => {
    const { client } = await startSimulator();
    const answer = await client.post("/payAuth/token", {
      pay2_id: "sim_merchant",
      pay2_key: "sim_secret",
    });
    expect(answer.body).toMatchObject({ RTN_CD: "0000", RTN_MSG: "성공" });
    const [header, payload] = String(answer.body.TOKEN)
      .split(".")
      .map((part) => Buffer.from(part, "base64url").toString());
    expect(JSON.parse(header ?? "")).toEqual({ typ: "JWT", alg: "HS256" });
    const { iat, exp } = JSON.parse(payload ?? "") as { iat: number; exp: number };
    expect(exp - iat).toBe(3600);
  });

  it("gives no token to a wrong pair", async () => {
    const { client } = await startSimulator();
    const wrong = await client.post("/payAuth/token", { pay2_id: "sim_merchant", pay2_key: "x" });
    expect(wrong.status).toBe(200);
    expect(wrong.body.RTN_CD).toBe("E002");
    expect(wrong.body.TOKEN).toBeUndefined();
  });

  it("refuses a token after an hour of real time, whatever business time is", async () => {
    let ms = Date.parse("2026-03-01T00:00:00Z");
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { client } = await startSimulator({ clock });
    await client.freshToken();
    const billingKey = await client.billingKeyFor("4111111111111111");

    await client.setClock("2030-01-01T00:00:00Z");
    ms += 3_599_000;
    expect((await client.pay(billingKey)).body.RESULTCODE).toBe("0000");
    ms += 1_000;
    const expired = await client.pay(billingKey);
    expect(expired).toMatchObject({ status: 200, body: { RESULTCODE: "E003" } });
    expect(expired.body.ENC_DATA).toBeUndefined();

    await client.setSwitches({ cookiepay: { tokenError: "http401" } });
    expect(await client.pay(billingKey)).toMatchObject({
      status: 401,
      body: { RESULTCODE: "E003" },
    });
    expect((await client.ledger("?kind=approval")).body.entries).toHaveLength(1);
  });

  it.each([
    ["a forged signature", (token: string) => `${token.slice(0, -4)}AAAA`],
    ["another user in the payload", (token: string) => swapUser(token)],
    ["no token at all", () => ""],
    ["text that is no token", () => "abc"],
    ["a token with a fourth part", (token: string) => `${token}.x`],
  ])("refuses %s", async (_what, forge) => {
    const { client } = await startSimulator();
    const token = forge(await client.freshToken());
    const headers = { ApiKey: "sim_secret", ...(token && { TOKEN: token }) };
    const answer = await client.post("/Subscribe/billkeygen", client.issueBody(), headers);
    expect(answer.body.RESULTCODE).toBe("E003");
  });
});

describe("CookiePayments accounts", () => {
  it("refuses a wrong or missing ApiKey and a foreign API_ID", async () => {
    const { client } = await startSimulator({
      accounts: [{ gateway: "cookiepay", id: "other", secret: "other_secret" }],
    });
    const TOKEN = await client.freshToken();
    const send = (body: unknown, headers: Record<string, string>) =>
      client.post("/Subscribe/billkeygen", body, headers);
    const wrong = { RESULTCODE: "E002" };
    expect((await send(client.issueBody(), { TOKEN })).body).toMatchObject(wrong);
    expect((await send(client.issueBody(), { TOKEN, ApiKey: "no" })).body).toMatchObject(wrong);
    const foreignKey = await send(client.issueBody(), { TOKEN, ApiKey: "other_secret" });
    expect(foreignKey.body).toMatchObject(wrong);
    const foreignId = await send(client.issueBody({ API_ID: "other" }), {
      TOKEN,
      ApiKey: "sim_secret",
    });
    expect(foreignId.body).toMatchObject(wrong);
  });

  it("keeps merchants apart: key, payment and encrypted data serve their owner only", async () => {
    const other = { id: "other", secret: "other_secret" };
    const { client, simulator } = await startSimulator({
      accounts: [{ gateway: "cookiepay", ...other }],
    });
    const stranger = createClient(simulator.port, other);
    const billingKey = await client.billingKeyFor("4111111111111111");
    const paid = await client.pay(billingKey);
    const { TID } = (await client.decrypt(paid.body.ENC_DATA)).body.decryptData as { TID: string };

    expect((await stranger.pay(billingKey)).body.RESULTCODE).toBe("E010");
    expect((await stranger.decrypt(paid.body.ENC_DATA)).body.RESULTCODE).toBe("E030");
    expect((await stranger.cancel({ tid: TID })).body.cancel_code).toBe("E020");
    expect((await stranger.call("/api/paycert", { tid: TID })).body.RESULTCODE).toBe("E008");
    expect((await client.ledger("?merchant=other&kind=decline")).body.entries).toHaveLength(1);
  });
});

describe("CookiePayments billing key", () => {
  it("comes encrypted unless ENC_YN is N", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-03-01T15:30:00Z");
    const sealed = await client.issue();
    expect(Object.keys(sealed.body)).toEqual(["RESULTCODE", "RESULTMSG", "ENC_DATA"]);
    const opened = await client.decrypt(sealed.body.ENC_DATA);
    expect(opened.body).toMatchObject({
      RESULTCODE: "0000",
      decryptData: { GENDATE: "20260302003000", CARDCODE: "CCBC", CARDNAME: "BC" },
    });
    expect((opened.body.decryptData as { BILLKEY: string }).BILLKEY).toMatch(/^[a-z0-9]{20}$/);

    const plain = await client.issue({ ENC_YN: "N", ETC1: "메모" });
    expect(plain.body).toMatchObject({ RESULTCODE: "0000", BUYERNAME: "홍길동", ETC1: "메모" });
    expect(plain.body.BILLKEY).toMatch(/^[a-z0-9]{20}$/);
    expect(plain.body.ENC_DATA).toBeUndefined();
  });

  it("is charged at once when AMOUNT is there", async () => {
    const { client } = await startSimulator();
    const plain = await client.issue({ AMOUNT: "1200", ORDERNO: "BOTH", ENC_YN: "N" });
    expect(plain.body).toMatchObject({ ORDERNO: "BOTH", AMOUNT: "1200" });
    expect(plain.body.TID).toMatch(/^cTS\d{17}$/);
    const { entries } = (await client.ledger("?orderNumber=BOTH")).body;
    expect(entries).toMatchObject([
      { kind: "billing_key_issued", billingKey: plain.body.BILLKEY },
      { kind: "approval", amount: 1200, transactionId: plain.body.TID },
    ]);
  });

  it("is not issued when the charge that comes with it is declined", async () => {
    const { client } = await startSimulator();
    const declined = await client.issue({ CARDNO: "4000000000010118", AMOUNT: "1200" });
    expect(declined.body.RESULTCODE).toBe("2001");
    const { entries } = (await client.ledger()).body;
    expect(entries).toMatchObject([{ kind: "decline", code: "2001", cardLast4: "0118" }]);
  });

  it("serves no longer once it is revoked", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    const revoke = () =>
      client.call("/Subscribe/billingkeycancel", { API_ID: "sim_merchant", BILLKEY: billingKey });
    expect((await revoke()).body.RESULTCODE).toBe("0000");
    expect((await revoke()).body.RESULTCODE).toBe("E011");
    expect((await client.pay(billingKey)).body.RESULTCODE).toBe("E011");
    expect((await client.pay("nosuchkey")).body.RESULTCODE).toBe("E010");
    const { entries } = (await client.ledger(`?billingKey=${billingKey}`)).body;
    expect(entries).toMatchObject([
      { kind: "billing_key_issued" },
      { kind: "billing_key_revoked" },
      { kind: "decline", code: "E011" },
    ]);
  });
});

describe("CookiePayments payment", () => {
  it("approves with a transaction id, date and number of the documented shapes", async () => {
    const { client } = await startSimulator();
    await client.setClock("2026-02-05T08:56:11Z");
    const billingKey = await client.billingKeyFor("4111111111111111");
    const data = await client.approve(billingKey, { ORDERNO: "PAY-1", AMOUNT: "100" });
    expect(data).toMatchObject({
      RESULTCODE: "0000",
      ORDERNO: "PAY-1",
      AMOUNT: "100",
      ACCEPTDATE: "20260205175611",
      CARDNAME: "BC",
    });
    expect(data.TID).toMatch(/^cTS260205175611\d{5}$/);
    expect(data.ACCEPTNO).toMatch(/^\d{8}$/);
  });

  it("charges the same order number again, unless the switch rejects it", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    await client.approve(billingKey, { ORDERNO: "TWICE" });
    await client.approve(billingKey, { ORDERNO: "TWICE" });
    await client.setSwitches({ cookiepay: { duplicateOrderNumber: "reject" } });
    const third = await client.pay(billingKey, { ORDERNO: "TWICE" });
    expect(third.body.RESULTCODE).toBe("9002");
    expect((await client.ledger("?orderNumber=TWICE")).body.totals).toMatchObject({
      approvals: 2,
      approvedAmount: 19_800,
    });
  });

  it("shows a decline outside, or only inside ENC_DATA, as the switch says", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4000000000010118");
    const outer = await client.pay(billingKey);
    expect(outer.body).toEqual({ RESULTCODE: "2001", RESULTMSG: "잔액부족" });

    await client.setSwitches({ cookiepay: { declineAt: "inner" } });
    const inner = await client.pay(billingKey);
    expect(inner.body.RESULTCODE).toBe("0000");
    const opened = await client.decrypt(inner.body.ENC_DATA);
    expect(opened.body).toMatchObject({
      RESULTCODE: "0000",
      decryptData: { RESULTCODE: "2001", RESULTMSG: "잔액부족" },
    });
  });

  it("never repeats a transaction id while business time stands still", () => {
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

function swapUser(token: string): string {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString()) as object;
  const forged = Buffer.from(JSON.stringify({ ...claims, user: "other" })).toString("base64url");
  return [header, forged, signature].join(".");
}
