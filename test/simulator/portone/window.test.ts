import { describe, expect, it } from "vitest";
import { findCardByNumber } from "../../../src/simulator/cards.ts";
import type { SimulatorOptions } from "../../../src/simulator/simulator.ts";
import { settledNotices, startReceiver } from "../notices/support.ts";
import { postForm } from "../windows/support.ts";
import { PAYMENT_TYPES, deviations, rowsOf } from "./support.ts";
import { type Param, RETURN_URL, SHOP, startWindows } from "./window-support.ts";

const told = async (options: Partial<SimulatorOptions> = {}) => {
  const receiver = await startReceiver();
  const windows = await startWindows({ noticeUrls: { portone: receiver.url }, ...options });
  const notices = async () => {
    await settledNotices(windows.control);
    return receiver.received.map(({ body }) => JSON.parse(body.toString("utf8")) as object);
  };
  return { ...windows, notices };
};

describe("a window on a PC", () => {
  it("shows the order and pays it, and the page around it is told", async () => {
    const { open, press, entries, notices, paymentOf } = await told();
    const page = await open();
    for (const part of ["노스페이스 롱패딩 M", "1,004", "W-1", "imp00000000", "결제하기"]) {
      expect(page.text).toContain(part);
    }
    expect(page.status).toBe(200);
    const { rsp, origin } = await press(page);
    expect(origin).toBe(SHOP);
    expect(rsp).toMatchObject({
      success: true,
      imp_uid: expect.stringMatching(/^imp_\d{12}$/),
      merchant_uid: "W-1",
      pay_method: "card",
      paid_amount: 1_004,
      status: "paid",
      pg_provider: "daou",
      buyer_name: "홍길동",
      card_name: "비씨카드",
    });
    const response = await paymentOf(rsp);
    expect(deviations(response, PAYMENT_TYPES)).toEqual([]);
    expect(response).toMatchObject({
      status: "paid",
      channel: "pc",
      pay_method: "card",
      amount: 1_004,
      escrow: false,
      name: "노스페이스 롱패딩 M",
    });
    expect(await entries()).toMatchObject([
      { kind: "approval", amount: 1_004, merchant: "sim_imp_key", detail: { via: "window" } },
    ]);
    expect(await notices()).toEqual([
      { imp_uid: rsp?.imp_uid, merchant_uid: "W-1", status: "paid" },
    ]);
  });

  it("is declined: the payment failed, and nobody sends a notice", async () => {
    const { open, press, entries, notices, paymentOf } = await told();
    const { rsp } = await press(await open(), "decline");
    expect(rsp).toMatchObject({
      success: false,
      imp_uid: expect.stringMatching(/^imp_/),
      merchant_uid: "W-1",
      paid_amount: 0,
      error_code: "2001",
      error_msg: "[2001] 잔액부족",
    });
    expect(await paymentOf(rsp)).toMatchObject({
      status: "failed",
      fail_reason: "[2001] 잔액부족",
    });
    expect(await entries()).toMatchObject([{ kind: "decline", code: "2001" }]);
    expect(await notices()).toEqual([]);
  });

  it("is closed: nothing happened", async () => {
    const { open, press, entries, get } = await startWindows();
    const { rsp } = await press(await open(), "close");
    expect(rsp).toEqual({
      success: false,
      imp_uid: null,
      merchant_uid: "W-1",
      pay_method: "card",
      error_code: "SIM499",
      error_msg: "사용자가 결제를 취소하셨습니다",
    });
    expect(await entries()).toEqual([]);
    expect((await get("/payments/find/W-1")).status).toBe(404);
  });

  it("pays and loses the way back: told by notice alone", async () => {
    const { open, press, entries, notices } = await told();
    const { rsp, text, location } = await press(await open(), "vanish");
    expect([rsp, location]).toEqual([undefined, null]);
    expect(text).toContain("does not go back");
    expect(await entries()).toMatchObject([{ kind: "approval" }]);
    expect(await notices()).toMatchObject([{ merchant_uid: "W-1", status: "paid" }]);
  });

  it("is used once, and one of two of the same order", async () => {
    const { open, press, entries } = await startWindows();
    const [one, other] = [await open(), await open()];
    await press(one);
    expect((await press(one)).status).toBe(410);
    expect((await press(one, "close")).status).toBe(410);
    const { rsp } = await press(other);
    expect(rsp).toMatchObject({
      success: false,
      error_code: "F1002",
      error_msg: "이미 결제가 이루어진 거래건입니다.",
    });
    expect(await entries()).toHaveLength(1);
  });

  it("takes a test card, which does what it does, also when it is tried again", async () => {
    const { open, press, get } = await startWindows();
    const card = findCardByNumber("4000000000010217")?.id ?? "";
    expect((await press(await open(), "pay", { card })).rsp).toMatchObject({ success: false });
    expect((await press(await open(), "pay", { card })).rsp).toMatchObject({
      success: true,
      card_name: "국민카드",
    });
    const list = rowsOf((await get("/payments/findAll/W-1")).response, "list");
    expect(list.map(({ status }) => status)).toEqual(["paid", "failed"]);
  });

  it("tells success as a failure by switch, though it is paid", async () => {
    const { open, press, turn, paymentOf } = await startWindows();
    await turn({ windowSuccess: "false_though_paid" });
    const { rsp } = await press(await open());
    expect(rsp).toMatchObject({ success: false, imp_uid: expect.any(String) });
    expect(await paymentOf(rsp)).toMatchObject({ status: "paid" });
  });

  it("obeys rules about window_pay, and none where it is closed", async () => {
    const { control, open, press, entries } = await startWindows();
    const rule = (effect: unknown) =>
      control.addFault({
        match: { operation: "window_pay", orderNumber: "W-1" },
        effect,
        times: 1,
      });
    await rule({ decline: "2002" });
    expect((await press(await open(), "close")).rsp).toMatchObject({ error_code: "SIM499" });
    expect((await press(await open())).rsp).toMatchObject({ error_code: "2002" });
    await rule("commit_then_drop");
    await expect(press(await open())).rejects.toThrow("fetch failed");
    expect(await entries()).toMatchObject([{ kind: "decline" }, { kind: "approval" }]);
  });

  it("cannot be read without a page to tell", async () => {
    const { base } = await startWindows();
    for (const form of [{}, { origin: SHOP, param: "{" }, { origin: SHOP, param: "[]" }]) {
      const response = await postForm(`${base}/_sim/portone/request-pay`, form);
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining("cannot be read"),
      ]);
    }
  });
});

describe("a window on a phone", () => {
  it.each([
    ["pay", "true", {}],
    ["decline", "false", { error_code: "2001", error_msg: "[2001] 잔액부족" }],
    ["close", "false", { error_code: "SIM499", error_msg: "사용자가 결제를 취소하셨습니다" }],
  ])("goes to the merchant's address after %s", async (act, imp_success, more) => {
    const { open, press, get } = await startWindows();
    const { status, location } = await press(await open({}, "mobile"), act);
    expect(status).toBe(303);
    const { origin, pathname, searchParams } = new URL(location ?? "");
    expect(`${origin}${pathname}`).toBe(RETURN_URL.split("?")[0]);
    const { imp_uid, ...query } = Object.fromEntries(searchParams);
    expect(query).toEqual({ keep: "가", merchant_uid: "W-1", imp_success, ...more });
    expect(imp_uid === undefined).toBe(act === "close");
    if (act !== "pay") return;
    expect((await get(`/payments/${imp_uid}`)).response).toMatchObject({ channel: "mobile" });
  });

  it("goes there too when it is refused, and nowhere without an address", async () => {
    const { open } = await startWindows();
    const { location } = await open({ pay_method: "phone" }, "mobile");
    expect(new URL(location ?? "").searchParams.get("error_code")).toBe("SIM400");
    for (const m_redirect_url of [undefined, "", "javascript:alert(1)"]) {
      expect((await open({ m_redirect_url }, "mobile")).status).toBe(400);
    }
  });
});

describe("a window is refused", () => {
  it.each<[string, Param, string]>([
    ["a channel of nobody", { channelKey: undefined }, "channelKey"],
    ["another company's channel", { channelKey: undefined, pg: "kcp" }, "pg"],
    ["a method of nobody", { pay_method: "phone" }, "pay_method"],
    ["no method", { pay_method: undefined }, "pay_method"],
    ["an amount of text", { amount: "1004" }, "amount"],
    ["no order number", { merchant_uid: "" }, "merchant_uid"],
    ["a field of nobody", { colour: "red" }, "colour"],
    ["a name that KiwoomPay cannot hold", { name: "😀" }, "name"],
    ["escrow for a card", { escrow: true }, "escrow"],
    ["a bypass of nobody", { bypass: { kcp: {} } }, "kcp"],
    ["a bypass field of nobody", { bypass: { daou: { QUOTA: 1 } } }, "QUOTA"],
    ["letters for a receipt", { bypass: { daou: { CASHRECEIPTFLAG: "Y" } } }, "CASHRECEIPTFLAG"],
    [
      "digits for KakaoPay's receipt",
      { pay_method: "kakaopay", bypass: { daou: { CASHRECEIPTFLAG: 1 } } },
      "CASHRECEIPTFLAG",
    ],
    ["a flag of nobody", { bypass: { daou: { DIRECT_YN: "y" } } }, "DIRECT_YN"],
    ["companies of nobody", { bypass: { daou: { CARDQUOTA: "CCXX-0" } } }, "CARDQUOTA"],
    ["a company twice", { bypass: { daou: { CARDQUOTA: "CCBC-0^CCBC-0" } } }, "CARDQUOTA"],
    ["one month", { amount: 50_000, display: { card_quota: [1] } }, "card_quota"],
    ["a card code of text", { card: { direct: { code: "BC" } } }, "card.direct.code"],
    ["instalments of a small sum", { amount: 49_999, display: { card_quota: [3] } }, "50,000"],
    [
      "one company's of a small sum",
      { amount: 49_999, card: { direct: { code: "361", quota: 2 } } },
      "50,000",
    ],
    [
      "companies' of a small sum",
      { amount: 49_999, bypass: { daou: { CARDQUOTA: "CCBC-0:2" } } },
      "50,000",
    ],
    [
      "instalments of a wallet",
      { amount: 50_000, pay_method: "payco", display: { card_quota: [3] } },
      "card",
    ],
    ["a scheme with its slashes", { app_scheme: "shop://" }, "app_scheme"],
  ])("for %s", async (_case, param, words) => {
    const { open, entries } = await startWindows();
    const { rsp } = await open(param);
    expect(rsp).toMatchObject({ success: false, imp_uid: null, error_code: "SIM400" });
    expect(rsp?.error_msg).toContain(words);
    expect(await entries()).toEqual([]);
  });

  it("for a merchant of nobody, and opens for a further one", async () => {
    const account = { gateway: "portone", id: "shop2", secret: "secret2" };
    const { open, press, entries } = await startWindows({ accounts: [account] });
    const { rsp } = await open({}, "pc", "imp99999999");
    expect(rsp?.error_msg).toContain("식별코드");
    await press(await open({}, "pc", "imp_shop2"));
    expect(await entries()).toMatchObject([{ merchant: "shop2" }]);
  });

  it("for another amount than was registered, before and while it is open", async () => {
    const { open, press, post, put, entries } = await startWindows();
    await post("/payments/prepare", { merchant_uid: "W-1", amount: 1_004 });
    expect((await open({ amount: 1_003 })).rsp?.error_msg).toContain("위변조");
    const page = await open();
    await put("/payments/prepare", { merchant_uid: "W-1", amount: 2_000 });
    expect((await press(page)).rsp?.error_msg).toContain("위변조");
    expect(await entries()).toEqual([]);
  });

  it("for a number that was paid, refunded too, and by switch not", async () => {
    const { open, press, cancel, turn } = await startWindows();
    const { rsp } = await press(await open());
    await cancel({ imp_uid: rsp?.imp_uid });
    expect((await open()).rsp).toMatchObject({ error_code: "F1002" });
    await turn({ duplicateMerchantUid: "accept" });
    expect((await press(await open())).rsp).toMatchObject({ success: true });
  });

  it("for digital goods that the contract does not have", async () => {
    const { open, turn } = await startWindows();
    await turn({ digital: "no" });
    expect((await open({ digital: true })).rsp?.error_msg).toContain("digital");
    expect((await open({ digital: false })).rsp).toBeUndefined();
    await turn({ digital: "yes" });
    expect((await open({ digital: undefined })).rsp?.error_msg).toContain("digital");
  });

  it("and what it does not know is listed", async () => {
    const { open, control } = await startWindows();
    await open({ colour: "red" });
    const { items } = (await control.get("/_sim/not-understood")).body;
    expect(items).toMatchObject([{ path: "IMP.request_pay", field: "colour" }]);
  });
});

describe("every method", () => {
  it.each([
    ["trans", { bank_name: "국민은행", card_name: null }],
    ["kakaopay", { emb_pg_provider: "kakaopay", card_name: null }],
    ["naverpay", { emb_pg_provider: "naverpay" }],
    ["payco", { emb_pg_provider: "payco" }],
    ["samsung", { emb_pg_provider: "samsung" }],
    ["applepay", { emb_pg_provider: "applepay" }],
    ["cultureland", { emb_pg_provider: null, card_name: null }],
    ["smartculture", { emb_pg_provider: null }],
    ["booknlife", { emb_pg_provider: null }],
  ])("%s pays", async (pay_method, printed) => {
    const { open, press, paymentOf } = await startWindows();
    const { rsp } = await press(await open({ pay_method }));
    const response = await paymentOf(rsp);
    expect(response).toMatchObject({ status: "paid", pay_method, ...printed });
    expect(deviations(response, PAYMENT_TYPES)).toEqual([]);
  });

  it("of all options of a card keeps what the customer is to pay by", async () => {
    const { open, press, paymentOf } = await startWindows();
    const { rsp } = await press(
      await open({
        amount: 50_000,
        display: { card_quota: [2, 3] },
        card: { direct: { code: "361", quota: 3 } },
        bypass: {
          daou: { CARDQUOTA: "CCBC-0:2:3^CCNH-0", DIRECT_YN: "Y", PRODUCTCODE: "portone" },
        },
      }),
    );
    expect(await paymentOf(rsp)).toMatchObject({ card_quota: 3 });
  });

  it.each(["cultureland", "smartculture", "booknlife"])(
    "%s goes back whole",
    async (pay_method) => {
      const { open, press, cancel } = await startWindows();
      const { rsp } = await press(await open({ pay_method }));
      const part = await cancel({ imp_uid: rsp?.imp_uid, amount: 4 });
      expect(part).toMatchObject({
        status: 200,
        code: 1,
        message: expect.stringContaining("전액"),
      });
      expect(await cancel({ imp_uid: rsp?.imp_uid })).toMatchObject({
        response: { status: "cancelled" },
      });
    },
  );
});

describe("a virtual account", () => {
  it("waits for its deposit, and is told each time", async () => {
    const { control, open, press, get, deposit, entries, notices, paymentOf } = await told();
    await control.setClock("2026-03-10T00:00:00.000Z");
    const at = Date.parse("2026-03-10T00:00:00Z") / 1000;
    const { rsp } = await press(await open({ pay_method: "vbank", escrow: true }));
    const account = {
      pay_method: "vbank",
      vbank_name: "국민은행",
      vbank_num: expect.stringMatching(/^56\d{12}$/),
      vbank_holder: "키움페이",
      vbank_date: at + 3 * 86_400,
    };
    expect(rsp).toMatchObject({ success: true, status: "ready", paid_amount: 0, ...account });
    const read = () => paymentOf(rsp);
    expect(await read()).toMatchObject({ status: "ready", paid_at: 0, started_at: at, ...account });
    expect(deviations(await read(), PAYMENT_TYPES)).toEqual([]);
    expect((await get("/payments/status/ready")).response).toMatchObject({ total: 1 });
    expect(await entries()).toMatchObject([{ kind: "virtual_account_issued", amount: 1_004 }]);

    await control.setClock("2026-03-11T00:00:00.000Z");
    expect((await deposit({ imp_uid: rsp?.imp_uid })).status).toBe(200);
    expect(await read()).toMatchObject({
      status: "paid",
      started_at: at,
      paid_at: at + 86_400,
      escrow: true,
      ...account,
    });
    expect((await get("/payments/findAll/W-1")).response).toMatchObject({ total: 1 });
    expect((await get("/payments/status/ready")).response).toMatchObject({ total: 0 });
    expect(await entries()).toMatchObject([{}, { kind: "approval", amount: 1_004 }]);
    const again = { gateway: "portone", transactionId: rsp?.imp_uid };
    await control.post("/_sim/console/notice", { ...again, kind: "virtual_account_issued" });
    expect(await notices()).toEqual(
      ["ready", "paid", "ready"].map((status) => ({
        imp_uid: rsp?.imp_uid,
        merchant_uid: "W-1",
        status,
      })),
    );
  });

  it("takes one deposit, by either number, until its end", async () => {
    const { control, open, press, deposit, entries } = await startWindows();
    const refused = async (body: object) => (await deposit(body)).status;
    expect(await refused({ merchant_uid: "W-1" })).toBe(400);
    await press(await open({ pay_method: "vbank" }), "vanish");
    expect(await refused({})).toBe(400);
    expect(await refused({ merchant_uid: "W-1", imp_uid: "imp_1" })).toBe(400);
    expect(await refused({ imp_uid: "imp_1" })).toBe(400);
    expect((await deposit({ merchant_uid: "W-1" })).status).toBe(200);
    expect(await refused({ merchant_uid: "W-1" })).toBe(400);
    await press(await open({ pay_method: "vbank", merchant_uid: "W-2" }));
    await control.setClock("2099-01-01T00:00:00.000Z");
    expect(await refused({ merchant_uid: "W-2" })).toBe(400);
    expect((await entries()).filter(({ kind }) => kind === "approval")).toHaveLength(1);
  });

  it("outlives a restart", async () => {
    const first = await startWindows();
    const { rsp } = await first.press(await first.open({ pay_method: "vbank" }));
    await first.simulator.close();
    const second = await startWindows({ dir: first.dir });
    expect(await second.paymentOf(rsp)).toMatchObject({
      status: "ready",
    });
    expect((await second.deposit({ imp_uid: rsp?.imp_uid })).status).toBe(200);
  });

  it("is refunded only under a contract, and never before its deposit", async () => {
    const { open, press, deposit, cancel, turn } = await startWindows();
    const { rsp } = await press(await open({ pay_method: "vbank" }));
    expect(await cancel({ imp_uid: rsp?.imp_uid })).toMatchObject({ code: 1 });
    await deposit({ imp_uid: rsp?.imp_uid });
    expect((await cancel({ imp_uid: rsp?.imp_uid })).message).toContain("계약");
    await turn({ virtualAccountRefund: "contracted" });
    expect(await cancel({ imp_uid: rsp?.imp_uid, amount: 4 })).toMatchObject({
      code: 0,
      response: { cancel_amount: 4 },
    });
  });
});
