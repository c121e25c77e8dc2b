import { describe, expect, it } from "vitest";
import { FORM, PAYMENT_TYPES, deviations, rowsOf, startPortone } from "./support.ts";

const CUSTOMER_TYPES = {
  customer_uid: "string",
  pg_provider: "string",
  pg_id: "string",
  sandbox: "boolean",
  card_code: "string",
  card_name: "string",
  card_issuer_code: "string?",
  card_issuer_name: "string?",
  card_publisher_code: "string?",
  card_publisher_name: "string?",
  card_number: "string",
  card_type: "integer?",
  customer_id: "string?",
  customer_name: "string?",
  customer_tel: "string?",
  customer_email: "string?",
  customer_addr: "string?",
  customer_postcode: "string?",
  inserted: "integer",
  updated: "integer",
};

describe("a token", () => {
  it("is told with the gateway's own instants, half an hour apart", async () => {
    const portone = await startPortone();
    const answer = await portone.getToken();
    expect(answer).toMatchObject({ status: 200, code: 0, message: null });
    const { access_token, now, expired_at } = answer.response ?? {};
    expect(access_token).toMatch(/^[0-9a-f]{40}$/);
    expect(Number(expired_at) - Number(now)).toBe(1_800);
    expect(
      deviations(answer.response, {
        access_token: "string",
        now: "integer",
        expired_at: "integer",
      }),
    ).toEqual([]);
  });

  it("is given out again unchanged, in its last minute for five minutes longer, then anew", async () => {
    const start = Date.parse("2026-03-10T00:00:00Z");
    let ms = start;
    const clock = { now: () => new Date(ms), monotonicMs: () => ms };
    const portone = await startPortone({ clock });
    const ask = async () => (await portone.getToken()).response ?? {};
    const use = async () => (await portone.get("/payments/imp_1")).status;
    const first = await ask();
    expect(await use()).toBe(404);
    ms = start + 1_740_000;
    expect(await ask()).toEqual({ ...first, now: start / 1000 + 1_740 });
    ms = start + 1_741_000;
    expect(await ask()).toMatchObject({
      access_token: first.access_token,
      expired_at: Number(first.expired_at) + 300,
    });
    ms = start + 2_099_000;
    expect(await use()).toBe(404);
    ms = start + 2_100_000;
    expect(await use()).toBe(401);
    expect((await ask()).access_token).not.toBe(first.access_token);
    expect(await use()).toBe(401);
  });

  it.each([
    ["none", {}],
    ["a wrong one", { authorization: "Bearer x" }],
    ["a wrong bare one", { authorization: "x" }],
    ["an empty one", { authorization: "" }],
  ])("is Unauthorized: %s", async (_what, headers) => {
    const portone = await startPortone();
    const answer = await portone.send("GET", "/payments/imp_1", { headers });
    const refused = { status: 401, code: -1, message: "Unauthorized", response: null };
    expect(answer).toEqual(refused);
    expect(await portone.getToken("sim_imp_key", "wrong")).toEqual(refused);
    expect(await portone.getToken("nobody", "sim_imp_secret")).toEqual(refused);
  });

  it("works with Bearer and bare", async () => {
    const portone = await startPortone();
    const token = String((await portone.getToken()).response?.access_token);
    for (const authorization of [`Bearer ${token}`, token, `bearer ${token}`]) {
      const answer = await portone.send("GET", "/payments/imp_1", { headers: { authorization } });
      expect(answer).toEqual({
        status: 404,
        code: -1,
        message: "존재하지 않는 결제정보입니다.",
        response: null,
      });
    }
  });
});

describe("a payment", () => {
  it("prints every field in its type, approved, failed, cancelled", async () => {
    const portone = await startPortone();
    const paid = await portone.onetime({ custom_data: { a: 1 }, buyer_name: "홍길동" });
    expect(deviations(paid.response, PAYMENT_TYPES)).toEqual([]);
    const failed = await portone.onetime({ card_number: "4000-0000-0001-0118" });
    expect(deviations(failed.response, PAYMENT_TYPES)).toEqual([]);
    const { imp_uid } = paid.response ?? {};
    const cancelled = await portone.cancel({ imp_uid, reason: "고객 요청" });
    expect(deviations(cancelled.response, PAYMENT_TYPES)).toEqual([]);
    const [entry] = rowsOf(cancelled.response, "cancel_history");
    expect(
      deviations(entry ?? null, {
        pg_tid: "string",
        amount: "integer",
        cancelled_at: "integer",
        reason: "string",
        cancellation_id: "string",
        receipt_url: "string?",
      }),
    ).toEqual([]);
  });

  it("that is paid says so, with its times in seconds and nothing that did not happen", async () => {
    const portone = await startPortone();
    await portone.control.setClock("2026-03-10T00:00:00.900Z");
    const at = Date.parse("2026-03-10T00:00:00Z") / 1000;
    const { response } = await portone.onetime({
      merchant_uid: "A",
      custom_data: "x",
      card_quota: 3,
      amount: 50_000,
    });
    expect(response).toMatchObject({
      imp_uid: expect.stringMatching(/^imp_\d{12}$/),
      merchant_uid: "A",
      pg_tid: expect.stringMatching(/^cTS260310090000\d{5}$/),
      card_code: "361",
      card_name: "비씨카드",
      card_number: "411111******1111",
      card_quota: 3,
      card_type: 0,
      amount: 50_000,
      cancel_amount: 0,
      status: "paid",
      started_at: at,
      paid_at: at,
      failed_at: 0,
      cancelled_at: 0,
      fail_reason: null,
      cancel_history: [],
      custom_data: "x",
      customer_uid: null,
      customer_uid_usage: null,
    });
  });

  it("that the card refuses is code 0 all the same, and failed", async () => {
    const portone = await startPortone();
    const answer = await portone.onetime({ card_number: "4000-0000-0001-0118" });
    expect(answer).toMatchObject({
      status: 200,
      code: 0,
      message: null,
      response: { status: "failed", paid_at: 0, fail_reason: "[2001] 잔액부족", cancel_amount: 0 },
    });
    expect(answer.response?.failed_at).toBe(answer.response?.started_at);
  });

  it("under a paid order number is refused, after a failure it is not", async () => {
    const portone = await startPortone();
    await portone.onetime({ merchant_uid: "A", card_number: "4000-0000-0001-0118" });
    expect(await portone.onetime({ merchant_uid: "A" })).toMatchObject({ code: 0 });
    expect(await portone.onetime({ merchant_uid: "A" })).toMatchObject({
      status: 200,
      code: 1,
      response: null,
    });
    await portone.turn({ duplicateMerchantUid: "accept" });
    expect(await portone.onetime({ merchant_uid: "A" })).toMatchObject({
      code: 0,
      response: { status: "paid" },
    });
  });

  it.each([
    ["4539-5787-6362-1486", "2030-12"],
    ["4111-1111-1111-1112", "2030-12"],
    ["4000-0000-0001-0001", "2020-01"],
  ])(
    "of a card with wrong data (%s, %s) is refused by a code, or fails",
    async (card_number, expiry) => {
      const portone = await startPortone();
      expect(await portone.onetime({ card_number, expiry })).toEqual({
        status: 200,
        code: -1,
        message: "카드정보 인증에 실패하였습니다.",
        response: null,
      });
      await portone.turn({ cardRefusal: "failed" });
      const answer = await portone.onetime({ card_number, expiry });
      expect(answer).toMatchObject({ code: 0, response: { status: "failed" } });
      expect(answer.response?.fail_reason).toMatch(/^\[(1012|2006|2015)\] /);
    },
  );

  it("keeps no card number in the ledger", async () => {
    const portone = await startPortone();
    await portone.onetime({ customer_uid: "c", birth: "900307" });
    await portone.onetime({ card_number: "4539-5787-6362-1486" });
    const text = JSON.stringify((await portone.control.ledger()).body);
    expect(text).not.toMatch(/4111-?1111-?1111|5787-?6362|900307/);
    expect(text).toContain("411111******1111");
  });

  it("counts declines in a row by the saved card", async () => {
    const portone = await startPortone();
    await portone.issue("c", { card_number: "4000-0000-0001-0225" });
    const seen: unknown[] = [];
    for (let time = 0; time < 4; time += 1) {
      seen.push((await portone.again("c")).response?.status);
    }
    expect(seen).toEqual(["failed", "failed", "paid", "failed"]);
  });
});

describe("fields", () => {
  it.each([
    ["an amount in quotes", { amount: "1000" }, "amount"],
    ["no amount", { amount: undefined }, "amount"],
    ["an amount of nothing", { amount: 0 }, "amount"],
    ["half a won", { amount: 10.5 }, "amount"],
    ["a card number without dashes", { card_number: "4111111111111111" }, "card_number"],
    ["no card number", { card_number: undefined }, "card_number"],
    ["an expiry in another form", { expiry: "12/30" }, "expiry"],
    ["a 13th month", { expiry: "2030-13" }, "expiry"],
    ["a birth date of eight digits", { birth: "19900101" }, "birth"],
    ["a name that is too long", { name: "가".repeat(41) }, "name"],
    ["a name that KiwoomPay cannot hold", { name: "구독 😀" }, "name"],
    ["an order number that is too long", { merchant_uid: "a".repeat(41) }, "merchant_uid"],
    ["instalments of a small sum", { card_quota: 3 }, "card_quota"],
    ["a single instalment", { card_quota: 1, amount: 90_000 }, "card_quota"],
    ["dollars", { currency: "USD" }, "currency"],
    ["a field nobody knows", { colour: "red" }, "colour"],
  ])("are refused by name: %s", async (_what, fields, name) => {
    const portone = await startPortone();
    const answer = await portone.onetime(fields);
    expect(answer).toMatchObject({ status: 200, code: 1, response: null });
    expect(answer.message).toContain(name);
    expect((await portone.control.ledger("?kind=approval")).body.entries).toEqual([]);
  });

  it("that are not known are listed", async () => {
    const portone = await startPortone();
    await portone.onetime({ colour: "red" });
    const { items } = (await portone.control.get("/_sim/not-understood")).body;
    expect(items).toMatchObject([
      { method: "POST", path: "/subscribe/payments/onetime", field: "colour" },
    ]);
  });

  it("may come as a form, with brackets", async () => {
    const portone = await startPortone();
    const form =
      "merchant_uid=F-1&amount=1000&name=%EA%B5%AC%EB%8F%85&card_number=4111-1111-1111-1111&expiry=2030-12&interest_free_by_merchant=false";
    expect(await portone.postForm("/subscribe/payments/onetime", form)).toMatchObject({
      code: 0,
      response: { status: "paid", amount: 1_000, name: "구독" },
    });
    await portone.issue("c");
    const schedules =
      "customer_uid=c&schedules[0][merchant_uid]=S-1&schedules[0][schedule_at]=1900000000&schedules[0][amount]=500" +
      "&schedules[1][merchant_uid]=S-2&schedules[1][schedule_at]=1900000001&schedules[1][amount]=600";
    expect(await portone.postForm("/subscribe/payments/schedule", schedules)).toMatchObject({
      code: 0,
      response: [
        { merchant_uid: "S-1", amount: 500 },
        { merchant_uid: "S-2", amount: 600 },
      ],
    });
    const some = "merchant_uid[]=S-1&merchant_uid[]=S-9";
    expect(await portone.postForm("/subscribe/payments/unschedule", some)).toMatchObject({
      response: [{ merchant_uid: "S-1", schedule_status: "revoked" }],
    });
  });

  it.each([
    ["no JSON", "{", "application/json"],
    ["another charset", Uint8Array.of(0x22, 0xb0, 0xa1, 0x22), "application/json"],
    ["a form in another charset", Uint8Array.of(0x61, 0x3d, 0xb0, 0xa1), FORM],
    ["another type", "<xml/>", "application/xml"],
  ])("that cannot be read are refused in the envelope: %s", async (_what, body, type) => {
    const portone = await startPortone();
    const answer = await portone.send("POST", "/users/getToken", {
      body,
      headers: { "content-type": type },
    });
    expect(answer).toMatchObject({ code: -1, response: null });
    expect(answer.status).toBeGreaterThanOrEqual(400);
  });
});

describe("a customer", () => {
  it("prints every field in its type, and can be read and deleted", async () => {
    const portone = await startPortone();
    const issued = await portone.issue("c 1", { customer_name: "홍길동" });
    expect(deviations(issued.response, CUSTOMER_TYPES)).toEqual([]);
    expect(issued.response).toMatchObject({ customer_uid: "c 1", customer_name: "홍길동" });
    expect((await portone.get("/subscribe/customers/c%201")).response).toEqual(issued.response);
    expect((await portone.delete("/subscribe/customers/c%201")).response).toEqual(issued.response);
    for (const gone of [
      await portone.get("/subscribe/customers/c%201"),
      await portone.delete("/subscribe/customers/c%201"),
    ]) {
      expect(gone).toEqual({
        status: 404,
        code: -1,
        message: "요청하신 customer_uid(c 1)로 등록된 정보를 찾을 수 없습니다.",
        response: null,
      });
    }
  });

  it("with another card keeps its first day, and takes its place", async () => {
    const portone = await startPortone();
    await portone.control.setClock("2026-03-10T00:00:00Z");
    const first = (await portone.issue("c")).response;
    expect(first?.inserted).toBe(first?.updated);
    await portone.control.setClock("2026-03-11T00:00:00Z");
    const second = (await portone.issue("c", { card_number: "4000-0000-0001-0118" })).response;
    expect(second).toMatchObject({
      inserted: first?.inserted,
      updated: Number(first?.updated) + 86_400,
      card_name: "신한카드",
    });
    expect((await portone.again("c")).response).toMatchObject({ status: "failed" });
  });

  it.each([
    ["-1", -1],
    ["1", 1],
  ])("that is not registered cannot pay: code %s", async (unknownCustomerCode, code) => {
    const portone = await startPortone();
    await portone.turn({ unknownCustomerCode });
    expect(await portone.again("nobody")).toEqual({
      status: 200,
      code,
      message: "등록되지 않은 구매자입니다.",
      response: null,
    });
  });

  it("whose card is refused is told why in brackets", async () => {
    const portone = await startPortone();
    expect(await portone.issue("c", { card_number: "4539-5787-6362-1486" })).toEqual({
      status: 200,
      code: -1,
      message: "카드정보 인증 및 빌키 발급에 실패하였습니다. [1012] 미등록된 발급카드 거래불가",
      response: null,
    });
  });

  it("is saved by a payment that is approved, and by no other", async () => {
    const portone = await startPortone();
    await portone.onetime({ customer_uid: "no", card_number: "4000-0000-0001-0118" });
    expect((await portone.get("/subscribe/customers/no")).status).toBe(404);
    const paid = await portone.onetime({ customer_uid: "yes" });
    expect(paid.response).toMatchObject({ customer_uid: "yes", customer_uid_usage: "issue" });
    expect((await portone.again("yes")).response).toMatchObject({
      customer_uid: "yes",
      customer_uid_usage: "payment",
    });
    const list = await portone.get("/subscribe/customers?customer_uid[]=yes&customer_uid[]=no");
    expect(list.response).toMatchObject([{ customer_uid: "yes" }]);
    const payments = await portone.get("/subscribe/customers/yes/payments");
    expect(payments.response).toMatchObject({ total: 2, previous: 0, next: 0 });
  });

  it("belongs to one merchant", async () => {
    const other = { gateway: "portone", id: "other", secret: "other-secret" };
    const portone = await startPortone({ accounts: [other] });
    await portone.issue("c");
    const { response } = await portone.getToken("other", "other-secret");
    const headers = {
      authorization: String(response?.access_token),
      "content-type": "application/json",
    };
    expect((await portone.send("GET", "/subscribe/customers/c", { headers })).status).toBe(404);
    const body = JSON.stringify(portone.card());
    const taken = await portone.send("POST", "/subscribe/customers/c", { headers, body });
    expect(taken).toMatchObject({ code: 1 });
    const pay = JSON.stringify({ ...portone.order(), customer_uid: "c" });
    const paid = await portone.send("POST", "/subscribe/payments/again", { headers, body: pay });
    expect(paid).toMatchObject({ message: "등록되지 않은 구매자입니다." });
  });
});

describe("calls of a second", () => {
  /** All that happens takes no time. */
  const clock = { now: () => new Date("2026-03-10T00:00:00Z"), monotonicMs: () => 1_000 };

  it("are fifty, those that were refused included, and reading is not counted", async () => {
    const portone = await startPortone({ clock });
    await portone.issue("c");
    const answers = await Promise.all(Array.from({ length: 60 }, () => portone.again("c")));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(49);
    const refused = answers.filter(({ code }) => code !== 0);
    expect(new Set(refused.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(refused[0]).toMatchObject({ status: 429, code: -1, response: null });
    const reads = await Promise.all(
      Array.from({ length: 60 }, () => portone.get("/subscribe/customers/c")),
    );
    expect(reads.every(({ status }) => status === 200)).toBe(true);
    expect((await portone.cancel({ merchant_uid: "A" })).status).toBe(429);
    expect((await portone.delete("/subscribe/customers/c")).status).toBe(429);
  });

  it("are not counted with 0", async () => {
    const portone = await startPortone({ clock });
    await portone.turn({ callsPerSecond: 0 });
    await portone.issue("c");
    const answers = await Promise.all(Array.from({ length: 120 }, () => portone.again("c")));
    expect(answers.filter(({ code }) => code === 0)).toHaveLength(120);
  });
});
