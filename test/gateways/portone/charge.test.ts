import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChargeRequest, GatewayAdapter } from "../../../src/gateways/gateway.ts";
import { PORTONE_DECLINES } from "../../../src/gateways/portone/declines.ts";
import {
  type ScriptedServer,
  answerJson,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE, CONTRACT_KEY } from "../contract-fixtures.ts";
import {
  CARD,
  IMP_UID,
  KEY,
  PATHS,
  SECRET,
  TOKEN,
  answerNotFound,
  answerOk,
  answerRefusal,
  answerToken,
  answerPaid,
  approveEverything,
  createAdapter,
  failCharges,
  failedPayment,
  openCall,
  payment,
} from "./wire.ts";

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const BY_CARD: ChargeRequest = {
  ...CONTRACT_CHARGE,
  source: { kind: "card", card: CARD, save: false },
};
const SAVING: ChargeRequest = {
  ...CONTRACT_CHARGE,
  source: { kind: "card", card: CARD, save: true },
};
const UID = `card-${CONTRACT_CHARGE.orderNumber}`;
const CUSTOMER = `/subscribe/customers/${UID}`;
const ECHO = { merchant_uid: CONTRACT_CHARGE.orderNumber, amount: CONTRACT_CHARGE.amount };

const charge = async (request: ChargeRequest = CONTRACT_CHARGE) =>
  adapter.charge(await openCall(adapter), request);

describe("the requests of a charge", () => {
  test("carry the token as a bearer's, and the secret nowhere but where the token is fetched", async () => {
    await charge();
    const [token, again] = server.requests;
    expect(JSON.parse(token?.body ?? "")).toEqual({ imp_key: KEY, imp_secret: SECRET });
    expect(token?.headers).not.toHaveProperty("authorization");
    expect(again).toMatchObject({
      method: "POST",
      path: PATHS.again,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json; charset=utf-8",
      },
    });
    expect(again?.body).not.toContain(SECRET);
    expect(server.requests).toHaveLength(2);
  });

  test("by billing key hold the documented fields, the amount as a number", async () => {
    await charge();
    expect(server.bodiesAt(PATHS.again)).toEqual([
      {
        customer_uid: CONTRACT_KEY,
        merchant_uid: CONTRACT_CHARGE.orderNumber,
        amount: 9_900,
        name: "월간 구독",
        buyer_name: "김철수",
        custom_data: "customer-1",
      },
    ]);
  });

  test("by card hold it in the documented form, and the channel of KiwoomPay", async () => {
    await charge(BY_CARD);
    expect(server.bodiesAt(PATHS.onetime)).toEqual([
      {
        merchant_uid: CONTRACT_CHARGE.orderNumber,
        amount: 9_900,
        name: "월간 구독",
        buyer_name: "김철수",
        custom_data: "customer-1",
        card_number: "4111-1111-1111-1111",
        expiry: "2030-12",
        birth: "900101",
        pwd_2digit: "12",
        pg: "daou",
      },
    ]);
  });

  test("by card name the channel of the configuration, and the card that is to be saved", async () => {
    adapter.close();
    adapter = createAdapter({ baseUrl: server.url, channelKey: "channel-key-1", pg: "daou.M1" });
    await charge(SAVING);
    const [body] = server.bodiesAt(PATHS.onetime);
    expect(body).toMatchObject({ channel_key: "channel-key-1", customer_uid: UID });
    expect(body).not.toHaveProperty("pg");
    adapter.close();
    adapter = createAdapter({ baseUrl: server.url, pg: "daou.M1" });
    await charge(BY_CARD);
    expect(server.bodiesAt(PATHS.onetime)[1]).toMatchObject({ pg: "daou.M1" });
  });

  test("name the order where the product's name holds nothing that can be sent", async () => {
    await charge({ ...CONTRACT_CHARGE, productName: "😀", customerName: "😀" });
    const [body] = server.bodiesAt(PATHS.again);
    expect(body?.name).toBe(CONTRACT_CHARGE.orderNumber);
    expect(body).not.toHaveProperty("buyer_name");
  });

  test("are not made for a wallet", async () => {
    const source = { kind: "wallet", authentication: {} } as const;
    expect((await charge({ ...CONTRACT_CHARGE, source })).kind).toBe("not_sent");
    expect(server.bodiesAt(PATHS.again)).toHaveLength(0);
  });
});

describe("a payment that answers a charge", () => {
  test("is an approval with the gateway's own time", async () => {
    expect(await charge()).toEqual({
      kind: "approved",
      transaction: {
        id: IMP_UID,
        approvedAt: new Date("2026-02-05T08:56:11Z"),
        approvalNumber: "43484979",
        cardName: "비씨카드",
        payMethod: "card",
      },
    });
  });

  test.each([
    ["ready", "pending"],
    ["cancelled", "unknown"],
    ["paying", "unknown"],
    ["", "unknown"],
    [null, "unknown"],
  ])("of status %j is %s", async (status, kind) => {
    server.script(PATHS.again, answerOk(payment({ ...ECHO, status })));
    expect((await charge()).kind).toBe(kind);
  });

  test.each([
    ["an amount in letters", payment({ ...ECHO, amount: "9900" })],
    ["an id that is none", payment({ ...ECHO, imp_uid: "imp/../1" })],
    ["no sum of refunds", payment({ ...ECHO, cancel_amount: undefined })],
    ["no payment", null],
    ["a list", [payment(ECHO)]],
  ])("with %s is unknown", async (_case, response) => {
    server.script(PATHS.again, answerOk(response));
    expect((await charge()).kind).toBe("unknown");
  });

  test("of another order that failed decides nothing", async () => {
    const failed = failedPayment({ ...ECHO, merchant_uid: "T-2", fail_reason: "[2001] 잔액부족" });
    server.script(PATHS.again, answerOk(failed));
    expect((await charge()).kind).toBe("unknown");
  });

  test.each([
    [0, null],
    ["x", "y"],
    [1e15, -1],
  ])("is dated by its receipt where it prints no time: %j, %j", async (paid_at, started_at) => {
    server.script(PATHS.again, answerOk(payment({ ...ECHO, paid_at, started_at })));
    const from = Date.now();
    const outcome = await charge();
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    expect(outcome.transaction.approvedAt.getTime()).toBeGreaterThanOrEqual(from);
  });
});

describe("a failed payment", () => {
  test.each([
    ["[2001] 잔액부족", "insufficient_funds", "2001", "잔액부족"],
    [
      "[1012]미등록된 발급카드 거래불가",
      "card_not_registered",
      "1012",
      "미등록된 발급카드 거래불가",
    ],
    ["카드사 거절 [2003] 도난", "card_lost_or_stolen", "2003", "카드사 거절 [2003] 도난"],
    ["잔액부족", "insufficient_funds", "failed", "잔액부족"],
    ["카드 한도초과입니다", "limit_exceeded", "failed", "카드 한도초과입니다"],
    ["유효기간을 확인하세요", "card_expired", "failed", "유효기간을 확인하세요"],
    ["비밀번호 오류", "authentication_failed", "failed", "비밀번호 오류"],
    ["거절", "unrecognized", "failed", "거절"],
    ["", "unrecognized", "failed", ""],
  ])("with the reason %j is declined: %s", async (reason, code, rawCode, rawMessage) => {
    failCharges(server, reason);
    expect(await charge()).toMatchObject({
      kind: "declined",
      decline: { code, rawCode, rawMessage },
    });
  });

  test.each(["PG사 응답이 없습니다", "네트워크 오류", "잠시 후 다시 시도", "[F1002] 결제 불가"])(
    "whose reason is not definite is unknown: %s",
    async (reason) => {
      failCharges(server, reason);
      expect((await charge()).kind).toBe("unknown");
    },
  );

  test("has a source for every reason that is known", () => {
    for (const { means, source } of Object.values(PORTONE_DECLINES)) {
      expect(`${means} ${source}`).toMatch(/^[a-z_]+ \S/);
    }
  });
});

describe("a code that is not 0", () => {
  test.each([
    [1, "등록되지 않은 구매자입니다.", "billing_key_invalid", "hard"],
    [-1, "등록되지 않은 구매자입니다.", "billing_key_invalid", "hard"],
    [-1, "카드정보 인증에 실패하였습니다.", "card_details_wrong", "customer"],
    [1, "거절되었습니다.", "unrecognized", "soft"],
  ])("declines: %d %s", async (code, message, means, kind) => {
    server.script(PATHS.again, answerRefusal(message, code));
    expect(await charge()).toMatchObject({
      kind: "declined",
      decline: { code: means, kind, rawCode: String(code), rawMessage: message },
    });
  });

  test.each([
    "이미 결제가 이루어진 거래건입니다.",
    "[F1002]이미 결제된 주문입니다",
    "일시적인 오류입니다",
    "알 수 없는 오류",
  ])("decides nothing beside %s", async (message) => {
    server.script(PATHS.again, answerRefusal(message));
    expect((await charge()).kind).toBe("unknown");
  });

  test.each([
    ["no number", { code: "0", message: null, response: payment(ECHO) }, 200],
    ["404", { code: -1, message: "없음", response: null }, 404],
    ["400", { code: -1, message: "잘못된 요청", response: null }, 400],
    ["429", { code: -1, message: "Too Many Requests", response: null }, 429],
    ["a success with 401", { code: 0, message: null, response: payment(ECHO) }, 401],
    ["a success with 500", { code: 0, message: null, response: payment(ECHO) }, 500],
  ])("is no decision where the answer has %s", async (_case, body, status) => {
    server.script(PATHS.again, answerJson(body, status));
    expect((await charge()).kind).toBe("unknown");
  });
});

describe("a charge that saves its card", () => {
  const savedOf = async () => {
    const outcome = await charge(SAVING);
    if (outcome.kind !== "approved") throw new Error(JSON.stringify(outcome));
    return outcome.savedCard;
  };

  beforeEach(() => server.script(PATHS.onetime, answerPaid()));

  test("gives the key that the answer names", async () => {
    server.script(PATHS.onetime, answerOk(payment({ ...ECHO, customer_uid: UID })));
    expect(await savedOf()).toEqual({ billingKey: UID, cardName: "비씨카드" });
  });

  test("asks for it where the answer does not name it", async () => {
    server.script(CUSTOMER, answerOk({ customer_uid: UID, card_name: "국민카드" }));
    expect(await savedOf()).toEqual({ billingKey: UID, cardName: "국민카드" });
    expect(server.requests.at(-1)).toMatchObject({ method: "GET", path: CUSTOMER });
  });

  test.each([
    ["it is not there", answerNotFound],
    ["another is there", answerOk({ customer_uid: "card-T-2", card_name: "국민카드" })],
    ["nobody answers", answerJson({}, 500)],
  ])("is approved without a key where %s", async (_case, script) => {
    server.script(CUSTOMER, script);
    expect(await savedOf()).toBeUndefined();
  });
});

describe("a token", () => {
  test("is fetched once for many callers at once, and again after it was refused", async () => {
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => adapter.openCredential({ call: "read" })),
    );
    expect(new Set(opened.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(server.bodiesAt(PATHS.token)).toHaveLength(1);
    server.script(PATHS.again, answerRefusal("Unauthorized", -1, 401));
    expect(await charge()).toEqual({ kind: "not_sent", reason: "token refused" });
    server.script(PATHS.token, answerToken("b".repeat(40)));
    expect((await openCall(adapter)).credential.value).toBe("b".repeat(40));
  });

  test("stays when it is newer than the one that was refused", async () => {
    const old = { ...(await openCall(adapter)), credential: { value: "old", endsAt: new Date(0) } };
    server.script(PATHS.again, answerRefusal("Unauthorized", -1, 401));
    expect((await adapter.charge(old, CONTRACT_CHARGE)).kind).toBe("not_sent");
    await adapter.openCredential({ call: "read" });
    expect(server.bodiesAt(PATHS.token)).toHaveLength(1);
  });

  test.each([
    ["is refused", answerRefusal(`키 ${SECRET} 오류`, -1, 401), "token: refused"],
    ["is refused with 200", answerRefusal(SECRET), "token: refused"],
    ["is missing", answerOk({ now: 1, expired_at: 2 }), "token: none in the answer"],
    ["fits no header", answerOk({ access_token: "a\nb" }), "token: none in the answer"],
  ])("that %s sends nothing", async (_case, script, reason) => {
    server.script(PATHS.token, script);
    expect(await adapter.openCredential({ call: "read" })).toEqual({ kind: "not_sent", reason });
  });
});

test("all calls that reach a card or money share one pace, and reading has none", () => {
  const paces = [
    adapter.paceOf({ call: "charge", paidWith: "card" }),
    adapter.paceOf({ call: "charge", paidWith: "billing_key" }),
    adapter.paceOf({ call: "refund", paidWith: "card" }),
    adapter.paceOf({ call: "issue" }),
    adapter.paceOf({ call: "revoke" }),
  ];
  expect(new Set(paces.map((pace) => pace?.bucket)).size).toBe(1);
  expect(paces.map((pace) => pace?.perSecond)).toEqual([50, 50, 50, 50, 50]);
  expect(adapter.paceOf({ call: "read" })).toBeNull();
});

test("evidence of any kind stays unread", async () => {
  const evidence = { kind: "enc_data", value: "x" };
  const outcome = await adapter.readEvidence(await openCall(adapter), evidence, CONTRACT_CHARGE);
  expect(outcome).toMatchObject({ kind: "unknown", evidence });
});
