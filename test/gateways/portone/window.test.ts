import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  IMP_UID,
  PAID_AT,
  PATHS,
  SECRET,
  answerNotFound,
  answerOk,
  answerRefusal,
  answerToken,
  createAdapter,
  failedPayment,
  openCall,
  payment,
  windowRequest,
} from "./wire.ts";

const PREPARE = "/payments/prepare";
const PREPARED = `${PREPARE}/T-1`;
const READ = `/payments/${IMP_UID}`;
const LOGIS = `/escrows/logis/${IMP_UID}`;
const REGISTERED = answerOk({ merchant_uid: "T-1", amount: 9_900 });
const USED = answerRefusal("이미 등록된 merchant_uid입니다.");

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  server.script(PATHS.token, answerToken());
  server.script(PREPARE, REGISTERED);
  adapter = createAdapter({ baseUrl: server.url, impCode: "imp00000000" });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const sentTo = (path: string) => server.requests.filter((request) => request.path === path);
const afterToken = () => server.requests.filter((request) => request.path !== PATHS.token);

async function open(changes: Partial<OpenWindowRequest> = {}, of = adapter) {
  return of.openWindow?.(await openCall(of), windowRequest(changes));
}

describe("opening a window", () => {
  test("registers the amount and tells what the script needs", async () => {
    expect(await open({ customerEmail: "hello@world.com", customerPhone: "01012345678" })).toEqual({
      kind: "opened",
      gatewayOrderId: null,
      fields: {
        pg: "daou",
        pay_method: "card",
        merchant_uid: "T-1",
        amount: 9_900,
        name: "월간 구독",
        buyer_name: "홍길동",
        buyer_email: "hello@world.com",
        buyer_tel: "01012345678",
        m_redirect_url: "https://pay.example/easypay/return/1",
      },
      url: null,
      script: "https://cdn.iamport.kr/v1/iamport.js",
      init: ["imp00000000"],
    });
    expect(afterToken()).toMatchObject([{ method: "POST", path: PREPARE }]);
    expect(server.bodiesAt(PREPARE)).toEqual([{ merchant_uid: "T-1", amount: 9_900 }]);
  });

  test("passes the options on in the gateway's own words, over a channel of its own", async () => {
    const options = {
      pay_method: "card",
      digital: true,
      escrow: false,
      bypass: { daou: { CARDQUOTA: "CCBC-0:2", DIRECT_YN: "Y" } },
      display: { card_quota: [6] },
      card: { direct: { code: "367", quota: 3 } },
      m_redirect_url: "https://shop.example/done",
      app_scheme: "portoneappscheme",
    };
    adapter.close();
    adapter = createAdapter({
      baseUrl: server.url,
      impCode: "imp00000000",
      channelKey: "channel-key-1",
      sdkUrl: "http://127.0.0.1:4000/v1/iamport.js",
    });
    server.script(PREPARE, answerOk({ merchant_uid: "T-1", amount: 50_000 }));
    const opened = await open({ amount: 50_000, options });
    expect(opened).toMatchObject({
      script: "http://127.0.0.1:4000/v1/iamport.js",
      fields: { ...options, channelKey: "channel-key-1" },
    });
    expect(opened).not.toHaveProperty("fields.pg");
  });

  test("cuts names as the gateway takes them", async () => {
    const opened = await open({ productName: "가".repeat(50), customerName: "Ana 😀".repeat(9) });
    expect(opened).toMatchObject({
      fields: { name: "가".repeat(40), buyer_name: "Ana Ana Ana Ana" },
    });
    expect(await open({ productName: "😀", customerName: "😀" })).toMatchObject({
      fields: expect.not.objectContaining({ buyer_name: expect.anything() }),
    });
  });

  test("without the merchant's code sends nothing, and names the setting", async () => {
    const nameless = createAdapter({ baseUrl: server.url });
    expect(await open({}, nameless)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawMessage: expect.stringContaining("PORTONE_IMP_CODE") },
    });
    nameless.close();
    expect(afterToken()).toEqual([]);
  });

  test("with wrong options sends nothing", async () => {
    expect(await open({ options: { pay_method: "phone" } })).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawMessage: expect.stringContaining("/pay_method") },
    });
    expect(afterToken()).toEqual([]);
  });

  test("is believed where the order was registered before with the same amount", async () => {
    server.script(PREPARE, USED);
    server.script(PREPARED, REGISTERED);
    expect(await open()).toMatchObject({ kind: "opened" });
    expect(afterToken().map(({ method }) => method)).toEqual(["POST", "GET"]);
  });

  test.each([
    ["with another amount", answerOk({ merchant_uid: "T-1", amount: 9_901 })],
    ["under another number", answerOk({ merchant_uid: "T-2", amount: 9_900 })],
    ["not at all", answerNotFound],
  ])("is refused where the order was registered before %s", async (_case, script) => {
    server.script(PREPARE, USED);
    server.script(PREPARED, script);
    expect(await open()).toMatchObject({ kind: "declined", decline: { code: "request_refused" } });
  });

  test("is unknown where the order was registered before and nobody tells how", async () => {
    server.script(PREPARE, USED);
    server.script(PREPARED, dropConnection);
    expect(await open()).toMatchObject({ kind: "unknown" });
  });

  test.each([
    ["the connection drops", dropConnection],
    ["the answer is a page", answerText("<html>")],
    ["the answer is a 500", answerJson({ code: -1, message: "", response: null }, 500)],
    ["the answer is a 404", answerNotFound],
    ["another order is echoed", answerOk({ merchant_uid: "T-2", amount: 9_900 })],
    ["another amount is echoed", answerOk({ merchant_uid: "T-1", amount: 990 })],
    ["nothing is echoed", answerOk(null)],
  ])("is unknown when %s", async (_case, script) => {
    server.script(PREPARE, script);
    expect(await open()).toMatchObject({ kind: "unknown" });
  });

  test("is not sent with a refused token or a spent lease", async () => {
    server.script(PREPARE, answerRefusal("Unauthorized", -1, 401));
    expect(await open()).toEqual({ kind: "not_sent", reason: "token refused" });
    const call = { ...(await openCall(adapter)), maySend: () => false };
    expect(await adapter.openWindow?.(call, windowRequest())).toMatchObject({ kind: "not_sent" });
    expect(sentTo(PREPARE)).toHaveLength(1);
  });

  test("tells no secret that the gateway's words repeat", async () => {
    server.script(PREPARE, answerRefusal(`${SECRET} 4111-1111-1111-1111`));
    server.script(PREPARED, answerNotFound);
    const text = JSON.stringify(await open());
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("4111");
  });
});

const read = async (id = IMP_UID) => adapter.readWindow?.(await openCall(adapter), id);
const FOUND = {
  kind: "found",
  orderNumber: "T-1",
  amount: 9_900,
  reason: null,
  virtualAccount: null,
};
const waiting = (changes: Record<string, unknown> = {}) =>
  payment({
    status: "ready",
    pay_method: "vbank",
    paid_at: 0,
    vbank_name: "국민은행",
    vbank_num: "56020201234567",
    vbank_holder: "포트원",
    vbank_date: PAID_AT + 86_400,
    ...changes,
  });

describe("reading a payment that a browser named", () => {
  test.each([
    ["a paid one", payment(), "paid"],
    [
      "one given back",
      payment({ status: "cancelled", paid_at: 0, cancel_amount: 9_900 }),
      "refunded",
    ],
    ["a cancelled one without a sum", payment({ status: "cancelled", paid_at: 0 }), "refunded"],
    ["one given back in part", payment({ status: "cancelled", cancel_amount: 3_000 }), "paid"],
    ["one given back, called paid", payment({ cancel_amount: 9_900 }), "refunded"],
    ["one that only began", payment({ status: "ready", paid_at: 0 }), "pending"],
  ])("tells the state of %s", async (_case, response, state) => {
    server.script(READ, answerOk(response));
    expect(await read()).toEqual({ ...FOUND, state });
    expect(afterToken()).toMatchObject([{ method: "GET", path: `${READ}?include_sandbox=true` }]);
  });

  test("tells the virtual account that waits for its deposit, with its whole number", async () => {
    server.script(READ, answerOk(waiting()));
    expect(await read()).toEqual({
      ...FOUND,
      state: "pending",
      virtualAccount: {
        bankName: "국민은행",
        accountNumber: "56020201234567",
        holder: "포트원",
        endsAt: new Date((PAID_AT + 86_400) * 1000),
      },
    });
    server.script(READ, answerOk(waiting({ vbank_date: 0 })));
    expect(await read()).toMatchObject({ virtualAccount: { endsAt: null } });
    server.script(READ, answerOk(waiting({ vbank_num: "<b>" })));
    expect(await read()).toMatchObject({ state: "pending", virtualAccount: null });
  });

  test("tells why it failed, and no secret with it", async () => {
    const fail_reason = `[2001] 잔액부족 ${SECRET} 4111-1111-1111-1111`;
    server.script(READ, answerOk(failedPayment({ fail_reason })));
    expect(await read()).toEqual({
      ...FOUND,
      state: "failed",
      reason: "[2001] 잔액부족 [removed] [removed]",
    });
    server.script(READ, answerOk(failedPayment()));
    expect(await read()).toMatchObject({ state: "failed", reason: null });
  });

  test("finds nothing where there is nothing", async () => {
    server.script(READ, answerNotFound);
    expect(await read()).toEqual({ kind: "not_found" });
  });

  test.each(["", "a".repeat(33), "../prepare/T-1", "imp_1?x", "imp 1", "imp_1\n"])(
    "asks nobody for %j",
    async (id) => {
      expect(await read(id)).toEqual({ kind: "not_found" });
      expect(afterToken()).toEqual([]);
    },
  );

  test.each([
    ["another payment is shown", answerOk(payment({ imp_uid: "imp_2" }))],
    ["the payment cannot be read", answerOk(payment({ status: "odd" }))],
    ["the token is refused", answerRefusal("Unauthorized", -1, 401)],
    ["the gateway refuses", answerRefusal("조회 불가")],
    ["the answer is a 500", answerJson({}, 500)],
    ["the connection drops", dropConnection],
  ])("fails when %s", async (_case, script) => {
    server.script(READ, script);
    expect(await read()).toEqual({ kind: "failed", reason: expect.any(String) });
  });
});

/** The vendor's own example. */
const DELIVERY = {
  logis: {
    invoice: "1728384716123",
    company: "CJGLS",
    receiving_at: "20220215",
    address: "성수이로20길16",
  },
  receiver: { name: "홍길동" },
  sender: { relationship: "본인" },
};

const tell = async (change = false) =>
  adapter.tellDelivery?.(await openCall(adapter), {
    transactionId: IMP_UID,
    delivery: DELIVERY,
    change,
  });

describe("telling a delivery", () => {
  test.each([
    [false, "POST"],
    [true, "PUT"],
  ])("sends it as it is (change: %s)", async (change, method) => {
    server.script(
      LOGIS,
      answerOk({ company: "CJGLS", invoice: "1728384716123", sent_at: 0, applied_at: 1 }),
    );
    expect(await tell(change)).toEqual({ kind: "done" });
    expect(sentTo(LOGIS)).toMatchObject([
      { method, headers: { "content-type": "application/json; charset=utf-8" } },
    ]);
    expect(server.bodiesAt(LOGIS)).toEqual([DELIVERY]);
  });

  test.each([
    [404, "not_found"],
    [409, "registered"],
    [400, "refused"],
    [405, "refused"],
    [200, "refused"],
  ])("is declined by HTTP %i: %s", async (status, reason) => {
    server.script(LOGIS, answerRefusal("배송정보 오류", status === 200 ? 1 : -1, status));
    expect(await tell()).toMatchObject({ kind: "declined", reason, message: expect.any(String) });
  });

  test.each([
    ["the answer is a 500", answerRefusal("서버", -1, 500)],
    ["the answer is a 429", answerRefusal("Too Many", -1, 429)],
    ["the answer is a page", answerText("<html>", 409)],
    ["the connection drops", dropConnection],
    ["the words are not definite", answerRefusal("PG 통신오류")],
  ])("is unknown when %s", async (_case, script) => {
    server.script(LOGIS, script);
    expect(await tell()).toMatchObject({ kind: "unknown" });
  });

  test("is not sent when the token is refused, and the next token is a new one", async () => {
    server.script(LOGIS, answerRefusal("Unauthorized", -1, 401));
    expect(await tell()).toEqual({ kind: "not_sent", reason: "token refused" });
    await openCall(adapter);
    expect(sentTo(PATHS.token)).toHaveLength(2);
  });

  test("tells no secret that the gateway's words repeat", async () => {
    server.script(LOGIS, answerRefusal(SECRET, -1, 409));
    expect(JSON.stringify(await tell())).not.toContain(SECRET);
  });
});

describe("what was paid with", () => {
  test("stands in a look-up", async () => {
    const list = [payment({ pay_method: "kakaopay" })];
    server.script("/payments/findAll/T-1", answerOk({ total: 1, previous: 0, next: 0, list }));
    const request = {
      orderNumber: "T-1",
      amount: 9_900,
      fromOn: "2026-02-05",
      untilOn: "2026-02-05",
    };
    expect(await adapter.lookUpCharge(await openCall(adapter), request)).toMatchObject({
      kind: "found",
      transactions: [{ payMethod: "kakaopay" }],
    });
  });

  const refund = async (payMethod: string, everythingLeft: boolean) =>
    adapter.refund(await openCall(adapter), {
      transactionId: IMP_UID,
      orderNumber: "T-1",
      amount: everythingLeft ? 9_900 : 3_000,
      leftBefore: 9_900,
      everythingLeft,
      paidWith: "wallet",
      payMethod,
      reason: "고객 요청",
    });

  test.each(["cultureland", "smartculture", "booknlife"])(
    "decides that %s goes back whole or not at all",
    async (payMethod) => {
      server.script(PATHS.cancel, answerOk(payment({ status: "cancelled", cancel_amount: 9_900 })));
      expect(await refund(payMethod, false)).toMatchObject({
        kind: "declined",
        decline: { code: "request_refused" },
      });
      expect(afterToken()).toEqual([]);
      expect(await refund(payMethod, true)).toMatchObject({ kind: "approved" });
    },
  );

  test("lets a part of anything else go back", async () => {
    server.script(PATHS.cancel, answerOk(payment({ cancel_amount: 3_000 })));
    expect(await refund("vbank", false)).toMatchObject({ kind: "approved" });
  });
});
