import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import type { KiwoompayConfig } from "../../../src/gateways/kiwoompay/account.ts";
import { readKiwoompayNotice } from "../../../src/gateways/kiwoompay/notice.ts";
import { readFields } from "../../../src/gateways/notice-fields.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  hang,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  CPID,
  DAOUTRX,
  LINK_KEY,
  READY,
  TOKEN,
  answerEucKr,
  bodiesAt,
  createAdapter,
  giveTickets,
  openCall,
  returnPath,
} from "./wire.ts";

const HASH = "/pay/hash";
const KIWOOM_ENC = "NmUwM2Q5Ymx5a2VuYz09";
const RETURN = "https://shop.example/easypay/return/pay_1?lang=ko";
const REQUEST: OpenWindowRequest = {
  orderNumber: "T-4F2K9QX1-1",
  amount: 9_900,
  productName: "똠방각하 구독",
  customerName: "김철수",
  customerEmail: null,
  customerPhone: null,
  returnUrl: RETURN,
  device: "pc",
  wallet: null,
  options: null,
};

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  server.script(HASH, answerEucKr({ RESULTCODE: "0000", KIWOOM_ENC }));
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

async function open(changes: Partial<OpenWindowRequest> = {}, by = adapter) {
  const call = await openCall(by, { call: "open_window" });
  return by.openWindow?.(call, { ...REQUEST, ...changes });
}

async function openWith(config: Partial<KiwoompayConfig>) {
  const other = createAdapter({ baseUrl: server.url, ...config });
  const outcome = await open({}, other);
  other.close();
  return outcome;
}

describe("a payment window", () => {
  test("is hashed with the link key, and opened with what was hashed", async () => {
    expect(await open()).toEqual({
      kind: "opened",
      gatewayOrderId: null,
      fields: {
        KIWOOM_ENC,
        PAYMETHOD: "TOTAL",
        TYPE: "P",
        CPID,
        ORDERNO: REQUEST.orderNumber,
        AMOUNT: "9900",
        PRODUCTNAME: "똠방각하 구독",
        PRODUCTTYPE: "1",
        USERNAME: "김철수",
        HOMEURL: `${RETURN}&result=home`,
        CLOSEURL: `${RETURN}&result=close`,
        FAILURL: `${RETURN}&result=fail`,
      },
      url: null,
      script: "https://ssl-v2.kiwoompay.co.kr/sdk/v1/latest/kiwoompayEnc.js",
      init: ["DEV", "FRAME"],
    });
    expect(bodiesAt(server, HASH)).toEqual([
      { PAYMETHOD: "TOTAL", TYPE: "P", CPID, ORDERNO: REQUEST.orderNumber, AMOUNT: "9900" },
    ]);
    expect(server.requests).toMatchObject([{ path: HASH, headers: { authorization: LINK_KEY } }]);
    expect(server.requests[0]?.headers).not.toHaveProperty("token");
  });

  test("of a phone takes the page's place, of a live account names its hosts", async () => {
    expect(await open({ device: "mobile" })).toMatchObject({
      fields: { TYPE: "M" },
      init: ["DEV", ""],
    });
    const live = { sdkHosts: "REAL", sdkUrl: "https://cdn/x.js", productType: "physical" } as const;
    expect(await openWith(live)).toMatchObject({
      fields: { PRODUCTTYPE: "2" },
      script: "https://cdn/x.js",
      init: ["REAL", "FRAME"],
    });
    expect(bodiesAt(server, HASH)).toMatchObject([{ TYPE: "M" }, { TYPE: "P" }]);
  });

  test.each([
    ["kakaopay", "KAKAOPAY"],
    ["naverpay", "NAVERPAY"],
    ["samsungpay", "SAMSUNGPAY"],
    ["payco", "PAYCO"],
  ] as const)("of %s is hashed and opened as %s", async (wallet, PAYMETHOD) => {
    expect(await open({ wallet })).toMatchObject({ fields: { PAYMETHOD } });
    expect(bodiesAt(server, HASH)).toMatchObject([{ PAYMETHOD }]);
  });

  test("holds names that EUC-KR can write, and as long as they may be", async () => {
    const productName = `a|b 😀 ${"가".repeat(60)}`;
    const opened = await open({ productName, customerName: "😀", customerEmail: "a@b.kr" });
    if (opened?.kind !== "opened") throw new Error(JSON.stringify(opened));
    expect(opened.fields.PRODUCTNAME).toMatch(/^a｜b +가+$/);
    expect(opened.fields.PRODUCTNAME).toHaveProperty("length", 27);
    expect(opened.fields).not.toHaveProperty("USERNAME");
    expect(opened.fields.EMAIL).toBe("a@b.kr");
    const odd = await open({ productName: "\n", customerEmail: "a|b@c.kr" });
    expect(odd).toMatchObject({ fields: { PRODUCTNAME: "결제" } });
    expect(odd?.kind === "opened" && odd.fields).not.toHaveProperty("EMAIL");
  });

  test.each([
    [{ RESULTCODE: "9102", RESULTMSG: "결제수단" }, "request_refused"],
    [{ RESULTCODE: "9102", ERRORMESSAGE: "결제수단" }, "request_refused"],
    [{ RESULTCODE: "FAIL", ERRORMESSAGE: "결제수단" }, "contract_not_open"],
    [{ RESULTCODE: "7777", ERRORMESSAGE: "결제수단" }, "request_refused"],
  ])("is declined by %j, and no card is blamed", async (body, code) => {
    server.script(HASH, answerEucKr(body));
    expect(await open()).toMatchObject({
      kind: "declined",
      decline: { code, kind: "merchant", rawCode: body.RESULTCODE, rawMessage: "결제수단" },
    });
  });

  test.each([
    ["the answer is no JSON", answerText("<html>")],
    ["the answer is a 500", answerJson({ RESULTCODE: "0000", KIWOOM_ENC }, 500)],
    ["there is no code", answerEucKr({ KIWOOM_ENC })],
    ["there is no hash", answerEucKr({ RESULTCODE: "0000" })],
    ["the hash is no text", answerEucKr({ RESULTCODE: "0000", KIWOOM_ENC: 1 })],
    ["the hash is endless", answerEucKr({ RESULTCODE: "0000", KIWOOM_ENC: "x".repeat(5000) })],
    ["the connection drops", dropConnection],
    ["the gateway is in trouble", answerEucKr({ RESULTCODE: "9000", ERRORMESSAGE: "오류" })],
    ["the number was used", answerEucKr({ RESULTCODE: "9002", ERRORMESSAGE: "중복" })],
  ])("is unknown where %s", async (_case, script) => {
    server.script(HASH, script);
    expect((await open())?.kind).toBe("unknown");
  });

  test("waits no longer than the first step may take", async () => {
    server.script(HASH, hang);
    const outcome = await openWith({ readyTimeoutMs: 300, connectTimeoutMs: 200 });
    expect(outcome?.kind).toBe("unknown");
  });

  test("is not sent once the lease is spent, or to an address that is none", async () => {
    const call = { ...(await openCall(adapter, { call: "open_window" })), maySend: () => false };
    expect(await adapter.openWindow?.(call, REQUEST)).toMatchObject({ kind: "not_sent" });
    expect(await open({ returnUrl: "/return" })).toMatchObject({ kind: "declined" });
    expect(server.requests).toEqual([]);
  });

  test("tells no secret that the gateway's words repeat", async () => {
    server.script(HASH, answerEucKr({ RESULTCODE: LINK_KEY, ERRORMESSAGE: LINK_KEY }));
    expect(JSON.stringify(await open())).not.toContain(LINK_KEY);
  });

  test("needs no token, and sets no pace", async () => {
    expect(await adapter.openCredential({ call: "open_window" })).toMatchObject({
      kind: "ready",
      credential: { value: "" },
    });
    expect(adapter.paceOf({ call: "open_window" })).toBeNull();
    expect(server.requests).toEqual([]);
  });
});

describe("the refund of what was paid in a window", () => {
  const REFUND = {
    transactionId: DAOUTRX,
    orderNumber: "T-1",
    amount: 9_900,
    leftBefore: 9_900,
    everythingLeft: true,
    paidWith: "wallet",
    reason: "고객 변심",
  } as const;

  test.each(["KAKAOPAY", "CARD"])("is a cancel under %s, as the notice called it", async (name) => {
    giveTickets(server);
    const done = { RESULTCODE: "0000", TOKEN, DAOUTRX, AMOUNT: "9900", CANCELDATE: "" };
    server.script(returnPath(name, true), answerEucKr(done));
    const use = { call: "refund", paidWith: "wallet", payMethod: name } as const;
    expect(adapter.paceOf(use)).toEqual({ bucket: name, perSecond: 5 });
    const outcome = await adapter.refund(await openCall(adapter, use), {
      ...REFUND,
      payMethod: name,
    });
    expect(outcome).toMatchObject({ kind: "approved" });
    const cancel = { CPID, PAYMETHOD: name, CANCELREQ: "Y" };
    expect(bodiesAt(server, READY)).toEqual([cancel]);
    expect(bodiesAt(server, returnPath(name, true))).toMatchObject([cancel]);
  });

  test("is refused without a request where no notice told the name", async () => {
    const use = { call: "refund", paidWith: "wallet" } as const;
    expect(adapter.paceOf(use)).toBeNull();
    const outcome = await adapter.refund(await openCall(adapter, use), REFUND);
    expect(outcome).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawMessage: expect.stringContaining("nothing was sent") },
    });
    expect(server.requests).toEqual([]);
  });

  test("is not sent with a credential of another name", async () => {
    giveTickets(server);
    const use = { call: "refund", paidWith: "wallet", payMethod: "PAYCO" } as const;
    const call = await openCall(adapter, use);
    const outcome = await adapter.refund(call, { ...REFUND, payMethod: "KAKAOPAY" });
    expect(outcome).toMatchObject({ kind: "not_sent" });
  });
});

describe("a notice", () => {
  const read = (query: string) => {
    const raw = { query, body: Buffer.alloc(0), contentType: "" };
    const reading = readKiwoompayNotice(readFields(raw, "cp949"));
    return reading.kind === "notice" ? reading.notice : reading;
  };
  const PAID = `CPID=${CPID}&DAOUTRX=${DAOUTRX}&ORDERNO=T-1&AMOUNT=9900`;

  test.each([
    ["KAKAOPAY", "KAKAOPAY"],
    ["CARD", "CARD"],
    ["payco", "PAYCO"],
  ])("of a payment with %s says so", (PAYMETHOD, payMethod) => {
    expect(read(`PAYMETHOD=${PAYMETHOD}&${PAID}`)).toMatchObject({ kind: "paid", payMethod });
  });

  test("of a cancel, or one that names none, says nothing of it", () => {
    for (const query of [
      `PAYMETHOD=KAKAOCANCEL&${PAID}`,
      `RESULTCODE=0000&${PAID}`,
      `RESULTCODE=0000&PAYMETHOD=&${PAID}`,
    ]) {
      const notice = read(query);
      expect(notice).toHaveProperty("orderNumber", "T-1");
      expect(notice).not.toHaveProperty("payMethod");
    }
  });
});
