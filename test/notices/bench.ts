/** The real app before the real stores, and notices in the form in which gateways send them. */
import iconv from "iconv-lite";
import { createApp } from "../../src/app.ts";
import { applyNotice } from "../../src/billing/apply-notice.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { requestPayment } from "../../src/billing/request-payment.ts";
import { requestRefund } from "../../src/billing/request-refund.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { chargeDepsOf, noticeDepsOf } from "../../src/compose.ts";
import type { BillingKey } from "../../src/domain/billing-key.ts";
import type { ChargeAttempt } from "../../src/domain/charge-attempt.ts";
import type { InboxEntry } from "../../src/domain/inbox.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import { toKoreaStamp } from "../../src/gateways/korea-stamp.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";

export const AMOUNT = 9900;
export const MERCHANTS = { kiwoompay: "CTSIM001", cookiepay: "sim_merchant" } as const;

type Gateway = "kiwoompay" | "cookiepay" | "portone";

export interface NoticeBench {
  core: Core;
  app: HttpApp;
  gateway: Gateway;
  /** A payment whose charge was sent, or whatever `plant` made of it. */
  pay(plant?: (customerId: string) => Promise<void>): Promise<Invoice>;
  /** Posts a notice as the gateway does, from this address. */
  post(notice: Wire, address?: string): Promise<{ status: number; text: string }>;
  /** Looks at everything that is to be looked at now, and at what waits too. */
  work(): Promise<void>;
  /** The notice that came in last. */
  newest(): Promise<Omit<InboxEntry, "raw">>;
  refund(invoice: Invoice, amount: number | null): Promise<Invoice>;
  close(): Promise<void>;
}

export interface Wire {
  method: "GET" | "POST";
  url: string;
  headers?: Record<string, string>;
  payload?: string | Buffer;
}

export async function startNoticeBench(
  gateway: Gateway,
  settings: Record<string, string> = {},
): Promise<NoticeBench> {
  const core = await startCore({
    GATEWAYS: gateway,
    KIWOOM_CALLS_PER_SECOND: "10000",
    // It cannot be asked, so that no test of it waits for a time to pass.
    ...(gateway === "kiwoompay" ? PATIENT : {}),
    ...settings,
  });
  await turn(core, { callsPerSecond: 0 });
  const { composition } = core;
  const app = await createApp(await appDepsOf(composition));
  const deps = chargeDepsOf(composition, "test-worker");
  let count = 0;
  const keys = new Map<string, BillingKey>();
  return {
    core,
    app,
    gateway,
    async pay(plant) {
      count += 1;
      const customerId = `buyer-${count}`;
      const key = keys.get(gateway) ?? (await core.register(customerId));
      if (gateway === "kiwoompay") keys.set(gateway, key);
      await plant?.(key.customerId);
      const invoice = await requestPayment(
        { ...composition, hints: composition.queues.hints },
        {
          billingKeyId: key.id,
          customerId: key.customerId,
          amount: AMOUNT,
          productName: "월간 구독",
          idempotency: null,
        },
      );
      await core.charge(invoice.id);
      return core.invoice(invoice.id);
    },
    async post({ method, url, headers = {}, payload }, address = "127.0.0.1") {
      const response = await app.inject({
        method,
        url,
        headers,
        remoteAddress: address,
        ...(payload !== undefined && { payload }),
      });
      return { status: response.statusCode, text: response.body };
    },
    async work() {
      const far = new Date(composition.clock.now().getTime() + 86_400_000);
      const due = await composition.inbox.listDue(far, 1000);
      for (const { id } of due) await applyNotice(noticeDepsOf(composition), { id });
    },
    async newest() {
      const [entry] = await composition.inbox.list({}, 1);
      if (entry === undefined) throw new Error("the inbox is empty");
      return entry;
    },
    async refund(invoice, amount) {
      await requestRefund(
        { ...composition, hints: composition.queues.hints },
        { paymentId: invoice.id, amount, reason: "고객 요청", idempotency: null },
      );
      await attemptRefund(deps, { invoiceId: invoice.id });
      return core.invoice(invoice.id);
    },
    async close() {
      await app.close();
      await core.close();
    },
  };
}

/** Turns switches of the simulated KiwoomPay. */
export async function turn(core: Core, kiwoompay: object): Promise<void> {
  await fetch(`${core.simulatorUrl}/_sim/switches`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kiwoompay }),
  });
}

/** The last attempt of an invoice. */
export function attemptOf(invoice: Invoice): ChargeAttempt {
  const attempt = invoice.attempts.at(-1);
  if (attempt === undefined) throw new Error(`${invoice.id} has no attempt`);
  return attempt;
}

export type Fields = Readonly<Record<string, string>>;

/** Percent-encoded EUC-KR, byte by byte. */
export function eucKrForm(fields: Fields): string {
  const encode = (text: string) =>
    [...iconv.encode(text, "cp949")]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${/^[\w.-]*$/.test(value) ? value : encode(value)}`)
    .join("&");
}

/** KiwoomPay's notice of an approval as it was recorded: eighteen fields, no result code. */
export function kiwoomFields(orderNumber: string, changes: Fields = {}): Fields {
  return {
    PAYMETHOD: "CARD",
    CPID: MERCHANTS.kiwoompay,
    DAOUTRX: `cTS${orderNumber.replaceAll("-", "").slice(-17)}`,
    ORDERNO: orderNumber,
    AMOUNT: String(AMOUNT),
    SETTDATE: toKoreaStamp(new Date("2026-11-20T03:00:00Z")),
    USERNAME: "홍길동",
    PRODUCTNAME: "월간 구독",
    AUTHNO: "12345678",
    CARDNAME: "비씨",
    CARDNO: "411111******1111",
    RESERVEDSTRING: "",
    ...changes,
  };
}

export function kiwoomGet(fields: Fields): Wire {
  return { method: "GET", url: `/webhook/kiwoom?${eucKrForm(fields)}` };
}

export function kiwoomForm(fields: Fields): Wire {
  return {
    method: "POST",
    url: "/webhook/noti",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: eucKrForm(fields),
  };
}

export function jsonPost(url: string, fields: object): Wire {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json" },
    payload: JSON.stringify(fields),
  };
}
