import { describe, expect, it } from "vitest";
import { type PortoneClient, rowsOf, startPortone } from "./support.ts";

const IMP_UID = /^imp_\d{12}$/;
const START = Date.parse("2026-03-10T00:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();

async function paid(portone: PortoneClient, fields: Record<string, unknown> = {}): Promise<string> {
  const { response } = await portone.onetime(fields);
  expect(response?.imp_uid).toMatch(IMP_UID);
  return String(response?.imp_uid);
}

const idsOf = (response: Readonly<Record<string, unknown>> | null) =>
  rowsOf(response, "list").map(({ imp_uid }) => imp_uid);

describe("a cancel", () => {
  it("gives back all without an amount or with 0, and then says so", async () => {
    const portone = await startPortone();
    for (const amount of [undefined, 0]) {
      const imp_uid = await paid(portone);
      expect((await portone.cancel({ imp_uid, amount })).response).toMatchObject({
        status: "cancelled",
        cancel_amount: 1_000,
        cancel_history: [{ amount: 1_000 }],
      });
      expect(await portone.cancel({ imp_uid })).toEqual({
        status: 200,
        code: 1,
        message: "이미 전액취소된 주문입니다.",
        response: null,
      });
    }
  });

  it("goes by imp_uid even beside an order number, else by the newest of the order", async () => {
    const portone = await startPortone();
    const unknown = { code: 1, message: "취소할 결제건이 존재하지 않습니다.", response: null };
    await paid(portone, { merchant_uid: "A" });
    const wrong = { imp_uid: "imp_000000000000", merchant_uid: "A" };
    expect(await portone.cancel(wrong)).toMatchObject(unknown);
    expect(await portone.cancel({ merchant_uid: "B" })).toMatchObject(unknown);
    await portone.onetime({ merchant_uid: "F", card_number: "4000-0000-0001-0118" });
    expect(await portone.cancel({ merchant_uid: "F" })).toMatchObject(unknown);
    expect((await portone.cancel({ merchant_uid: "A" })).code).toBe(0);
  });

  it.each([
    ["cancelled", "zero", 0],
    ["cancelled", "kept", START / 1000],
    ["paid", "zero", START / 1000],
  ])("of a part leaves the status %s (%s)", async (status, paidAtAfterCancel, paid_at) => {
    const portone = await startPortone();
    await portone.control.setClock(at(0));
    await portone.turn({ partialCancelStatus: status, paidAtAfterCancel });
    const imp_uid = await paid(portone);
    await portone.control.setClock(at(60));
    await portone.cancel({ imp_uid, amount: 300, checksum: 1_000 });
    const { response } = await portone.cancel({ imp_uid, amount: 200, checksum: 700, reason: "b" });
    expect(response).toMatchObject({
      status,
      paid_at,
      cancel_amount: 500,
      cancel_history: [
        { amount: 300 },
        { amount: 200, reason: "b", cancelled_at: START / 1000 + 60 },
      ],
    });
    const isCancelled = status === "cancelled";
    expect(response?.cancelled_at).toBe(isCancelled ? START / 1000 + 60 : 0);
    expect(response?.cancel_reason).toBe(isCancelled ? "b" : null);
    const history = rowsOf(response ?? null, "cancel_history");
    const ids = new Set(history.map(({ cancellation_id }) => cancellation_id));
    expect(ids.size).toBe(2);
  });

  it("with a wrong checksum does nothing, unless nobody looks", async () => {
    const portone = await startPortone();
    const imp_uid = await paid(portone);
    const wrong = await portone.cancel({ imp_uid, amount: 300, checksum: 999 });
    expect(wrong).toMatchObject({ code: 1, response: null });
    expect((await portone.get(`/payments/${imp_uid}`)).response?.cancel_amount).toBe(0);
    await portone.turn({ checksum: "ignored" });
    expect((await portone.cancel({ imp_uid, amount: 300, checksum: 999 })).code).toBe(0);
  });

  it.each([
    ["checksum_first", "checksum"],
    ["cancelled_first", "이미 전액취소된 주문입니다."],
  ])("of nothing that is left says first: %s", async (fullyCancelled, words) => {
    const portone = await startPortone();
    await portone.turn({ fullyCancelled });
    const imp_uid = await paid(portone);
    await portone.cancel({ imp_uid, checksum: 1_000 });
    expect((await portone.cancel({ imp_uid, checksum: 1_000 })).message).toContain(words);
    expect((await portone.cancel({ imp_uid, checksum: 0 })).message).toContain("이미 전액취소된");
  });

  it("of more than is left is refused", async () => {
    const portone = await startPortone();
    const imp_uid = await paid(portone);
    const answer = await portone.cancel({ imp_uid, amount: 1_001 });
    expect(answer.message).toContain("requested cancel amount is bigger than cancelable amount");
  });
});

describe("payments under one order number", () => {
  it("are found newest first, by status, in any order, all of them", async () => {
    const portone = await startPortone();
    const ids: string[] = [];
    const cards = ["4000-0000-0001-0118", "4000-0000-0001-0126", "4111-1111-1111-1111"];
    for (const [index, card_number] of cards.entries()) {
      await portone.control.setClock(at(index));
      ids.push(await paid(portone, { merchant_uid: "A", card_number }));
    }
    const find = async (path: string) =>
      (await portone.get(`/payments/find/A${path}`)).response?.imp_uid;
    expect(await find("")).toBe(ids[2]);
    expect(await find("?sorting=started")).toBe(ids[0]);
    expect(await find("/failed")).toBe(ids[1]);
    expect(await find("/paid")).toBe(ids[2]);
    expect((await portone.get("/payments/find/A/cancelled")).status).toBe(404);
    expect((await portone.get("/payments/find/B")).status).toBe(404);
    expect((await portone.get("/payments/find/A/lost")).status).toBe(400);
    const all = (await portone.get("/payments/findAll/A")).response;
    expect(all).toMatchObject({ total: 3, previous: 0, next: 0 });
    expect(idsOf(all)).toEqual(ids.toReversed());
    expect(idsOf((await portone.get("/payments/findAll/A/failed")).response)).toHaveLength(2);
    const second = (await portone.get("/payments/findAll/A?limit=2&page=2&sorting=started"))
      .response;
    expect(second).toMatchObject({ total: 3, previous: 1, next: 0 });
    expect(idsOf(second)).toEqual([ids[2]]);
    expect((await portone.get("/payments/findAll/B")).status).toBe(404);
  });

  it("are not shown while they are younger than the lag, except by their own number", async () => {
    const portone = await startPortone();
    const imp_uid = await paid(portone, { merchant_uid: "A" });
    await portone.control.setSwitches({ lookupLagMs: 600_000 });
    expect((await portone.get("/payments/find/A")).status).toBe(404);
    expect((await portone.get("/payments/findAll/A")).status).toBe(404);
    expect((await portone.get("/payments/status/paid")).response).toMatchObject({ total: 0 });
    expect((await portone.get(`/payments/${imp_uid}`)).status).toBe(200);
  });

  it("are read in a batch, by either number, 207 where some are missing", async () => {
    const portone = await startPortone();
    const one = await paid(portone, { merchant_uid: "A" });
    const two = await paid(portone, { merchant_uid: "B" });
    const all = await portone.get(`/payments?imp_uid[]=${one}&merchant_uid[]=B`);
    expect(all).toMatchObject({ status: 200, response: [{ imp_uid: one }, { imp_uid: two }] });
    const some = await portone.get(`/payments?imp_uid[]=${one}&imp_uid[]=imp_1`);
    expect(some).toMatchObject({ status: 207, code: 0, response: [{ imp_uid: one }] });
    expect((await portone.get("/payments?imp_uid[]=imp_1")).status).toBe(404);
    expect((await portone.get("/payments")).status).toBe(404);
  });
});

describe("payments by status", () => {
  it("are found by the time of their last status", async () => {
    const portone = await startPortone();
    await portone.control.setClock(at(0));
    const plain = await paid(portone);
    const given = await paid(portone);
    const failed = await paid(portone, { card_number: "4000-0000-0001-0118" });
    await portone.control.setClock(at(1_000));
    await portone.cancel({ imp_uid: given });
    const list = async (status: string, from: number, to: number) => {
      const span = `from=${START / 1000 + from}&to=${START / 1000 + to}`;
      return idsOf((await portone.get(`/payments/status/${status}?${span}`)).response);
    };
    expect(await list("paid", 0, 0)).toEqual([plain]);
    expect(await list("paid", 1, 2_000)).toEqual([]);
    expect(await list("cancelled", 0, 999)).toEqual([]);
    expect(await list("cancelled", 1_000, 1_000)).toEqual([given]);
    expect(await list("failed", 0, 0)).toEqual([failed]);
    expect(await list("ready", 0, 2_000)).toEqual([]);
    expect(await list("all", 0, 0)).toEqual([failed, plain]);
    expect(await list("all", 0, 2_000)).toHaveLength(3);
  });

  it("come twenty a page, newest first, ninety days back", async () => {
    const portone = await startPortone();
    await portone.turn({ callsPerSecond: 0 });
    await portone.control.setClock(at(0));
    await paid(portone);
    await portone.control.setClock(at(90 * 86_400 + 1));
    const ids: string[] = [];
    for (let count = 0; count < 25; count += 1) ids.push(await paid(portone));
    const first = (await portone.get("/payments/status/paid")).response;
    expect(first).toMatchObject({ total: 25, previous: 0, next: 2 });
    expect(idsOf(first)).toEqual(ids.toReversed().slice(0, 20));
    const second = (await portone.get("/payments/status/paid?page=2")).response;
    expect(second).toMatchObject({ total: 25, previous: 1, next: 0 });
    expect(idsOf(second)).toEqual(ids.toReversed().slice(20));
  });

  it.each([
    "/payments/status/lost",
    "/payments/status/paid?page=2",
    "/payments/status/paid?page=0",
    "/payments/status/paid?limit=1001",
    "/payments/status/paid?from=x",
    "/payments/status/paid?to=x",
    "/payments/status/paid?from=0&to=7776001",
    "/payments/status/paid?from=2&to=1",
    "/payments/status/paid?sorting=amount",
  ])("are refused with 400: %s", async (path) => {
    const portone = await startPortone();
    expect(await portone.get(path)).toMatchObject({ status: 400, code: -1, response: null });
  });
});

describe("schedules", () => {
  const schedule = (merchant_uid: string, schedule_at: number) => ({
    merchant_uid,
    schedule_at,
    amount: 500,
    currency: "KRW",
    name: "구독",
  });

  it("are taken, listed everywhere, taken back, and never twice", async () => {
    const portone = await startPortone();
    await portone.issue("c");
    const day = START / 1000;
    const schedules = [schedule("S-1", day), schedule("S-2", day + 10)];
    const made = await portone.post("/subscribe/payments/schedule", {
      customer_uid: "c",
      schedules,
    });
    expect(made.response).toMatchObject([
      {
        customer_uid: "c",
        merchant_uid: "S-1",
        imp_uid: null,
        schedule_at: day,
        executed_at: 0,
        revoked_at: 0,
        amount: 500,
        currency: "KRW",
        name: "구독",
        schedule_status: "scheduled",
        payment_status: null,
        fail_reason: null,
      },
      { merchant_uid: "S-2" },
    ]);
    const again = { customer_uid: "c", schedules: [schedule("S-2", day)] };
    expect(await portone.post("/subscribe/payments/schedule", again)).toMatchObject({ code: 1 });

    const span = `from=${day}&to=${day + 10}`;
    for (const path of [
      "/subscribe/customers/c/schedules",
      "/subscribe/payments/schedule/customers/c",
    ]) {
      const paged = await portone.get(`${path}?${span}`);
      expect(paged.response).toMatchObject({ total: 1, next: 0, list: [{ merchant_uid: "S-1" }] });
      expect((await portone.get(path)).status).toBe(400);
      expect((await portone.get(`${path}?from=0&to=99999999`)).status).toBe(400);
    }
    await portone.turn({ customerSchedules: "list" });
    const listed = await portone.get(`/subscribe/customers/c/schedules?${span}`);
    expect(listed.response).toMatchObject([{ merchant_uid: "S-1" }]);

    expect((await portone.get("/subscribe/payments/schedule/S-1")).response).toMatchObject({
      amount: 500,
    });
    expect((await portone.get("/subscribe/payments/schedule/S-9")).status).toBe(404);
    const range = `schedule_from=${day}&schedule_to=${day + 100}`;
    const all = await portone.get(`/subscribe/payments/schedule?${range}`);
    expect(all.response).toMatchObject({ total: 2 });

    const back = { customer_uid: "c", merchant_uid: "S-1" };
    expect((await portone.post("/subscribe/payments/unschedule", back)).response).toMatchObject([
      { merchant_uid: "S-1", schedule_status: "revoked" },
    ]);
    expect(await portone.post("/subscribe/payments/unschedule", back)).toMatchObject({
      code: 1,
      message: "취소할 예약결제 기록이 존재하지 않습니다.",
    });
    const left = await portone.get(
      `/subscribe/payments/schedule?${range}&schedule_status=scheduled`,
    );
    expect(left.response).toMatchObject({ total: 1, list: [{ merchant_uid: "S-2" }] });
  });

  it("need a customer, or a card to make one", async () => {
    const portone = await startPortone();
    const schedules = [schedule("S-1", 1_900_000_000)];
    const without = { customer_uid: "new", schedules };
    expect(await portone.post("/subscribe/payments/schedule", without)).toMatchObject({
      code: -1,
      message: "등록되지 않은 구매자입니다.",
    });
    const bad = { ...without, ...portone.card({ card_number: "4539-5787-6362-1486" }) };
    expect((await portone.post("/subscribe/payments/schedule", bad)).code).toBe(-1);
    const good = { ...without, ...portone.card() };
    expect((await portone.post("/subscribe/payments/schedule", good)).code).toBe(0);
    expect((await portone.again("new")).response?.status).toBe("paid");
  });

  it.each([
    ["none", []],
    ["something else", "x"],
    ["an amount in quotes", [{ ...schedule("S-1", 1_900_000_000), amount: "500" }]],
    ["no time", [{ merchant_uid: "S-1", amount: 500 }]],
    ["one number twice", [schedule("S-1", 1), schedule("S-1", 2)]],
  ])("are refused: %s", async (_what, schedules) => {
    const portone = await startPortone();
    await portone.issue("c");
    const answer = await portone.post("/subscribe/payments/schedule", {
      customer_uid: "c",
      schedules,
    });
    expect(answer).toMatchObject({ code: 1, response: null });
  });
});

describe("a prepared amount", () => {
  it("is announced once, changed and read", async () => {
    const portone = await startPortone();
    const prepared = { merchant_uid: "A", amount: 1_000 };
    expect((await portone.get("/payments/prepare/A")).status).toBe(404);
    expect((await portone.put("/payments/prepare", prepared)).status).toBe(404);
    expect((await portone.post("/payments/prepare", prepared)).response).toEqual(prepared);
    expect(await portone.post("/payments/prepare", prepared)).toMatchObject({ code: 1 });
    const changed = { ...prepared, amount: 2_000 };
    expect((await portone.put("/payments/prepare", changed)).response).toEqual(changed);
    expect((await portone.get("/payments/prepare/A")).response).toEqual(changed);
  });
});

it("finds payments and cards again after a restart, and no token", async () => {
  const first = await startPortone();
  await first.issue("c");
  const { imp_uid } = (await first.again("c", { merchant_uid: "A" })).response ?? {};
  await first.cancel({ imp_uid, amount: 300 });
  await first.simulator.close();
  const second = await startPortone({ dir: first.dir });
  expect((await second.get("/payments/find/A")).response).toMatchObject({
    imp_uid,
    cancel_amount: 300,
  });
  expect((await second.again("c")).response).toMatchObject({ status: "paid" });
});
