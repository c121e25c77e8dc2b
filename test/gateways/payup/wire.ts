/** PayUp on the wire, as the specification and a recorded integration have it, on a scripted server. */
import type { PayupConfig } from "../../../src/gateways/payup/account.ts";
import { createPayupAdapter } from "../../../src/gateways/payup/index.ts";
import type { GatewayAdapter, GatewayCall } from "../../../src/gateways/gateway.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type ScriptedServer, answerJson } from "../../support/scripted-server.ts";
import type { EchoChanges } from "../contract-fixtures.ts";

export const PATHS = {
  order: "/ep/api/kakao/tester/order",
  pay: "/ep/api/kakao/tester/pay",
  cancel: "/ep/api/kakao/tester/cancel",
} as const;

/** Of the specification's samples. */
export const MERCHANT_ID = "tester";
export const CERT_KEY = "25bcd7a82f5b4058818462cc7715964c";

export const ORDR_IDXX = "20260205175540KK0001";

/** What the window of a PC hands back, by the names of a recorded integration. */
export const AUTHENTICATION = {
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
  ordr_chk: `${ORDR_IDXX}|9900`,
  param_opt_1: "",
  param_opt_2: "",
  param_opt_3: "",
  res_cd: "0000",
  res_msg: "정상처리",
  enc_info: "b3B0aW9uYWwgaW5mbyBvZiB0aGUgd2luZG93",
  enc_data: "c2VhbGVkIGJ5IHRoZSBwYXltZW50IHdpbmRvdw",
  ret_pay_method: "CARD",
  tran_cd: "00100000",
  use_pay_method: "100000000000",
  card_pay_method: "KAKAO_MONEY",
};

export const WINDOW: OpenWindowRequest = {
  orderNumber: "T-4F2K9QX1-1",
  amount: 9_900,
  productName: "월간 구독",
  customerName: "김철수",
  returnUrl: "https://shop.example/billing/kakao/return",
  device: "pc",
  customerEmail: null,
  customerPhone: null,
  wallet: null,
  options: null,
};

/** What the gateway answers to an order. */
export const ORDERED = {
  responseCode: "0000",
  responseMsg: "성공",
  good_mny: "9900",
  site_cd: "A8RHR",
  Ret_URL: WINDOW.returnUrl,
  buyr_name: "김철수",
  ordr_idxx: ORDR_IDXX,
  good_name: "월간 구독",
  affiliaterCode: "0005",
};

export function createAdapter(config: Partial<PayupConfig> & { baseUrl: string }): GatewayAdapter {
  const full = {
    account: "main",
    merchantId: MERCHANT_ID,
    apiCertKey: CERT_KEY,
    // As patient as the deadline allows: a busy machine must not turn into a failed connection.
    connectTimeoutMs: Math.min(5_000, (config.callDeadlineMs ?? 10_000) - 100),
    callDeadlineMs: 10_000,
    ...config,
  };
  return createPayupAdapter(full, { clock: systemClock });
}

/** A call that is allowed to leave. */
export async function openCall(
  adapter: GatewayAdapter,
  maySend = () => true,
): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "open_window" });
  if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
  return { credential: opened.credential, maySend };
}

/** The orders that were taken, by the number that they were given. */
export type TakenOrders = Map<string, Record<string, string>>;

/** Takes every order under a number of its own, and approves every payment of one. */
export function approveEverything(server: ScriptedServer, echo: EchoChanges = {}): TakenOrders {
  const orders: TakenOrders = new Map();
  server.script(PATHS.order, (request, response) => {
    const order = JSON.parse(request.body) as Record<string, string>;
    const ordr_idxx = `20260205175540KK${String(orders.size + 1).padStart(4, "0")}`;
    orders.set(ordr_idxx, order);
    answerJson({ ...ORDERED, good_mny: order.amount, ordr_idxx })(request, response);
  });
  server.script(PATHS.pay, (request, response) => {
    const { ordr_idxx = "" } = JSON.parse(request.body) as Record<string, string>;
    const order = orders.get(ordr_idxx);
    const approved = {
      responseCode: "0000",
      responseMsg: "정상처리",
      transactionId: echo.transactionId ?? ordr_idxx,
      orderNumber: echo.orderNumber ?? order?.orderNumber,
      type: "KAKAO_MONEY",
      authDateTime: "20260205175611",
      amount: echo.amount ?? order?.amount,
      cashReceipt: order?.amount,
    };
    answerJson(approved)(request, response);
  });
  return orders;
}
