/** PortOne's window: whatever comes back, the payment is looked up and compared with the order. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fieldsOf, formOf, postForm } from "../simulator/windows/support.ts";
import { type Easypay, startEasypay } from "./world.ts";

const AMOUNT = 50_000;

let world: Easypay;
beforeAll(async () => {
  world = await startEasypay();
}, 60_000);
afterAll(() => world?.close());
beforeEach(() => tellNotices(false));

type Order = Record<string, unknown>;

async function control(path: string, body: object): Promise<void> {
  const answer = await fetch(world.core.simulatorUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const tellNotices = (isTold: boolean) =>
  control("/_sim/notice-urls", { portone: isTold ? `${world.url}/webhook/portone` : null });

const prepare = (portone: object = { pay_method: "card" }, changes: object = {}) =>
  world.prepare({ amount: AMOUNT, portone, ...changes });

/** The window, as the gateway's script opens it. */
async function openWindow(order: Order, changes: object = {}, device = "pc"): Promise<string> {
  const param = JSON.stringify({ ...(order["sdkData"] as object), ...changes });
  const [impCode = ""] = order["init"] as string[];
  const form = { imp_code: impCode, device, origin: world.url, param };
  const response = await postForm(`${world.core.simulatorUrl}/_sim/portone/request-pay`, form);
  return response.text();
}

/** A button of the window: what the script's callback is told, or where a phone is sent. */
async function press(page: string, act = "pay") {
  const url = world.core.simulatorUrl + formOf(page).action;
  const response = await postForm(url, { ...fieldsOf(page), act });
  const text = await response.text();
  const result = /data-result="([^"]*)"/.exec(text)?.[1]?.replaceAll("&quot;", '"');
  const told = result === undefined ? "{}" : (JSON.parse(result) as { rsp: string }).rsp;
  const rsp = JSON.parse(told) as Record<string, unknown>;
  return { rsp, location: response.headers.get("location") };
}

const confirm = (orderId: unknown, impUid: unknown) =>
  world.send("POST", "/easypay/confirm", { orderId, impUid });

async function toldStatus(order: Order, wanted: string): Promise<void> {
  await expect
    .poll(
      async () => {
        await world.workNotices();
        return (await world.status(order["orderId"]))["status"];
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe(wanted);
}

describe("an order at PortOne", () => {
  it("answers the parameters of IMP.request_pay, its amount registered beforehand", async () => {
    const order = await prepare(
      {
        pay_method: "card",
        digital: false,
        bypass: { daou: { PRODUCTCODE: "portone", CARDQUOTA: "CCBC-0:2:3^CCNH-0:2" } },
        display: { card_quota: [2, 3] },
        app_scheme: "portoneappscheme",
      },
      { customerEmail: "hong@example.com", customerPhone: "01012345678" },
    );
    expect(order).toMatchObject({
      provider: "portone",
      init: ["imp00000000"],
      script: `${world.core.simulatorUrl}/v1/iamport.js`,
      sdkData: {
        pay_method: "card",
        merchant_uid: order["orderNumber"],
        amount: AMOUNT,
        name: "프리미엄 구독",
        buyer_name: "홍길동",
        buyer_email: "hong@example.com",
        buyer_tel: "01012345678",
        m_redirect_url: order["returnUrl"],
        app_scheme: "portoneappscheme",
        bypass: { daou: { PRODUCTCODE: "portone", CARDQUOTA: "CCBC-0:2:3^CCNH-0:2" } },
      },
    });
    // The gateway itself blocks another amount than the one that was registered.
    expect(await openWindow(order, { amount: 100 })).not.toContain("<form");
  });

  it.each([
    [{}, ["/portone/pay_method"]],
    [{ pay_method: "gold" }, ["/portone/pay_method"]],
    [{ pay_method: "card", escrow: true }, ["/portone/escrow"]],
    [{ pay_method: "card", colour: "red" }, ["/portone/colour"]],
    [{ pay_method: "card", m_redirect_url: "http://shop.example" }, ["/portone/m_redirect_url"]],
    [
      { pay_method: "card", bypass: { daou: { CARDQUOTA: "XXXX-0" } } },
      ["/portone/bypass/daou/CARDQUOTA"],
    ],
  ])("refuses the options %j, and nothing is kept", async (portone, pointers) => {
    const answer = await world.send("POST", "/easypay/prepare", {
      orderId: "BAD-PORTONE",
      amount: AMOUNT,
      productName: "구독",
      customerName: "홍길동",
      portone,
    });
    expect(answer.status).toBe(400);
    const errors = answer.body["errors"] as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    await expect(world.invoice("BAD-PORTONE")).rejects.toThrow("no order");
  });

  it("takes instalments from 50,000 won on alone", async () => {
    const body = {
      orderId: "QUOTA-1",
      amount: 49_999,
      productName: "구독",
      customerName: "홍길동",
      portone: { pay_method: "card", display: { card_quota: [3] } },
    };
    const answer = await world.send("POST", "/easypay/prepare", body);
    expect(answer).toMatchObject({ status: 400 });
    expect(await world.send("POST", "/easypay/prepare", { ...body, amount: 50_000 })).toMatchObject(
      { status: 200 },
    );
  });

  it("is paid once its payment was looked up, by the callback and by a phone's redirect", async () => {
    const pc = await prepare();
    const { rsp } = await press(await openWindow(pc));
    expect(await world.status(pc["orderId"])).toMatchObject({ status: "waiting" });
    const answers = await Promise.all([
      confirm(pc["orderId"], rsp["imp_uid"]),
      confirm(pc["orderId"], rsp["imp_uid"]),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await confirm(pc["orderId"], rsp["imp_uid"])).toMatchObject({
      body: { status: "paid", method: "card" },
    });
    const phone = await prepare({ pay_method: "card" }, { device: "mobile" });
    const { location } = await press(await openWindow(phone, {}, "mobile"));
    const back = await fetch(String(location), { redirect: "manual" });
    expect([back.status, back.headers.get("location")]).toEqual([
      303,
      `/easypay/result/${String(phone["paymentId"])}`,
    ]);
    expect(await world.status(phone["orderId"])).toMatchObject({ status: "paid" });
    for (const order of [pc, phone]) {
      expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
    }
  });

  it("says nothing about money where the gateway does not answer, and is paid afterwards", async () => {
    const order = await prepare({ pay_method: "card" }, { device: "mobile" });
    const { location } = await press(await openWindow(order, {}, "mobile"));
    const impUid = new URL(String(location)).searchParams.get("imp_uid");
    const unanswered = { match: { operation: "payment_read" }, times: 2, effect: "http_500" };
    await world.core.plantFaults(unanswered);
    expect(await confirm(order["orderId"], impUid)).toMatchObject({
      status: 503,
      body: { code: "GATEWAY_UNANSWERED" },
    });
    const back = await fetch(String(location), { redirect: "manual" });
    expect(back.status).toBe(303);
    const page = await world.send("GET", String(back.headers.get("location")));
    expect(page.text).toContain("Confirming the payment");
    expect(page.text).not.toMatch(/nothing was charged/iu);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "confirming" });
    expect(await confirm(order["orderId"], impUid)).toMatchObject({ body: { status: "paid" } });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is paid by its notice where the customer loses the way back", async () => {
    await tellNotices(true);
    const order = await prepare();
    await press(await openWindow(order), "vanish");
    await toldStatus(order, "paid");
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is paid by the look-up at its end where the notice is lost too", async () => {
    const order = await prepare();
    await press(await openWindow(order), "vanish");
    await world.letWindowEnd(order["orderId"]);
    const { id } = await world.invoice(order["orderId"]);
    await world.core.askUntilSettled(id);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid" });
  });

  it("stays open where it is declined or closed, and says why", async () => {
    const order = await prepare();
    const { rsp } = await press(await openWindow(order), "decline");
    expect(await confirm(order["orderId"], rsp["imp_uid"])).toMatchObject({
      status: 200,
      body: { status: "waiting", reason: expect.stringContaining("잔액부족") },
    });
    await press(await openWindow(order), "close");
    const paid = await press(await openWindow(order));
    expect(await confirm(order["orderId"], paid.rsp["imp_uid"])).toMatchObject({
      body: { status: "paid", reason: null },
    });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("expires where nobody pays: asked twice, the gateway does not know it", async () => {
    const order = await prepare();
    await world.letWindowEnd(order["orderId"]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "confirming" });
    const invoice = await world.invoice(order["orderId"]);
    // The time after which "not there" counts is over.
    const [attempt] = invoice.attempts;
    if (attempt === undefined) throw new Error("no attempt");
    const past = new Date(Date.now() - 60_000);
    const attempts = [{ ...attempt, claimedAt: past, credentialEndsAt: past }];
    await world.core.composition.invoices.write(invoice, { ...invoice, attempts });
    await world.core.askUntilSettled(invoice.id);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "expired" });
  });
});

describe("a forged confirmation", () => {
  it("with another order's payment, or none, changes nothing", async () => {
    const [dear, cheap] = [await prepare(), await prepare({ pay_method: "card" }, { amount: 100 })];
    const { rsp } = await press(await openWindow(cheap ?? {}));
    for (const impUid of [rsp["imp_uid"], "imp_999999999999", "nonsense"]) {
      expect(await confirm(dear?.["orderId"], impUid)).toMatchObject({
        status: 409,
        body: { code: "WINDOW_MISMATCH" },
      });
    }
    expect(await world.status(dear?.["orderId"])).toMatchObject({ status: "waiting" });
    const redirect = `/easypay/return/${String(dear?.["paymentId"])}?imp_uid=${String(rsp["imp_uid"])}&merchant_uid=${String(dear?.["orderNumber"])}&imp_success=true`;
    expect(await world.send("GET", redirect)).toMatchObject({ status: 303 });
    expect(await world.status(dear?.["orderId"])).toMatchObject({ status: "waiting" });
    // What was paid is not lost by it.
    expect(await confirm(cheap?.["orderId"], rsp["imp_uid"])).toMatchObject({
      body: { status: "paid" },
    });
  });
});

async function payElsewhere(merchant_uid: unknown, amount: number): Promise<unknown> {
  const ask = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const answer = await fetch(world.core.simulatorUrl + path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
    return ((await answer.json()) as { response: Record<string, unknown> }).response;
  };
  const keys = { imp_key: "sim_imp_key", imp_secret: "sim_imp_secret" };
  const { access_token } = await ask("/users/getToken", keys);
  const card = { card_number: "4111-1111-1111-1111", expiry: "2030-12", birth: "900101" };
  const payment = { merchant_uid, amount, name: "구독", pwd_2digit: "12", ...card };
  const authorization = `Bearer ${String(access_token)}`;
  const { imp_uid } = await ask("/subscribe/payments/onetime", payment, { authorization });
  return imp_uid;
}

describe("a payment of another amount under the order's number", () => {
  it("is not taken for the order's", async () => {
    const order = await prepare();
    const impUid = await payElsewhere(order["orderNumber"], 100);
    expect(await confirm(order["orderId"], impUid)).toMatchObject({
      status: 409,
      body: { code: "WINDOW_MISMATCH" },
    });
    expect(await world.invoice(order["orderId"])).toMatchObject({ state: "open", step: "window" });
  });
});

describe("a virtual account", () => {
  it("is pending until its deposit is noticed", async () => {
    const order = await prepare({ pay_method: "vbank" });
    const { rsp } = await press(await openWindow(order));
    expect(await confirm(order["orderId"], rsp["imp_uid"])).toMatchObject({
      status: 200,
      body: {
        status: "pending",
        virtualAccount: { bankName: expect.any(String), accountNumber: expect.any(String) },
      },
    });
    const page = await world.send("GET", `/easypay/result/${String(order["paymentId"])}`);
    expect(page.text).toContain("Waiting for your deposit");
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
    await tellNotices(true);
    await control("/_sim/portone/deposit", { imp_uid: rsp["imp_uid"] });
    await toldStatus(order, "paid");
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is known by its notice alone", async () => {
    await tellNotices(true);
    const order = await prepare({ pay_method: "vbank" });
    await press(await openWindow(order), "vanish");
    await toldStatus(order, "pending");
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
  });
});

describe("escrow", () => {
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

  it("is told how the goods are delivered, once, and then of a change", async () => {
    const order = await prepare({ pay_method: "trans", escrow: true });
    const url = `/easypay/delivery/${String(order["orderId"])}`;
    expect(await world.send("POST", url, DELIVERY)).toMatchObject({
      status: 409,
      body: { code: "NOT_PAID" },
    });
    const { rsp } = await press(await openWindow(order));
    await confirm(order["orderId"], rsp["imp_uid"]);
    expect(await world.send("PUT", url, DELIVERY)).toMatchObject({
      status: 409,
      body: { code: "DELIVERY_REFUSED" },
    });
    expect(await world.send("POST", url, DELIVERY)).toMatchObject({ status: 200 });
    expect(await world.send("POST", url, DELIVERY)).toMatchObject({
      status: 409,
      body: { code: "DELIVERY_REFUSED" },
    });
    const change = { ...DELIVERY, logis: { ...DELIVERY.logis, invoice: "2" } };
    expect(await world.send("PUT", url, change)).toMatchObject({ status: 200 });
  });

  it("is nothing that other orders have", async () => {
    const order = await prepare();
    const url = `/easypay/delivery/${String(order["orderId"])}`;
    expect(await world.send("POST", url, DELIVERY)).toMatchObject({
      status: 409,
      body: { code: "NOT_ESCROW" },
    });
  });
});

describe("cancelling", () => {
  it("gives back a part and then the rest", async () => {
    const order = await prepare({ pay_method: "kakaopay" });
    const { rsp } = await press(await openWindow(order));
    await confirm(order["orderId"], rsp["imp_uid"]);
    const { orderId } = order;
    await world.send("POST", "/easypay/cancel", { orderId, amount: 20_000 });
    await world.refund(orderId);
    await world.send("POST", "/easypay/cancel", { orderId });
    await world.refund(orderId);
    expect(await world.status(orderId)).toMatchObject({
      status: "refunded",
      refundedAmount: AMOUNT,
    });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: AMOUNT });
  });
});
