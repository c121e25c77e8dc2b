import { describe, expect, it } from "vitest";
import { startKiwoompay } from "../kiwoompay/support.ts";
import { SUCCESS_PAGE, settledNotices, startReceiver } from "./support.ts";

/** 홍길동 in EUC-KR, byte for byte. */
const HONG = "%C8%AB%B1%E6%B5%BF";

async function start(answer?: Parameters<typeof startReceiver>[0]) {
  const shop = await startReceiver(answer);
  const kiwoom = await startKiwoompay();
  await kiwoom.client.post("/_sim/notice-urls", { kiwoompay: `${shop.url}/webhook/kiwoom` });
  await kiwoom.client.setClock("2026-03-01T09:08:07+09:00");
  return { shop, ...kiwoom };
}

const FIELDS = {
  ORDERNO: "PAY-1",
  USERNAME: "홍길동",
  EMAIL: "a+b@shop.kr",
  PRODUCTNAME: "월 구독",
  RESERVEDINDEX1: "r 1",
  RESERVEDSTRING: "a&b=c",
};

describe("KiwoomPay notice", () => {
  it("is a GET with the 18 recorded fields in EUC-KR, without a RESULTCODE", async () => {
    const { shop, merchant } = await start();
    const paid = await merchant.batch(await merchant.keyFor(), FIELDS);
    const [notice] = await shop.gets(1);
    expect(notice).toMatchObject({ method: "GET", contentType: undefined });
    expect(notice?.body).toHaveLength(0);
    expect(notice?.url).toBe(
      `/webhook/kiwoom?PAYMETHOD=CARD&CPID=CTSIM001&DAOUTRX=${String(paid.body.DAOUTRX)}` +
        "&ORDERNO=PAY-1&AMOUNT=9900&SETTDATE=20260301090807&EMAIL=a%2Bb%40shop.kr" +
        `&USERID=customer-1&USERNAME=${HONG}&PRODUCTCODE=P1&PRODUCTNAME=%BF%F9+%B1%B8%B5%B6` +
        `&AUTHNO=${String(paid.body.AUTHNO)}&CARDCODE=CCBC&CARDNAME=BC&CARDNO=411111******1111` +
        "&RESERVEDINDEX1=r+1&RESERVEDINDEX2=&RESERVEDSTRING=a%26b%3Dc",
    );
  });

  it("tells of a cancel as CARD_CANCEL with its own number, or the approval's by switch", async () => {
    const { shop, merchant, turn, client } = await start();
    const { DAOUTRX } = (
      await merchant.batch(await merchant.keyFor("4111111111111111", "CARDK"), {}, "CARDK")
    ).body;
    const first = await merchant.cancel("CARDK-BATCH", { TRXID: DAOUTRX, AMOUNT: "1000" });
    await shop.gets(2);
    await turn({ cancelNumber: "approval_trxid" });
    await merchant.cancel("CARDK-BATCH", { TRXID: DAOUTRX, AMOUNT: "2000" });
    const [approved, ...cancels] = (await shop.gets(3)).map(({ url }) => new URL(url, shop.url));
    expect(approved?.searchParams.get("PAYMETHOD")).toBe("CARD");
    expect(
      cancels.map(({ searchParams }) =>
        ["PAYMETHOD", "DAOUTRX", "AMOUNT", "ORDERNO"].map((name) => searchParams.get(name)),
      ),
    ).toEqual([
      ["CARD_CANCEL", first.body.DAOUTRX, "1000", approved?.searchParams.get("ORDERNO")],
      ["CARD_CANCEL", DAOUTRX, "2000", approved?.searchParams.get("ORDERNO")],
    ]);
    expect(await settledNotices(client)).toMatchObject(
      ["approval", "refund", "refund"].map((kind) => ({ kind, state: "acknowledged" })),
    );
  });

  it("is sent for approvals and cancels alone: no key, no decline", async () => {
    const { shop, merchant, client } = await start();
    const declining = await merchant.keyFor("4000000000010118");
    await merchant.batch(declining);
    await merchant.sugi();
    await merchant.keygen({ DIRECT_YN: "Y", AMOUNT: "500" });
    await shop.gets(2);
    expect(await settledNotices(client)).toHaveLength(2);
  });

  it("keeps quiet about billing keys, or about everything, by switch", async () => {
    const { shop, merchant, turn, client } = await start();
    const key = await merchant.keyFor();
    await turn({ noticeOfBillingKeys: "not_sent" });
    await merchant.batch(key);
    await merchant.sugi({ ORDERNO: "CARD" });
    await turn({ notices: "off" });
    await merchant.sugi();
    expect(await settledNotices(client)).toMatchObject([{ orderNumber: "CARD" }]);
    await shop.gets(1);
  });

  it("can be a form by POST, byte for byte in EUC-KR", async () => {
    const { shop, merchant, turn } = await start();
    await turn({ noticeForm: "post_form" });
    await merchant.batch(await merchant.keyFor(), FIELDS);
    const [notice] = await shop.gets(1);
    expect(notice).toMatchObject({
      method: "POST",
      url: "/webhook/kiwoom",
      contentType: "application/x-www-form-urlencoded;charset=EUC-KR",
    });
    const text = notice?.body.toString("latin1") ?? "";
    expect(text.split("&")).toHaveLength(18);
    expect(text).toContain(`&USERNAME=${HONG}&PRODUCTCODE=P1&PRODUCTNAME=%BF%F9+%B1%B8%B5%B6&`);
  });

  it("is the guide's JSON in the guide's dialect, and only JSON acknowledges it", async () => {
    const answers = [
      SUCCESS_PAGE,
      '{"RESULTCODE":"9999"}',
      '{"RESULTCODE":"0000","RESULTMSG":"OK"}',
    ];
    const { shop, merchant, turn, client } = await start(() => ({ body: answers.shift() ?? "" }));
    await turn({ dialect: "guide", noticeRetryMs: 1 });
    const issued = await merchant.call("CARD-SUGI", {
      CPID: "CTSIM001",
      PAYMETHOD: "CARD-SUGI",
      ORDERNO: "주문-1",
      AMOUNT: "9900",
      CARDNO: "4111111111111111",
      EXPIREDT: "9912",
    });
    const [first, , third] = await shop.gets(3);
    expect(first?.contentType).toBe("application/json;charset=EUC-KR");
    const head = `{"RESULTCODE":"0000","DAOUTRX":"${String(issued.body.DAOUTRX)}","ORDERNO":"`;
    const tail = '-1","AMOUNT":"9900","AUTHDATE":"20260301090807"}';
    // 주문 in EUC-KR.
    const order = Buffer.from([0xc1, 0xd6, 0xb9, 0xae]);
    expect(first?.body).toEqual(Buffer.concat([Buffer.from(head), order, Buffer.from(tail)]));
    expect(third?.body).toEqual(first?.body);
    expect(await settledNotices(client)).toMatchObject([{ state: "acknowledged" }]);
  });

  it("is sent until the page says SUCCESS, at most ten times", async () => {
    const answers = [
      { status: 500, body: SUCCESS_PAGE },
      { body: "OK" },
      { body: "<RESULT>FAIL</RESULT>" },
    ];
    const { shop, merchant, turn, client } = await start(
      () => answers.shift() ?? { body: SUCCESS_PAGE },
    );
    await turn({ noticeRetryMs: 1 });
    await merchant.sugi({ ORDERNO: "FOUR" });
    await shop.gets(4);
    const [notice] = await settledNotices(client);
    expect(notice).toMatchObject({ state: "acknowledged" });
    expect(notice?.tries).toMatchObject([
      { status: 500 },
      { status: 200, answer: "OK" },
      { status: 200 },
      { status: 200, answer: SUCCESS_PAGE },
    ]);

    answers.push(...Array.from({ length: 30 }, () => ({ body: "no" })));
    await merchant.sugi({ ORDERNO: "TEN" });
    await shop.gets(14);
    expect((await settledNotices(client))[1]).toMatchObject({ state: "given_up" });
  });

  it("gives up on a server that is away, that hangs, and that talks without end", async () => {
    let hangs = true;
    const { merchant, turn, client, shop } = await start(() =>
      hangs ? null : { body: `${"x".repeat(200_000)}${SUCCESS_PAGE}` },
    );
    await turn({ noticeRetryMs: 1, noticeTries: 2, noticeTimeoutMs: 30 });
    await merchant.sugi({ ORDERNO: "HANGS" });
    expect(await settledNotices(client)).toMatchObject([
      { state: "given_up", tries: [{ error: "no answer in time" }, {}] },
    ]);
    hangs = false;
    await turn({ noticeTimeoutMs: 10_000 });
    await merchant.sugi({ ORDERNO: "TALKS" });
    expect((await settledNotices(client))[1]).toMatchObject({
      state: "given_up",
      tries: [{ answer: "x".repeat(300) }, {}],
    });
    await client.post("/_sim/notice-urls", { kiwoompay: "http://127.0.0.1:1" });
    await merchant.sugi({ ORDERNO: "AWAY" });
    const [, , away] = await settledNotices(client);
    expect(away).toMatchObject({ state: "given_up", tries: [{}, {}] });
    expect(shop.received).toHaveLength(4);
  });
});
