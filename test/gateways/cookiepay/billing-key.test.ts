import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter, IssueBillingKeyRequest } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  dropConnection,
  findClosedUrl,
  resetConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
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

const REQUEST: IssueBillingKeyRequest = {
  orderNumber: "T-KEY-1",
  card: { number: CARD_NUMBER, expiry: "2812", password: "47", holderId: "900101" },
  customerId: "customer-1",
  customerName: "김철수",
  productName: "정기결제 & 카드 등록",
};
const CARD_DATA = [CARD_NUMBER, "4111 1111 1111 1111", "2812", "900101", SECRET, TOKEN];

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
  server.script(PATHS.issue, answerSealed(ISSUED));
  server.script(PATHS.revoke, answerJson({ RESULTCODE: "0000", RESULTMSG: "성공" }));
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const issue = async () => adapter.issueBillingKey(await openCall(adapter), REQUEST);
const revoke = async () => adapter.revokeBillingKey(await openCall(adapter), ISSUED.BILLKEY);

describe("issuing a billing key", () => {
  test("gives the key and the card's name", async () => {
    expect(await issue()).toEqual({
      kind: "issued",
      billingKey: ISSUED.BILLKEY,
      cardName: "BC",
      cardCode: "CCBC",
    });
    expect(server.bodiesAt(PATHS.issue)).toEqual([
      {
        API_ID: "sandbox_2JdglQvKCb",
        ORDERNO: "T-KEY-1",
        PRODUCTNAME: "정기결제 ＆ 카드 등록",
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
  });

  test("declines without a trace of the card that the gateway's words repeat", async () => {
    const message = `미등록 ${CARD_DATA.join(" ")} 비번 47 거래불가`;
    server.script(PATHS.issue, answerJson({ RESULTCODE: "1012", RESULTMSG: message }));
    const outcome = await issue();
    expect(outcome).toMatchObject({
      kind: "declined",
      decline: { code: "card_not_registered", kind: "hard", rawCode: "1012" },
    });
    const text = JSON.stringify(outcome);
    for (const secret of [...CARD_DATA, "47"]) expect(text).not.toContain(secret);
  });

  test("keeps a code that looks like the card's expiry by chance", async () => {
    server.script(PATHS.issue, answerJson({ RESULTCODE: "2812", RESULTMSG: "거절" }));
    expect(await issue()).toMatchObject({ kind: "declined", decline: { rawCode: "2812" } });
  });

  test.each([
    ["the answer cannot be decrypted", PATHS.decrypt, answerJson({ RESULTCODE: "E030" })],
    ["the decryption breaks off", PATHS.decrypt, dropConnection],
    ["the connection is reset", PATHS.issue, resetConnection],
    ["there is no ENC_DATA", PATHS.issue, answerJson({ RESULTCODE: "0000" })],
    ["there is no key", PATHS.issue, answerSealed({ ...ISSUED, BILLKEY: "" })],
    ["the key is endless", PATHS.issue, answerSealed({ ...ISSUED, BILLKEY: "b".repeat(51) })],
  ])("is unknown when %s", async (_case, path, script) => {
    server.script(path, script);
    const outcome = await issue();
    expect(outcome).toMatchObject({ kind: "unknown" });
    expect(JSON.stringify(outcome)).not.toContain(CARD_NUMBER);
  });

  test("is not sent when the token is refused, or nobody listens", async () => {
    server.script(PATHS.issue, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" }));
    expect((await issue()).kind).toBe("not_sent");
    const lost = createAdapter({ baseUrl: await findClosedUrl() });
    expect((await lost.issueBillingKey(await openCall(adapter), REQUEST)).kind).toBe("not_sent");
    lost.close();
  });
});

describe("revoking a billing key", () => {
  test("revokes it", async () => {
    expect(await revoke()).toEqual({ kind: "revoked" });
    expect(server.bodiesAt(PATHS.revoke)).toEqual([
      { API_ID: "sandbox_2JdglQvKCb", BILLKEY: ISSUED.BILLKEY },
    ]);
  });

  test("declines without the key that the gateway's words repeat", async () => {
    const message = `${ISSUED.BILLKEY} 없음`;
    server.script(PATHS.revoke, answerJson({ RESULTCODE: "E010", RESULTMSG: message }));
    expect(await revoke()).toMatchObject({
      kind: "declined",
      decline: { code: "billing_key_invalid", rawMessage: "[removed] 없음" },
    });
  });

  test("is unknown when the answer is lost", async () => {
    server.script(PATHS.revoke, dropConnection);
    expect((await revoke()).kind).toBe("unknown");
  });
});
