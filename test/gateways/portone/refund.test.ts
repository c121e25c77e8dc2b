import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, RefundRequest } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  IMP_UID,
  PAID_AT,
  PATHS,
  SECRET,
  answerNotFound,
  answerOk,
  answerRefusal,
  approveEverything,
  createAdapter,
  openCall,
  payment,
} from "./wire.ts";

const READ = `/payments/${IMP_UID}`;
const WHOLE: RefundRequest = {
  transactionId: IMP_UID,
  orderNumber: "T-1",
  amount: 9_900,
  leftBefore: 9_900,
  everythingLeft: true,
  paidWith: "billing_key",
  reason: "고객 요청",
};
const PART: RefundRequest = { ...WHOLE, amount: 3_000, everythingLeft: false };
const REST: RefundRequest = { ...WHOLE, amount: 6_900, leftBefore: 6_900 };

const entry = (amount: number, cancelled_at = PAID_AT + 60, id = "cancel_1") => ({
  pg_tid: "cTS26020518000012345",
  amount,
  cancelled_at,
  reason: "고객 요청",
  cancellation_id: id,
});

/** The payment after so much was given back. */
const after = (amount: number, changes: Record<string, unknown> = {}) =>
  payment({
    status: "cancelled",
    paid_at: 0,
    cancel_amount: amount,
    cancelled_at: PAID_AT + 60,
    cancel_history: [entry(amount)],
    ...changes,
  });

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
  server.script(READ, answerNotFound);
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const refund = async (request: RefundRequest) => adapter.refund(await openCall(adapter), request);
const lookUp = async () => adapter.lookUpRefund(await openCall(adapter), IMP_UID);
const AT = new Date((PAID_AT + 60) * 1000);

describe("a refund", () => {
  test("of everything names no amount, and what is left", async () => {
    server.script(PATHS.cancel, answerOk(after(9_900)));
    expect(await refund(WHOLE)).toEqual({
      kind: "approved",
      refundTransactionId: "cancel_1",
      refundedAt: AT,
    });
    expect(server.bodiesAt(PATHS.cancel)).toEqual([
      { imp_uid: IMP_UID, checksum: 9_900, reason: "고객 요청" },
    ]);
  });

  test.each(["paid", "cancelled"])("of a part names it; the status may be %s", async (status) => {
    server.script(PATHS.cancel, answerOk(after(3_000, { status })));
    expect(await refund(PART)).toMatchObject({ kind: "approved" });
    expect(server.bodiesAt(PATHS.cancel)).toEqual([
      { imp_uid: IMP_UID, checksum: 9_900, reason: "고객 요청", amount: 3_000 },
    ]);
  });

  test("of the rest is told by the last entry of the history, in whatever order it comes", async () => {
    const [first, last] = [
      entry(3_000, PAID_AT + 10, "cancel_1"),
      entry(6_900, PAID_AT + 90, "cancel_2"),
    ];
    for (const cancel_history of [
      [first, last],
      [last, first],
    ]) {
      server.script(PATHS.cancel, answerOk(after(9_900, { cancel_history })));
      expect(await refund(REST)).toEqual({
        kind: "approved",
        refundTransactionId: "cancel_2",
        refundedAt: new Date((PAID_AT + 90) * 1000),
      });
    }
    expect(server.bodiesAt(PATHS.cancel)[0]).toMatchObject({ checksum: 6_900 });
  });

  test("is told by the payment where there is no history", async () => {
    server.script(PATHS.cancel, answerOk(after(9_900, { cancel_history: [] })));
    expect(await refund(WHOLE)).toEqual({
      kind: "approved",
      refundTransactionId: IMP_UID,
      refundedAt: AT,
    });
  });

  test("always gives a reason, however odd the given one", async () => {
    server.script(PATHS.cancel, answerOk(after(9_900)));
    for (const reason of ["", "\n😀", "가".repeat(300)]) await refund({ ...WHOLE, reason });
    const reasons = server.bodiesAt(PATHS.cancel).map((body) => body.reason);
    expect(reasons).toEqual(["refund", "refund", "가".repeat(100)]);
  });

  test("of everything is done when everything was given back before, and a part is not", async () => {
    server.script(PATHS.cancel, answerRefusal("이미 전액취소된 주문입니다."));
    expect(await refund(WHOLE)).toMatchObject({ kind: "approved", refundTransactionId: IMP_UID });
    expect(await refund(PART)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", rawCode: "1" },
    });
  });

  test("of everything that is refused otherwise is done where the payment itself says so", async () => {
    server.script(PATHS.cancel, answerRefusal("checksum이 일치하지 않습니다."));
    server.script(READ, answerOk(after(9_900)));
    expect(await refund(WHOLE)).toEqual({
      kind: "approved",
      refundTransactionId: "cancel_1",
      refundedAt: AT,
    });
    expect(server.requests.at(-1)).toMatchObject({
      method: "GET",
      path: `${READ}?include_sandbox=true`,
    });
  });

  test.each([
    ["a part of it is gone", answerOk(after(3_000))],
    ["nothing of it is gone", answerOk(payment())],
    ["another payment is shown", answerOk(after(9_900, { imp_uid: "imp_2" }))],
    ["it is not there", answerNotFound],
    ["nobody answers", dropConnection],
  ])("of everything stays refused where %s", async (_case, script) => {
    server.script(PATHS.cancel, answerRefusal("checksum이 일치하지 않습니다."));
    server.script(READ, script);
    expect(await refund(WHOLE)).toMatchObject({
      kind: "declined",
      decline: { code: "request_refused", kind: "merchant" },
    });
  });

  test("of a part that is refused is refused, and nothing is asked", async () => {
    server.script(PATHS.cancel, answerRefusal("checksum이 일치하지 않습니다."));
    server.script(READ, answerOk(after(9_900)));
    expect(await refund(PART)).toMatchObject({ decline: { code: "request_refused" } });
    expect(server.requests.filter(({ method }) => method === "GET")).toHaveLength(0);
  });

  test.each([
    ["취소할 결제건이 존재하지 않습니다.", "request_refused"],
    ["requested cancel amount is bigger than cancelable amount", "request_refused"],
    ["정산 잔액이 부족합니다", "settlement_balance_short"],
    ["불가", "request_refused"],
  ])("blames no card for %j", async (message, code) => {
    server.script(PATHS.cancel, answerRefusal(message));
    expect(await refund(PART)).toMatchObject({ decline: { code, kind: "merchant" } });
  });

  test.each([
    ["the connection drops", PART, dropConnection],
    ["the answer is a page", PART, answerText("<html>")],
    ["the answer is a 500", PART, answerJson({ code: 0, response: after(3_000) }, 500)],
    ["the answer is a 404", PART, answerNotFound],
    ["another sum was given back", PART, answerOk(after(9_900))],
    ["nothing was given back", WHOLE, answerOk(payment())],
    ["another payment is shown", WHOLE, answerOk(after(9_900, { imp_uid: "imp_2" }))],
    ["the history has more than the sum", WHOLE, answerOk(after(9_900, { cancel_amount: 1 }))],
    ["the history cannot be read", WHOLE, answerOk(after(9_900, { cancel_history: [null] }))],
    ["the words are not definite", PART, answerRefusal("PG 통신오류")],
  ])("is unknown when %s", async (_case, request, script) => {
    server.script(PATHS.cancel, script);
    expect((await refund(request)).kind).toBe("unknown");
  });

  test("is not sent when the token is refused", async () => {
    server.script(PATHS.cancel, answerRefusal("Unauthorized", -1, 401));
    expect(await refund(WHOLE)).toEqual({ kind: "not_sent", reason: "token refused" });
  });

  test("tells no secret that the gateway's words repeat", async () => {
    server.script(PATHS.cancel, answerRefusal(`${SECRET} 4111-1111-1111-1111`));
    const text = JSON.stringify(await refund(PART));
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain("4111");
  });
});

describe("looking up a refund", () => {
  test.each([
    ["nothing", payment(), false],
    ["a part", after(3_000, { status: "paid" }), true],
    ["all", after(9_900), true],
    ["a cancelled payment without a sum", after(0, { cancel_history: [] }), true],
  ])("reads it from the payment: %s", async (_case, response, refunded) => {
    server.script(READ, answerOk(response));
    expect(await lookUp()).toMatchObject({ kind: "found", refunded });
  });

  test.each([
    ["another payment is shown", answerOk(payment({ imp_uid: "imp_2" }))],
    ["there is none", answerNotFound],
    ["the token is refused", answerRefusal("Unauthorized", -1, 401)],
    ["the gateway refuses", answerRefusal("조회 불가")],
    ["the answer is a 500", answerJson({}, 500)],
    ["the connection drops", dropConnection],
  ])("fails when %s", async (_case, script) => {
    server.script(READ, script);
    expect(await lookUp()).toMatchObject({ kind: "failed", reason: expect.any(String) });
  });
});
