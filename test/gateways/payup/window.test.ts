import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import { createPayupAdapter } from "../../../src/gateways/payup/index.ts";
import { signOrder } from "../../../src/gateways/payup/signature.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  findClosedUrl,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  CERT_KEY,
  MERCHANT_ID,
  ORDERED,
  ORDR_IDXX,
  PATHS,
  WINDOW,
  createAdapter,
  openCall,
} from "./wire.ts";

const PHONE_WINDOW = {
  ...ORDERED,
  approval_key: "MTIzNDU2Nzg5MA==",
  pay_url: "https://smpay.kcp.co.kr/pay.do",
};

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  server.script(PATHS.order, answerJson(ORDERED));
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

async function open(changes: Partial<OpenWindowRequest> = {}, maySend = () => true) {
  return adapter.openWindow?.(await openCall(adapter, maySend), { ...WINDOW, ...changes });
}

describe("the request of a window", () => {
  test("holds the documented fields, all of them texts, signed", async () => {
    const at = new Date("2026-02-05T15:30:09Z");
    const clock = { now: () => at, monotonicMs: () => 0 };
    const frozen = createPayupAdapter(
      {
        account: "main",
        merchantId: MERCHANT_ID,
        apiCertKey: CERT_KEY,
        baseUrl: server.url,
        connectTimeoutMs: 5_000,
        callDeadlineMs: 10_000,
      },
      { clock },
    );
    await frozen.openWindow?.(await openCall(frozen), WINDOW);
    frozen.close();
    const timestamp = "20260206003009";
    const { orderNumber, returnUrl } = WINDOW;
    expect(server.bodiesAt(PATHS.order)).toEqual([
      {
        orderNumber,
        userAgent: "WP",
        amount: "9900",
        itemName: "월간 구독",
        userName: "김철수",
        returnUrl,
        signature: signOrder(
          { merchantId: MERCHANT_ID, apiCertKey: CERT_KEY },
          { orderNumber, amount: "9900", timestamp },
        ),
        timestamp,
      },
    ]);
    const [sent] = server.requests;
    expect(sent?.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.stringify([sent?.headers, sent?.body])).not.toContain(CERT_KEY);
  });

  test("of a phone says so in its body and in its User-Agent, of a PC in neither", async () => {
    server.script(PATHS.order, answerJson(PHONE_WINDOW));
    await open({ device: "mobile" });
    await open({ device: "pc" });
    const agents = server.requests.map(({ headers }) => headers["user-agent"]);
    expect(agents[0]).toContain("Linux Android");
    expect(agents[1]).not.toMatch(/iPhone|iPad|Android/);
    expect(server.bodiesAt(PATHS.order).map(({ userAgent }) => userAgent)).toEqual(["WM", "WP"]);
  });

  test("names something where nothing is left of a name", async () => {
    await open({ productName: "😀😀", customerName: "\u0007" });
    const [{ itemName, userName } = {}] = server.bodiesAt(PATHS.order);
    expect([itemName, userName]).toEqual(["상품", "고객"]);
  });

  test("keeps names within the gateway's lengths, by bytes of the window's charset", async () => {
    await open({ productName: `a${"가".repeat(60)}`, customerName: "a".repeat(60) });
    const [{ itemName, userName } = {}] = server.bodiesAt(PATHS.order);
    expect(itemName).toBe(`a${"가".repeat(49)}`);
    expect(userName).toBe("a".repeat(50));
  });

  test.each([
    ["an order number of 21 characters", { orderNumber: "T".repeat(21) }],
    ["a return URL of 201 characters", { returnUrl: `https://shop.example/${"r".repeat(180)}` }],
  ])("is not made with %s", async (_case, changes) => {
    expect(await open(changes)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused" },
    });
    expect(server.requests).toEqual([]);
  });

  test("takes an order number of 20 characters and a return URL of 200", async () => {
    const returnUrl = `https://shop.example/${"r".repeat(179)}`;
    expect(await open({ orderNumber: "T".repeat(20), returnUrl })).toMatchObject({
      kind: "opened",
    });
  });
});

describe("a window", () => {
  test("of a PC needs these fields, by the names of a recorded form, and no URL", async () => {
    expect(await open()).toEqual({
      kind: "opened",
      gatewayOrderId: ORDR_IDXX,
      url: null,
      script: "https://pay.kcp.co.kr/plugin/payplus_web.jsp",
      init: [],
      fields: {
        ordr_idxx: ORDR_IDXX,
        good_name: "월간 구독",
        good_mny: "9900",
        buyr_name: "김철수",
        site_cd: "A8RHR",
        req_tx: "pay",
        pay_method: "100000000000",
        currency: "410",
        kakaopay_direct: "Y",
        module_type: "01",
        ordr_chk: "",
        param_opt_1: "",
        param_opt_2: "",
        param_opt_3: "",
        res_cd: "",
        res_msg: "",
        enc_info: "",
        enc_data: "",
        ret_pay_method: "",
        tran_cd: "",
        use_pay_method: "",
        card_pay_method: "",
      },
    });
  });

  test("of a phone needs these, with the order's number in both spellings, and the URL", async () => {
    server.script(PATHS.order, answerJson(PHONE_WINDOW));
    expect(await open({ device: "mobile" })).toEqual({
      kind: "opened",
      gatewayOrderId: ORDR_IDXX,
      url: "https://smpay.kcp.co.kr/pay.do",
      script: null,
      init: [],
      fields: {
        ordr_idxx: ORDR_IDXX,
        ordr_idx: ORDR_IDXX,
        good_name: "월간 구독",
        good_mny: "9900",
        buyr_name: "김철수",
        site_cd: "A8RHR",
        Ret_URL: WINDOW.returnUrl,
        approval_key: "MTIzNDU2Nzg5MA==",
        req_tx: "pay",
        pay_method: "CARD",
        ActionResult: "card",
        currency: "410",
        escw_used: "N",
        kakaopay_direct: "Y",
        param_opt_1: "",
        param_opt_2: "",
        param_opt_3: "",
      },
    });
  });

  test.each([
    ["5001", "amount_not_allowed"],
    ["5002", "amount_not_allowed"],
    ["5003", "merchant_limit"],
    ["1001", "request_refused"],
    ["6002", "request_refused"],
    ["1002", "gateway_unavailable"],
    ["9001", "gateway_unavailable"],
    ["7777", "request_refused"],
  ])("is refused with %s: %s, since an order moves nothing", async (code, ours) => {
    const responseMsg = `거절 ${CERT_KEY}`;
    server.script(PATHS.order, answerJson({ responseCode: code, responseMsg }));
    expect(await open()).toMatchObject({
      kind: "declined",
      decline: { code: ours, rawCode: code, rawMessage: "거절 [removed]" },
    });
  });

  test.each([
    ["the connection drops", dropConnection],
    ["the answer is a page", answerText("<html>점검 중</html>")],
    ["the answer is a 500", answerJson(ORDERED, 500)],
    ["the status denies what the body says", answerJson(ORDERED, 400)],
    ["the amount is another", answerJson({ ...ORDERED, good_mny: "99000" })],
    ["there is no amount", answerJson({ ...ORDERED, good_mny: undefined })],
    ["there is no order number", answerJson({ ...ORDERED, ordr_idxx: "" })],
    ["the order number is none", answerJson({ ...ORDERED, ordr_idxx: '"><script>' })],
    ["there is no site code", answerJson({ ...ORDERED, site_cd: "" })],
  ])("is unknown when %s", async (_case, script) => {
    server.script(PATHS.order, script);
    expect(await open()).toMatchObject({ kind: "unknown", reason: expect.any(String) });
  });

  test.each([
    ["there is no URL", { pay_url: undefined }],
    ["the URL is none", { pay_url: "smpay.kcp.co.kr" }],
    ["the URL is a script", { pay_url: "javascript:alert(1)" }],
    ["there is no approval key", { approval_key: "" }],
    ["there is no return URL", { Ret_URL: "" }],
  ])("of a phone is unknown when %s", async (_case, changes) => {
    server.script(PATHS.order, answerJson({ ...PHONE_WINDOW, ...changes }));
    expect(await open({ device: "mobile" })).toMatchObject({ kind: "unknown" });
  });

  test("is not sent when the lease is spent, or nobody listens", async () => {
    expect(await open({}, () => false)).toMatchObject({ kind: "not_sent" });
    expect(server.requests).toEqual([]);
    const lost = createAdapter({ baseUrl: await findClosedUrl() });
    expect(await lost.openWindow?.(await openCall(lost), WINDOW)).toMatchObject({
      kind: "not_sent",
    });
    lost.close();
  });
});
