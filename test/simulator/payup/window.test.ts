import iconv from "iconv-lite";
import { describe, expect, it } from "vitest";
import { fieldsOf, formOf, postForm } from "../windows/support.ts";
import { startPayup } from "./client.ts";

type Fields = Record<string, string>;

const RETURN = "http://127.0.0.1:9/return?order=1";
const SHOP = "http://shop.example:8080";
const PHONE = { "user-agent": "Mozilla/5.0 (iPhone)" };

/** 3.2.1 of the specification, with the names of the answer to an order. */
const phoneForm = (order: Fields): Fields => ({
  ordr_idx: order.ordr_idxx ?? "",
  good_name: order.good_name ?? "",
  good_mny: order.good_mny ?? "",
  buyr_name: order.buyr_name ?? "",
  site_cd: order.site_cd ?? "",
  Ret_URL: order.Ret_URL ?? "",
  approval_key: order.approval_key ?? "",
  req_tx: "pay",
  pay_method: "CARD",
  ActionResult: "card",
  currency: "410",
  escw_used: "N",
  kakaopay_direct: "Y",
  param_opt_1: "옵션",
  param_opt_2: "",
  param_opt_3: "",
});

/** 3.2.2, with what the script adds. */
const pcForm = (order: Fields): Fields => ({
  ordr_idx: order.ordr_idxx ?? "",
  good_name: order.good_name ?? "",
  good_mny: order.good_mny ?? "",
  buysr_name: order.buyr_name ?? "",
  site_cd: order.site_cd ?? "",
  req_tx: "pay",
  pay_method: "100000000000",
  currency: "410",
  kakaopay_direct: "Y",
  module_type: "01",
  ordr_chk: "",
  param_opt_1: "",
  param_opt_2: "",
  param_opt_3: "",
  res_cd: "",
  res_msg: "",
  enc_info: "",
  enc_data: "",
  ret_pay_method: "",
  tran_cd: "",
  use_pay_method: "",
  card_pay_method: "",
  simulator_page_origin: SHOP,
});

async function start(device: "phone" | "pc" = "phone") {
  const started = await startPayup();
  const { client, merchant } = started;
  const isPhone = device === "phone";
  const { body } = await merchant.order(
    { userAgent: isPhone ? "WM" : "WP", returnUrl: RETURN, itemName: "똠 구독" },
    isPhone ? PHONE : {},
  );
  const order = body as Fields;
  const url = isPhone ? (order.pay_url ?? "") : `${client.base}/_sim/payup/window`;
  const form = isPhone ? phoneForm(order) : pcForm(order);
  const post = (changes: Fields = {}) => postForm(url, { ...form, ...changes }, "euc-kr");
  const press = async (act: string, card = "", changes: Fields = {}) => {
    const page = await (await post(changes)).text();
    const response = await postForm(client.base + formOf(page).action, {
      ...fieldsOf(page),
      act,
      card,
    });
    return response.text();
  };
  return { ...started, order, url, form, post, press };
}

/** What a page tells the one around it. */
function toldBy(page: string): { origin: string; result: Fields } {
  const read = (name: string) =>
    (new RegExp(`data-${name}="([^"]*)"`).exec(page)?.[1] ?? "")
      .replaceAll("&quot;", '"')
      .replaceAll("&amp;", "&");
  return { origin: read("origin"), result: JSON.parse(read("result")) as Fields };
}

describe("the window of a phone", () => {
  it("shows the order of a form in EUC-KR, and offers the wallet's money and test cards", async () => {
    const { post, order } = await start();
    const response = await post();
    const page = await response.text();
    expect(response.status).toBe(200);
    for (const part of ["똠 구독", "9,900", order.ordr_idxx, "카카오페이 머니", "no money moves"]) {
      expect(page).toContain(part);
    }
    expect(page).toContain('value="insufficient_funds"');
  });

  it.each([
    ["wallet's money", "", "KAKAO_MONEY"],
    ["a card", "approves", "KAKAO_CARD"],
  ])("hands what %s authenticated to Ret_URL as a form in EUC-KR", async (_what, card, type) => {
    const { press, merchant, order, client } = await start();
    const page = await press("pay", card);
    expect(formOf(page)).toEqual({ action: RETURN, charset: "euc-kr" });
    const handed = fieldsOf(page);
    expect(handed).toMatchObject({
      res_cd: "0000",
      ordr_idxx: order.ordr_idxx,
      good_name: "똠 구독",
      card_pay_method: type,
      param_opt_1: "옵션",
    });
    expect(iconv.decode(iconv.encode(handed.res_msg ?? "", "euc-kr"), "euc-kr")).toBe("정상처리");
    expect((await client.ledger("?gateway=payup")).body.entries).toEqual([]);
    expect((await merchant.pay(handed)).body).toMatchObject({ responseCode: "0000", type });
  });

  it("hands a card that will be declined: only the approval says so", async () => {
    const { press, merchant } = await start();
    const handed = fieldsOf(await press("pay", "insufficient_funds"));
    expect(handed.res_cd).toBe("0000");
    expect((await merchant.pay(handed)).body.responseCode).toBe("CC10");
  });

  it.each([
    ["close", "3001"],
    ["decline", "3002"],
  ])("tells Ret_URL of %s with %s and nothing sealed", async (act, code) => {
    const { press, merchant } = await start();
    const page = await press(act);
    expect(formOf(page).action).toBe(RETURN);
    const handed = fieldsOf(page);
    expect(handed).toMatchObject({ res_cd: code, res_msg: expect.stringMatching(/./) });
    expect(handed).not.toHaveProperty("enc_data");
    expect((await merchant.pay(handed)).body.responseCode).not.toBe("0000");
  });

  it("leads nowhere where the way back is lost, and nothing is paid", async () => {
    const { press, client } = await start();
    const page = await press("vanish");
    expect(page).not.toMatch(/<form|<script|enc_data/);
    expect(page).toContain("Nothing was paid");
    expect((await client.ledger("?gateway=payup")).body.entries).toEqual([]);
  });

  it("takes either spelling of the order, and both together where they agree", async () => {
    const { post, order, form } = await start();
    const { ordr_idx, ...others } = form;
    expect(ordr_idx).toBe(order.ordr_idxx);
    const twice = { ordr_idxx: order.ordr_idxx ?? "" };
    expect((await post({ ordr_idx: "", ...twice })).status).toBe(200);
    expect((await post(twice)).status).toBe(200);
    expect((await post({ ordr_idxx: "20260301090000KK9999" })).status).toBe(400);
    expect(others).not.toHaveProperty("ordr_idxx");
  });

  it.each([
    [{ ordr_idx: "" }, "6001", "ordr_idxx"],
    [{ ordr_idx: "20260301090000KK9999" }, "8001", ""],
    [{ site_cd: "OTHER" }, "6002", "site_cd"],
    [{ good_mny: "100" }, "6002", "good_mny"],
    [{ good_mny: "" }, "6001", "good_mny"],
    [{ approval_key: "forged" }, "6002", "approval_key"],
    [{ approval_key: "" }, "6001", "approval_key"],
    [{ Ret_URL: "http://evil.example/" }, "6002", "Ret_URL"],
    [{ buyr_name: "" }, "6001", "buyr_name"],
    [{ good_name: "" }, "6001", "good_name"],
    [{ pay_method: "100000000000" }, "6002", "pay_method"],
    [{ kakaopay_direct: "N" }, "6002", "kakaopay_direct"],
    [{ ActionResult: "" }, "6001", "ActionResult"],
  ])("with %j is refused with %s %s", async (changes, code, name) => {
    const { post } = await start();
    const response = await post(changes);
    const page = await response.text();
    expect([response.status, page.includes(`<p>${code}</p>`), page.includes(name)]).toEqual([
      400,
      true,
      true,
    ]);
    expect(page).not.toContain("<form");
  });

  it("wants EUC-KR, an order that was not paid, and is used once", async () => {
    const { url, form, post, press, merchant, client } = await start();
    expect((await postForm(url, { ...form, good_name: "가" })).status).toBe(400);
    const page = await (await post()).text();
    const choose = () =>
      postForm(client.base + formOf(page).action, { ...fieldsOf(page), act: "pay", card: "" });
    expect([(await choose()).status, (await choose()).status]).toEqual([200, 410]);
    await merchant.pay(fieldsOf(await press("pay")));
    expect(await (await post()).text()).toContain("<p>8002</p>");
  });

  it("hands out nothing once its order is too old", async () => {
    const { client, post, press } = await start();
    await client.setSwitches({ payup: { orderLifeMs: 86_400_000 } });
    const page = await (await post()).text();
    await client.setSwitches({ payup: { orderLifeMs: 1 } });
    const late = await postForm(client.base + formOf(page).action, {
      ...fieldsOf(page),
      act: "pay",
    });
    expect(await late.text()).toContain("<p>8001</p>");
    expect(await (await post()).text()).toContain("<p>8001</p>");
    await client.setSwitches({ payup: { orderLifeMs: 0 } });
    expect(fieldsOf(await press("pay")).res_cd).toBe("0000");
  });
});

describe("the window of a PC", () => {
  it("tells the page around it, and no other", async () => {
    const { press, order, merchant } = await start("pc");
    const { origin, result } = toldBy(await press("pay"));
    expect(origin).toBe(SHOP);
    expect(result).toMatchObject({ res_cd: "0000", ordr_idxx: order.ordr_idxx });
    expect((await merchant.pay(result)).body.responseCode).toBe("0000");
  });

  it.each([
    ["close", "3001"],
    ["decline", "3002"],
  ])("tells of %s with %s", async (act, res_cd) => {
    const { press } = await start("pc");
    const { result } = toldBy(await press(act));
    expect(result).toMatchObject({ res_cd, res_msg: expect.stringMatching(/./) });
    expect(result).not.toHaveProperty("enc_data");
  });

  it("opens again on the page of a first try, whose fields are filled", async () => {
    const { post, press } = await start("pc");
    const { result } = toldBy(await press("close"));
    expect((await post({ res_cd: result.res_cd ?? "", res_msg: "x" })).status).toBe(200);
  });

  it.each([
    [{ simulator_page_origin: "" }, "simulator_page_origin"],
    [{ module_type: "" }, "module_type"],
    [{ pay_method: "CARD" }, "pay_method"],
    [{ buysr_name: "" }, "buyr_name"],
  ])("with %j is refused, and names %s", async (changes, name) => {
    const { post } = await start("pc");
    const response = await post(changes);
    expect([response.status, (await response.text()).includes(name)]).toEqual([400, true]);
  });

  it("wants every field that the script fills", async () => {
    const { url, form } = await start("pc");
    const { enc_data: _absent, ...others } = form;
    const response = await postForm(url, others, "euc-kr");
    expect(await response.text()).toContain("enc_data은 필수입니다.");
  });
});
