import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, RefundRequest } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  findClosedUrl,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CERT_KEY, PATHS, createAdapter, openCall } from "./wire.ts";

/** Of the specification's sample, with the signature of its merchant. */
const TRANSACTION_ID = "20170912142746ST0020";
const SIGNATURE = "db890c12b64c1e1de7127c0c07489fe18859139413acdac420a6f548ba518a3a";
const WHOLE: RefundRequest = {
  transactionId: TRANSACTION_ID,
  orderNumber: "T-1",
  amount: 9_900,
  leftBefore: 9_900,
  everythingLeft: true,
  paidWith: "wallet",
  reason: "고객 요청",
};
const DONE = {
  cancelDateTime: "20260205175953",
  transactionId: TRANSACTION_ID,
  responseCode: "0000",
  responseMsg: "성공",
};

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  server.script(PATHS.cancel, answerJson(DONE));
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const refund = async (changes: Partial<RefundRequest> = {}, maySend = () => true) =>
  adapter.refund(await openCall(adapter, maySend), { ...WHOLE, ...changes });

describe("a refund", () => {
  test("names the transaction and a reason, signed, and no amount", async () => {
    expect(await refund()).toEqual({
      kind: "approved",
      refundTransactionId: TRANSACTION_ID,
      refundedAt: new Date("2026-02-05T08:59:53Z"),
    });
    expect(server.bodiesAt(PATHS.cancel)).toEqual([
      { transactionId: TRANSACTION_ID, cancelReason: "고객 요청", signature: SIGNATURE },
    ]);
  });

  test("of a part is refused for good, and nothing is sent: it would give back the whole", async () => {
    const part = { amount: 3_000, everythingLeft: false };
    expect(await refund(part)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", kind: "merchant" },
    });
    expect(server.requests).toEqual([]);
  });

  test("always gives a reason, however odd the given one", async () => {
    for (const reason of ["", "\n", "가".repeat(300)]) await refund({ reason });
    const reasons = server.bodiesAt(PATHS.cancel).map((body) => body.cancelReason);
    expect(reasons).toEqual(["refund", "refund", "가".repeat(100)]);
  });

  test("stands without the number and the date that the specification's table leaves open", async () => {
    const from = Date.now();
    server.script(PATHS.cancel, answerJson({ responseCode: "0000", responseMsg: "성공" }));
    const outcome = await refund();
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    expect(outcome.refundTransactionId).toBe(TRANSACTION_ID);
    expect(outcome.refundedAt.getTime()).toBeGreaterThanOrEqual(from);
  });

  test.each([
    ["1003", "settlement_balance_short"],
    ["8178", "settlement_balance_short"],
    ["1001", "request_refused"],
    ["2001", "request_refused"],
    ["6001", "request_refused"],
    ["6002", "request_refused"],
    ["8001", "request_refused"],
    ["7777", "request_refused"],
  ])("is refused with %s: %s, and no card is ever blamed", async (code, ours) => {
    server.script(PATHS.cancel, answerJson({ responseCode: code, responseMsg: "불가" }));
    expect(await refund()).toMatchObject({
      kind: "declined",
      decline: { code: ours, kind: "merchant", rawCode: code },
    });
  });

  test.each(["1002", "1004", "1005", "1006", "9001"])(
    "is unknown after %s: the money may be back",
    async (code) => {
      server.script(PATHS.cancel, answerJson({ responseCode: code, responseMsg: "오류" }));
      expect(await refund()).toMatchObject({
        kind: "unknown",
        reason: expect.stringContaining(code),
      });
    },
  );

  test.each([
    ["the connection drops", dropConnection],
    ["the answer is a page", answerText("<html>")],
    ["the answer is a 500", answerJson(DONE, 500)],
    ["the status denies what the body says", answerJson(DONE, 400)],
    ["another transaction was given back", answerJson({ ...DONE, transactionId: "2" })],
    ["success stands in another field", answerJson({ cancel_code: "0000" })],
    ["the words are not definite", answerJson({ responseCode: "X1", responseMsg: "통신오류" })],
    ["the words say cancelled", answerJson({ responseCode: "X2", responseMsg: "이미 취소됨" })],
  ])("is unknown when %s", async (_case, script) => {
    server.script(PATHS.cancel, script);
    expect(await refund()).toMatchObject({ kind: "unknown" });
  });

  test("is not sent when the lease is spent, or nobody listens", async () => {
    expect(await refund({}, () => false)).toMatchObject({ kind: "not_sent" });
    expect(server.requests).toEqual([]);
    const lost = createAdapter({ baseUrl: await findClosedUrl() });
    expect(await lost.refund(await openCall(lost), WHOLE)).toMatchObject({ kind: "not_sent" });
    lost.close();
  });

  test("tells no secret that the gateway's words repeat", async () => {
    const responseMsg = `${CERT_KEY} 4111111111111111`;
    server.script(PATHS.cancel, answerJson({ responseCode: "6002", responseMsg }));
    const text = JSON.stringify(await refund());
    expect(text).not.toContain(CERT_KEY);
    expect(text).not.toContain("4111111111111111");
  });
});
