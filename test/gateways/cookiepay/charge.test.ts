import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE, CONTRACT_KEY } from "../contract-fixtures.ts";
import {
  PATHS,
  SECRET,
  TOKEN,
  answerSealed,
  approveEverything,
  createAdapter,
  jwt,
  openCall,
  seal,
} from "./wire.ts";

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

const charge = async () => adapter.charge(await openCall(adapter), CONTRACT_CHARGE);
const ECHO = { ORDERNO: CONTRACT_CHARGE.orderNumber, AMOUNT: String(CONTRACT_CHARGE.amount) };
const APPROVED = { RESULTCODE: "0000", TID: "cTS26020517561297485", ...ECHO };

describe("the requests of a charge", () => {
  test("carry each header where it belongs and nowhere else", async () => {
    await charge();
    const [token, pay, decrypt] = server.requests;
    expect(token?.path).toBe(PATHS.token);
    expect(token?.headers).not.toHaveProperty("apikey");
    expect(pay?.path).toBe(PATHS.pay);
    expect(pay?.headers).toMatchObject({
      apikey: SECRET,
      token: TOKEN,
      "content-type": "application/json; charset=utf-8",
    });
    expect(decrypt?.path).toBe(PATHS.decrypt);
    expect(decrypt?.headers.apikey).toBe(SECRET);
    expect(decrypt?.headers).not.toHaveProperty("token");
    expect(server.requests).toHaveLength(3);
  });

  test("hold the documented fields, all of them texts", async () => {
    await charge();
    expect(server.bodiesAt(PATHS.token)).toEqual([
      { pay2_id: "sandbox_2JdglQvKCb", pay2_key: SECRET },
    ]);
    expect(server.bodiesAt(PATHS.pay)).toEqual([
      {
        API_ID: "sandbox_2JdglQvKCb",
        BILLKEY: CONTRACT_KEY,
        ORDERNO: CONTRACT_CHARGE.orderNumber,
        PRODUCTNAME: "월간 구독",
        AMOUNT: "9900",
        TAXFREECD: "Y",
        QUOTA: "00",
        BUYERNAME: "김철수",
        BUYERID: "customer-1",
      },
    ]);
    expect(Object.keys(server.bodiesAt(PATHS.decrypt)[0] ?? {})).toEqual(["API_ID", "ENC_DATA"]);
  });
});

describe("an answer sealed in ENC_DATA", () => {
  test.each([
    ["1012", "card_not_registered", "hard"],
    ["2015", "card_expired", "hard"],
    ["2001", "insufficient_funds", "soft"],
    ["8837", "unrecognized", "soft"],
  ])("declines with %s inside: %s, %s", async (code, ours, kind) => {
    server.script(PATHS.pay, answerSealed({ RESULTCODE: code, RESULTMSG: "거절", ...ECHO }));
    expect(await charge()).toMatchObject({
      kind: "declined",
      decline: { code: ours, kind, rawCode: code, rawMessage: "거절" },
    });
  });

  test.each([
    ["declines another order", { RESULTCODE: "2001", ORDERNO: "T-OTHER-1" }],
    ["declines with an approval number", { RESULTCODE: "2001", ...ECHO, ACCEPTNO: "43484979" }],
    ["has no code", { ...APPROVED, RESULTCODE: undefined }],
    ["has an empty code", { ...APPROVED, RESULTCODE: "" }],
    ["has a number for a code", { ...APPROVED, RESULTCODE: 0 }],
    ["has a transaction id without end", { ...APPROVED, TID: "c".repeat(101) }],
    ["is empty", {}],
  ])("is evidence when it %s", async (_case, data) => {
    server.script(PATHS.pay, answerSealed(data));
    expect(await charge()).toMatchObject({
      kind: "unknown",
      evidence: { kind: "enc_data", value: seal(data) },
    });
  });

  test("is evidence when the reply of the decryption refuses beside readable data", async () => {
    server.script(PATHS.decrypt, answerJson({ RESULTCODE: "E030", decryptData: APPROVED }));
    expect(await charge()).toMatchObject({ kind: "unknown", evidence: { kind: "enc_data" } });
  });

  test("is believed without a code of the decryption's own, as the guide prints it", async () => {
    server.script(PATHS.decrypt, answerJson({ decryptData: APPROVED }));
    expect(await charge()).toMatchObject({ kind: "approved" });
  });

  test("is no evidence when it is longer than any answer", async () => {
    const ENC_DATA = "A".repeat(20_000);
    server.script(PATHS.pay, answerJson({ RESULTCODE: "0000", ENC_DATA }));
    server.script(PATHS.decrypt, answerJson({ RESULTCODE: "E030" }));
    const outcome = await charge();
    expect(outcome).toMatchObject({ kind: "unknown" });
    expect(outcome).not.toHaveProperty("evidence");
  });

  test("of another kind stays unknown, and stays evidence", async () => {
    const evidence = { kind: "other", value: "x" };
    const outcome = await adapter.readEvidence(await openCall(adapter), evidence, CONTRACT_CHARGE);
    expect(outcome).toMatchObject({ kind: "unknown", evidence });
  });

  test("approves with the instant of receipt when its date is none", async () => {
    server.script(PATHS.pay, answerSealed({ ...APPROVED, ACCEPTDATE: "20261399" }));
    const from = Date.now();
    const outcome = await charge();
    if (outcome.kind !== "approved") throw new Error(outcome.kind);
    expect(outcome.transaction.approvedAt.getTime()).toBeGreaterThanOrEqual(from);
  });
});

describe("a reply without a decision", () => {
  test("is unknown: success without ENC_DATA", async () => {
    server.script(PATHS.pay, answerJson({ ...APPROVED }));
    expect(await charge()).toMatchObject({ kind: "unknown", reason: "answer has no ENC_DATA" });
  });

  test("is unknown: words in another charset, even beside a code that could be read", async () => {
    const words = Buffer.from([0xb0, 0xc5, 0xc0, 0xfd]);
    const [head, tail] = ['{"RESULTCODE":"8837","RESULTMSG":"', '"}'].map((part) =>
      Buffer.from(part),
    );
    server.script(PATHS.pay, answerText(Buffer.concat([head ?? words, words, tail ?? words])));
    expect(await charge()).toMatchObject({
      kind: "unknown",
      reason: "payments: unreadable answer",
    });
  });

  test("is unknown: the order number was used before", async () => {
    server.script(PATHS.pay, answerJson({ RESULTCODE: "9002", RESULTMSG: "주문번호" }));
    expect(await charge()).toMatchObject({
      kind: "unknown",
      reason: expect.stringMatching(/9002/),
    });
  });

  test.each([
    ["RESULTCODE", 0],
    ["RESULTCODE", ""],
    ["resultcode", "0000"],
    ["RTN_CD", "0000"],
  ])("is unknown: %s is %j", async (name, value) => {
    server.script(PATHS.pay, answerJson({ [name]: value, RESULTMSG: "성공" }));
    expect(await charge()).toMatchObject({ kind: "unknown" });
  });
});

describe("a token", () => {
  test("is fetched once for many callers at once, and again after it was refused", async () => {
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => adapter.openCredential({ call: "read" })),
    );
    expect(new Set(opened.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(server.bodiesAt(PATHS.token)).toHaveLength(1);

    const second = jwt(3_600, 2);
    server.script(PATHS.token, answerJson({ RTN_CD: "0000", TOKEN: second }));
    server.script(PATHS.pay, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" }));
    expect(await charge()).toEqual({ kind: "not_sent", reason: "token refused" });
    expect((await openCall(adapter)).credential.value).toBe(second);
  });

  test("stays when it is newer than the one that was refused", async () => {
    const old = { ...(await openCall(adapter)), credential: { value: "old", endsAt: new Date(0) } };
    server.script(PATHS.pay, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" }));
    expect((await adapter.charge(old, CONTRACT_CHARGE)).kind).toBe("not_sent");
    await adapter.openCredential({ call: "read" });
    expect(server.bodiesAt(PATHS.token)).toHaveLength(1);
  });

  test("is never renewed inside a call", async () => {
    const call = await openCall(adapter);
    server.script(PATHS.pay, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" }));
    await adapter.charge(call, CONTRACT_CHARGE);
    expect(server.bodiesAt(PATHS.token)).toHaveLength(1);
    expect(server.bodiesAt(PATHS.pay)).toHaveLength(1);
  });

  test.each([
    ["is refused", { RTN_CD: "E002", RTN_MSG: `키 ${SECRET} 오류` }, "token: refused E002"],
    ["is missing", { RTN_CD: "0000", RTN_MSG: "성공" }, "token: none in the answer"],
    ["fits no header", { RTN_CD: "0000", TOKEN: "a\nb" }, "token: none in the answer"],
  ])("that %s sends nothing", async (_case, answer, reason) => {
    server.script(PATHS.token, answerJson(answer));
    expect(await adapter.openCredential({ call: "read" })).toEqual({ kind: "not_sent", reason });
  });
});
