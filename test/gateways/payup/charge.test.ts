import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, PaymentSource } from "../../../src/gateways/gateway.ts";
import { PAYUP_DECLINES } from "../../../src/gateways/payup/declines.ts";
import {
  type ScriptedServer,
  answerJson,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE } from "../contract-fixtures.ts";
import { AUTHENTICATION, CERT_KEY, ORDR_IDXX, PATHS, createAdapter, openCall } from "./wire.ts";

const APPROVED = {
  responseCode: "0000",
  responseMsg: "정상처리",
  transactionId: ORDR_IDXX,
  orderNumber: CONTRACT_CHARGE.orderNumber,
  type: "KAKAO_MONEY",
  authDateTime: "20260205175611",
  amount: "9900",
  cashReceipt: "9900",
};

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  server.script(PATHS.pay, answerJson(APPROVED));
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

async function charge(changes: Record<string, string | undefined> = {}) {
  const authentication = Object.fromEntries(
    Object.entries({ ...AUTHENTICATION, ...changes }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>;
  return chargeWith({ kind: "wallet", authentication });
}

async function chargeWith(source: PaymentSource) {
  return adapter.charge(await openCall(adapter), { ...CONTRACT_CHARGE, source });
}

describe("the request of a payment", () => {
  test("holds what the window handed back under these six names, and nothing else", async () => {
    await charge();
    expect(server.bodiesAt(PATHS.pay)).toEqual([
      {
        res_cd: "0000",
        enc_info: AUTHENTICATION.enc_info,
        enc_data: AUTHENTICATION.enc_data,
        tran_cd: "00100000",
        card_pay_method: "KAKAO_MONEY",
        ordr_idxx: ORDR_IDXX,
      },
    ]);
    expect(server.requests).toHaveLength(1);
  });

  test("leaves out tran_cd where the window gave none: the specification does not ask for it", async () => {
    expect(await charge({ tran_cd: undefined })).toMatchObject({ kind: "approved" });
    expect(Object.keys(server.bodiesAt(PATHS.pay)[0] ?? {})).not.toContain("tran_cd");
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ["the customer gave up", { res_cd: "3001", res_msg: "사용자 취소" }, "3001"],
    ["it has no code", { res_cd: undefined }, ""],
    ["its code is a likeness of success", { res_cd: "00000" }, "00000"],
    ["enc_info is missing", { enc_info: "" }, "0000"],
    ["enc_data is missing", { enc_data: undefined }, "0000"],
    ["enc_data is endless", { enc_data: "A".repeat(20_000) }, "0000"],
    ["card_pay_method is missing", { card_pay_method: "" }, "0000"],
    ["ordr_idxx is missing", { ordr_idxx: " " }, "0000"],
  ])("is never made, and no money can move, when %s", async (_case, changes, rawCode) => {
    expect(await charge(changes)).toMatchObject({
      kind: "declined",
      decline: { code: "authentication_failed", kind: "customer", rawCode },
    });
    expect(server.requests).toEqual([]);
  });

  test("is not made with a billing key or a card", async () => {
    const card = { number: "4111111111111111", expiry: "3012", password: "47", holderId: "900101" };
    const sources: PaymentSource[] = [
      { kind: "billing_key", billingKey: "bk" },
      { kind: "card", card, save: false },
    ];
    for (const source of sources) {
      expect(await chargeWith(source)).toEqual({
        kind: "not_sent",
        reason: "only wallets are taken",
      });
    }
    expect(server.requests).toEqual([]);
  });
});

describe("an approval", () => {
  test("of the wallet's money tells its number and its date", async () => {
    expect(await charge()).toEqual({
      kind: "approved",
      transaction: { id: ORDR_IDXX, approvedAt: new Date("2026-02-05T08:56:11Z") },
    });
  });

  test("of a card tells the card's name and its approval number, and never its digits", async () => {
    const ofCard = {
      ...APPROVED,
      type: "KAKAO_CARD",
      authNumber: "43484979",
      cardName: "BC카드 4111-1111-1111-1111",
      cardNo: "411111******1111",
      quota: "0",
    };
    server.script(PATHS.pay, answerJson(ofCard));
    const outcome = await charge({ card_pay_method: "KAKAO_CARD" });
    expect(outcome).toMatchObject({
      kind: "approved",
      transaction: { approvalNumber: "43484979", cardName: "BC카드 [removed]" },
    });
    expect(JSON.stringify(outcome)).not.toMatch(/411111/);
  });

  test("stands whether or not its number is that of the order", async () => {
    const transactionId = "20260205175611KK7777";
    server.script(PATHS.pay, answerJson({ ...APPROVED, transactionId }));
    expect(await charge()).toMatchObject({ kind: "approved", transaction: { id: transactionId } });
  });

  test("stands with the instant of receipt when its date is none", async () => {
    const from = Date.now();
    for (const authDateTime of ["20261399000000", "", undefined]) {
      server.script(PATHS.pay, answerJson({ ...APPROVED, authDateTime }));
      const outcome = await charge();
      if (outcome.kind !== "approved") throw new Error(outcome.kind);
      expect(outcome.transaction.approvedAt.getTime()).toBeGreaterThanOrEqual(from);
    }
  });

  test.each([
    ["has no amount, as the specification allows of a card", { amount: undefined }],
    ["has a number without end", { transactionId: "2".repeat(41) }],
    ["has its code as a number", { responseCode: 0 }],
    ["has its code under another name", { responseCode: undefined, RESULTCODE: "0000" }],
  ])("is unknown when it %s", async (_case, changes) => {
    server.script(PATHS.pay, answerJson({ ...APPROVED, type: "KAKAO_CARD", ...changes }));
    expect(await charge()).toMatchObject({ kind: "unknown" });
  });

  test("is read with its amount as a number too", async () => {
    server.script(PATHS.pay, answerJson({ ...APPROVED, amount: 9_900 }));
    expect(await charge()).toMatchObject({ kind: "approved" });
  });
});

describe("a refusal", () => {
  test.each([
    ["1001", "request_refused"],
    ["2001", "request_refused"],
    ["5001", "amount_not_allowed"],
    ["5002", "amount_not_allowed"],
    ["5003", "merchant_limit"],
    ["5004", "merchant_limit"],
    ["5005", "merchant_limit"],
    ["6001", "request_refused"],
    ["6002", "request_refused"],
    ["6003", "request_refused"],
    ["8001", "request_refused"],
    ["9002", "authentication_failed"],
    ["CC10", "insufficient_funds"],
    ["CC61", "limit_exceeded"],
    ["8837", "unrecognized"],
    ["toString", "unrecognized"],
  ])("with %s is a definite no: %s", async (code, ours) => {
    server.script(PATHS.pay, answerJson({ responseCode: code, responseMsg: "거절" }));
    expect(await charge()).toMatchObject({
      kind: "declined",
      decline: { code: ours, rawCode: code, rawMessage: "거절" },
    });
  });

  test.each(["1002", "1003", "1004", "1005", "1006", "8002", "9001"])(
    "with %s leaves open what became of the money",
    async (code) => {
      server.script(PATHS.pay, answerJson({ responseCode: code, responseMsg: "거절" }));
      expect(await charge()).toMatchObject({
        kind: "unknown",
        reason: expect.stringContaining(code),
      });
    },
  );

  test("counts under HTTP 400 where its code is a known one, and nowhere else", async () => {
    const refused = (code: string, status: number) =>
      server.script(PATHS.pay, answerJson({ responseCode: code, responseMsg: "거절" }, status));
    for (const status of [400, 401, 403, 422]) {
      refused("6002", status);
      expect(await charge()).toMatchObject({ kind: "declined", decline: { rawCode: "6002" } });
      refused("8002", status);
      expect(await charge()).toMatchObject({ kind: "unknown" });
    }
    for (const [code, status] of [
      ["8837", 400],
      ["0000", 400],
      ["6002", 500],
      ["6002", 201],
    ] as const) {
      refused(code, status);
      expect(await charge()).toMatchObject({ kind: "unknown" });
    }
  });

  test("repeats neither the key nor what the window sealed", async () => {
    const secrets = [CERT_KEY, AUTHENTICATION.enc_info, AUTHENTICATION.enc_data];
    server.script(
      PATHS.pay,
      answerJson({ responseCode: CERT_KEY, responseMsg: secrets.join(" ") }),
    );
    const outcome = await charge();
    expect(outcome).toMatchObject({ kind: "declined" });
    for (const secret of secrets) expect(JSON.stringify(outcome)).not.toContain(secret);
  });
});

test("every code of the specification's table stands in ours", () => {
  const table = [
    ["1001", "1002", "1003", "1004", "1005", "1006", "2001"],
    ["5001", "5002", "5003", "5004", "5005", "6001", "6002", "6003"],
    ["8001", "8002", "9001", "9002"],
  ].flat();
  expect(table.filter((code) => PAYUP_DECLINES[code] === undefined)).toEqual([]);
  for (const { source } of Object.values(PAYUP_DECLINES)) expect(source).toMatch(/^\[(spec|kcp)\]/);
});

describe("what PayUp does not have", () => {
  test("is declared, and said by every method", async () => {
    const call = await openCall(adapter);
    expect(adapter.capabilities).toMatchObject({
      billingKeys: false,
      revokeBillingKey: false,
      partialRefund: false,
      lookUp: "none",
      listTransactions: false,
      gatewaySchedules: false,
      savesWithCharge: false,
      paysWith: ["wallet"],
    });
    const days = { fromOn: "2026-02-05", untilOn: "2026-02-05" };
    const card = { number: "4111111111111111", expiry: "3012", password: "47", holderId: "900101" };
    const issue = { ...CONTRACT_CHARGE, card };
    expect(await adapter.issueBillingKey(call, issue)).toMatchObject({ kind: "not_sent" });
    expect(await adapter.revokeBillingKey(call, "bk")).toMatchObject({ kind: "not_sent" });
    expect(await adapter.lookUpCharge(call, { ...CONTRACT_CHARGE, ...days })).toMatchObject({
      kind: "failed",
    });
    expect(await adapter.lookUpRefund(call, ORDR_IDXX)).toMatchObject({ kind: "failed" });
    expect(await adapter.listTransactions(call, days)).toMatchObject({ kind: "failed" });
    const evidence = { kind: "enc_data", value: "sealed" };
    expect(await adapter.readEvidence(call, evidence, CONTRACT_CHARGE)).toMatchObject({
      kind: "unknown",
      evidence,
    });
    expect(server.requests).toEqual([]);
  });
});
