/** Windows, virtual accounts, vouchers and escrow against the simulator, from prepare to refund. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createPortoneAdapter } from "../../../src/gateways/portone/index.ts";
import type { GatewayAdapter, GatewayCall, RefundRequest } from "../../../src/gateways/gateway.ts";
import type { JsonObject, OpenWindowRequest } from "../../../src/gateways/window.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";
import { fieldsOf, formOf, postForm } from "../../simulator/windows/support.ts";
import { windowRequest } from "./wire.ts";

const FROZEN = "2026-03-10T03:00:00.000Z";
const TODAY = { fromOn: "2026-03-10", untilOn: "2026-03-10" };

let dir: string;
let simulator: Simulator;
let adapter: GatewayAdapter;
let serial = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "simulator-"));
  simulator = await createSimulator({ dir });
  await control("clock", { now: FROZEN });
});

afterAll(async () => {
  await simulator.close();
  rmSync(dir, { recursive: true });
});

beforeEach(() => {
  const config = {
    account: "main",
    impKey: "sim_imp_key",
    impSecret: "sim_imp_secret",
    impCode: "imp00000000",
    baseUrl: base(),
    sdkUrl: `${base()}/v1/iamport.js`,
    connectTimeoutMs: 5_000,
    callDeadlineMs: 10_000,
    tokenTimeoutMs: 10_000,
  };
  adapter = createPortoneAdapter(config, { clock: systemClock });
});

afterEach(async () => {
  adapter.close();
  await fetch(`${base()}/_sim/faults`, { method: "DELETE" });
});

const base = () => `http://127.0.0.1:${simulator.port}`;

async function control(path: string, body: object): Promise<void> {
  const response = await fetch(`${base()}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

async function call(): Promise<GatewayCall> {
  const opened = await adapter.openCredential({ call: "open_window" });
  if (opened.kind !== "ready") throw new Error(opened.reason);
  return { credential: opened.credential, maySend: () => true };
}

const orderOf = (options: JsonObject, changes: Partial<OpenWindowRequest> = {}) =>
  windowRequest({ orderNumber: `T-WIN-${(serial += 1)}`, options, ...changes });

const open = async (order: OpenWindowRequest) => adapter.openWindow?.(await call(), order);

/** Opens the window as a page with the fields would, and presses a button; what the page is told. */
async function act(order: OpenWindowRequest, button = "pay", changes: JsonObject = {}) {
  const opened = await open(order);
  if (opened?.kind !== "opened") throw new Error(JSON.stringify(opened));
  const param = JSON.stringify({ ...opened.fields, ...changes });
  const [imp_code = ""] = opened.init;
  const form = { imp_code, device: order.device, origin: "http://shop.example", param };
  const window = await postForm(`${base()}/_sim/portone/request-pay`, form);
  const page = await window.text();
  const told = readTold(page);
  if (told !== undefined) return told;
  const body = { ...fieldsOf(page), act: button };
  const after = await postForm(base() + formOf(page).action, body);
  const location = after.headers.get("location");
  if (location !== null) return Object.fromEntries(new URL(location).searchParams);
  return readTold(await after.text()) ?? {};
}

function readTold(page: string): Record<string, unknown> | undefined {
  const result = /data-result="([^"]*)"/.exec(page)?.[1]?.replaceAll("&quot;", '"');
  if (result === undefined) return undefined;
  const { rsp } = JSON.parse(result) as { rsp: string };
  return JSON.parse(rsp) as Record<string, unknown>;
}

const read = async (id: unknown) => adapter.readWindow?.(await call(), String(id));
const lookUp = async ({ orderNumber, amount }: OpenWindowRequest) =>
  adapter.lookUpCharge(await call(), { orderNumber, amount, ...TODAY });

const refund = async (order: OpenWindowRequest, id: unknown, amount: number, payMethod: string) => {
  const request: RefundRequest = {
    transactionId: String(id),
    orderNumber: order.orderNumber,
    amount,
    leftBefore: order.amount,
    everythingLeft: amount === order.amount,
    paidWith: "wallet",
    payMethod,
    reason: "고객 요청",
  };
  return adapter.refund(await call(), request);
};

describe("a payment in the window", () => {
  test.each(["pc", "mobile"] as const)("is read, looked up and refunded (%s)", async (device) => {
    const order = orderOf({ pay_method: "card" }, { device });
    const { imp_uid } = await act(order);
    expect(await read(imp_uid)).toEqual({
      kind: "found",
      orderNumber: order.orderNumber,
      amount: 9_900,
      state: "paid",
      reason: null,
      virtualAccount: null,
    });
    expect(await lookUp(order)).toMatchObject({
      kind: "found",
      transactions: [{ id: imp_uid, payMethod: "card", amount: 9_900, refunded: false }],
    });
    expect(await refund(order, imp_uid, 900, "card")).toMatchObject({ kind: "approved" });
    expect(await read(imp_uid)).toMatchObject({ state: "paid" });
  });

  test("whose way back is lost is found by its order number", async () => {
    const order = orderOf({ pay_method: "kakaopay" });
    expect(await act(order, "vanish")).toEqual({});
    expect(await lookUp(order)).toMatchObject({ transactions: [{ payMethod: "kakaopay" }] });
  });

  test("that is declined says why, and nothing was approved", async () => {
    const order = orderOf({ pay_method: "card" });
    const { imp_uid } = await act(order, "decline");
    expect(await read(imp_uid)).toMatchObject({ state: "failed", reason: "[2001] 잔액부족" });
    expect(await lookUp(order)).toEqual({ kind: "not_found" });
    expect((await act(order)).success).toBe(true);
    expect(await lookUp(order)).toMatchObject({ transactions: [{}] });
  });

  test("that was given up is not there", async () => {
    const order = orderOf({ pay_method: "card" });
    expect(await act(order, "close")).toMatchObject({ success: false, imp_uid: null });
    expect(await lookUp(order)).toEqual({ kind: "not_found" });
    expect(await read("imp_000000000000")).toEqual({ kind: "not_found" });
  });

  test("of another amount than was registered is blocked by the gateway", async () => {
    const order = orderOf({ pay_method: "card" });
    const { error_msg } = await act(order, "pay", { amount: 100 });
    expect(error_msg).toContain("위변조");
    expect(await lookUp(order)).toEqual({ kind: "not_found" });
  });

  test("under a paid number is refused", async () => {
    const order = orderOf({ pay_method: "card" });
    await act(order);
    expect(await act(order)).toMatchObject({ success: false, error_code: "F1002" });
    expect(await lookUp(order)).toMatchObject({ transactions: [{}] });
  });

  test("with every option that we let through is let through by the gateway", async () => {
    const all: Array<[JsonObject, number?]> = [
      [{ pay_method: "card", digital: true, app_scheme: "portoneappscheme" }, 1_004],
      [{ pay_method: "card", bypass: { daou: { PRODUCTCODE: "portone", CASHRECEIPTFLAG: 0 } } }],
      [
        {
          pay_method: "card",
          bypass: { daou: { CARDQUOTA: "CCBC-0:2:3^CCNH-0", DIRECT_YN: "Y" } },
        },
        50_000,
      ],
      [{ pay_method: "card", display: { card_quota: [2, 3, 24] } }, 50_000],
      [{ pay_method: "card", display: { card_quota: [] } }],
      [{ pay_method: "card", card: { direct: { code: "361", quota: 24 } } }, 50_000],
      [{ pay_method: "card", card: { direct: { code: "361", quota: 0 } } }],
      [{ pay_method: "trans", escrow: true, bypass: { daou: { CASHRECEIPTFLAG: 1 } } }],
      [{ pay_method: "kakaopay", bypass: { daou: { CASHRECEIPTFLAG: "N", DIRECT_YN: "N" } } }],
      ...["naverpay", "payco", "samsung", "applepay", "smartculture", "booknlife"].map(
        (pay_method): [JsonObject] => [{ pay_method }],
      ),
    ];
    for (const [options, amount = 9_900] of all) {
      const order = orderOf(options, { amount, customerEmail: "a@b.kr", customerPhone: "0101234" });
      expect(await act(order), JSON.stringify(options)).toMatchObject({ success: true });
    }
  });
});

describe("opening again", () => {
  test("is believed with the same amount alone", async () => {
    const order = orderOf({ pay_method: "card" });
    expect((await open(order))?.kind).toBe("opened");
    expect((await open(order))?.kind).toBe("opened");
    expect(await open({ ...order, amount: 10_000 })).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused" },
    });
  });

  test("is what a lost answer needs", async () => {
    const rules = [{ match: { operation: "prepare" }, effect: "commit_then_drop", times: 1 }];
    await control("faults", { rules });
    const order = orderOf({ pay_method: "card" });
    expect((await open(order))?.kind).toBe("unknown");
    expect((await open(order))?.kind).toBe("opened");
  });
});

describe("a virtual account", () => {
  test("waits, and then is paid", async () => {
    const order = orderOf({ pay_method: "vbank" });
    const { imp_uid, status } = await act(order);
    expect(status).toBe("ready");
    expect(await read(imp_uid)).toMatchObject({
      state: "pending",
      virtualAccount: {
        bankName: "국민은행",
        accountNumber: expect.stringMatching(/^56\d{12}$/),
        holder: "키움페이",
        endsAt: new Date("2026-03-13T03:00:00.000Z"),
      },
    });
    expect(await lookUp(order)).toEqual({ kind: "failed", reason: "status ready" });
    await control("portone/deposit", { imp_uid });
    expect(await read(imp_uid)).toMatchObject({ state: "paid", virtualAccount: null });
    expect(await lookUp(order)).toMatchObject({ transactions: [{ payMethod: "vbank" }] });
  });

  test("is given back under a contract alone, as the gateway answers", async () => {
    const order = orderOf({ pay_method: "vbank" });
    const { imp_uid } = await act(order);
    await control("portone/deposit", { imp_uid });
    expect(await refund(order, imp_uid, 9_900, "vbank")).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused" },
    });
    await control("switches", { portone: { virtualAccountRefund: "contracted" } });
    expect(await refund(order, imp_uid, 9_900, "vbank")).toMatchObject({ kind: "approved" });
    expect(await read(imp_uid)).toMatchObject({ state: "refunded" });
    await control("switches", { portone: { virtualAccountRefund: "refused" } });
  });
});

describe("a voucher", () => {
  test("goes back whole", async () => {
    const order = orderOf({ pay_method: "cultureland" });
    const { imp_uid } = await act(order);
    expect(await refund(order, imp_uid, 900, "cultureland")).toMatchObject({ kind: "declined" });
    // Who does not know what was paid with hears it from the gateway.
    expect(await refund(order, imp_uid, 900, "card")).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawMessage: expect.stringContaining("전액") },
    });
    expect(await refund(order, imp_uid, 9_900, "cultureland")).toMatchObject({ kind: "approved" });
  });
});

describe("a delivery in escrow", () => {
  const delivery = {
    logis: { invoice: "1728384716123", company: "CJGLS", receiving_at: "20220215" },
    receiver: { name: "홍길동" },
    sender: { relationship: "본인" },
  };
  const tell = async (transactionId: unknown, change = false, told: typeof delivery = delivery) =>
    adapter.tellDelivery?.(await call(), {
      transactionId: String(transactionId),
      delivery: told,
      change,
    });

  test("is told, changed, and told once only", async () => {
    const { imp_uid } = await act(orderOf({ pay_method: "trans", escrow: true }));
    expect(await tell(imp_uid, true)).toMatchObject({ kind: "declined", reason: "registered" });
    expect(await tell(imp_uid)).toEqual({ kind: "done" });
    expect(await tell(imp_uid)).toMatchObject({ kind: "declined", reason: "registered" });
    expect(await tell(imp_uid, true)).toEqual({ kind: "done" });
  });

  test("is refused where something is missing, or nothing is there", async () => {
    const { imp_uid } = await act(orderOf({ pay_method: "trans", escrow: true }));
    const without = { ...delivery, logis: { ...delivery.logis, invoice: "" } };
    expect(await tell(imp_uid, false, without)).toMatchObject({ reason: "refused" });
    expect(await tell("imp_000000000000")).toMatchObject({ reason: "not_found" });
  });
});

test("the simulator understood every request", async () => {
  expect(await (await fetch(`${base()}/_sim/not-understood`)).json()).toEqual({ items: [] });
});
