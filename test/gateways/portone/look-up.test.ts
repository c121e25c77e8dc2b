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
  IMP_UID,
  PAID_AT,
  PATHS,
  TOKEN,
  answerNotFound,
  answerOk,
  answerPage,
  answerRefusal,
  approveEverything,
  createAdapter,
  failedPayment,
  openCall,
  payment,
} from "./wire.ts";

const REQUEST = { orderNumber: "T-1", amount: 9_900, fromOn: "2026-02-05", untilOn: "2026-02-06" };
const ALL = "/payments/findAll/T-1";
const NEWEST = "/payments/find/T-1";

let server: ScriptedServer;
let adapter: GatewayAdapter;

beforeEach(async () => {
  server = await startScriptedServer();
  approveEverything(server);
  server.script(ALL, answerNotFound);
  server.script(NEWEST, answerNotFound);
  adapter = createAdapter({ baseUrl: server.url });
});

afterEach(async () => {
  adapter.close();
  await server.close();
});

const lookUp = async () => adapter.lookUpCharge(await openCall(adapter), REQUEST);

const refunded = (changes: Record<string, unknown> = {}) =>
  payment({
    status: "cancelled",
    paid_at: 0,
    cancel_amount: 9_900,
    cancelled_at: PAID_AT + 60,
    ...changes,
  });

describe("looking up a charge", () => {
  test("asks for everything under its order number, with the token alone", async () => {
    server.script(ALL, answerPage([payment()]));
    expect(await lookUp()).toEqual({
      kind: "found",
      transactions: [
        {
          id: IMP_UID,
          approvedAt: new Date(PAID_AT * 1000),
          approvalNumber: "43484979",
          cardName: "비씨카드",
          payMethod: "card",
          amount: 9_900,
          refunded: false,
        },
      ],
    });
    expect(server.requests.at(-1)).toMatchObject({
      method: "GET",
      path: `${ALL}?limit=1000`,
      body: "",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
  });

  test("finds every approval, the oldest first, other amounts and refunds included", async () => {
    const late = payment({ imp_uid: "imp_9", paid_at: PAID_AT + 99, amount: 1 });
    const given = refunded({ imp_uid: "imp_8", started_at: PAID_AT - 5 });
    const partly = payment({ imp_uid: "imp_7", paid_at: PAID_AT + 50, cancel_amount: 100 });
    server.script(ALL, answerPage([late, failedPayment(), given, payment(), partly]));
    const result = await lookUp();
    if (result.kind !== "found") throw new Error(result.kind);
    expect(result.transactions.map(({ id, amount, ...one }) => [id, amount, one.refunded])).toEqual(
      [
        ["imp_8", 9_900, true],
        [IMP_UID, 9_900, false],
        ["imp_7", 9_900, true],
        ["imp_9", 1, false],
      ],
    );
  });

  test("does not find it where both ways say that there is nothing", async () => {
    expect(await lookUp()).toEqual({ kind: "not_found" });
    server.script(ALL, answerPage([]));
    expect(await lookUp()).toEqual({ kind: "not_found" });
    expect(server.requests.filter(({ path }) => path === NEWEST)).toHaveLength(2);
  });

  test("does not find it where all that is there has failed", async () => {
    server.script(ALL, answerPage([failedPayment(), failedPayment({ imp_uid: "imp_2" })]));
    expect(await lookUp()).toEqual({ kind: "not_found" });
  });

  test.each<[string, Script]>([
    ["shows one", answerOk(payment())],
    ["shows a failed one", answerOk(failedPayment())],
    ["does not answer", dropConnection],
    ["has a page instead", answerText("not found", 404)],
  ])("fails where the second way %s", async (_case, script) => {
    server.script(NEWEST, script);
    expect(await lookUp()).toMatchObject({ kind: "failed" });
  });

  test.each<[string, Script]>([
    ["one is not decided", answerPage([payment({ status: "ready" })])],
    ["one cannot be read", answerPage([payment(), null])],
    ["one has no transaction", answerPage([payment({ imp_uid: "" })])],
    ["one has no amount", answerPage([payment({ amount: "9,900" })])],
    ["one has another order number", answerPage([payment({ merchant_uid: "T-11" })])],
    ["there are more pages", answerPage([payment()], { total: 2_000, next: 2 })],
    ["there is no list", answerOk(payment())],
    ["the gateway refuses", answerRefusal("조회 불가")],
    ["the token is refused", answerRefusal("Unauthorized", -1, 401)],
    ["something is missing in front of it", answerText("not found", 404)],
    ["nothing is there, said by a page", answerJson({}, 404)],
    ["the answer is a 500", answerJson({}, 500)],
    ["the connection drops", dropConnection],
  ])("fails, and says nothing about the charge, when %s", async (_case, script) => {
    server.script(ALL, script);
    expect(await lookUp()).toMatchObject({ kind: "failed", reason: expect.any(String) });
  });
});

const DAY = { fromOn: "2026-02-05", untilOn: "2026-02-05" };
/** 2026-02-05 00:00 in Korea. */
const DAY_START = Date.parse("2026-02-05T00:00:00+09:00") / 1000;

describe("listing transactions", () => {
  const list = async (days = DAY) => adapter.listTransactions(await openCall(adapter), days);
  const queriesAt = (path: string) =>
    server.requests
      .filter((one) => one.path.startsWith(`${path}?`))
      .map((one) => Object.fromEntries(new URL(one.path, server.url).searchParams));

  beforeEach(() => {
    server.script(PATHS.paid, answerPage([]));
    server.script(PATHS.cancelled, answerPage([]));
  });

  test("asks for the paid ones of the days, then for all that was given back since", async () => {
    await list();
    const page = { page: "1", limit: "1000", sorting: "started" };
    expect(queriesAt(PATHS.paid)).toEqual([
      { from: String(DAY_START), to: String(DAY_START + 86_399), ...page },
    ]);
    const since = queriesAt(PATHS.cancelled);
    expect(since[0]).toMatchObject({ from: String(DAY_START), ...page });
    for (const [index, { from, to }] of since.entries()) {
      expect(Number(to) - Number(from)).toBe(90 * 86_400 - 1);
      expect(Number(from)).toBe(DAY_START + index * 90 * 86_400);
    }
    expect(Number(since.at(-1)?.to)).toBeGreaterThan(Date.now() / 1000);
    expect(Number(since.at(-1)?.from)).toBeLessThanOrEqual(Date.now() / 1000);
  });

  test("tells every refund with its sum and time, whatever the day, and no payment of other days", async () => {
    const parts = [
      { pg_tid: "t", amount: 1_000, cancelled_at: PAID_AT + 60, cancellation_id: "c1" },
      { pg_tid: "t", amount: 8_900, cancelled_at: PAID_AT + 86_400 * 40, cancellation_id: "c2" },
    ];
    const elsewhere = refunded({
      imp_uid: "imp_3",
      merchant_uid: "T-3",
      started_at: DAY_START - 1,
    });
    const partly = payment({ imp_uid: "imp_2", merchant_uid: "T-2", cancel_amount: 500 });
    server.script(PATHS.paid, answerPage([partly]));
    server.script(PATHS.cancelled, (request, response) => {
      const isFirst = request.path.includes(`from=${DAY_START}&`);
      const rows = [refunded({ cancel_history: parts }), elsewhere];
      answerPage(isFirst ? rows : [])(request, response);
    });
    const at = new Date(PAID_AT * 1000);
    const one = { orderNumber: "T-1", transactionId: IMP_UID };
    const two = { orderNumber: "T-2", transactionId: "imp_2" };
    expect(await list()).toEqual({
      kind: "listed",
      transactions: [
        { kind: "approval", ...one, amount: 9_900, at: new Date((PAID_AT - 1) * 1000) },
        { kind: "refund", ...one, amount: 1_000, at: new Date((PAID_AT + 60) * 1000) },
        { kind: "refund", ...one, amount: 8_900, at: new Date((PAID_AT + 86_400 * 40) * 1000) },
        { kind: "approval", ...two, amount: 9_900, at },
        { kind: "refund", ...two, amount: 500, at: null },
      ],
    });
  });

  test("counts a payment once that is given back while it is listed", async () => {
    server.script(PATHS.paid, answerPage([payment()]));
    server.script(PATHS.cancelled, answerPage([refunded()]));
    const result = await list();
    if (result.kind !== "listed") throw new Error(result.reason);
    expect(result.transactions.map(({ kind }) => kind)).toEqual(["approval", "refund"]);
  });

  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => payment({ imp_uid: `imp_${from + index}` }));

  /** Serves these pages; each may tell another total. */
  function servePages(pages: ReadonlyArray<{ rows: unknown[]; total: number; next?: number }>) {
    server.script(PATHS.paid, (request, response) => {
      const number = Number(new URL(request.path, server.url).searchParams.get("page"));
      const page = pages[number - 1] ?? { rows: [], total: 0 };
      const next = page.next ?? (number < pages.length ? number + 1 : 0);
      answerPage(page.rows, { total: page.total, next })(request, response);
    });
  }

  test("reads all pages", async () => {
    servePages([
      { rows: rows(0, 1_000), total: 2_500 },
      { rows: rows(1_000, 1_000), total: 2_500 },
      { rows: rows(2_000, 500), total: 2_500 },
    ]);
    const result = await list();
    expect(result.kind === "listed" && result.transactions).toHaveLength(2_500);
  });

  test.each([
    ["the total changes between pages", [rows(0, 2), 4, rows(2, 2), 5]],
    ["a payment stands on two pages", [rows(0, 2), 4, rows(1, 2), 4]],
    ["a page has less than it should", [rows(0, 2), 4, rows(2, 1), 4]],
  ] as const)("fails when %s", async (_case, [first, total, second, later]) => {
    servePages([
      { rows: [...first], total },
      { rows: [...second], total: later },
    ]);
    expect(await list()).toMatchObject({ kind: "failed" });
  });

  test("fails when a page leads back", async () => {
    servePages([
      { rows: rows(0, 1), total: 2 },
      { rows: rows(1, 1), total: 2, next: 1 },
    ]);
    expect(await list()).toMatchObject({ kind: "failed" });
  });

  test.each<[string, unknown]>([
    ["a row is no object", null],
    ["a row has no order number", payment({ merchant_uid: "" })],
    ["a row has no amount", payment({ amount: null })],
    ["a row has no time", payment({ paid_at: 0, started_at: 0 })],
    ["a row has another status", failedPayment()],
  ])("fails when %s", async (_case, row) => {
    server.script(PATHS.paid, answerPage([row]));
    expect(await list()).toMatchObject({ kind: "failed" });
  });

  test.each<[string, Script]>([
    ["refuses", answerRefusal("조회 불가")],
    ["refuses the token", answerRefusal("Unauthorized", -1, 401)],
    ["says that the page is out of range", answerRefusal("page", -1, 400)],
    ["drops the connection", dropConnection],
  ])("fails when the gateway %s for what was given back", async (_case, script) => {
    server.script(PATHS.cancelled, script);
    expect(await list()).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/^cancel/),
    });
  });

  test("covers 31 days and no more", async () => {
    expect((await list({ fromOn: "2026-01-01", untilOn: "2026-01-31" })).kind).toBe("listed");
    expect((await list({ fromOn: "2026-01-01", untilOn: "2026-02-01" })).kind).toBe("failed");
  });
});

const UID = "card-K-1";
const SCHEDULES = `/subscribe/customers/${UID}/schedules`;
const schedule = (changes: Record<string, unknown> = {}) => ({
  customer_uid: UID,
  merchant_uid: "S-1",
  schedule_at: 1_800_000_000,
  schedule_status: "scheduled",
  amount: 9_900,
  ...changes,
});

describe("looking up the gateway's own schedules", () => {
  const ask = async () => adapter.lookUpSchedule?.(await openCall(adapter), UID);

  test("asks for those that wait, from yesterday on, more than a year ahead", async () => {
    server.script(SCHEDULES, answerPage([]));
    expect(await ask()).toEqual({ kind: "none" });
    const asked = server.requests
      .filter(({ path }) => path.startsWith(SCHEDULES))
      .map(({ path }) => Object.fromEntries(new URL(path, server.url).searchParams));
    const now = Date.now() / 1000;
    expect(Number(asked[0]?.from)).toBeLessThanOrEqual(now - 86_400);
    expect(Number(asked.at(-1)?.to)).toBeGreaterThan(now + 366 * 86_400);
    for (const one of asked) {
      expect(one).toMatchObject({ page: "1", "schedule-status": "scheduled" });
      // Three months may have 89 days only.
      expect(Number(one.to) - Number(one.from)).toBeLessThanOrEqual(89 * 86_400);
    }
    expect(asked.slice(1).map(({ from }) => from)).toEqual(asked.slice(0, -1).map(({ to }) => to));
  });

  test("counts each once, over spans and pages, and none that is over", async () => {
    server.script(SCHEDULES, (request, response) => {
      const isSecond = request.path.includes("page=2");
      const list = isSecond
        ? [schedule({ merchant_uid: "S-2" })]
        : [schedule(), schedule({ merchant_uid: "S-9", schedule_status: "revoked" })];
      answerPage(list, { total: 3, next: isSecond ? 0 : 2 })(request, response);
    });
    expect(await ask()).toEqual({ kind: "scheduled", count: 2 });
  });

  test("reads a bare list too", async () => {
    server.script(SCHEDULES, answerOk([schedule(), schedule({ merchant_uid: "S-2" })]));
    expect(await ask()).toEqual({ kind: "scheduled", count: 2 });
    server.script(SCHEDULES, answerOk([]));
    expect(await ask()).toEqual({ kind: "none" });
  });

  test.each<[string, Script]>([
    ["a row is no object", answerPage([null])],
    ["a row has no order number", answerPage([schedule({ merchant_uid: "" })])],
    ["a row is another customer's", answerPage([schedule({ customer_uid: "card-K-2" })])],
    ["there is no list", answerOk({})],
    ["there is nothing at all", answerNotFound],
    ["the gateway refuses", answerRefusal("조회 불가")],
    ["the query is refused", answerRefusal("from", -1, 400)],
    ["the token is refused", answerRefusal("Unauthorized", -1, 401)],
    ["the connection drops", dropConnection],
  ])("fails when %s", async (_case, script) => {
    server.script(SCHEDULES, script);
    expect(await ask()).toMatchObject({ kind: "failed", reason: expect.any(String) });
  });
});
