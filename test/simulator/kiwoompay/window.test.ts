import { describe, expect, it } from "vitest";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { fieldsOf, formOf, postForm } from "../windows/support.ts";
import { settledNotices, startReceiver } from "../notices/support.ts";
import { ACCOUNT, OTHER, startKiwoompay } from "./support.ts";

type Fields = Record<string, string>;

const ORDER = { PAYMETHOD: "TOTAL", TYPE: "P", CPID: ACCOUNT.id, ORDERNO: "W-1", AMOUNT: "9900" };
const HOME = "http://127.0.0.1:9/return?result=home";
const CLOSE = "http://127.0.0.1:9/return?result=close";
const FAIL = "http://127.0.0.1:9/return?result=fail";
const URLS = { HOMEURL: HOME, CLOSEURL: CLOSE, FAILURL: FAIL };

async function start(options: Partial<SimulatorOptions> = {}) {
  const started = await startKiwoompay(options);
  const { base, send } = started.merchant;
  const hash = (fields: Record<string, unknown> = {}, headers: Fields = {}) =>
    send(`${base}/pay/hash`, { ...ORDER, ...fields }, headers);
  const link = (fields: Fields) => postForm(`${base}/pay/linkEnc`, fields, "euc-kr");
  /** The window of an order, as the customer's browser has it. */
  const open = async (fields: Fields = {}): Promise<string> => {
    const { ORDERNO, AMOUNT, PAYMETHOD, TYPE } = { ...ORDER, ...fields };
    const { KIWOOM_ENC } = (await hash({ ORDERNO, AMOUNT, PAYMETHOD, TYPE })).body;
    const form = { KIWOOM_ENC: String(KIWOOM_ENC), PRODUCTNAME: "똠 구독", ...URLS };
    const response = await link({ ...ORDER, ...form, ...fields });
    return response.text();
  };
  const press = (page: string, act: string, choice: Fields = {}) =>
    postForm(base + formOf(page).action, { ...fieldsOf(page), act, ...choice });
  const booked = async (orderNumber = "W-1") => {
    const { body } = await started.client.ledger(`?orderNumber=${orderNumber}`);
    return body.entries as Array<Record<string, unknown>>;
  };
  return { ...started, base, hash, link, open, press, booked };
}

const goes = (response: Response) => [response.status, response.headers.get("location")];

describe("/pay/hash", () => {
  it("answers with a KIWOOM_ENC that tells nothing", async () => {
    const { hash } = await start();
    const { status, body } = await hash();
    expect([status, Object.keys(body)]).toEqual([200, ["RESULTCODE", "KIWOOM_ENC"]]);
    expect(body.RESULTCODE).toBe("0000");
    expect(Buffer.from(String(body.KIWOOM_ENC), "base64").toString("latin1")).not.toContain("W-1");
  });

  it.each([
    [{ CPID: "" }, "9001"],
    [{ CPID: "NOBODY" }, "9101"],
    [{ PAYMETHOD: undefined }, "9001"],
    [{ PAYMETHOD: "GOLD" }, "9102"],
    [{ PAYMETHOD: "CARD-BATCH" }, "9102"],
    [{ PAYMETHOD: "APPLEPAY" }, "FAIL"],
    [{ TYPE: "X" }, "9012"],
    [{ TYPE: "" }, "9001"],
    [{ ORDERNO: "" }, "9001"],
    [{ ORDERNO: "a|b" }, "9011"],
    [{ AMOUNT: "0" }, "9012"],
    [{ AMOUNT: 9900 }, "9012"],
    [{ COLOUR: "red" }, "9013"],
  ])("refuses %j with %s", async (fields, code) => {
    const { hash } = await start();
    expect((await hash(fields)).body).toEqual({
      RESULTCODE: code,
      ERRORMESSAGE: expect.any(String),
    });
  });

  it("wants the link key only by switch, and never takes a wrong one", async () => {
    const { base, hash, turn } = await start();
    const without = () =>
      fetch(`${base}/pay/hash`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(ORDER),
      });
    expect(await (await without()).text()).toContain('"0000"');
    expect((await hash({}, { Authorization: OTHER.secret })).body.RESULTCODE).toBe("9103");
    await turn({ hashKey: "required" });
    expect(await (await without()).text()).toContain('"9103"');
    expect((await hash()).body.RESULTCODE).toBe("0000");
  });

  it("can fail by rule", async () => {
    const { client, hash } = await start();
    await client.addFault({ match: { operation: "hash" }, effect: "token_refused", times: 1 });
    expect((await hash()).body.RESULTCODE).toBe("9103");
    await client.addFault({
      match: { operation: "hash", orderNumber: "W-2", amount: 9900 },
      effect: "drop",
    });
    await expect(hash({ ORDERNO: "W-2" })).rejects.toThrow("fetch failed");
    expect((await hash()).body.RESULTCODE).toBe("0000");
  });
});

describe("the window", () => {
  it("shows the order, whose names come in EUC-KR, and every method of TOTAL", async () => {
    const { open } = await start();
    const page = await open();
    for (const part of ["똠 구독", "9,900", "W-1", "CTSIM001", "카카오페이", "KakaoPay"]) {
      expect(page).toContain(part);
    }
    const methods = [...page.matchAll(/type="radio" name="method" value="(\w+)"/g)];
    expect(methods.map(([, name]) => name)).toEqual([
      "KAKAOPAY",
      "NAVERPAY",
      "SAMSUNGPAY",
      "PAYCO",
      "CARD",
    ]);
    expect(await open({ PAYMETHOD: "PAYCO" })).not.toContain('type="radio"');
  });

  it.each([
    [{ AMOUNT: "100" }, "9302"],
    [{ ORDERNO: "W-2" }, "9302"],
    [{ PAYMETHOD: "CARD" }, "9302"],
    [{ TYPE: "M" }, "9302"],
    [{ CPID: OTHER.id }, "9302"],
    [{ KIWOOM_ENC: "bm90IG91cnM=" }, "9302"],
    [{ KIWOOM_ENC: "" }, "9001"],
    [{ PRODUCTNAME: "" }, "9001"],
    [{ PRODUCTNAME: "a|b" }, "9011"],
    [{ HOMEURL: "javascript:alert(1)" }, "9012"],
    [{ FAILURL: "/return" }, "9012"],
  ])("with %j is refused with %s, and pays nothing", async (changes, code) => {
    const { hash, link, booked } = await start();
    const KIWOOM_ENC = String((await hash()).body.KIWOOM_ENC);
    const form = { ...ORDER, KIWOOM_ENC, PRODUCTNAME: "A", ...URLS };
    expect((await link(form)).status).toBe(200);
    const response = await link({ ...form, ...changes });
    const page = await response.text();
    expect([response.status, page.includes(`<p>${code}</p>`)]).toEqual([400, true]);
    expect(page).not.toContain("<form");
    expect(await booked()).toEqual([]);
  });

  it("wants a form in EUC-KR, and notes what it does not know", async () => {
    const { base, client, hash, link } = await start();
    const KIWOOM_ENC = String((await hash()).body.KIWOOM_ENC);
    const form = { ...ORDER, KIWOOM_ENC, PRODUCTNAME: "구독", COLOUR: "red" };
    const utf8 = await postForm(`${base}/pay/linkEnc`, { ...form, PRODUCTNAME: "가" });
    expect(utf8.status).toBe(400);
    expect((await link(form)).status).toBe(200);
    expect((await client.get("/_sim/not-understood")).body.items).toMatchObject([
      { path: "/pay/linkEnc", field: "COLOUR" },
    ]);
  });

  it("is used once: a button that is pressed twice pays once", async () => {
    const { client, open, press, booked } = await start();
    await client.setSwitches({ latencyMs: [20, 20] });
    const page = await open();
    const pay = () => press(page, "pay", { method: "CARD" });
    const both = await Promise.all([pay(), pay()]);
    expect(both.filter(({ status }) => status === 303)).toHaveLength(1);
    expect((await press(page, "close")).status).toBe(410);
    expect(await booked()).toHaveLength(1);
  });
});

describe("a customer who", () => {
  it("pays comes back to HOMEURL, and the ledger has it", async () => {
    const { open, press, booked } = await start();
    const page = await open({ USERID: "customer-1", USERNAME: "홍길동" });
    expect(goes(await press(page, "pay", { method: "NAVERPAY" }))).toEqual([303, HOME]);
    expect(await booked()).toMatchObject([
      {
        kind: "approval",
        gateway: "kiwoompay",
        merchant: ACCOUNT.id,
        buyerId: "customer-1",
        amount: 9900,
        transactionId: expect.stringMatching(/^cTS\d{17}$/),
        detail: { payMethod: "NAVERPAY", via: "window", buyerName: "홍길동" },
      },
    ]);
    expect((await booked())[0]).not.toHaveProperty("cardLast4");
  });

  it("pays and loses the way back has paid", async () => {
    const { open, press, booked } = await start();
    const response = await press(await open(), "vanish", { method: "CARD" });
    expect(goes(response)).toEqual([200, null]);
    expect(await response.text()).not.toContain(HOME);
    expect(await booked()).toMatchObject([{ kind: "approval", cardLast4: "1111" }]);
  });

  it("is declined, by the button or by a card, goes to FAILURL", async () => {
    const { open, press, booked } = await start();
    const choice = { method: "KAKAOPAY" };
    expect(goes(await press(await open(), "decline", choice))).toEqual([303, FAIL]);
    const empty = { ...choice, card: "lost_or_stolen" };
    expect(goes(await press(await open(), "pay", empty))).toEqual([303, FAIL]);
    expect(await booked()).toMatchObject([
      { kind: "decline", code: "2001", detail: { operation: "window_pay" } },
      { kind: "decline", code: "2003", amount: 9900 },
    ]);
  });

  it("closes the window goes to CLOSEURL, and nothing is booked", async () => {
    const { open, press, booked } = await start();
    expect(goes(await press(await open(), "close"))).toEqual([303, CLOSE]);
    expect(await booked()).toEqual([]);
  });

  it("has nowhere to go reads it in the window", async () => {
    const { open, press } = await start();
    const nowhere = { HOMEURL: "", CLOSEURL: "", FAILURL: "" };
    const read = async (act: string) =>
      (await press(await open(nowhere), act, { method: "CARD" })).text();
    expect(await read("decline")).toContain("잔액부족");
    expect(await read("close")).toContain("결제창이 닫혔습니다");
    expect(await read("pay")).toContain("결제되었습니다");
  });

  it("chooses what the window does not offer pays nothing", async () => {
    const { open, press, booked } = await start();
    expect((await press(await open(), "pay", { method: "GOLD" })).status).toBe(400);
    const one = await open({ PAYMETHOD: "PAYCO" });
    expect(goes(await press(one, "pay", { method: "CARD" }))).toEqual([303, HOME]);
    expect(await booked()).toMatchObject([{ detail: { payMethod: "PAYCO" } }]);
    const nonsense = await press(await open(), "steal");
    expect(nonsense.status).toBe(400);
  });
});

describe("an order number again", () => {
  it("is refused with 9002 before the window and in it, once it was paid", async () => {
    const { open, press, turn, booked } = await start();
    await turn({ duplicateOrderNumber: "reject" });
    const [first, second] = [await open(), await open()];
    await press(first, "pay", { method: "CARD" });
    expect(await open()).toContain("<p>9002</p>");
    const late = await press(second, "pay", { method: "CARD" });
    expect([late.status, await late.text()]).toEqual([400, expect.stringContaining("9002")]);
    expect(await booked()).toMatchObject([{ kind: "approval" }, { kind: "decline", code: "9002" }]);
  });

  it("is paid again where the switch accepts it", async () => {
    const { open, press, booked } = await start();
    for (const page of [await open(), await open()]) await press(page, "pay", { method: "CARD" });
    expect(await booked()).toMatchObject([{ kind: "approval" }, { kind: "approval" }]);
  });
});

describe("faults of the window", () => {
  it("strike its opening and its payment, and a close counts for none", async () => {
    const { client, open, press, booked } = await start();
    await client.addFault({ match: { operation: "window_open" }, effect: "http_500", times: 1 });
    expect(await open()).toContain("Internal Error");
    const rule = { match: { operation: "window_pay", orderNumber: "W-1" } };
    await client.addFault(
      { ...rule, nth: 1, effect: "commit_then_drop" },
      { ...rule, nth: 2, effect: { decline: "2002" } },
      { ...rule, nth: 3, effect: "drop" },
    );
    await press(await open(), "close");
    const choice = { method: "KAKAOPAY" };
    await expect(press(await open(), "pay", choice)).rejects.toThrow("fetch failed");
    expect(await booked()).toMatchObject([{ kind: "approval", fault: "commit_then_drop" }]);
    expect(goes(await press(await open(), "pay", choice))).toEqual([303, FAIL]);
    const page = await open();
    await expect(press(page, "pay", choice)).rejects.toThrow("fetch failed");
    // Nothing was processed, so that the window is still open.
    expect(goes(await press(page, "pay", choice))).toEqual([303, HOME]);
    expect((await booked()).map(({ kind }) => kind)).toEqual(["approval", "decline", "approval"]);
  });

  it("include those of the cards", async () => {
    const { open, press, booked } = await start();
    const choice = { method: "CARD", card: "commit_then_500" };
    expect((await press(await open(), "pay", choice)).status).toBe(500);
    expect(await booked()).toMatchObject([{ kind: "approval", fault: "commit_then_500" }]);
  });
});

describe("a payment in the window", () => {
  const WALLETS = [
    ["KAKAOPAY", "KAKAOCANCEL"],
    ["NAVERPAY", "NAVERPAYCANCEL"],
    ["SAMSUNGPAY", "SAMSUNGPAY_CANCEL"],
    ["PAYCO", "PAYCOCANCEL"],
    ["CARD", "CARD_CANCEL"],
  ] as const;

  it.each(WALLETS)("is told and cancelled as %s, in parts, told as %s", async (method, cancel) => {
    const shop = await startReceiver();
    const { client, merchant, open, press, booked } = await start();
    await client.post("/_sim/notice-urls", { kiwoompay: `${shop.url}/n` });
    await press(await open(), "vanish", { method });
    await shop.gets(1);
    const TRXID = String((await booked())[0]?.transactionId);
    const wrong = method === "PAYCO" ? "KAKAOPAY" : "PAYCO";
    expect((await merchant.cancel(wrong, { TRXID })).body.RESULTCODE).toBe("9202");
    for (const AMOUNT of ["900", "9000"]) {
      const { body } = await merchant.cancel(method, { TRXID, AMOUNT });
      expect(body).toMatchObject({ RESULTCODE: "0000", AMOUNT, ORDERNO: "W-1" });
    }
    expect((await merchant.cancel(method, { TRXID, AMOUNT: "1" })).body.RESULTCODE).toBe("9206");
    const told = (await shop.gets(3)).map(({ url }) => new URL(url, shop.url).searchParams);
    expect(told.map((fields) => [fields.get("PAYMETHOD"), fields.get("AMOUNT")])).toEqual([
      [method, "9900"],
      [cancel, "900"],
      [cancel, "9000"],
    ]);
    const [approval] = told;
    expect([...(approval?.keys() ?? [])]).toHaveLength(18);
    expect(approval?.get("CARDNO")).toBe(method === "CARD" ? "411111******1111" : "");
    expect(approval?.get("DAOUTRX")).toBe(TRXID);
    expect(await settledNotices(client)).toHaveLength(3);
  });

  it("is told with its PAYMETHOD in the guide's dialect, too", async () => {
    const shop = await startReceiver(() => ({ body: '{"RESULTCODE":"0000"}' }));
    const { client, open, press, turn, merchant } = await start();
    await turn({ dialect: "guide" });
    await client.post("/_sim/notice-urls", { kiwoompay: `${shop.url}/n` });
    await press(await open(), "pay", { method: "PAYCO" });
    await turn({ dialect: "recorded" });
    await merchant.sugi();
    await turn({ dialect: "guide" });
    const [told] = await shop.gets(2);
    expect(JSON.parse(told?.body.toString() ?? "")).toMatchObject({
      RESULTCODE: "0000",
      ORDERNO: "W-1",
      AMOUNT: "9900",
      PAYMETHOD: "PAYCO",
    });
  });

  it("is asked for nothing but a cancel under a wallet's name", async () => {
    const { merchant } = await start();
    expect((await merchant.ready("KAKAOPAY")).body.RESULTCODE).toBe("9102");
    expect((await merchant.ready("KAKAOPAY", { CANCELREQ: "Y" })).body.TOKEN).toBeDefined();
  });
});
