import { describe, expect, it } from "vitest";
import { createMerchant, sign, startPayup } from "./client.ts";

const PHONE = { "user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)" };

describe("PayUp order", () => {
  it("answers a PC as it was recorded: with affiliaterCode, without approval_key and pay_url", async () => {
    const { client, merchant } = await startPayup();
    await client.setClock("2026-03-01T00:00:00Z");
    const { status, body } = await merchant.order();
    expect(status).toBe(200);
    expect(body).toEqual({
      responseCode: "0000",
      responseMsg: "성공",
      good_mny: "9900",
      site_cd: expect.any(String),
      Ret_URL: "test",
      buyr_name: "홍길동",
      ordr_idxx: expect.stringMatching(/^20260301090000KK\d{4}$/),
      good_name: "구독",
      affiliaterCode: "0005",
    });
  });

  it.each([
    ["iPhone", PHONE],
    ["iPad", { "user-agent": "Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X)" }],
    ["Android", { "user-agent": "Mozilla/5.0 (Linux; Android 14; Pixel 8)" }],
  ])(
    "answers a phone (%s) with both, also where userAgent is left out",
    async (_phone, headers) => {
      const { client, merchant } = await startPayup();
      for (const userAgent of ["WM", undefined]) {
        const { body } = await merchant.order({ userAgent }, headers);
        expect(body.approval_key).toMatch(/./);
        expect(body.pay_url).toBe(`${client.base}/_sim/payup/window`);
      }
    },
  );

  it("gives a phone's window to no other User-Agent", async () => {
    const { merchant } = await startPayup();
    const { body } = await merchant.order({ userAgent: "WM" });
    expect(body.responseCode).toBe("0000");
    expect(body).not.toHaveProperty("pay_url");
    expect((await merchant.order({ userAgent: "WP" }, PHONE)).body).not.toHaveProperty("pay_url");
  });

  it("takes the same order number again and again, each under a number of its own", async () => {
    const { client, merchant } = await startPayup();
    await client.setClock("2026-03-01T00:00:00Z");
    const taken = new Set<unknown>();
    for (let time = 0; time < 50; time += 1) {
      taken.add((await merchant.order({ orderNumber: "TEST_ORDER" })).body.ordr_idxx);
    }
    expect(taken.size).toBe(50);
  });

  it.each([
    ["another merchant's key", { signature: sign("sim_payup", "ORDER-1", "9900", "no", "2") }],
    ["upper case", { signature: sign("x").toUpperCase() }],
    ["no digest at all", { signature: "abc" }],
  ])("refuses a signature of %s with 6002, or 2001 by the switch", async (_what, fields) => {
    const { client, merchant } = await startPayup();
    expect((await merchant.order(fields)).body).toEqual({
      responseCode: "6002",
      responseMsg: expect.stringContaining("signature"),
    });
    await client.setSwitches({ payup: { badSignature: "2001" } });
    expect((await merchant.order(fields)).body.responseCode).toBe("2001");
  });

  it("covers order number, amount and timestamp by the signature, and nothing else", async () => {
    const { client, merchant } = await startPayup();
    const body = merchant.orderBody();
    const changed = async (fields: object) =>
      (await client.post(merchant.at("order"), { ...body, ...fields })).body.responseCode;
    expect(await changed({ amount: "9901" })).toBe("6002");
    expect(await changed({ orderNumber: "OTHER" })).toBe("6002");
    expect(await changed({ timestamp: "20260301090001" })).toBe("6002");
    expect(await changed({ itemName: "다른 상품", returnUrl: "other", userName: "이" })).toBe(
      "0000",
    );
  });

  it("looks at no real time in the timestamp: not at its age, and not at a second 60", async () => {
    const { merchant } = await startPayup();
    const { body } = await merchant.order({ timestamp: "20170910132060" });
    expect(body.responseCode).toBe("0000");
  });

  it.each([
    ["orderNumber", undefined, "6001"],
    ["amount", "", "6001"],
    ["itemName", undefined, "6001"],
    ["userName", undefined, "6001"],
    ["returnUrl", undefined, "6001"],
    ["timestamp", undefined, "6001"],
    ["orderNumber", "O".repeat(21), "6002"],
    ["amount", "0", "6002"],
    ["amount", "9,900", "6002"],
    ["amount", 9900, "6002"],
    ["itemName", "가".repeat(101), "6002"],
    ["userName", "가".repeat(51), "6002"],
    ["returnUrl", "r".repeat(201), "6002"],
    ["timestamp", "2026030109", "6002"],
    ["userAgent", "PC", "6002"],
    ["mobileNumber", "010-1234", "6002"],
    ["cashbillYn", "1", "6002"],
  ])("refuses %s = %j with %s, and names it", async (name, value, code) => {
    const { merchant } = await startPayup();
    expect((await merchant.order({ [name]: value })).body).toEqual({
      responseCode: code,
      responseMsg: expect.stringContaining(name),
    });
  });

  it("ignores fields that it does not know, and refuses a body that is no object", async () => {
    const { client, merchant } = await startPayup();
    expect((await merchant.order({ res_cd: "", whatever: 1 })).body.responseCode).toBe("0000");
    expect((await client.post(merchant.at("order"), ["x"])).body.responseCode).toBe("6003");
    expect((await client.get("/_sim/not-understood")).body.items).toEqual([]);
  });

  it("refuses a merchant that it does not know with 1001", async () => {
    const { client } = await startPayup();
    const stranger = createMerchant(client, { id: "nobody", key: "x" });
    expect((await stranger.order()).body.responseCode).toBe("1001");
  });

  it("answers a refusal with HTTP 400 where the switch says so, and a success never", async () => {
    const { client, merchant } = await startPayup();
    await client.setSwitches({ payup: { errorStatus: "http400" } });
    const refused = await merchant.order({ amount: "" });
    expect(refused).toMatchObject({ status: 400, body: { responseCode: "6001" } });
    expect((await merchant.order()).status).toBe(200);
  });

  it("lets in so many calls a second as the switch says", async () => {
    const clock = { now: () => new Date("2026-03-01T00:00:00Z"), monotonicMs: () => 5_000 };
    const { client, merchant } = await startPayup({ clock });
    await client.setSwitches({ payup: { callsPerSecond: 2 } });
    const statuses = [];
    for (let call = 0; call < 3; call += 1) statuses.push((await merchant.order()).status);
    expect(statuses).toEqual([200, 200, 429]);
  });
});

describe("the payment window's stand-in", () => {
  it("hands out the recorded fields for the wallet's money", async () => {
    const { merchant } = await startPayup();
    const agreed = await merchant.agree();
    expect(agreed).toEqual({
      ordr_idxx: expect.stringMatching(/^\d{14}KK\d{4}$/),
      good_name: "구독",
      good_mny: "9900",
      buyr_name: "홍길동",
      site_cd: expect.any(String),
      req_tx: "pay",
      pay_method: "100000000000",
      currency: "410",
      kakaopay_direct: "Y",
      module_type: "01",
      ordr_chk: `${agreed.ordr_idxx}|9900`,
      param_opt_1: "",
      param_opt_2: "",
      param_opt_3: "",
      res_cd: "0000",
      res_msg: expect.any(String),
      enc_info: expect.stringMatching(/^.{64,}$/),
      enc_data: expect.stringMatching(/^.{64,}$/),
      ret_pay_method: "CARD",
      tran_cd: "00100000",
      use_pay_method: "100000000000",
      card_pay_method: "KAKAO_MONEY",
    });
  });

  it("hands out a card as a card, and its digits nowhere", async () => {
    const { merchant } = await startPayup();
    const agreed = await merchant.agree({}, { card: "4111111111111111" });
    expect(agreed.card_pay_method).toBe("KAKAO_CARD");
    const text = JSON.stringify(agreed);
    expect(text).not.toContain("4111111111111111");
    expect(Buffer.from(agreed.enc_data ?? "", "base64").toString("latin1")).not.toContain("4111");
  });

  it("hands out nothing sealed when the customer gives up", async () => {
    const { merchant } = await startPayup();
    const given = await merchant.agree({}, { decline: true });
    expect(given.res_cd).not.toBe("0000");
    expect(given).not.toHaveProperty("enc_data");
  });

  it.each([
    [{ ordr_idxx: "20260301090000KK0001" }, "names no order"],
    [{}, "ordr_idxx must be a text"],
    [{ card: "4539578763621486" }, "card must be the number of a test card"],
    [{ decline: "yes" }, "decline must be true or false"],
    [{ colour: "red" }, 'no field "colour"'],
  ])("refuses %j", async (choice, message) => {
    const { merchant } = await startPayup();
    const { body } = await merchant.order();
    const known = "ordr_idxx" in choice || Object.keys(choice).length === 0;
    const answer = await merchant.authenticate({
      ...(!known && { ordr_idxx: body.ordr_idxx }),
      ...choice,
    });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });
});
