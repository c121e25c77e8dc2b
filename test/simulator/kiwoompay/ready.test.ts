import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { ACCOUNT, OTHER, createMerchant, sendBytes, startKiwoompay } from "./support.ts";

describe("KiwoomPay ready", () => {
  it("tells the address and a token of the recorded shape, and no code", async () => {
    const { merchant } = await startKiwoompay();
    const answer = await merchant.ready("CARD-BATCH");
    expect(answer).toEqual({
      status: 200,
      body: {
        RETURNURL: `${merchant.base}/kiwoompay/batch`,
        TOKEN: expect.stringMatching(/^[0-9a-f]{34}$/),
      },
    });
    const again = await merchant.ready("CARD-BATCH");
    expect(again.body.TOKEN).not.toBe(answer.body.TOKEN);
  });

  it("tells success in a code too, where the switch says so", async () => {
    const { merchant, turn } = await startKiwoompay();
    await turn({ readyResultCode: "present" });
    expect((await merchant.ready("CARD-BATCH")).body).toMatchObject({
      RESULTCODE: "0000",
      ERRORMESSAGE: "정상 처리 되었습니다.",
      TOKEN: expect.any(String),
    });
  });

  it.each([
    ["CARD-KEYGEN", {}, "keygen"],
    ["CARDK-KEYGEN", {}, "keygen"],
    ["CARD-BATCH", {}, "batch"],
    ["CARDK-BATCH", {}, "batch"],
    ["CARD-SUGI", {}, "sugi"],
    ["CARDK-SUGI", {}, "sugi"],
    ["CARD-BATCH", { CANCELREQ: "Y" }, "cancel"],
    ["CARDK-BATCH", { CANCELREQ: "Y" }, "cancel"],
    ["CARD", { CANCELREQ: "Y" }, "cancel"],
    ["CARDK", { CANCELREQ: "Y" }, "cancel"],
  ])("sends %s %j to %s", async (payMethod, fields, path) => {
    const { merchant } = await startKiwoompay();
    const { body } = await merchant.ready(payMethod, fields);
    expect(body.RETURNURL).toBe(`${merchant.base}/kiwoompay/${path}`);
  });

  it.each([
    ["CARD", {}, "9102"],
    ["CARD-KEYGEN", { CANCELREQ: "Y" }, "9102"],
    ["CARD-SUGI", { CANCELREQ: "Y" }, "9102"],
    ["CARDX-BATCH", {}, "9102"],
    ["", {}, "9001"],
    ["CARD-BATCH", { CPID: undefined }, "9001"],
    ["CARD-BATCH", { CANCELREQ: "N" }, "9012"],
    ["CARD-BATCH", { CPID: "CTNOBODY" }, "9101"],
    ["MOBILE-BATCH", {}, "FAIL"],
    ["VACCOUNT-ISSUE", {}, "FAIL"],
  ])("refuses %j with %j: %s", async (payMethod, fields, code) => {
    const { merchant } = await startKiwoompay();
    const answer = await merchant.ready(payMethod, fields);
    expect(answer).toMatchObject({ status: 200, body: { RESULTCODE: code } });
    expect(answer.body).not.toHaveProperty("TOKEN");
    expect(answer.body.ERRORMESSAGE).toEqual(expect.any(String));
  });

  it("takes the key as it is and nobody else's", async () => {
    const { merchant } = await startKiwoompay();
    const body = { CPID: ACCOUNT.id, PAYMETHOD: "CARD-BATCH" };
    const asked = async (Authorization: string) =>
      (await merchant.send(`${merchant.base}/pay/ready`, body, { Authorization })).body.RESULTCODE;
    expect(await asked(ACCOUNT.secret)).toBeUndefined();
    for (const wrong of [`Bearer ${ACCOUNT.secret}`, OTHER.secret, "x"]) {
      expect(await asked(wrong)).toBe("9103");
    }
  });

  it("takes a whole cancel body, as the vendor's sample sends it, and no field that it does not know", async () => {
    const { merchant, client } = await startKiwoompay();
    const body = merchant.bodies.cancel("CARD-BATCH", { TRXID: "cTS26020517561297485" });
    expect((await merchant.ready("CARD-BATCH", body)).body).toHaveProperty("TOKEN");
    const unknown = await merchant.ready("CARD-BATCH", { BILLKEY: "secret-value" });
    expect(unknown.body.RESULTCODE).toBe("9013");
    const list = await client.get("/_sim/not-understood");
    expect(list.body.items).toMatchObject([
      { path: "/pay/ready", field: "BILLKEY", reason: "unknown field" },
    ]);
    expect(JSON.stringify(list.body)).not.toContain("secret-value");
  });
});

describe("KiwoomPay's charset", () => {
  const ask = (base: string, bytes: Buffer) =>
    sendBytes(`${base}/pay/ready`, bytes, { Authorization: ACCOUNT.secret });

  it.each([
    ["no JSON", Buffer.from("{")],
    ["nothing", Buffer.alloc(0)],
    ["a list", Buffer.from("[]")],
    ["bytes that are no EUC-KR", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ["half a character", Buffer.from([0x22, 0xb0])],
  ])("refuses %s with 9001, in EUC-KR", async (_what, bytes) => {
    const { merchant } = await startKiwoompay();
    expect(await ask(merchant.base, bytes)).toEqual({
      status: 200,
      body: { RESULTCODE: "9001", ERRORMESSAGE: expect.stringMatching(/[가-힣]/) },
    });
  });

  it("holds syllables that the old standard lacks, both ways", async () => {
    const { merchant, client } = await startKiwoompay();
    const bytes = iconv.encode('"똠뷁"', "euc-kr");
    expect(bytes.toString("hex")).toBe("228c6394ee22");
    await merchant.sugi({ ORDERNO: "KOREAN", PRODUCTNAME: "똠방각하", USERNAME: "뷁" });
    const { entries } = (await client.ledger("?orderNumber=KOREAN")).body;
    expect(entries).toMatchObject([{ detail: { productName: "똠방각하", buyerName: "뷁" } }]);
  });

  it("labels its answers with it, and still takes UTF-8 everywhere else", async () => {
    const { merchant, client } = await startKiwoompay();
    const response = await fetch(`${merchant.base}/pay/ready`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: ACCOUNT.secret },
      body: JSON.stringify({ CPID: ACCOUNT.id, PAYMETHOD: "CARD-BATCH" }),
    });
    expect(response.headers.get("content-type")).toBe("application/json; charset=euc-kr");
    expect((await client.issue({ BUYERNAME: "뷁" })).body.RESULTCODE).toBe("0000");
    const form = { method: "POST", headers: { "content-type": "text/plain" }, body: "{}" };
    expect((await fetch(`${merchant.base}/pay/ready`, form)).status).toBe(415);
  });
});

describe("KiwoomPay's token", () => {
  const steps = async () => {
    const world = await startKiwoompay();
    const { merchant } = world;
    const billingKey = await merchant.keyFor();
    const pay = async (token: unknown, url = `${merchant.base}/kiwoompay/batch`) => {
      const body = merchant.bodies.batch(billingKey);
      const headers: Record<string, string> = typeof token === "string" ? { TOKEN: token } : {};
      return (await merchant.send(url, body, headers)).body.RESULTCODE;
    };
    return { ...world, billingKey, pay };
  };

  it("serves once, or often by the switch", async () => {
    const { merchant, pay, turn } = await steps();
    const { TOKEN } = (await merchant.ready("CARD-BATCH")).body;
    expect([await pay(TOKEN), await pay(TOKEN)]).toEqual(["0000", "9004"]);
    await turn({ tokenUse: "many" });
    expect(await pay(TOKEN)).toBe("0000");
  });

  it("serves its own merchant, pay method and direction, unless the switch unbinds it", async () => {
    const { merchant, pay, port, turn } = await steps();
    const stranger = createMerchant(port, OTHER);
    const foreign = [
      (await merchant.ready("CARD-SUGI")).body.TOKEN,
      (await merchant.ready("CARD-BATCH", { CANCELREQ: "Y" })).body.TOKEN,
      (await stranger.ready("CARD-BATCH")).body.TOKEN,
    ];
    for (const token of foreign) expect(await pay(token)).toBe("9004");
    await turn({ tokenBound: "no" });
    for (const token of foreign) expect(await pay(token)).toBe("0000");
  });

  it("is missing, invented, or sent to another address: nothing happens", async () => {
    const { client, merchant, pay } = await steps();
    expect(await pay(undefined)).toBe("9004");
    expect(await pay("0".repeat(34))).toBe("9004");
    const { TOKEN } = (await merchant.ready("CARD-BATCH")).body;
    expect(await pay(TOKEN, `${merchant.base}/kiwoompay/sugi`)).toBe("9102");
    expect((await client.ledger("?kind=approval")).body.entries).toEqual([]);
  });

  it("stands in the header, or in the body too by the switch", async () => {
    const { billingKey, merchant, turn } = await steps();
    const inBody = async () => {
      const { TOKEN } = (await merchant.ready("CARD-BATCH")).body;
      const body = { ...merchant.bodies.batch(billingKey), TOKEN };
      return (await merchant.send(`${merchant.base}/kiwoompay/batch`, body)).body.RESULTCODE;
    };
    expect(await inBody()).toBe("9004");
    await turn({ tokenIn: "header_or_body" });
    expect(await inBody()).toBe("0000");
    expect((await merchant.batch(billingKey)).body.RESULTCODE).toBe("0000");
  });

  it("ends after five minutes of real time, or after what the switch says", async () => {
    let ms = 1_000_000;
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { merchant, turn } = await startKiwoompay({ clock });
    const afterMs = async (waitMs: number) => {
      const { TOKEN } = (await merchant.ready("CARD-KEYGEN")).body;
      ms += waitMs;
      const url = `${merchant.base}/kiwoompay/keygen`;
      const answer = await merchant.send(url, merchant.bodies.keygen({ EXPIREDT: "209912" }), {
        TOKEN: String(TOKEN),
      });
      return answer.body.RESULTCODE;
    };
    expect(await afterMs(299_999)).toBe("0000");
    expect(await afterMs(300_000)).toBe("9003");
    await turn({ tokenLifeMs: 1_000 });
    expect(await afterMs(1_000)).toBe("9003");
    expect(await afterMs(999)).toBe("0000");
  });
});

describe("KiwoomPay's rate", () => {
  it("counts each step, merchant and pay method by itself", async () => {
    let ms = 1_000_000;
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { client, merchant, port } = await startKiwoompay({ clock });
    await client.setSwitches({ kiwoompay: { callsPerSecond: 5 } });
    const asked = async (payMethod: string, by = merchant) =>
      (await by.ready(payMethod)).body.RESULTCODE;
    for (let call = 0; call < 5; call += 1) expect(await asked("CARD-BATCH")).toBeUndefined();
    expect(await asked("CARD-BATCH")).toBe("9008");
    expect(await asked("CARDK-BATCH")).toBeUndefined();
    expect(await asked("CARD-BATCH", createMerchant(port, OTHER))).toBeUndefined();
    ms += 1_001;
    expect(await asked("CARD-BATCH")).toBeUndefined();
  });

  it("refuses the second step without using its token up", async () => {
    let ms = 1_000_000;
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const { client, merchant, turn } = await startKiwoompay({ clock });
    const tickets = await Promise.all(Array.from({ length: 6 }, () => merchant.ready("CARD-SUGI")));
    const pay = async (at: number) =>
      merchant.send(`${merchant.base}/kiwoompay/sugi`, merchant.bodies.sugi(), {
        TOKEN: String(tickets[at]?.body.TOKEN),
      });
    await turn({ callsPerSecond: 5, rateRefusal: "http429" });
    for (let at = 0; at < 5; at += 1) expect((await pay(at)).body.RESULTCODE).toBe("0000");
    expect(await pay(5)).toMatchObject({ status: 429, body: { RESULTCODE: "9008" } });
    ms += 1_001;
    expect((await pay(5)).body.RESULTCODE).toBe("0000");
    expect((await client.ledger()).body.totals).toMatchObject({ approvals: 6 });
  });
});
