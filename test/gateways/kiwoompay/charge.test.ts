import iconv from "iconv-lite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChargeRequest, GatewayAdapter } from "../../../src/gateways/gateway.ts";
import type { KiwoompayConfig } from "../../../src/gateways/kiwoompay/account.ts";
import {
  type ScriptedServer,
  answerText,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE, CONTRACT_KEY } from "../contract-fixtures.ts";
import {
  CARD_NUMBER,
  CPID,
  DAOUTRX,
  LINK_KEY,
  READY,
  TOKEN,
  answerEucKr,
  approvalOf,
  approveEverything,
  bodiesAt,
  createAdapter,
  openCall,
  returnPath,
} from "./wire.ts";

const BATCH = returnPath("CARD-BATCH");
const BY_KEY = { call: "charge", paidWith: "billing_key" } as const;
const BY_CARD = { call: "charge", paidWith: "card" } as const;
const CARD = { number: CARD_NUMBER, expiry: "2812", password: "47", holderId: "900101" };

let server: ScriptedServer;
let adapters: GatewayAdapter[] = [];

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
});

afterEach(async () => {
  for (const adapter of adapters) adapter.close();
  adapters = [];
  await server.close();
});

function create(config: Partial<KiwoompayConfig> = {}): GatewayAdapter {
  const adapter = createAdapter({ baseUrl: server.url, ...config });
  adapters.push(adapter);
  return adapter;
}

async function charge(changes: Partial<ChargeRequest> = {}, config: Partial<KiwoompayConfig> = {}) {
  const adapter = create(config);
  const request = { ...CONTRACT_CHARGE, ...changes };
  const { source } = request;
  const save = source.kind === "card" && source.save;
  const call = await openCall(adapter, { call: "charge", paidWith: source.kind, save });
  return adapter.charge(call, request);
}

const ECHO = {
  DAOUTRX,
  ORDERNO: CONTRACT_CHARGE.orderNumber,
  AMOUNT: String(CONTRACT_CHARGE.amount),
  TOKEN,
};
const answer = (body: object) => server.script(BATCH, answerEucKr(body));

describe("the two requests of a charge", () => {
  test("carry the key as it is, and the token in the second alone", async () => {
    await charge();
    const [first, second, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(first?.path).toBe(READY);
    expect(first?.headers).not.toHaveProperty("token");
    expect(second?.path).toBe(BATCH);
    expect(second?.headers.token).toBe(TOKEN);
    for (const request of [first, second]) {
      expect(request?.method).toBe("POST");
      expect(request?.headers.authorization).toBe(LINK_KEY);
      expect(request?.headers["content-type"]).toBe("application/json;charset=EUC-KR");
    }
  });

  test("ask for the pay method with two fields and no more", async () => {
    await charge();
    expect(server.requests[0]?.body).toBe(`{"CPID":"${CPID}","PAYMETHOD":"CARD-BATCH"}`);
  });

  test("are EUC-KR, byte by byte", async () => {
    await charge({ productName: "똠방각하 뷁", customerName: "김철수" });
    const ascii = (text: string) => Buffer.from(text, "latin1");
    const expected = Buffer.concat([
      ascii(
        `{"CPID":"${CPID}","PAYMETHOD":"CARD-BATCH","ORDERNO":"T-4F2K9QX1-1","PRODUCTTYPE":"1",` +
          '"PRODUCTCODE":"BILLING","PRODUCTNAME":"',
      ),
      Buffer.from("8c63b9e6b0a2c7cf2094ee", "hex"),
      ascii(
        '","QUOTA":"00","TAXFREECD":"00","IPADDRESS":"127.0.0.1","USERID":"customer-1","USERNAME":"',
      ),
      Buffer.from("b1e8c3b6bcf6", "hex"),
      ascii(`","AMOUNT":"9900","BILLTYPE":"14","AUTOKEY":"${CONTRACT_KEY}"}`),
    ]);
    expect(server.requests[1]?.bytes.toString("hex")).toBe(expected.toString("hex"));
  });

  test("hold what the shop itself is asked for", async () => {
    const shop = { productType: "physical", productCode: "P-7", ipAddress: "203.0.113.9" } as const;
    await charge({}, shop);
    expect(bodiesAt(server, BATCH)).toMatchObject([
      { PRODUCTTYPE: "2", PRODUCTCODE: "P-7", IPADDRESS: "203.0.113.9" },
    ]);
  });

  test("name the key as the dialect does", async () => {
    approveEverything(server, {}, "guide");
    expect((await charge({}, { dialect: "guide" })).kind).toBe("approved");
    const [body] = bodiesAt(server, BATCH);
    expect(body).toMatchObject({ BILLKEY: CONTRACT_KEY });
    expect(body).not.toHaveProperty("AUTOKEY");
  });

  test("go to the other contract's pay methods when the shop has that one", async () => {
    expect((await charge({}, { family: "CARDK" })).kind).toBe("approved");
    expect(bodiesAt(server, READY)).toEqual([{ CPID, PAYMETHOD: "CARDK-BATCH" }]);
    expect(bodiesAt(server, returnPath("CARDK-BATCH"))).toHaveLength(1);
  });
});

describe("a charge in a card's own number", () => {
  const keyedIn = { source: { kind: "card", card: CARD, save: false } } as const;
  const saving = { source: { kind: "card", card: CARD, save: true } } as const;

  test.each([
    ["CARD", "recorded", { EXPIREDT: "202812", CARDPASSWORD: "47" }],
    ["CARDK", "recorded", { EXPIREDT: "202812", CARDPASSWORD: "47" }],
    ["CARD", "guide", { EXPIREDT: "2812", CARDPWD: "47" }],
  ] as const)("is keyed in with %s in the dialect %s", async (family, dialect, spelled) => {
    approveEverything(server, {}, dialect);
    const outcome = await charge(keyedIn, { family, dialect });
    expect(outcome).toMatchObject({ kind: "approved", transaction: { id: DAOUTRX } });
    expect(outcome).not.toHaveProperty("savedCard");
    const [body] = bodiesAt(server, returnPath(`${family}-SUGI`));
    expect(body).toEqual({
      CPID,
      PAYMETHOD: `${family}-SUGI`,
      ORDERNO: CONTRACT_CHARGE.orderNumber,
      PRODUCTTYPE: "1",
      PRODUCTCODE: "BILLING",
      PRODUCTNAME: "월간 구독",
      QUOTA: "00",
      TAXFREECD: "00",
      IPADDRESS: "127.0.0.1",
      USERID: "customer-1",
      USERNAME: "김철수",
      AMOUNT: "9900",
      BILLTYPE: "13",
      CARDNO: CARD_NUMBER,
      CARDAUTH: "900101",
      ...spelled,
    });
  });

  test.each([
    ["CARD", { CARDPASSWORD: "47" }],
    ["CARDK", {}],
  ] as const)("is saved with it: %s", async (family, password) => {
    const path = returnPath(`${family}-KEYGEN`);
    server.script(path, (request, response) => {
      const saved = { CARDCODE: "CCBC", AUTOKEY: "C2026A1B2C3D4", GENDATE: "20260205175611" };
      answerEucKr({ RESULTCODE: "0000", ...approvalOf(request), ...saved })(request, response);
    });
    expect(await charge(saving, { family })).toMatchObject({
      kind: "approved",
      transaction: { id: DAOUTRX, approvalNumber: "43484979", cardName: "BC" },
      savedCard: { billingKey: "C2026A1B2C3D4", cardName: "BC" },
    });
    const [body] = bodiesAt(server, path);
    const direct = { BILLTYPE: "14", DIRECT_YN: "Y", AMOUNT: "9900", QUOTA: "00" };
    expect(body).toMatchObject({ ...direct, EXPIREDT: "202812", ...password });
    expect(Object.keys(body ?? {}).includes("CARDPASSWORD")).toBe(family === "CARD");
  });

  test("is approved without a key when the answer has none, and unknown without a transaction", async () => {
    const path = returnPath("CARD-KEYGEN");
    server.script(path, answerEucKr({ RESULTCODE: "0000", ...ECHO }));
    const outcome = await charge(saving);
    expect(outcome.kind).toBe("approved");
    expect(outcome).not.toHaveProperty("savedCard");
    const { DAOUTRX: _none, ...rest } = ECHO;
    server.script(path, answerEucKr({ RESULTCODE: "0000", ...rest, AUTOKEY: "C2026A1B2C3D4" }));
    expect((await charge(saving)).kind).toBe("unknown");
  });

  test("leaves no trace of the card in what it ends as", async () => {
    const words = `거절 ${CARD_NUMBER} 202812 2812 47 900101 ${LINK_KEY} ${TOKEN}`;
    const refusal = answerEucKr({ RESULTCODE: "2001", ERRORMESSAGE: words });
    server.script(returnPath("CARD-SUGI"), refusal);
    const outcome = await charge(keyedIn);
    expect(outcome.kind).toBe("declined");
    for (const secret of [CARD_NUMBER, "2812", "47", "900101", LINK_KEY, TOKEN]) {
      expect(JSON.stringify(outcome)).not.toContain(secret);
    }
  });
});

describe("a credential", () => {
  test("for another pay method, direction or nothing at all sends nothing", async () => {
    const adapter = create();
    const uses = [
      BY_CARD,
      { ...BY_CARD, save: true },
      { call: "issue" },
      { call: "refund", paidWith: "billing_key" },
      { call: "read" },
    ] as const;
    for (const use of uses) {
      const call = await openCall(adapter, use);
      expect(await adapter.charge(call, CONTRACT_CHARGE)).toEqual({
        kind: "not_sent",
        reason: "CARD-BATCH: the credential is for another call",
      });
    }
    expect(bodiesAt(server, BATCH)).toEqual([]);
  });

  test("that is no ticket of ours sends nothing", async () => {
    const adapter = create();
    const endsAt = new Date(Date.now() + 60_000);
    for (const value of ["", "{", "[]", '{"payMethod":"CARD-BATCH","cancels":false}']) {
      const call = { credential: { value, endsAt }, maySend: () => true };
      expect((await adapter.charge(call, CONTRACT_CHARGE)).kind).toBe("not_sent");
    }
  });

  test("whose life is over sends nothing", async () => {
    const adapter = create();
    const call = await openCall(adapter, BY_KEY);
    const credential = { ...call.credential, endsAt: new Date(Date.now() - 1) };
    expect((await adapter.charge({ ...call, credential }, CONTRACT_CHARGE)).kind).toBe("not_sent");
    expect(bodiesAt(server, BATCH)).toEqual([]);
  });
});

describe("an answer to a charge", () => {
  test.each([
    ["9000", "system error"],
    ["9999", "unknown error"],
    ["9005", "timeout"],
    ["9002", "order number used before"],
  ])("is unknown with %s: %s", async (code, trouble) => {
    answer({ RESULTCODE: code, ERRORMESSAGE: "오류" });
    expect(await charge()).toEqual({ kind: "unknown", reason: `refused ${code}: ${trouble}` });
  });

  test.each([
    ["FAIL", "contract_not_open"],
    ["FAIL,FAIL", "contract_not_open"],
    ["9105", "contract_not_open"],
    ["9011", "request_refused"],
    ["2015", "card_expired"],
  ])("declines with %s: %s", async (code, ours) => {
    answer({ RESULTCODE: code, ERRORMESSAGE: "거절" });
    expect(await charge()).toMatchObject({ kind: "declined", decline: { code: ours } });
  });

  test("declines with the words of either dialect", async () => {
    answer({ RESULTCODE: "2001", RESULTMSG: "잔액부족" });
    expect(await charge()).toMatchObject({ decline: { rawMessage: "잔액부족" } });
  });

  test.each<[string, object]>([
    ["is another merchant's", { RESULTCODE: "2001", CPID: "CTSOTHER" }],
    ["is another order's", { RESULTCODE: "2001", ORDERNO: "T-OTHER-1" }],
    ["has another's token", { RESULTCODE: "2001", TOKEN: "another" }],
    ["carries an approval number", { RESULTCODE: "2001", AUTHNO: "43484979" }],
    ["has a number for a code", { RESULTCODE: 2001 }],
    ["approves and has no token", { RESULTCODE: "0000", ...ECHO, TOKEN: undefined }],
    ["approves another billing key", { RESULTCODE: "0000", ...ECHO, AUTOKEY: "C2026OTHER000" }],
    [
      "approves with a transaction without end",
      { RESULTCODE: "0000", ...ECHO, DAOUTRX: "c".repeat(41) },
    ],
  ])("is unknown when it %s", async (_case, body) => {
    answer(body);
    expect((await charge()).kind).toBe("unknown");
  });

  test("is unknown in another charset, even beside a code that could be read", async () => {
    const text = JSON.stringify({ RESULTCODE: "0000", ERRORMESSAGE: "정상 처리", ...ECHO });
    server.script(BATCH, answerText(iconv.encode(text, "utf-8")));
    expect(await charge()).toEqual({ kind: "unknown", reason: "CARD-BATCH: unreadable answer" });
    server.script(BATCH, answerText(iconv.encode(text, "cp949")));
    expect((await charge()).kind).toBe("approved");
  });

  test("approves with the instant of receipt when its date is none", async () => {
    for (const AUTHDATE of ["20261399", "20261305175611", ""]) {
      answer({ RESULTCODE: "0000", ...ECHO, AUTHDATE });
      const from = Date.now();
      const outcome = await charge();
      if (outcome.kind !== "approved") throw new Error(outcome.kind);
      expect(outcome.transaction.approvedAt.getTime()).toBeGreaterThanOrEqual(from);
    }
  });
});

describe("what the gateway does not have", () => {
  test("needs no request, and never answers as if it had it", async () => {
    const adapter = create();
    const call = await openCall(adapter, { call: "read" });
    const days = { fromOn: "2026-02-05", untilOn: "2026-02-05" };
    const evidence = { kind: "enc_data", value: "x" };
    const failed = { kind: "failed", reason: expect.any(String) };
    expect(await adapter.lookUpCharge(call, { orderNumber: "T", amount: 1, ...days })).toEqual(
      failed,
    );
    expect(await adapter.lookUpRefund(call, DAOUTRX)).toEqual(failed);
    expect(await adapter.listTransactions(call, days)).toEqual(failed);
    expect(await adapter.readEvidence(call, evidence, CONTRACT_CHARGE)).toMatchObject({
      kind: "unknown",
      evidence,
    });
    const revoking = await openCall(adapter, { call: "revoke" });
    expect((await adapter.revokeBillingKey(revoking, CONTRACT_KEY)).kind).toBe("not_sent");
    const source = { kind: "wallet" as const, authentication: {} };
    expect((await adapter.charge(call, { ...CONTRACT_CHARGE, source })).kind).toBe("not_sent");
    const charging = { call: "charge", paidWith: "wallet" } as const;
    expect((await adapter.openCredential(charging)).kind).toBe("not_sent");
    expect(server.requests).toEqual([]);
  });
});
