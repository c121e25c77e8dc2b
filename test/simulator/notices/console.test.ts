/** Addresses, and what a person does at a gateway's console. */
import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { createMerchant } from "../kiwoompay/support.ts";
import { startPortone } from "../portone/support.ts";
import { startSimulator } from "../support.ts";
import { settledNotices, startReceiver } from "./support.ts";

describe("notice addresses", () => {
  it("are set, kept and taken away one by one", async () => {
    const { client } = await startSimulator({
      noticeUrls: { cookiepay: "https://shop.example/a" },
    });
    const set = (urls: unknown) => client.post("/_sim/notice-urls", urls);
    expect((await set({ kiwoompay: "http://127.0.0.1:3000/k" })).body).toEqual({
      cookiepay: "https://shop.example/a",
      kiwoompay: "http://127.0.0.1:3000/k",
    });
    expect((await set({ cookiepay: null })).body).toEqual({ kiwoompay: "http://127.0.0.1:3000/k" });
    expect((await client.get("/_sim/notice-urls")).body).toEqual({
      kiwoompay: "http://127.0.0.1:3000/k",
    });
  });

  it("may be of this machine, or of an origin that the operator named", async () => {
    const { client } = await startSimulator({
      noticeUrls: { cookiepay: "https://shop.example/a" },
    });
    const statusOf = async (url: unknown) =>
      (await client.post("/_sim/notice-urls", { cookiepay: url })).status;
    const own = Object.values(networkInterfaces()).flatMap((ones) => ones ?? []);
    const ownIpv4 = own.find(({ family }) => family === "IPv4")?.address ?? "127.0.0.1";
    for (const url of [
      "http://localhost:3000/",
      "http://127.9.9.9/",
      "http://[::1]:3000/",
      `http://${ownIpv4}:3000/`,
      "https://shop.example/b",
    ]) {
      expect([url, await statusOf(url)]).toEqual([url, 200]);
    }
    for (const url of [
      "http://shop.example/a",
      "http://192.0.2.1/",
      "http://127.0.0.1.shop.example/",
      "http://user:secret@127.0.0.1/",
      "http://127.0.0.1/#part",
      "ftp://127.0.0.1/",
      "//127.0.0.1/",
      `http://127.0.0.1/${"x".repeat(2_000)}`,
      7,
    ]) {
      expect([url, await statusOf(url)]).toEqual([url, 400]);
    }
    expect((await client.post("/_sim/notice-urls", { payup: "http://127.0.0.1/" })).status).toBe(
      400,
    );
  });
});

describe("the gateway's console", () => {
  async function startKiwoom() {
    const shop = await startReceiver();
    const { client, simulator } = await startSimulator({ noticeUrls: { kiwoompay: shop.url } });
    const merchant = createMerchant(simulator.port);
    const paid = (await merchant.sugi({ ORDERNO: "PAY-1" })).body;
    await shop.gets(1);
    const at = { gateway: "kiwoompay", transactionId: String(paid.DAOUTRX) };
    const cancel = (more = {}) => client.post("/_sim/console/cancel", { ...at, ...more });
    const send = (more = {}) => client.post("/_sim/console/notice", { ...at, ...more });
    const queries = () => shop.received.map(({ url }) => new URL(url, shop.url).searchParams);
    return { shop, client, merchant, at, cancel, send, queries };
  }

  it("cancels in part and in whole: in the ledger, and told", async () => {
    const { shop, client, merchant, at, cancel, queries } = await startKiwoom();
    expect((await cancel({ amount: 900 })).body.refund).toMatchObject({
      kind: "refund",
      amount: 900,
    });
    await shop.gets(2);
    expect((await cancel()).body.refund).toMatchObject({ amount: 9000, orderNumber: "PAY-1" });
    await shop.gets(3);
    expect(queries().map((query) => [query.get("PAYMETHOD"), query.get("AMOUNT")])).toEqual([
      ["CARD", "9900"],
      ["CARD_CANCEL", "900"],
      ["CARD_CANCEL", "9000"],
    ]);
    const { totals } = (await client.ledger(`?transactionId=${at.transactionId}`)).body;
    expect(totals).toMatchObject({ refunds: 2, refundedAmount: 9900 });
    const late = await merchant.cancel("CARD", { TRXID: at.transactionId });
    expect(late.body.RESULTCODE).toBe("9206");
    for (const bad of [
      {},
      { amount: 0 },
      { transactionId: "none" },
      { gateway: "nobody" },
      { x: 1 },
    ]) {
      expect((await cancel(bad)).status).toBe(400);
    }
  });

  it("sends a notice again, also where notices are off or lost", async () => {
    const { shop, client, send } = await startKiwoom();
    await client.setSwitches({ kiwoompay: { notices: "off" } });
    await client.addFault({ match: { operation: "notice" }, effect: "notice_lost" });
    expect((await send()).body.notices).toMatchObject([{ isForged: false, kind: "approval" }]);
    const [first, second] = await shop.gets(2);
    expect(second?.url).toBe(first?.url);
    expect((await send({ kind: "refund" })).status).toBe(400);
  });

  it("sends a forgery of whatever is asked for, once", async () => {
    const { shop, client, cancel, send, queries } = await startKiwoom();
    await client.setSwitches({ kiwoompay: { noticeRetryMs: 1 } });
    await cancel({ amount: 100 });
    await shop.gets(2);
    const lies = { amount: 1, orderNumber: "OTHER", merchant: "CTFAKE01", namedTransactionId: "T" };
    await send({ kind: "refund", ...lies });
    await shop.gets(3);
    const forged = queries()[2];
    expect(["AMOUNT", "ORDERNO", "CPID", "DAOUTRX"].map((name) => forged?.get(name))).toEqual([
      "1",
      "OTHER",
      "CTFAKE01",
      "T",
    ]);
    expect((await client.get("/_sim/notices?orderNumber=OTHER")).body.notices).toMatchObject([
      { isForged: true },
    ]);
    expect((await send({ amount: -1 })).status).toBe(400);
  });

  it("lists what was sent, filtered, and forgets it when told", async () => {
    const { client, merchant, shop } = await startKiwoom();
    await merchant.sugi({ ORDERNO: "PAY-2" });
    await shop.gets(2);
    await settledNotices(client);
    const list = async (query: string) => (await client.get(`/_sim/notices${query}`)).body.notices;
    expect(await list("?limit=1")).toMatchObject([{ orderNumber: "PAY-2", method: "GET" }]);
    expect(await list("?orderNumber=PAY-1&state=acknowledged&gateway=kiwoompay")).toHaveLength(1);
    expect(await list("?state=lost")).toEqual([]);
    for (const bad of ["?limit=0", "?limit=x", "?colour=red"]) {
      expect((await client.get(`/_sim/notices${bad}`)).status).toBe(400);
    }
    const page = await (await fetch(`${client.base}/`)).text();
    expect(page).toContain(shop.url);
    expect(page).toContain("PAY-2");
    await fetch(`${client.base}/_sim/notices`, { method: "DELETE" });
    expect(await list("")).toEqual([]);
  });

  it("cancels at PortOne with a webhook, though no API call asked for one", async () => {
    const shop = await startReceiver();
    const { control, onetime, get } = await startPortone({ noticeUrls: { portone: shop.url } });
    const { imp_uid } = (await onetime()).response ?? {};
    await shop.gets(1);
    await control.post("/_sim/console/cancel", { gateway: "portone", transactionId: imp_uid });
    const [, notice] = await shop.gets(2);
    const told = JSON.parse(notice?.body.toString() ?? "") as Record<string, unknown>;
    expect(told).toMatchObject({ imp_uid, status: "cancelled" });
    const { response } = await get(`/payments/${String(imp_uid)}`);
    expect(response).toMatchObject({
      status: "cancelled",
      cancel_history: [{ cancellation_id: told.cancellation_id }],
    });
  });

  it("sends nothing where no address is known", async () => {
    const { client } = await startSimulator();
    const { TID } = await client.approve(await client.billingKeyFor("4111111111111111"));
    const transaction = { gateway: "cookiepay", transactionId: TID };
    expect((await client.post("/_sim/console/notice", transaction)).status).toBe(400);
    expect((await client.post("/_sim/console/cancel", transaction)).status).toBe(200);
    expect(await settledNotices(client)).toEqual([]);
  });
});
