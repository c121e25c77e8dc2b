/** KiwoomPay's window: the money moves there, and only a notice tells. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fieldsOf, formOf, postForm } from "../simulator/windows/support.ts";
import { AMOUNT, type Easypay, startEasypay } from "./world.ts";

let world: Easypay;
beforeAll(async () => {
  world = await startEasypay();
}, 60_000);
afterAll(() => world?.close());

type Order = Record<string, unknown>;
type Fields = Record<string, string>;

/** Where the simulator tells what happened; null: its notices are lost. */
async function tellNotices(isTold: boolean): Promise<void> {
  const answer = await fetch(`${world.core.simulatorUrl}/_sim/notice-urls`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kiwoompay: isTold ? `${world.url}/webhook/kiwoom` : null }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

beforeEach(() => tellNotices(true));

/** The window as the gateway's script opens it. */
async function openWindow(order: Order, changes: Fields = {}): Promise<string> {
  const fields = { ...(order["sdkData"] as Fields), ...changes };
  const response = await postForm(`${world.core.simulatorUrl}/pay/linkEnc`, fields, "euc-kr");
  return response.text();
}

/** A button of the window. Answers where the browser then goes, followed to our own address. */
async function press(page: string, act: string, choice: Fields = { method: "KAKAOPAY" }) {
  const url = world.core.simulatorUrl + formOf(page).action;
  const response = await postForm(url, { ...fieldsOf(page), act, ...choice });
  const location = response.headers.get("location");
  if (location !== null) await fetch(location, { redirect: "manual" });
  return location;
}

/** Until the simulator has told and we have looked. */
async function toldStatus(order: Order, wanted: string): Promise<Order> {
  let status: Order = {};
  await expect
    .poll(
      async () => {
        await world.workNotices();
        status = await world.status(order["orderId"]);
        return status["status"];
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBe(wanted);
  return status;
}

describe("an order at KiwoomPay", () => {
  it("is prepared by the source document's own request", async () => {
    const answer = await world.send("POST", "/easypay/prepare", {
      orderId: "ORDER-20260205-001",
      amount: 9900,
      productName: "프리미엄 구독",
      customerName: "홍길동",
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        provider: "kiwoompay",
        status: "waiting",
        init: ["DEV", "FRAME"],
        script: `${world.core.simulatorUrl}/sdk/v1/latest/kiwoompayEnc.js`,
        sdkData: {
          KIWOOM_ENC: expect.stringMatching(/.{20}/),
          PAYMETHOD: "TOTAL",
          TYPE: "P",
          CPID: "CTSIM001",
          ORDERNO: answer.body["orderNumber"],
          AMOUNT: "9900",
        },
      },
    });
  });

  it("answers the same again, also to two at once, and another order's contents never", async () => {
    const body = { orderId: "SAME-1", amount: 9900, productName: "구독", customerName: "홍길동" };
    const prepare = (changes: object = {}) =>
      world.send("POST", "/easypay/prepare", { ...body, ...changes });
    const answers = await Promise.all([prepare(), prepare(), prepare()]);
    const [first] = answers;
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    for (const { body: told } of [...answers, await prepare()]) {
      expect(told).toEqual(first?.body);
    }
    expect(await prepare({ amount: 100 })).toMatchObject({
      status: 409,
      body: { code: "ORDER_ID_REUSED" },
    });
  });

  it("is paid when the notice says so, and not when the browser does", async () => {
    await tellNotices(false);
    const order = await world.prepare({ method: "kakaopay" });
    await press(await openWindow(order), "pay");
    await world.workNotices();
    expect(await world.status(order["orderId"])).toMatchObject({ status: "confirming" });
    await tellNotices(true);
    const [approval] = await world.core.simulator.ledger({
      orderNumber: String(order["orderNumber"]),
    });
    const told = await fetch(`${world.core.simulatorUrl}/_sim/console/notice`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ gateway: "kiwoompay", transactionId: approval?.transactionId }),
    });
    expect(told.status, await told.text()).toBe(200);
    expect(await toldStatus(order, "paid")).toMatchObject({ method: "KAKAOPAY" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is paid where the customer loses the way back", async () => {
    const order = await world.prepare({ method: "naverpay", device: "mobile" });
    expect(await press(await openWindow(order), "vanish", {})).toBeNull();
    expect(await toldStatus(order, "paid")).toMatchObject({ amount: AMOUNT, method: "NAVERPAY" });
  });

  it("stays open where it is declined or closed, and can then be paid in the same window", async () => {
    const order = await world.prepare();
    await press(await openWindow(order), "decline");
    expect(await world.status(order["orderId"])).toMatchObject({
      status: "waiting",
      reason: "The payment was declined.",
    });
    await press(await openWindow(order), "close");
    expect(await world.status(order["orderId"])).toMatchObject({ status: "waiting" });
    await press(await openWindow(order), "pay");
    await toldStatus(order, "paid");
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("paid in two tabs is paid once: the second payment goes back", async () => {
    const order = await world.prepare();
    const [one, other] = [await openWindow(order), await openWindow(order)];
    await press(one, "pay");
    await press(other, "pay", { method: "PAYCO" });
    await toldStatus(order, "paid");
    await expect
      .poll(
        async () => {
          await world.workNotices();
          const { refunds } = await world.invoice(order["orderId"]);
          return refunds.length;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe(1);
    await world.refund(order["orderId"]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid" });
    expect(await world.moved(order)).toEqual({ approvals: 2, refunded: AMOUNT });
  });

  it("cannot be paid with another amount than ours", async () => {
    const order = await world.prepare();
    const page = await openWindow(order, { AMOUNT: "100" });
    expect(page).not.toContain("<form");
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
  });
});

describe("an order that nobody finishes", () => {
  it("expires, and is adopted where its notice comes all the same", async () => {
    await tellNotices(false);
    const order = await world.prepare();
    const page = await openWindow(order);
    await world.letWindowEnd(order["orderId"]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "expired" });
    await tellNotices(true);
    await press(page, "pay");
    await toldStatus(order, "paid");
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is a question for a person where a browser says that it was paid", async () => {
    await tellNotices(false);
    const order = await world.prepare();
    await press(await openWindow(order), "pay");
    await world.letWindowEnd(order["orderId"]);
    expect(await world.invoice(order["orderId"])).toMatchObject({ state: "open", step: "ask" });
    expect(await world.status(order["orderId"])).toMatchObject({ status: "confirming" });
  });
});

describe("cancelling", () => {
  it("gives back a part, then the rest, and never more, under the wallet's name", async () => {
    const order = await world.prepare();
    const { orderId } = order;
    await press(await openWindow(order), "pay", { method: "PAYCO" });
    await toldStatus(order, "paid");
    const cancel = async (amount?: number) => {
      const answer = await world.send("POST", "/easypay/cancel", {
        orderId,
        ...(amount && { amount }),
      });
      if (answer.status === 202) await world.refund(orderId);
      return answer;
    };
    expect(await cancel(900)).toMatchObject({ status: 202 });
    expect(await world.status(orderId)).toMatchObject({
      status: "partially_refunded",
      refundedAmount: 900,
    });
    expect(await cancel(9001)).toMatchObject({ status: 409, body: { code: "REFUND_TOO_LARGE" } });
    await cancel();
    expect(await world.status(orderId)).toMatchObject({ status: "refunded" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: AMOUNT });
  });

  it("before it is paid sends straight back what the customer pays in the open window", async () => {
    const order = await world.prepare();
    const page = await openWindow(order);
    const answer = await world.send("POST", "/easypay/cancel", { orderId: order["orderId"] });
    expect(answer).toMatchObject({ status: 202, body: { status: "canceled" } });
    await press(page, "pay");
    await expect
      .poll(
        async () => {
          await world.workNotices();
          return (await world.invoice(order["orderId"])).state;
        },
        { timeout: 20_000, interval: 20 },
      )
      .toBe("paid");
    await world.refund(order["orderId"]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "refunded" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: AMOUNT });
  });
});

describe("wallets", () => {
  it("are those that are enabled", async () => {
    const { body } = await world.send("GET", "/easypay/methods");
    const methods = (body["methods"] as { provider: string; method: string }[])
      .filter(({ provider }) => provider === "kiwoompay")
      .map(({ method }) => method);
    expect(methods).toEqual(["kakaopay", "naverpay", "samsungpay", "payco"]);
  });

  it.each([
    [{ orderId: "a b" }, 400, ["/orderId"]],
    [{ amount: 0 }, 400, ["/amount"]],
    [{ amount: "9900" }, 400, ["/amount"]],
    [{ amount: 9900.5 }, 400, ["/amount"]],
    [{ provider: "toss" }, 400, ["/provider"]],
    [{ method: "applepay" }, 400, ["/method"]],
    [{ device: "tv" }, 400, ["/device"]],
    [{ returnUrl: "http://shop.example/" }, 400, ["/returnUrl"]],
    [{ returnUrl: "javascript:alert(1)" }, 400, ["/returnUrl"]],
    [{ provider: "portone" }, 400, ["/portone"]],
    [{ provider: "kiwoompay", portone: {} }, 400, ["/portone"]],
    [{ account: "other" }, 400, ["/account"]],
    [{ colour: "red" }, 400, ["/colour"]],
  ])("of a request with %j is refused", async (changes, status, pointers) => {
    const answer = await world.send("POST", "/easypay/prepare", {
      orderId: "BAD-1",
      amount: 9900,
      productName: "구독",
      customerName: "홍길동",
      ...changes,
    });
    expect(Math.floor(answer.status / 100) * 100).toBe(status);
    const errors = (answer.body["errors"] ?? []) as { pointer: string }[];
    expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
    await expect(world.invoice("BAD-1")).rejects.toThrow("no order");
  });
});
