/** CookiePayments and PortOne: notices in UTF-8, once. */
import { describe, expect, it } from "vitest";
import { startPortone } from "../portone/support.ts";
import { startSimulator } from "../support.ts";
import { type Received, settledNotices, startReceiver } from "./support.ts";

const FORM_TYPE = "application/x-www-form-urlencoded; charset=utf-8";

function jsonOf(notice: Received | undefined): Record<string, unknown> {
  expect(notice?.contentType).toBe("application/json; charset=utf-8");
  return JSON.parse(notice?.body.toString("utf8") ?? "") as Record<string, unknown>;
}

function formOf(notice: Received | undefined): Record<string, string> {
  expect(notice?.contentType).toBe(FORM_TYPE);
  return Object.fromEntries(new URLSearchParams(notice?.body.toString("latin1")));
}

async function startCookiepay() {
  const shop = await startReceiver();
  const { client } = await startSimulator({ noticeUrls: { cookiepay: `${shop.url}/noti?a=1` } });
  await client.setClock("2026-03-01T09:08:07+09:00");
  const turn = (cookiepay: Record<string, unknown>) => client.setSwitches({ cookiepay });
  return { shop, client, turn };
}

describe("CookiePayments notice", () => {
  it("spells ACCEPT_NO and ACCEPT_DATE, and has no RESULTCODE", async () => {
    const { shop, client } = await startCookiepay();
    const fields = { ORDERNO: "PAY-1", ETC2: "둘", QUOTA: "00" };
    const paid = await client.approve(await client.billingKeyFor("4111111111111111"), fields);
    const [notice] = await shop.gets(1);
    expect(notice).toMatchObject({ method: "POST", url: "/noti?a=1" });
    expect(Object.entries(jsonOf(notice))).toEqual([
      ["PAY_METHOD", "CARD"],
      ["API_ID", "sim_merchant"],
      ["ORDERNO", "PAY-1"],
      ["AMOUNT", "9900"],
      ["TID", paid.TID],
      ["BUYEREMAIL", ""],
      ["BUYERNAME", "홍길동"],
      ["USERID", "customer-1"],
      ["PRODUCTCODE", "P1"],
      ["PRODUCTNAME", "구독"],
      ["ACCEPT_DATE", "20260301090807"],
      ["ACCEPT_NO", paid.ACCEPTNO],
      ["CARDCODE", "CCBC"],
      ["CARDNAME", "BC"],
      ["CARDNO", "411111******1111"],
      ["QUOTA", "00"],
      ["ACCOUNTNO", ""],
      ["RECEIVERNAME", ""],
      ["DEPOSITENDDATE", ""],
      ["ETC1", ""],
      ["ETC2", "둘"],
      ["ETC3", ""],
      ["ETC4", ""],
      ["ETC5", ""],
    ]);
  });

  it("tells of a cancellation in lower case, with the approval's tid", async () => {
    const { shop, client } = await startCookiepay();
    const { TID } = await client.approve(await client.billingKeyFor("4111111111111111"), {
      ORDERNO: "PAY-1",
    });
    await client.cancel({ tid: TID, amount: "1000" });
    const [, cancelled] = await shop.gets(2);
    expect(jsonOf(cancelled)).toEqual({
      noti_type: "cancel",
      paymethod: "CARD",
      orderno: "PAY-1",
      cancel_amount: "1000",
      tid: TID,
      cancel_date: "20260301090807",
    });
  });

  it("comes as a form, in the other case, and only for cards in the clear, by switch", async () => {
    const { shop, client, turn } = await startCookiepay();
    const key = await client.billingKeyFor("4111111111111111");
    await turn({ noticeForm: "form", noticeNames: "other_case" });
    const { TID } = await client.approve(key, { ORDERNO: "PAY-1" });
    await client.cancel({ tid: TID });
    const [approved, cancelled] = await shop.gets(2);
    expect(formOf(approved)).toMatchObject({ orderno: "PAY-1", buyername: "홍길동", tid: TID });
    expect(formOf(cancelled)).toMatchObject({ NOTI_TYPE: "cancel", CANCEL_AMOUNT: "9900", TID });

    await turn({ noticeOfBillingKeys: "not_sent" });
    await client.pay(key);
    await client.call("/keyin/payment", {
      ...client.issueBody({ ORDERNO: "CARD", AMOUNT: "100" }),
    });
    await shop.gets(3);
    expect((await settledNotices(client))[2]).toMatchObject({ orderNumber: "CARD" });
  });

  it("is sent once, acknowledged or not", async () => {
    const shop = await startReceiver(() => ({ status: 500 }));
    const { client } = await startSimulator({ noticeUrls: { cookiepay: shop.url } });
    await client.pay(await client.billingKeyFor("4111111111111111"));
    await shop.gets(1);
    expect(await settledNotices(client)).toMatchObject([
      { state: "given_up", tries: [{ status: 500 }] },
    ]);
  });
});

describe("PortOne webhook", () => {
  async function start(status = 200) {
    const shop = await startReceiver(() => ({ status, body: "ok" }));
    const portone = await startPortone({ noticeUrls: { portone: shop.url } });
    return { shop, ...portone };
  }

  it("names payment, order number and status, and says nothing of failures", async () => {
    const { shop, onetime, control } = await start();
    await onetime({ card_number: "4000-0000-0001-0118" });
    const paid = await onetime({ merchant_uid: "PAY-1" });
    const [notice] = await shop.gets(1);
    const { imp_uid } = paid.response ?? {};
    expect(jsonOf(notice)).toEqual({ imp_uid, merchant_uid: "PAY-1", status: "paid" });
    expect(await settledNotices(control)).toHaveLength(1);
  });

  it("tells of a cancel by API only where enable_webhook asks for it", async () => {
    const { shop, onetime, cancel, turn, postForm, control } = await start();
    const { imp_uid } = (await onetime({ merchant_uid: "PAY-1" })).response ?? {};
    await cancel({ imp_uid, amount: 100 });
    await cancel({ imp_uid, amount: 100, enable_webhook: false });
    const told = await cancel({ imp_uid, amount: 200, enable_webhook: true });
    const [, cancelled] = await shop.gets(2);
    const history = told.response?.cancel_history as { cancellation_id: string }[];
    expect(jsonOf(cancelled)).toEqual({
      imp_uid,
      merchant_uid: "PAY-1",
      status: "cancelled",
      cancellation_id: history.at(-1)?.cancellation_id,
    });
    await turn({ noticeForm: "form" });
    await postForm("/payments/cancel", `imp_uid=${String(imp_uid)}&enable_webhook=true`);
    const [, , last] = await shop.gets(3);
    expect(formOf(last)).toMatchObject({ imp_uid, status: "cancelled" });
    expect(await settledNotices(control)).toHaveLength(3);
  });

  it("goes where notice_url asks instead, if that is on this machine", async () => {
    const { shop, onetime, control } = await start();
    const other = await startReceiver();
    await onetime({ notice_url: [`${other.url}/a`, `${other.url}/b`] });
    await onetime({ notice_url: "http://192.0.2.1/" });
    await onetime({ notice_url: "not an address" });
    const received = await other.gets(2);
    expect(received.map(({ url }) => url).sort()).toEqual(["/a", "/b"]);
    expect((await settledNotices(control)).map(({ state }) => state)).toEqual([
      "acknowledged",
      "acknowledged",
      "refused",
      "refused",
    ]);
    expect(shop.received).toEqual([]);
  });

  it("is sent again after a 5xx, as often as the switch says, but not after a 4xx", async () => {
    const failing = await start(503);
    await failing.turn({ noticeTries: 3, noticeRetryMs: 1 });
    await failing.onetime();
    await failing.shop.gets(3);
    expect(await settledNotices(failing.control)).toMatchObject([{ state: "given_up" }]);

    const refusing = await start(404);
    await refusing.turn({ noticeTries: 3, noticeRetryMs: 1 });
    await refusing.onetime();
    await refusing.shop.gets(1);
    expect(await settledNotices(refusing.control)).toMatchObject([{ state: "acknowledged" }]);
  });
});
