import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { IssueBillingKeyRequest } from "../../../src/gateways/gateway.ts";
import type { KiwoompayConfig } from "../../../src/gateways/kiwoompay/account.ts";
import {
  type ScriptedServer,
  dropConnection,
  findClosedUrl,
  resetConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  CARD_NUMBER,
  CPID,
  LINK_KEY,
  TOKEN,
  answerEucKr,
  bodiesAt,
  createAdapter,
  giveTickets,
  openCall,
  returnPath,
} from "./wire.ts";

const REQUEST: IssueBillingKeyRequest = {
  orderNumber: "T-KEY-1",
  card: { number: CARD_NUMBER, expiry: "2812", password: "47", holderId: "900101" },
  customerId: "customer-1",
  customerName: "김철수",
  productName: "정기결제 | 카드 등록",
};
/** As recorded: no order number and no name of the card. */
const ISSUED = {
  RESULTCODE: "0000",
  ERRORMESSAGE: "정상 처리 되었습니다.",
  CARDCODE: "CCLG",
  AUTOKEY: "C2026A1B2C3D4",
  PAYMETHOD: "CARD-KEYGEN",
  GENDATE: "20260205175940",
  TOKEN,
};
const CARD_DATA = [CARD_NUMBER, "4111 1111 1111 1111", "2812", "900101", LINK_KEY, TOKEN];
const KEYGEN = returnPath("CARD-KEYGEN");

let server: ScriptedServer;

beforeEach(async () => {
  server = await startScriptedServer();
  giveTickets(server);
  server.script(KEYGEN, answerEucKr(ISSUED));
});

afterEach(() => server.close());

async function issue(config: Partial<KiwoompayConfig> = {}) {
  const adapter = createAdapter({ baseUrl: server.url, ...config });
  const outcome = await adapter.issueBillingKey(
    await openCall(adapter, { call: "issue" }),
    REQUEST,
  );
  adapter.close();
  return outcome;
}

describe("issuing a billing key", () => {
  test("gives the key and the card's name, and charges nothing", async () => {
    expect(await issue()).toEqual({
      kind: "issued",
      billingKey: "C2026A1B2C3D4",
      cardName: "신한",
      cardCode: "CCLG",
    });
    expect(bodiesAt(server, KEYGEN)).toEqual([
      {
        CPID,
        PAYMETHOD: "CARD-KEYGEN",
        ORDERNO: "T-KEY-1",
        PRODUCTTYPE: "1",
        PRODUCTCODE: "BILLING",
        PRODUCTNAME: "정기결제 ｜ 카드 등록",
        QUOTA: "00",
        TAXFREECD: "00",
        IPADDRESS: "127.0.0.1",
        USERID: "customer-1",
        USERNAME: "김철수",
        BILLTYPE: "14",
        AMOUNT: "0",
        DIRECT_YN: "N",
        CARDNO: CARD_NUMBER,
        EXPIREDT: "202812",
        CARDAUTH: "900101",
        CARDPASSWORD: "47",
      },
    ]);
  });

  test("speaks the guide's dialect", async () => {
    const { AUTOKEY: BILLKEY, ERRORMESSAGE: RESULTMSG, ...rest } = ISSUED;
    server.script(KEYGEN, answerEucKr({ ...rest, BILLKEY, RESULTMSG }));
    expect(await issue({ dialect: "guide" })).toMatchObject({ billingKey: BILLKEY });
    const [body] = bodiesAt(server, KEYGEN);
    expect(body).toMatchObject({ EXPIREDT: "2812", CARDPWD: "47" });
    expect(body).not.toHaveProperty("CARDPASSWORD");
  });

  test.each(["recorded", "guide"] as const)(
    "sends no password under the contract that takes none: %s",
    async (dialect) => {
      const path = returnPath("CARDK-KEYGEN");
      const key = { AUTOKEY: "C2026A1B2C3D4", BILLKEY: "C2026A1B2C3D4" };
      server.script(path, answerEucKr({ ...ISSUED, ...key }));
      expect((await issue({ family: "CARDK", dialect })).kind).toBe("issued");
      const [body] = bodiesAt(server, path);
      expect(body).toMatchObject({ CARDNO: CARD_NUMBER, CARDAUTH: "900101" });
      expect(Object.values(body ?? {})).not.toContain("47");
    },
  );

  test("names a card that no list has by its code alone", async () => {
    server.script(KEYGEN, answerEucKr({ ...ISSUED, CARDCODE: "CCXX" }));
    expect(await issue()).toMatchObject({ cardCode: "CCXX", cardName: "" });
  });

  test("declines without a trace of the card that the gateway's words repeat", async () => {
    const words = `미등록 ${CARD_DATA.join(" ")} 비번 47 거래불가`;
    server.script(KEYGEN, answerEucKr({ RESULTCODE: "1012", ERRORMESSAGE: words }));
    const outcome = await issue();
    expect(outcome).toMatchObject({
      kind: "declined",
      decline: { code: "card_not_registered", kind: "hard", rawCode: "1012" },
    });
    for (const secret of [...CARD_DATA, "47"])
      expect(JSON.stringify(outcome)).not.toContain(secret);
  });

  test("keeps a code that looks like the card's expiry by chance", async () => {
    server.script(KEYGEN, answerEucKr({ RESULTCODE: "2812", ERRORMESSAGE: "거절" }));
    expect(await issue()).toMatchObject({ kind: "declined", decline: { rawCode: "2812" } });
  });

  test.each([
    ["the connection is reset", resetConnection],
    ["the connection drops", dropConnection],
    ["there is no key", answerEucKr({ ...ISSUED, AUTOKEY: "" })],
    ["the key is endless", answerEucKr({ ...ISSUED, AUTOKEY: "C".repeat(51) })],
    ["the token is another's", answerEucKr({ ...ISSUED, TOKEN: "another" })],
    ["the order is another's", answerEucKr({ ...ISSUED, ORDERNO: "T-KEY-2" })],
    ["the merchant is another", answerEucKr({ ...ISSUED, CPID: "CTSOTHER" })],
  ])("is unknown when %s", async (_case, script) => {
    server.script(KEYGEN, script);
    const outcome = await issue();
    expect(outcome).toMatchObject({ kind: "unknown" });
    expect(JSON.stringify(outcome)).not.toContain(CARD_NUMBER);
  });

  test("is not sent when the token is refused, or nobody listens", async () => {
    server.script(KEYGEN, answerEucKr({ RESULTCODE: "9003", ERRORMESSAGE: "토큰 만료" }));
    expect(await issue()).toEqual({ kind: "not_sent", reason: "token refused: 9003" });
    const lost = createAdapter({ baseUrl: await findClosedUrl() });
    expect((await lost.openCredential({ call: "issue" })).kind).toBe("not_sent");
    lost.close();
  });
});
