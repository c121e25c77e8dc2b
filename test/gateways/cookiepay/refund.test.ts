import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, RefundRequest } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CARD_NUMBER, PATHS, SECRET, approveEverything, createAdapter, openCall } from "./wire.ts";

const TID = "cTS26020517561297485";
const WHOLE: RefundRequest = {
  transactionId: TID,
  orderNumber: "T-1",
  amount: 9_900,
  leftBefore: 9_900,
  everythingLeft: true,
  paidWith: "billing_key",
  reason: "고객 요청",
};
const PART: RefundRequest = { ...WHOLE, amount: 3_000, everythingLeft: false };
const DONE = {
  cancel_code: "0000",
  cancel_msg: "성공",
  cancel_tid: "cTS26020518000012345",
  cancel_date: "20260205175953",
};

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const refund = async (request: RefundRequest) => adapter.refund(await openCall(adapter), request);
const lookUp = async () => adapter.lookUpRefund(await openCall(adapter), TID);

describe("a refund", () => {
  test("of everything names no amount", async () => {
    server.script(PATHS.cancel, answerJson({ ...DONE, cancel_amt: "9900" }));
    expect(await refund(WHOLE)).toEqual({
      kind: "approved",
      refundTransactionId: "cTS26020518000012345",
      refundedAt: new Date("2026-02-05T08:59:53Z"),
    });
    expect(server.bodiesAt(PATHS.cancel)).toEqual([{ tid: TID, reason: "고객 요청" }]);
  });

  test("of a part names it as a text", async () => {
    server.script(PATHS.cancel, answerJson({ ...DONE, cancel_amt: "3000" }));
    expect(await refund(PART)).toMatchObject({ kind: "approved" });
    expect(server.bodiesAt(PATHS.cancel)).toEqual([
      { tid: TID, reason: "고객 요청", amount: "3000" },
    ]);
  });

  test("always gives a reason, however odd the given one", async () => {
    server.script(PATHS.cancel, answerJson(DONE));
    for (const reason of ["", "\n", "가".repeat(300)]) await refund({ ...WHOLE, reason });
    const reasons = server.bodiesAt(PATHS.cancel).map((body) => body.reason);
    expect(reasons).toEqual(["refund", "refund", "가".repeat(100)]);
  });

  test.each(["이미 취소된 거래입니다", "원거래 기취소"])(
    "of everything is done when everything was given back before: %s",
    async (cancel_msg) => {
      server.script(PATHS.cancel, answerJson({ cancel_code: "8100", cancel_msg }));
      expect(await refund(WHOLE)).toMatchObject({ kind: "approved", refundTransactionId: TID });
      expect(await refund(PART)).toMatchObject({
        kind: "declined",
        decline: { code: "request_refused", rawCode: "8100" },
      });
    },
  );

  test("is the merchant's matter when its balance is short, and no card is ever blamed", async () => {
    server.script(PATHS.cancel, answerJson({ cancel_code: "9029", cancel_msg: "잔액 부족" }));
    expect(await refund(WHOLE)).toMatchObject({
      kind: "declined",
      decline: { code: "settlement_balance_short", kind: "merchant" },
    });
    server.script(PATHS.cancel, answerJson({ cancel_code: "7777", cancel_msg: "불가" }));
    expect(await refund(WHOLE)).toMatchObject({ decline: { code: "request_refused" } });
    server.script(PATHS.cancel, answerJson({ RESULTCODE: "E007", RESULTMSG: "tid 누락" }));
    expect(await refund(WHOLE)).toMatchObject({ decline: { code: "request_refused" } });
  });

  test.each([
    ["the connection drops", PART, dropConnection],
    ["the answer is a page", PART, answerText("<html>")],
    ["the answer is a 500", PART, answerJson(DONE, 500)],
    ["another amount was given back", PART, answerJson({ ...DONE, cancel_amt: "9900" })],
    ["there is no transaction", WHOLE, answerJson({ ...DONE, cancel_tid: "" })],
    ["success stands in another field", WHOLE, answerJson({ RESULTCODE: "0000" })],
    ["the words are not definite", PART, answerJson({ cancel_code: "1", cancel_msg: "통신오류" })],
  ])("is unknown when %s", async (_case, request, script) => {
    server.script(PATHS.cancel, script);
    expect((await refund(request)).kind).toBe("unknown");
  });

  test("is not sent when the token is refused", async () => {
    const refused = { cancel_code: "E003", cancel_msg: "토큰이 유효하지 않습니다" };
    server.script(PATHS.cancel, answerJson(refused));
    expect(await refund(WHOLE)).toEqual({ kind: "not_sent", reason: "token refused" });
  });

  test("tells no secret that the gateway's words repeat", async () => {
    const cancel_msg = `${SECRET} ${CARD_NUMBER}`;
    server.script(PATHS.cancel, answerJson({ cancel_code: CARD_NUMBER, cancel_msg }));
    const text = JSON.stringify(await refund(WHOLE));
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(CARD_NUMBER);
  });
});

describe("looking up a refund", () => {
  test.each([
    ["20260205180000", true],
    ["", false],
  ])("reads it from the cancel date %j", async (CANCELDATE, refunded) => {
    server.script(PATHS.certificate, answerJson({ RESULTCODE: "0000", TID, CANCELDATE }));
    expect(await lookUp()).toMatchObject({ kind: "found", refunded });
    const sent = server.requests.find(({ path }) => path === PATHS.certificate);
    expect(JSON.parse(sent?.body ?? "")).toEqual({ tid: TID });
    expect(sent?.headers).not.toHaveProperty("apikey");
  });

  test.each([
    ["another transaction is shown", answerJson({ RESULTCODE: "0000", TID: "cTS1" })],
    ["there is none", answerJson({ RESULTCODE: "E008", RESULTMSG: "없음" })],
    ["the token is refused", answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" })],
    ["the answer is a 500", answerJson({}, 500)],
    ["the connection drops", dropConnection],
  ])("fails when %s", async (_case, script) => {
    server.script(PATHS.certificate, script);
    expect(await lookUp()).toMatchObject({ kind: "failed", reason: expect.any(String) });
  });
});
