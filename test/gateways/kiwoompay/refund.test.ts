import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RefundRequest } from "../../../src/gateways/gateway.ts";
import type { KiwoompayConfig } from "../../../src/gateways/kiwoompay/account.ts";
import {
  type ScriptedServer,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  CARD_NUMBER,
  CPID,
  DAOUTRX,
  LINK_KEY,
  READY,
  TOKEN,
  answerEucKr,
  bodiesAt,
  createAdapter,
  giveTickets,
  openCall,
  returnPath,
} from "./wire.ts";

const WHOLE: RefundRequest = {
  transactionId: DAOUTRX,
  orderNumber: "T-1",
  amount: 9_900,
  leftBefore: 9_900,
  everythingLeft: true,
  paidWith: "billing_key",
  reason: "고객 변심으로 취소",
};
const PART: RefundRequest = { ...WHOLE, amount: 3_000, everythingLeft: false };
const OWN = "cTS26020518000012345";
const DONE = {
  TOKEN,
  RESULTCODE: "0000",
  ERRORMESSAGE: "정상 처리 되었습니다.",
  DAOUTRX: OWN,
  AMOUNT: "9900",
  ORDERNO: "T-1",
  CANCELDATE: "20260205175953",
};
const CANCEL = returnPath("CARD-BATCH", true);

let server: ScriptedServer;

beforeEach(async () => {
  server = await startScriptedServer();
  giveTickets(server);
  server.script(CANCEL, answerEucKr(DONE));
});

afterEach(() => server.close());

async function refund(request: RefundRequest, config: Partial<KiwoompayConfig> = {}) {
  const adapter = createAdapter({ baseUrl: server.url, ...config });
  const use = { call: "refund", paidWith: request.paidWith } as const;
  const outcome = await adapter.refund(await openCall(adapter, use), request);
  adapter.close();
  return outcome;
}

describe("a refund", () => {
  test("goes the way of a charge, with the word that it cancels", async () => {
    expect(await refund(WHOLE)).toEqual({
      kind: "approved",
      refundTransactionId: OWN,
      refundedAt: new Date("2026-02-05T08:59:53Z"),
    });
    const cancelling = { CPID, PAYMETHOD: "CARD-BATCH", CANCELREQ: "Y" };
    expect(bodiesAt(server, READY)).toEqual([cancelling]);
    expect(bodiesAt(server, CANCEL)).toEqual([
      { ...cancelling, TRXID: DAOUTRX, AMOUNT: "9900", CANCELREASON: "고객 변심으로 취소" },
    ]);
  });

  test("of a part names the part", async () => {
    server.script(CANCEL, answerEucKr({ ...DONE, AMOUNT: "3000" }));
    expect((await refund(PART)).kind).toBe("approved");
    expect(bodiesAt(server, CANCEL)).toMatchObject([{ AMOUNT: "3000" }]);
  });

  test.each([
    ["CARD", "billing_key", "CARD-BATCH"],
    ["CARDK", "billing_key", "CARDK-BATCH"],
    ["CARD", "card", "CARD"],
    ["CARDK", "card", "CARDK"],
  ] as const)("under %s of what was paid with a %s is %s", async (family, paidWith, payMethod) => {
    const path = returnPath(payMethod, true);
    server.script(path, answerEucKr(DONE));
    expect((await refund({ ...WHOLE, paidWith }, { family })).kind).toBe("approved");
    expect(bodiesAt(server, path)).toMatchObject([{ PAYMETHOD: payMethod, CANCELREQ: "Y" }]);
  });

  test.each([
    ["its own number", { DAOUTRX: OWN }, OWN],
    ["the approval's number", { DAOUTRX: undefined, TRXID: DAOUTRX }, DAOUTRX],
    ["no number", { DAOUTRX: undefined }, DAOUTRX],
  ])("is done whether the answer has %s", async (_case, changes, expected) => {
    server.script(CANCEL, answerEucKr({ ...DONE, ...changes }));
    expect(await refund(WHOLE)).toMatchObject({ refundTransactionId: expected });
  });

  test.each([
    ["", "고객 요청 취소"],
    ["\n😀", "고객 요청 취소"],
    ["변심", "취소 사유: 변심"],
    ["[중복] ^결제^ | 취소", "［중복］ ＾결제＾ ｜"],
    ["가".repeat(300), "가".repeat(10)],
  ])("gives the reason %j as %j", async (reason, sent) => {
    await refund({ ...WHOLE, reason });
    expect(bodiesAt(server, CANCEL)).toMatchObject([{ CANCELREASON: sent }]);
    expect(sent).not.toMatch(/[|^[\]]/);
  });

  test("of everything is done when everything was given back before; a part is not", async () => {
    server.script(CANCEL, answerEucKr({ RESULTCODE: "9206", ERRORMESSAGE: "이미 취소된 거래" }));
    expect(await refund(WHOLE)).toMatchObject({ kind: "approved", refundTransactionId: DAOUTRX });
    expect(await refund(PART)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawCode: "9206" },
    });
  });

  test("is unknown when the same is said in words alone", async () => {
    for (const words of ["이미 취소된 거래입니다", "원거래 기취소"]) {
      server.script(CANCEL, answerEucKr({ RESULTCODE: "8100", ERRORMESSAGE: words }));
      expect((await refund(WHOLE)).kind).toBe("unknown");
    }
  });

  test.each([
    ["9029", "settlement_balance_short"],
    ["9204", "request_refused"],
    ["7777", "request_refused"],
    ["FAIL", "contract_not_open"],
  ])("is the merchant's matter with %s: %s, and no card is blamed", async (code, ours) => {
    server.script(CANCEL, answerEucKr({ RESULTCODE: code, ERRORMESSAGE: "취소 불가" }));
    expect(await refund(WHOLE)).toMatchObject({
      kind: "declined",
      decline: { code: ours, kind: "merchant" },
    });
  });

  test.each([
    ["the connection drops", dropConnection],
    ["the answer is a page", answerText("<html>")],
    ["the answer is a 500", answerEucKr(DONE, 500)],
    ["another amount was given back", answerEucKr({ ...DONE, AMOUNT: "990" })],
    ["no amount is named", answerEucKr({ ...DONE, AMOUNT: undefined })],
    ["the token is another's", answerEucKr({ ...DONE, TOKEN: "another" })],
    ["the token is missing", answerEucKr({ ...DONE, TOKEN: undefined })],
    ["the merchant is another", answerEucKr({ ...DONE, CPID: "CTSOTHER" })],
    ["the gateway has an error", answerEucKr({ RESULTCODE: "9000", ERRORMESSAGE: "오류" })],
    ["the words are not definite", answerEucKr({ RESULTCODE: "8837", ERRORMESSAGE: "통신오류" })],
  ])("is unknown when %s", async (_case, script) => {
    server.script(CANCEL, script);
    expect((await refund(WHOLE)).kind).toBe("unknown");
  });

  test("is not sent when the token is refused, or was given for the charge", async () => {
    server.script(CANCEL, answerEucKr({ RESULTCODE: "9004", ERRORMESSAGE: "토큰 오류" }));
    expect(await refund(WHOLE)).toEqual({ kind: "not_sent", reason: "token refused: 9004" });
    const adapter = createAdapter({ baseUrl: server.url });
    const call = await openCall(adapter, { call: "charge", paidWith: "billing_key" });
    expect((await adapter.refund(call, WHOLE)).kind).toBe("not_sent");
    adapter.close();
  });

  test("tells no secret that the gateway's words repeat", async () => {
    const words = `${LINK_KEY} ${TOKEN} ${CARD_NUMBER}`;
    server.script(CANCEL, answerEucKr({ RESULTCODE: CARD_NUMBER, ERRORMESSAGE: words }));
    const text = JSON.stringify(await refund(WHOLE));
    for (const secret of [LINK_KEY, TOKEN, CARD_NUMBER]) expect(text).not.toContain(secret);
  });
});
