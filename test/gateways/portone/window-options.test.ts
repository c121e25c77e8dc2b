import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../src/gateways/window.ts";
import { windowRequest } from "./wire.ts";
import { checkWindow } from "../../../src/gateways/portone/window-options.ts";

const check = (options: JsonObject | null, amount = 50_000) =>
  checkWindow(windowRequest({ options, amount }));
const pointersOf = (options: JsonObject, amount?: number) =>
  check(options, amount).map(({ pointer }) => pointer);
const card = (more: JsonObject) => ({ pay_method: "card", ...more });
const daou = (pay_method: string, bypass: JsonObject) => ({ pay_method, bypass: { daou: bypass } });

/** All companies of the vendor's table. */
const COMPANIES =
  "CCBC CCKM CCCJ CCLG CCCT CCLO CCCU CCMG CCDI CCNH CCHD CCPH CCHN CCPO CCJB CCSB CCKA CCSS CCKD CCSU CCKE CCTS CCKJ CKBK".split(
    " ",
  );

describe("options of a window are right", () => {
  test.each<[string, JsonObject, number?]>([
    [
      "in the vendor's own example",
      {
        pay_method: "card",
        escrow: false,
        digital: false,
        m_redirect_url: "https://allerts.com/payments/complete",
        bypass: { daou: { PRODUCTCODE: "portone", CASHRECEIPTFLAG: 0 } },
        app_scheme: "portoneappscheme",
      },
      1_004,
    ],
    ["with up to six months", card({ display: { card_quota: [6] } })],
    ["with a list of months", card({ display: { card_quota: [2, 3, 4, 5, 6] } })],
    ["with the whole sum at once, however small", card({ display: { card_quota: [] } }), 100],
    ["of one card company", card({ card: { direct: { code: "367", quota: 3 } } })],
    ["of one card company at once", card({ card: { direct: { code: "367", quota: 0 } } }), 100],
    ["of one card company alone", card({ card: { direct: { code: "367" } } }), 100],
    [
      "in the vendor's example of companies' months",
      daou("card", { CARDQUOTA: "CCBC-0:2:3:4:5:6^CCNH-0:2:3^CCKM-0:2:3:4" }),
    ],
    [
      "with every company once",
      daou("card", { CARDQUOTA: COMPANIES.map((one) => `${one}-0:24`).join("^") }),
    ],
    ["with companies' whole sums", daou("card", { CARDQUOTA: "CCBC-0^CCNH-0" }), 100],
    ["on this machine", card({ m_redirect_url: "http://localhost:3000/done?a=1" })],
    ["on this machine by number", card({ m_redirect_url: "http://127.0.0.1/" })],
    ["with nothing but a method", { pay_method: "booknlife" }, 1],
    ["in escrow", { pay_method: "trans", escrow: true }],
    ["in escrow by virtual account", { pay_method: "vbank", escrow: true }],
    ...["trans", "vbank"].map((method): [string, JsonObject] => [
      `with a receipt for ${method}`,
      daou(method, { CASHRECEIPTFLAG: 1 }),
    ]),
    ["with a receipt of KakaoPay's", daou("kakaopay", { CASHRECEIPTFLAG: "Y", DIRECT_YN: "N" })],
    ...["card", "naverpay", "payco", "samsung", "applepay"].map((method): [string, JsonObject] => [
      `straight to ${method}`,
      daou(method, { DIRECT_YN: "Y" }),
    ]),
    ["with a Korean product code", daou("card", { PRODUCTCODE: "월간 구독 뷁" })],
  ])("%s", (_case, options, amount) => {
    expect(check(options, amount)).toEqual([]);
  });
});

describe("options of a window are at fault", () => {
  test.each<[string, JsonObject, string[], number?]>([
    ["without a method", {}, ["/pay_method"]],
    ["with a method of nobody", { pay_method: "phone" }, ["/pay_method"]],
    ["with a digital of text", card({ digital: "true" }), ["/digital"]],
    ["with an escrow of text", card({ escrow: "Y" }), ["/escrow"]],
    ["with escrow for a card", card({ escrow: true }), ["/escrow"]],
    ["with escrow for a wallet", { pay_method: "kakaopay", escrow: true }, ["/escrow"]],
    ["with a bypass of nobody", card({ bypass: { kcp: {} } }), ["/bypass/kcp"]],
    ["with a bypass that is none", card({ bypass: "daou" }), ["/bypass"]],
    [
      "with an empty product code",
      daou("card", { PRODUCTCODE: " " }),
      ["/bypass/daou/PRODUCTCODE"],
    ],
    ["with an emoji", daou("card", { PRODUCTCODE: "😀" }), ["/bypass/daou/PRODUCTCODE"]],
    [
      "with a receipt for a card",
      daou("card", { CASHRECEIPTFLAG: 1 }),
      ["/bypass/daou/CASHRECEIPTFLAG"],
    ],
    [
      "with letters for a transfer",
      daou("trans", { CASHRECEIPTFLAG: "Y" }),
      ["/bypass/daou/CASHRECEIPTFLAG"],
    ],
    [
      "with digits for KakaoPay",
      daou("kakaopay", { CASHRECEIPTFLAG: 1 }),
      ["/bypass/daou/CASHRECEIPTFLAG"],
    ],
    [
      "with a digit of text",
      daou("vbank", { CASHRECEIPTFLAG: "1" }),
      ["/bypass/daou/CASHRECEIPTFLAG"],
    ],
    [
      "with a receipt for a voucher",
      daou("cultureland", { CASHRECEIPTFLAG: 0 }),
      ["/bypass/daou/CASHRECEIPTFLAG"],
    ],
    ["straight to a bank", daou("vbank", { DIRECT_YN: "Y" }), ["/bypass/daou/DIRECT_YN"]],
    ["straight to somewhere", daou("card", { DIRECT_YN: true }), ["/bypass/daou/DIRECT_YN"]],
    ["with one month", card({ display: { card_quota: [1] } }), ["/display/card_quota"]],
    ["with a month and a half", card({ display: { card_quota: [2.5] } }), ["/display/card_quota"]],
    ["with months for ever", card({ display: { card_quota: [25] } }), ["/display/card_quota"]],
    ["with months twice", card({ display: { card_quota: [3, 3] } }), ["/display/card_quota"]],
    ["with months of text", card({ display: { card_quota: ["3"] } }), ["/display/card_quota"]],
    ["with months that are no list", card({ display: { card_quota: 6 } }), ["/display/card_quota"]],
    [
      "with months for a wallet",
      { pay_method: "payco", display: { card_quota: [] } },
      ["/display/card_quota"],
    ],
    [
      "with months below 50,000",
      card({ display: { card_quota: [2] } }),
      ["/display/card_quota"],
      49_999,
    ],
    [
      "with a company for a wallet",
      { pay_method: "payco", card: { direct: { code: "367" } } },
      ["/card/direct"],
    ],
    [
      "with a company without a code",
      card({ card: { direct: { quota: 0 } } }),
      ["/card/direct/code"],
    ],
    ["with a short code", card({ card: { direct: { code: "36" } } }), ["/card/direct/code"]],
    [
      "with a code that is a number",
      card({ card: { direct: { code: 367 } } }),
      ["/card/direct/code"],
    ],
    [
      "with a quota of text",
      card({ card: { direct: { code: "367", quota: "3" } } }),
      ["/card/direct/quota"],
      100,
    ],
    [
      "with a quota of one",
      card({ card: { direct: { code: "367", quota: 1 } } }),
      ["/card/direct/quota"],
    ],
    [
      "with a quota below 50,000",
      card({ card: { direct: { code: "367", quota: 2 } } }),
      ["/card/direct/quota"],
      49_999,
    ],
    [
      "with a file as a way back",
      card({ m_redirect_url: "file:///etc/passwd" }),
      ["/m_redirect_url"],
    ],
    [
      "with a plain way back",
      card({ m_redirect_url: "http://shop.example/done" }),
      ["/m_redirect_url"],
    ],
    [
      "with a name in the way back",
      card({ m_redirect_url: "https://a:b@shop.example/" }),
      ["/m_redirect_url"],
    ],
    ["with a way back of text", card({ m_redirect_url: "shop.example" }), ["/m_redirect_url"]],
    [
      "with a whole address as a scheme",
      card({ app_scheme: "portoneappscheme://" }),
      ["/app_scheme"],
    ],
    ["with a member of nobody", card({ display: { cardquota: [6] } }), ["/display/cardquota"]],
    ["with a slash in a name", card({ "a/b~": 1 }), ["/a~1b~0"]],
  ])("%s", (_case, options, pointers, amount) => {
    expect(pointersOf(options, amount)).toEqual(pointers);
  });

  test.each([
    ["an empty text", ""],
    ["no months", "CCBC-"],
    ["no company", "0:2"],
    ["small letters", "ccbc-0"],
    ["a company of nobody", "CCXX-0:2"],
    ["a company twice", "CCBC-0:2^CCBC-0:3"],
    ["months twice", "CCBC-0:2:2"],
    ["a single month", "CCBC-0:1"],
    ["months for ever", "CCBC-0:25"],
    ["a zero in front", "CCBC-0:02"],
    ["a comma", "CCBC-0:2,CCNH-0"],
    ["an end without a group", "CCBC-0:2^"],
    ["a blank", "CCBC-0:2 ^CCNH-0"],
  ])("by %s in CARDQUOTA", (_case, CARDQUOTA) => {
    expect(pointersOf(daou("card", { CARDQUOTA }))).toEqual(["/bypass/daou/CARDQUOTA"]);
  });

  test("by CARDQUOTA that is no text, is for no card, or parts a small sum", () => {
    const pointer = ["/bypass/daou/CARDQUOTA"];
    expect(pointersOf(daou("card", { CARDQUOTA: 6 }))).toEqual(pointer);
    expect(pointersOf(daou("samsung", { CARDQUOTA: "CCBC-0" }))).toEqual(pointer);
    expect(pointersOf(daou("card", { CARDQUOTA: "CCBC-0^CCNH-0:12" }), 49_999)).toEqual(pointer);
  });

  test("without options at all", () => {
    expect(check(null).map(({ pointer }) => pointer)).toEqual(["/pay_method"]);
  });

  test("all at once, in both languages, and with the nearest name", () => {
    const faults = check({ pay_methd: "card", pay_method: "card", escrow: true, amount: 1 });
    expect(faults).toEqual([
      {
        pointer: "/pay_methd",
        expected: {
          en: expect.stringContaining("did you mean pay_method?"),
          ko: expect.stringContaining("혹시 pay_method 인가요?"),
        },
      },
      {
        pointer: "/amount",
        expected: {
          en: expect.stringContaining("follows from"),
          ko: expect.stringContaining("주문"),
        },
      },
      {
        pointer: "/escrow",
        expected: {
          en: "only with pay_method trans, vbank",
          ko: "pay_method가 trans, vbank일 때만 사용 가능",
        },
      },
    ]);
  });

  test("by a name that looks like a card number, without repeating it", () => {
    expect(JSON.stringify(check(card({ "4111111111111111": 1 })))).not.toContain("4111");
  });
});
