/** KakaoPay at PayUp: the window authenticates, and we take the money once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explainAny } from "../../src/billing/explain-period.ts";
import { updateDocument } from "../../src/billing/update-document.ts";
import { AMOUNT, type Easypay, startEasypay } from "./world.ts";

let world: Easypay;
beforeAll(async () => {
  world = await startEasypay();
}, 60_000);
afterAll(() => world?.close());

type Order = Record<string, unknown>;
type Fields = Record<string, string>;

const prepare = (changes: Order = {}) => world.prepare({ provider: "payup", ...changes });

/** The customer agrees in the window, or closes it: what the window then hands back. */
async function authenticate(order: Order, choice: object = {}): Promise<Fields> {
  const { ordr_idxx } = order["sdkData"] as Fields;
  const answer = await fetch(`${world.core.simulatorUrl}/_sim/payup/authenticate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ordr_idxx, ...choice }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Fields;
}

const comeBack = (order: Order, fields: Fields) =>
  world.comeBack(String(order["returnUrl"]), fields);

describe("an order at PayUp", () => {
  it("answers the form of the PC's window, with the script that opens it", async () => {
    const order = await prepare();
    expect(order).toMatchObject({
      provider: "payup",
      status: "waiting",
      amount: AMOUNT,
      script: `${world.core.simulatorUrl}/plugin/payplus_web.jsp`,
      action: null,
      init: [],
      sdkData: { good_mny: "9900", req_tx: "pay", kakaopay_direct: "Y", module_type: "01" },
    });
    expect(order["returnUrl"]).toBe(`${world.url}/easypay/return/${String(order["paymentId"])}`);
  });

  it("answers the form of a phone's window, with the address that it is posted to", async () => {
    const order = await prepare({ device: "mobile" });
    expect(order).toMatchObject({ script: null, sdkData: { ActionResult: "card" } });
    expect(String(order["action"])).toContain(world.core.simulatorUrl);
  });

  it("is paid once, however often the browser comes back", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    const first = await comeBack(order, fields);
    expect(first).toMatchObject({
      status: 303,
      location: `/easypay/result/${String(order["paymentId"])}`,
    });
    const [reload, secondTab] = await Promise.all([
      comeBack(order, fields),
      comeBack(order, fields),
    ]);
    expect([reload?.status, secondTab?.status]).toEqual([303, 303]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid", amount: AMOUNT });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is paid by the specification's own form, which brings back ordr_idx alone", async () => {
    const order = await prepare();
    const { ordr_idxx = "", ...fields } = await authenticate(order);
    await comeBack(order, { ...fields, ordr_idx: ordr_idxx });
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("is paid once where two tabs come back in the same moment", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    await Promise.all(Array.from({ length: 8 }, () => comeBack(order, fields)));
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });

  it("shows its result, and goes back to the shop where that named a page", async () => {
    const returnUrl = "https://shop.example/orders/1?from=kakao";
    const order = await prepare({ returnUrl });
    const { location } = await comeBack(order, await authenticate(order));
    expect(location).toBe(
      `https://shop.example/orders/1?from=kakao&orderId=${String(order["orderId"])}&status=paid`,
    );
    const page = await world.send("GET", `/easypay/result/${String(order["paymentId"])}`);
    expect(page.status).toBe(200);
    expect(page.text).toContain("Paid");
  });

  it("stays open where the customer closes the window, and is paid after all", async () => {
    const order = await prepare();
    await comeBack(order, await authenticate(order, { decline: true }));
    expect(await world.status(order["orderId"])).toMatchObject({
      status: "waiting",
      reason: expect.stringContaining("3001"),
    });
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
    await comeBack(order, await authenticate(order));
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid", reason: null });
  });

  it("fails where the card behind the wallet is declined, and says why", async () => {
    const order = await prepare();
    await comeBack(order, await authenticate(order, { card: "4000000000010118" }));
    const status = await world.status(order["orderId"]);
    expect(status).toMatchObject({ status: "failed" });
    expect(status["reason"]).toBeTruthy();
    const again = await world.send("POST", "/easypay/prepare", bodyOf(order));
    expect(again).toMatchObject({ status: 409, body: { code: "ORDER_ENDED" } });
  });
});

function bodyOf(order: Order): Order {
  const { orderId, amount, productName } = order;
  return { orderId, amount, productName, customerName: "홍길동", provider: "payup" };
}

describe("a forged return", () => {
  it("of another order changes neither of them", async () => {
    const [dear, cheap] = [await prepare({ amount: 99_000 }), await prepare({ amount: 100 })];
    const fields = await authenticate(cheap ?? {});
    const answer = await comeBack(dear ?? {}, fields);
    expect(answer.status).toBe(303);
    expect(await world.status(dear?.["orderId"])).toMatchObject({ status: "waiting" });
    expect(await world.status(cheap?.["orderId"])).toMatchObject({ status: "waiting" });
    expect(await world.moved(cheap ?? {})).toEqual({ approvals: 0, refunded: 0 });
    expect(await world.moved(dear ?? {})).toEqual({ approvals: 0, refunded: 0 });
  });

  it("of another order of the same amount takes that one's money no more than this one's", async () => {
    const [mine, other] = [await prepare(), await prepare()];
    await comeBack(mine ?? {}, await authenticate(other ?? {}));
    for (const order of [mine ?? {}, other ?? {}]) {
      expect(await world.status(order["orderId"])).toMatchObject({ status: "waiting" });
      expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
    }
  });

  it("with another amount, or with another's sealed data, takes nothing", async () => {
    const order = await prepare();
    const other = await authenticate(await prepare({ amount: 100 }));
    const fields = await authenticate(order);
    await comeBack(order, { ...fields, good_mny: "100" });
    expect(await world.status(order["orderId"])).toMatchObject({ status: "waiting" });
    const sealed = { enc_data: other["enc_data"] ?? "", enc_info: other["enc_info"] ?? "" };
    await comeBack(order, { ...fields, ...sealed });
    expect(await world.status(order["orderId"])).toMatchObject({ status: "failed" });
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
  });

  it("for an order that is not there is no page", async () => {
    const answer = await world.comeBack(`${world.url}/easypay/return/pay_0000000000000000`, {
      res_cd: "0000",
    });
    expect(answer).toMatchObject({ status: 404, body: { code: "NOT_FOUND" } });
  });
});

describe("an order that nobody finishes", () => {
  it("expires, and takes nothing afterwards", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    await world.letWindowEnd(order["orderId"]);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "expired" });
    await comeBack(order, fields);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "expired" });
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
  });
});

describe("why an order is not paid", () => {
  it("is told by the merchant's own number of it", async () => {
    const order = await prepare();
    const why = async () => {
      const { composition } = world.core;
      const asked = { id: String(order["orderId"]), on: null, zone: composition.config.zone };
      const [told] = await explainAny(composition, asked);
      return told?.reason;
    };
    expect(await why()).toBe("in_window");
    await world.letWindowEnd(order["orderId"]);
    expect(await why()).toBe("window_expired");
  });
});

describe("cancelling", () => {
  it("gives a paid order back as a whole, and a part of it never", async () => {
    const order = await prepare();
    await comeBack(order, await authenticate(order));
    const { orderId } = order;
    const part = await world.send("POST", "/easypay/cancel", { orderId, amount: 100 });
    expect(part).toMatchObject({ status: 409, body: { code: "PARTIAL_REFUND_UNSUPPORTED" } });
    const whole = await world.send("POST", "/easypay/cancel", { orderId, reason: "고객 요청" });
    expect(whole).toMatchObject({ status: 202, body: { refundId: expect.any(String) } });
    await world.refund(orderId);
    expect(await world.status(orderId)).toMatchObject({
      status: "refunded",
      refundedAmount: AMOUNT,
    });
    const again = await world.send("POST", "/easypay/cancel", { orderId });
    expect(again).toMatchObject({ status: 202, body: { refundId: null } });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: AMOUNT });
  });

  it("gives an unpaid order up: who comes back from its window pays nothing", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    const { orderId } = order;
    expect(await world.send("POST", "/easypay/cancel", { orderId })).toMatchObject({
      status: 202,
      body: { status: "canceled", refundId: null },
    });
    await comeBack(order, fields);
    expect(await world.status(orderId)).toMatchObject({ status: "canceled" });
    expect(await world.moved(order)).toEqual({ approvals: 0, refunded: 0 });
  });
});

describe("a claim whose answer is lost and which is written over", () => {
  it("is found by its token, and the order is paid once", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    const { invoices } = world.core.composition;
    const sound = { ...invoices };
    let isLost = false;
    invoices.write = async (read, next, guard) => {
      const written = await sound.write(read, next, guard);
      if (isLost || next.claim === null) return written;
      isLost = true;
      await updateDocument(sound, next.id, (one) => ({ ...one, urgent: !one.urgent }));
      return null;
    };
    try {
      await comeBack(order, fields);
    } finally {
      Object.assign(invoices, sound);
    }
    expect(isLost).toBe(true);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "paid" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });
});

describe("an approval whose answer is lost", () => {
  it("is not sent again, and waits for a person", async () => {
    const order = await prepare();
    const fields = await authenticate(order);
    await world.core.plantFaults({
      match: { operation: "kakao_pay" },
      times: 1,
      effect: "commit_then_drop",
    });
    await comeBack(order, fields);
    await comeBack(order, fields);
    expect(await world.status(order["orderId"])).toMatchObject({ status: "confirming" });
    expect(await world.moved(order)).toEqual({ approvals: 1, refunded: 0 });
  });
});
