import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import {
  type Script,
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import {
  CARD,
  SECRET,
  TOKEN,
  answerNotFound,
  answerOk,
  answerRefusal,
  approveEverything,
  createAdapter,
  openCall,
} from "./wire.ts";

const UID = "card-K-1";
const PATH = `/subscribe/customers/${UID}`;
const CUSTOMER = { customer_uid: UID, card_name: "비씨카드", card_code: "361" };
const ISSUED = { kind: "issued", billingKey: UID, cardName: "비씨카드", cardCode: "361" };

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

const issue = async () =>
  adapter.issueBillingKey(await openCall(adapter), {
    orderNumber: "K-1",
    card: CARD,
    customerId: "customer-1",
    customerName: "김철수",
    productName: "카드 등록",
  });

const revoke = async () => adapter.revokeBillingKey(await openCall(adapter), UID);

/** Answers by the method: what is saved, then what is read. */
const byMethod =
  (post: Script, get: Script): Script =>
  (request, response) =>
    (request.method === "POST" ? post : get)(request, response);

describe("issuing a billing key", () => {
  test("sends the card in the documented form under a name that follows from the order", async () => {
    server.script(PATH, answerOk(CUSTOMER));
    expect(await issue()).toEqual(ISSUED);
    expect(server.bodiesAt(PATH)).toEqual([
      {
        card_number: "4111-1111-1111-1111",
        expiry: "2030-12",
        birth: "900101",
        pwd_2digit: "12",
        pg: "daou",
        customer_name: "김철수",
        customer_id: "customer-1",
      },
    ]);
    expect(server.requests.at(-1)).toMatchObject({
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  });

  test.each([
    [
      "카드정보 인증 및 빌키 발급에 실패하였습니다. [F112]유효하지않은 카드번호를 입력하셨습니다. (card_bin 없음)",
      "card_details_wrong",
      "F112",
    ],
    ["카드정보 인증 및 빌키 발급에 실패하였습니다.", "card_details_wrong", "-1"],
    [
      "카드정보 인증 및 빌키 발급에 실패하였습니다. [2015] 카드유효기간오류",
      "card_expired",
      "2015",
    ],
  ])("is declined by %j: %s", async (message, code, rawCode) => {
    server.script(PATH, answerRefusal(message, -1));
    expect(await issue()).toMatchObject({ kind: "declined", decline: { code, rawCode } });
    expect(server.requests.filter(({ method }) => method === "GET")).toHaveLength(0);
  });

  test.each([
    ["the connection drops", dropConnection],
    ["it answers 500", answerJson({}, 500)],
    ["it answers a page", answerText("<html>")],
    ["it answers for another card", answerOk({ ...CUSTOMER, customer_uid: "card-K-2" })],
    ["it does not know", answerRefusal("PG 통신 오류")],
  ])("is asked about where %s", async (_case, script) => {
    server.script(PATH, byMethod(script, answerOk(CUSTOMER)));
    expect(await issue()).toEqual(ISSUED);
    server.script(PATH, byMethod(script, answerNotFound));
    expect(await issue()).toMatchObject({ kind: "unknown" });
    server.script(PATH, byMethod(script, answerJson({}, 500)));
    expect(await issue()).toMatchObject({ kind: "unknown" });
  });

  test("is not sent when the token is refused, and nothing is asked then", async () => {
    server.script(PATH, answerRefusal("Unauthorized", -1, 401));
    expect(await issue()).toEqual({ kind: "not_sent", reason: "token refused" });
    expect(server.requests.filter(({ path }) => path === PATH)).toHaveLength(1);
  });

  test("tells no secret that the gateway's words repeat", async () => {
    const said = ["4111-1111-1111-1111", CARD.holderId, SECRET, TOKEN].join(" / ");
    server.script(PATH, answerRefusal(`카드정보 인증에 실패 ${said}`, -1));
    const text = JSON.stringify(await issue());
    for (const secret of ["4111", CARD.holderId, SECRET, TOKEN]) {
      expect(text).not.toContain(secret);
    }
    expect(text).toContain("[removed]");
  });
});

describe("ending a billing key", () => {
  test("deletes the customer", async () => {
    server.script(PATH, answerOk(CUSTOMER));
    expect(await revoke()).toEqual({ kind: "revoked" });
    expect(server.requests.at(-1)).toMatchObject({ method: "DELETE", path: PATH, body: "" });
  });

  test("is done where there is none any more", async () => {
    server.script(PATH, answerNotFound);
    expect(await revoke()).toEqual({ kind: "revoked" });
  });

  test.each<[string, Script, object]>([
    ["declined", answerRefusal("삭제할 수 없습니다"), { decline: { code: "request_refused" } }],
    ["not_sent", answerRefusal("Unauthorized", -1, 401), {}],
    ["unknown", dropConnection, {}],
    ["unknown", answerText("not found", 404), {}],
    ["unknown", answerJson({}, 500), {}],
  ])("is %s as the gateway answers", async (kind, script, more) => {
    server.script(PATH, script);
    expect(await revoke()).toMatchObject({ kind, ...more });
  });
});
