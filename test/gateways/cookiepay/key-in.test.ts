import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, PaymentSource } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { CONTRACT_CHARGE } from "../contract-fixtures.ts";
import {
  CARD_NUMBER,
  ISSUED,
  PATHS,
  SECRET,
  TOKEN,
  answerSealed,
  approveEverything,
  createAdapter,
  openCall,
} from "./wire.ts";

const CARD = { number: CARD_NUMBER, expiry: "2812", password: "47", holderId: "900101" };
const PAYMENT = {
  TID: "cTS26020517561297485",
  ORDERNO: CONTRACT_CHARGE.orderNumber,
  AMOUNT: String(CONTRACT_CHARGE.amount),
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

async function charge({ save }: { save: boolean }) {
  const source: PaymentSource = { kind: "card", card: CARD, save };
  return adapter.charge(await openCall(adapter), { ...CONTRACT_CHARGE, source });
}

describe("a charge of a card in the clear", () => {
  test.each([
    ["a key-in", PATHS.keyIn, false],
    ["the issue of a key, with an amount, where the card is saved", PATHS.issue, true],
  ])("is %s", async (_case, path, save) => {
    expect(await charge({ save })).toMatchObject({ kind: "approved" });
    expect(server.bodiesAt(path)).toEqual([
      {
        API_ID: "sandbox_2JdglQvKCb",
        ORDERNO: CONTRACT_CHARGE.orderNumber,
        PRODUCTNAME: "월간 구독",
        AMOUNT: "9900",
        QUOTA: "00",
        TAXFREECD: "Y",
        BUYERNAME: "김철수",
        BUYERID: "customer-1",
        CARDNO: CARD_NUMBER,
        EXPIREDT: "2812",
        CARDPWD: "47",
        CARDAUTH: "900101",
      },
    ]);
    const sent = server.requests.find((request) => request.path === path);
    expect(sent?.headers).toMatchObject({ apikey: SECRET, token: TOKEN });
    expect(server.requests).toHaveLength(3);
  });

  test("saves no card where none was to be saved, whatever the answer holds", async () => {
    server.script(PATHS.keyIn, answerSealed({ RESULTCODE: "0000", ...ISSUED, ...PAYMENT }));
    expect(await charge({ save: false })).not.toHaveProperty("savedCard");
  });

  test("declines with what stands inside", async () => {
    const declined = { RESULTCODE: "2015", RESULTMSG: "카드유효기간오류", ...PAYMENT };
    for (const save of [false, true]) {
      server.script(save ? PATHS.issue : PATHS.keyIn, answerSealed(declined));
      expect(await charge({ save })).toMatchObject({
        kind: "declined",
        decline: { code: "card_expired" },
      });
    }
  });
});

describe("a charge that saves its card", () => {
  test("hands the key and the card's name over with the approval", async () => {
    expect(await charge({ save: true })).toMatchObject({
      kind: "approved",
      transaction: { id: PAYMENT.TID, approvalNumber: "43484979" },
      savedCard: { billingKey: ISSUED.BILLKEY, cardName: "BC" },
    });
  });

  test.each([
    ["of the payment says nothing", ISSUED],
    ["has no amount", { ...ISSUED, ...PAYMENT, AMOUNT: "" }],
    ["has no order number", { ...ISSUED, ...PAYMENT, ORDERNO: "" }],
    ["has no transaction", { ...ISSUED, ...PAYMENT, TID: "" }],
    ["has neither a key nor a code", PAYMENT],
  ])("is unknown when an answer %s, and the answer is evidence", async (_case, data) => {
    server.script(PATHS.issue, answerSealed(data));
    expect(await charge({ save: true })).toMatchObject({
      kind: "unknown",
      evidence: { kind: "enc_data_saved" },
    });
  });

  test("stands without a saved card when the answer has no key, since the money moved", async () => {
    const approved = { RESULTCODE: "0000", ...PAYMENT };
    for (const BILLKEY of [undefined, "", "b".repeat(51)]) {
      server.script(PATHS.issue, answerSealed({ ...approved, BILLKEY }));
      const outcome = await charge({ save: true });
      expect(outcome).toMatchObject({ kind: "approved", transaction: { id: PAYMENT.TID } });
      expect(outcome).not.toHaveProperty("savedCard");
    }
  });

  test("gives its key from the evidence too, once it can be read", async () => {
    server.script(PATHS.decrypt, answerJson({ RESULTCODE: "E030" }));
    const outcome = await charge({ save: true });
    if (outcome.kind !== "unknown" || !outcome.evidence) throw new Error(JSON.stringify(outcome));
    approveEverything(server);
    const call = await openCall(adapter);
    expect(await adapter.readEvidence(call, outcome.evidence, CONTRACT_CHARGE)).toMatchObject({
      kind: "approved",
      savedCard: { billingKey: ISSUED.BILLKEY },
    });
  });
});
