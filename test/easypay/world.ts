/** The real app before real stores and the simulator, and a customer's browser as far as requests go. */
import iconv from "iconv-lite";
import { createApp } from "../../src/app.ts";
import { applyNotice } from "../../src/billing/apply-notice.ts";
import { appDepsOf } from "../../src/compose-app.ts";
import { noticeDepsOf } from "../../src/compose.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import { type Core, PATIENT, startCore } from "../support/core.ts";

export const AMOUNT = 9900;

/** Of an answer of the API. */
export interface Answer {
  status: number;
  body: Record<string, unknown>;
  location: string | undefined;
  text: string;
}

export interface Easypay {
  core: Core;
  app: HttpApp;
  /** Where the simulator's notices and a browser's forms go. */
  url: string;
  send(method: "GET" | "POST" | "PUT", url: string, payload?: object): Promise<Answer>;
  /** Prepares an order and expects it to be ready. */
  prepare(changes?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Posts a form to the address as a browser does from another site, in EUC-KR. */
  comeBack(url: string, fields: Readonly<Record<string, string>>): Promise<Answer>;
  status(orderId: unknown): Promise<Record<string, unknown>>;
  invoice(orderId: unknown): Promise<Invoice>;
  /** Looks at every notice that came in. */
  workNotices(): Promise<void>;
  /** The time of the order's window is over. */
  letWindowEnd(orderId: unknown): Promise<void>;
  /** Sends the order's refunds. */
  refund(orderId: unknown): Promise<void>;
  /** What of the order moved at the gateway. */
  moved(order: Record<string, unknown>): Promise<{ approvals: number; refunded: number }>;
  close(): Promise<void>;
}

export async function startEasypay(settings: Record<string, string> = PATIENT): Promise<Easypay> {
  const core = await startCore({
    GATEWAYS: "cookiepay,kiwoompay,payup,portone",
    KIWOOM_CALLS_PER_SECOND: "10000",
    ...settings,
  });
  const { composition } = core;
  const app = await createApp(await appDepsOf(composition));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  let count = 0;
  const send: Easypay["send"] = async (method, path, payload) => {
    const response = await app.inject({
      method,
      url: path,
      headers: { "accept-language": "en", host: new URL(url).host },
      ...(payload !== undefined && { payload }),
    });
    return toAnswer(response);
  };
  const invoice = async (orderId: unknown) => {
    const found = await composition.invoices.findByOrderId(String(orderId));
    if (found === null) throw new Error(`no order ${String(orderId)}`);
    return found;
  };
  return {
    core,
    app,
    url,
    send,
    invoice,
    async prepare(changes = {}) {
      count += 1;
      const answer = await send("POST", "/easypay/prepare", {
        orderId: `ORDER-20260205-${count}`,
        amount: AMOUNT,
        productName: "프리미엄 구독",
        customerName: "홍길동",
        ...changes,
      });
      if (answer.status !== 200) throw new Error(`prepare: ${answer.status} ${answer.text}`);
      return answer.body;
    },
    async comeBack(target, fields) {
      const response = await app.inject({
        method: "POST",
        url: new URL(target).pathname,
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          origin: "https://testpay.kcp.co.kr",
        },
        payload: eucKrForm(fields),
      });
      return toAnswer(response);
    },
    async status(orderId) {
      return (await send("GET", `/easypay/status/${String(orderId)}`)).body;
    },
    async workNotices() {
      const far = new Date(composition.clock.now().getTime() + 86_400_000);
      const due = await composition.inbox.listDue(far, 1000);
      for (const { id } of due) await applyNotice(noticeDepsOf(composition), { id });
    },
    async letWindowEnd(orderId) {
      const read = await invoice(orderId);
      const nextActionAt = new Date(composition.clock.now().getTime() - 1);
      const written = await composition.invoices.write(read, { ...read, nextActionAt });
      if (written === null) throw new Error("the order was written meanwhile");
      await core.sweep();
    },
    async refund(orderId) {
      await core.refund((await invoice(orderId)).id);
    },
    async moved({ orderNumber }) {
      const entries = await core.simulator.ledger({ orderNumber: String(orderNumber) });
      const refunds = entries.filter(({ kind }) => kind === "refund");
      return {
        approvals: entries.filter(({ kind }) => kind === "approval").length,
        refunded: refunds.reduce((sum, { amount }) => sum + (amount ?? 0), 0),
      };
    },
    async close() {
      await app.close();
      await core.close();
    },
  };
}

function toAnswer(response: {
  statusCode: number;
  body: string;
  headers: Record<string, unknown>;
}): Answer {
  const isJson = String(response.headers["content-type"]).includes("json");
  return {
    status: response.statusCode,
    body: isJson ? (JSON.parse(response.body) as Record<string, unknown>) : {},
    location: response.headers["location"] as string | undefined,
    text: response.body,
  };
}

/** Percent-encoded EUC-KR, byte by byte. */
function eucKrForm(fields: Readonly<Record<string, string>>): string {
  const encode = (text: string) =>
    [...iconv.encode(text, "cp949")]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  return Object.entries(fields)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}
