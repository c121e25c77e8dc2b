import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { GatewayAdapter } from "../../../src/gateways/gateway.ts";
import {
  type ScriptedServer,
  answerJson,
  answerText,
  dropConnection,
  startScriptedServer,
} from "../../support/scripted-server.ts";
import { PATHS, approveEverything, createAdapter, openCall } from "./wire.ts";

const REQUEST = {
  orderNumber: "T-1",
  amount: 9_900,
  fromOn: "2026-02-05",
  untilOn: "2026-02-06",
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

const lookUp = async () => adapter.lookUpCharge(await openCall(adapter), REQUEST);

function row(changes: Record<string, unknown> = {}) {
  return {
    RESULTCODE: "0000",
    ORDERNO: "T-1",
    AMOUNT: "9900",
    TID: "cTS26020517561297485",
    ACCEPTDATE: "20260205175611",
    ACCEPTNO: "43484979",
    CANCELDATE: "",
    CARDNAME: "BC",
    ...changes,
  };
}

const OTHER = row({ ORDERNO: "T-2", TID: "cTS2" });

describe("looking up a charge", () => {
  test("asks for the window of days with the token alone", async () => {
    server.script(PATHS.search, answerJson([row()]));
    await lookUp();
    expect(server.bodiesAt(PATHS.search)).toEqual([
      { API_ID: "sandbox_2JdglQvKCb", STD_DT: "2026-02-05", END_DT: "2026-02-06" },
    ]);
    const sent = server.requests.find(({ path }) => path === PATHS.search);
    expect(sent?.headers).toHaveProperty("token");
    expect(sent?.headers).not.toHaveProperty("apikey");
  });

  test.each([
    ["among others", [OTHER, row(), OTHER]],
    ["alone in an array", [row()]],
    ["as a single object", row()],
  ])("finds it %s", async (_case, answer) => {
    server.script(PATHS.search, answerJson(answer));
    expect(await lookUp()).toEqual({
      kind: "found",
      transactions: [
        {
          id: "cTS26020517561297485",
          approvedAt: new Date("2026-02-05T08:56:11Z"),
          approvalNumber: "43484979",
          cardName: "BC",
          amount: 9_900,
          refunded: false,
        },
      ],
    });
  });

  test("finds every approval of the number, the oldest first, other amounts included", async () => {
    const late = row({ TID: "cTS9", ACCEPTDATE: "20260206000000", AMOUNT: "1" });
    const returned = row({ TID: "cTS8", ACCEPTDATE: "20260205235959", CANCELDATE: "20260206" });
    server.script(PATHS.search, answerJson([late, OTHER, returned, row()]));
    const result = await lookUp();
    if (result.kind !== "found") throw new Error(result.kind);
    const found = result.transactions.map(({ id, amount, refunded }) => [id, amount, refunded]);
    expect(found).toEqual([
      ["cTS26020517561297485", 9_900, false],
      ["cTS8", 9_900, true],
      ["cTS9", 1, false],
    ]);
  });

  test.each([
    ["the gateway found nothing", { RESULTCODE: "E008", RESULTMSG: "조회 결과가 없습니다" }],
    ["it says so inside an array", [{ RESULTCODE: "E008", RESULTMSG: "없음" }]],
    ["the list is empty", []],
    ["only others are listed", [OTHER, row({ ORDERNO: "" }), row({ ORDERNO: "T-11" })]],
    ["only a refused payment is listed", [OTHER, row({ RESULTCODE: "2001" })]],
  ])("does not find it when %s", async (_case, answer) => {
    server.script(PATHS.search, answerJson(answer));
    expect(await lookUp()).toEqual({ kind: "not_found" });
  });

  test.each([
    ["the gateway refuses", answerJson({ RESULTCODE: "E007", RESULTMSG: "누락" })],
    ["the token is refused", answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" })],
    ["the token is refused by status", answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰" }, 401)],
    ["a list comes with an error status", answerJson([OTHER], 500)],
    ["a row is no object", answerJson([OTHER, null])],
    ["a row has no order number", answerJson([OTHER, row({ ORDERNO: undefined })])],
    ["its row has no transaction", answerJson([row({ TID: "" })])],
    ["its row has no amount", answerJson([row({ AMOUNT: "구천" })])],
    ["the answer has neither rows nor code", answerJson({})],
    ["the answer is no JSON", answerText("<html>")],
    ["the connection drops", dropConnection],
  ])("fails, and says nothing about the charge, when %s", async (_case, script) => {
    server.script(PATHS.search, script);
    expect(await lookUp()).toMatchObject({ kind: "failed", reason: expect.any(String) });
  });

  test("drops a refused token, so that the next look-up has a new one", async () => {
    server.script(PATHS.search, answerJson({ RESULTCODE: "E003", RESULTMSG: "토큰 만료" }));
    await lookUp();
    await lookUp();
    expect(server.bodiesAt(PATHS.token)).toHaveLength(2);
  });

  test("reads a day of many payments", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => row({ ORDERNO: `T-X${index}` }));
    server.script(PATHS.search, answerJson([...rows, row()]));
    expect(await lookUp()).toMatchObject({ kind: "found", transactions: [{ amount: 9_900 }] });
  });
});

describe("listing transactions", () => {
  const list = async (fromOn: string, untilOn: string) =>
    adapter.listTransactions(await openCall(adapter), { fromOn, untilOn });

  test("asks for one day at a time, with the token alone", async () => {
    server.script(PATHS.search, answerJson([row()]));
    await list("2026-02-28", "2026-03-01");
    expect(server.bodiesAt(PATHS.search)).toEqual([
      { API_ID: "sandbox_2JdglQvKCb", STD_DT: "2026-02-28", END_DT: "2026-02-28" },
      { API_ID: "sandbox_2JdglQvKCb", STD_DT: "2026-03-01", END_DT: "2026-03-01" },
    ]);
  });

  test("tells that a payment was given back and when, but not how much", async () => {
    const given = row({ CANCELDATE: "20260205203000" });
    const oddly = row({ ORDERNO: "T-2", TID: "cTS2", CANCELDATE: "20260206" });
    server.script(PATHS.search, answerJson([given, oddly, row({ RESULTCODE: "2001" })]));
    const first = { orderNumber: "T-1", transactionId: "cTS26020517561297485" };
    const second = { orderNumber: "T-2", transactionId: "cTS2" };
    const at = new Date("2026-02-05T08:56:11Z");
    expect(await list("2026-02-05", "2026-02-05")).toEqual({
      kind: "listed",
      transactions: [
        { kind: "approval", ...first, amount: 9_900, at },
        { kind: "refund", ...first, amount: null, at: new Date("2026-02-05T11:30:00Z") },
        { kind: "approval", ...second, amount: 9_900, at },
        { kind: "refund", ...second, amount: null, at: null },
      ],
    });
  });

  test.each([
    ["a row is no object", [OTHER, null]],
    ["a row has no order number", [OTHER, row({ ORDERNO: undefined })]],
    ["a row has no transaction", [OTHER, row({ TID: "" })]],
    ["a row has no amount", [OTHER, row({ AMOUNT: "구천" })]],
    ["the gateway refuses", { RESULTCODE: "E007", RESULTMSG: "누락" }],
    ["the token is refused", { RESULTCODE: "E003", RESULTMSG: "토큰 만료" }],
  ])("fails when %s", async (_case, answer) => {
    server.script(PATHS.search, answerJson(answer));
    expect(await list("2026-02-05", "2026-02-05")).toMatchObject({ kind: "failed" });
  });

  test("asks for 31 days and for no more", async () => {
    server.script(PATHS.search, answerJson({ RESULTCODE: "E008", RESULTMSG: "없음" }));
    expect((await list("2026-01-01", "2026-01-31")).kind).toBe("listed");
    expect(server.bodiesAt(PATHS.search)).toHaveLength(31);
    expect((await list("2026-01-01", "2026-02-01")).kind).toBe("failed");
  });
});
