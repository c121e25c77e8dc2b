/** PortOne's REST interface on the wire, as the documents have it, on a scripted server. */
import { systemClock } from "../../../src/lib/clock.ts";
import { createPortoneAdapter } from "../../../src/gateways/portone/index.ts";
import type { PortoneConfig } from "../../../src/gateways/portone/account.ts";
import type { CardDetails, GatewayAdapter, GatewayCall } from "../../../src/gateways/gateway.ts";
import { type Script, type ScriptedServer, answerJson } from "../../support/scripted-server.ts";
import type { OpenWindowRequest } from "../../../src/gateways/window.ts";
import type { EchoChanges } from "../contract-fixtures.ts";

export const PATHS = {
  token: "/users/getToken",
  onetime: "/subscribe/payments/onetime",
  again: "/subscribe/payments/again",
  cancel: "/payments/cancel",
  paid: "/payments/status/paid",
  cancelled: "/payments/status/cancelled",
} as const;

export const KEY = "6734870384719485";
export const SECRET = "ek7rO9pQ2xZ1vB5nM8sL";
export const TOKEN = "a9ace025c90c0da2161075da6ddd3492a2fca776";
export const CARD: CardDetails = {
  number: "4111111111111111",
  expiry: "3012",
  password: "12",
  holderId: "900101",
};
export const IMP_UID = "imp_448280090638";
/** 2026-02-05 17:56:11 in Korea. */
export const PAID_AT = 1_770_281_771;

export function createAdapter(
  config: Partial<PortoneConfig> & { baseUrl: string },
): GatewayAdapter {
  const full = {
    account: "main",
    impKey: KEY,
    impSecret: SECRET,
    // As patient as the deadline allows: a busy machine must not turn into a failed connection.
    connectTimeoutMs: Math.min(5_000, (config.callDeadlineMs ?? 10_000) - 100),
    callDeadlineMs: 10_000,
    tokenTimeoutMs: 10_000,
    ...config,
  };
  return createPortoneAdapter(full, { clock: systemClock });
}

/** A call with the adapter's credential, allowed to leave. */
export async function openCall(adapter: GatewayAdapter): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "read" });
  if (opened.kind !== "ready") throw new Error(`no credential: ${opened.reason}`);
  return { credential: opened.credential, maySend: () => true };
}

/** A window for one payment by card. */
export function windowRequest(changes: Partial<OpenWindowRequest> = {}): OpenWindowRequest {
  return {
    orderNumber: "T-1",
    amount: 9_900,
    productName: "월간 구독",
    customerName: "홍길동",
    customerEmail: null,
    customerPhone: null,
    returnUrl: "https://pay.example/easypay/return/1",
    device: "pc",
    wallet: null,
    options: { pay_method: "card" },
    ...changes,
  };
}

/** The envelope of a success. */
export const answerOk = (response: unknown): Script =>
  answerJson({ code: 0, message: null, response });

/** The envelope of a refusal. */
export const answerRefusal = (message: string, code = 1, status = 200): Script =>
  answerJson({ code, message, response: null }, status);

/** The answer to everything under an order number, a transaction or a customer that is not there. */
export const answerNotFound = answerRefusal("존재하지 않는 결제정보입니다.", -1, 404);

export const answerToken = (token = TOKEN, lifeS = 1_800): Script =>
  answerOk({ access_token: token, now: 1_512_446_940, expired_at: 1_512_446_940 + lifeS });

/** A payment as the gateway prints it, in full. */
export function payment(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    imp_uid: IMP_UID,
    merchant_uid: "T-1",
    pay_method: "card",
    channel: "api",
    pg_provider: "daou",
    pg_tid: "cTS26020517561297485",
    apply_num: "43484979",
    card_code: "361",
    card_name: "비씨카드",
    card_quota: 0,
    name: "월간 구독",
    amount: 9_900,
    cancel_amount: 0,
    currency: "KRW",
    status: "paid",
    started_at: PAID_AT - 1,
    paid_at: PAID_AT,
    failed_at: 0,
    cancelled_at: 0,
    fail_reason: null,
    cancel_history: [],
    sandbox: false,
    ...changes,
  };
}

/** A payment that the card refused. */
export function failedPayment(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return payment({ status: "failed", paid_at: 0, failed_at: PAID_AT, ...changes });
}

/** One page of a list. */
export function answerPage(list: readonly unknown[], more: Record<string, unknown> = {}): Script {
  return answerOk({ total: list.length, previous: 0, next: 0, list, ...more });
}

/** Prints an amount as the contract's echo names it. */
function toPrinted(echoed: string | undefined, sent: number): unknown {
  if (echoed === undefined) return sent;
  return /^\d+$/.test(echoed) ? Number(echoed) : echoed;
}

/** What the scripted gateway answers to a charge, as the echo says; `named`: with its customer. */
export function answerPaid(echo: EchoChanges = {}, named = false): Script {
  return (request, response) => {
    const { customer_uid, ...sent } = JSON.parse(request.body) as {
      merchant_uid: string;
      amount: number;
      customer_uid?: string;
    };
    const printed = payment({
      ...(named && customer_uid !== undefined && { customer_uid }),
      imp_uid: echo.transactionId ?? IMP_UID,
      merchant_uid: echo.orderNumber ?? sent.merchant_uid,
      amount: toPrinted(echo.amount, sent.amount),
    });
    answerOk(printed)(request, response);
  };
}

export function approveEverything(server: ScriptedServer, echo: EchoChanges = {}): void {
  server.script(PATHS.token, answerToken());
  server.script(PATHS.again, answerPaid(echo));
  server.script(PATHS.onetime, answerPaid(echo, true));
}

/** Declines as the card would: the call itself succeeded, the payment failed. */
export function failCharges(server: ScriptedServer, failReason: string): void {
  const answer: Script = (request, response) => {
    const { merchant_uid, amount } = JSON.parse(request.body) as Record<string, unknown>;
    const failed = failedPayment({ merchant_uid, amount, fail_reason: failReason });
    answerOk(failed)(request, response);
  };
  server.script(PATHS.again, answer);
  server.script(PATHS.onetime, answer);
}
