import { describe, expect, it } from "vitest";
import { startSimulator } from "./support.ts";

describe("clock", () => {
  it("freezes, moves, follows the real clock again, and survives a restart", async () => {
    const first = await startSimulator();
    const set = await first.client.setClock("2026-03-01T09:00:00+09:00");
    expect(set.body).toEqual({ now: "2026-03-01T00:00:00.000Z", frozen: true });
    await first.simulator.close();

    const second = await startSimulator({ dir: first.dir });
    expect((await second.client.get("/_sim/clock")).body).toEqual(set.body);
    expect((await second.client.setClock(null)).body.frozen).toBe(false);
    await second.simulator.close();

    const third = await startSimulator({ dir: first.dir });
    expect((await third.client.get("/_sim/clock")).body.frozen).toBe(false);
  });

  it.each([
    "2026-03-01",
    "2026-03-01T00:00:00",
    "2026-02-30T00:00:00Z",
    "x",
    5,
    "1999-01-01T00:00:00Z",
  ])("refuses %j", async (now) => {
    const { client } = await startSimulator();
    const answer = await client.post("/_sim/clock", { now });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain("now must be an instant");
  });

  it("refuses unknown fields", async () => {
    const { client } = await startSimulator();
    const answer = await client.post("/_sim/clock", { now: null, at: 1 });
    expect(answer.body.message).toBe('the body has no field "at"; it knows now');
  });
});

describe("switches", () => {
  it("move one by one and leave the others", async () => {
    const { client } = await startSimulator();
    await client.setSwitches({ cookiepay: { declineAt: "inner" } });
    await client.setSwitches({ latencyMs: [1, 2] });
    expect((await client.get("/_sim/switches")).body).toMatchObject({
      cookiepay: { duplicateOrderNumber: "accept", tokenError: "code", declineAt: "inner" },
      lookupLagMs: 0,
      latencyMs: [1, 2],
    });
  });

  it.each([
    [{ cookiepay: { declineAt: "both" } }, "cookiepay.declineAt must be one of outer, inner"],
    [{ lookupLagMs: "5" }, "lookupLagMs must be a whole number"],
    [{ latencyMs: [5, 1] }, "latencyMs[1] must be a whole number from 5"],
    [{ latencyMs: 5 }, "latencyMs must be a pair"],
    [{ speed: 1 }, 'no field "speed"'],
    [[], "must be a JSON object"],
  ])("refuse %j", async (change, message) => {
    const { client } = await startSimulator();
    const answer = await client.setSwitches(change);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });
});

describe("ledger query", () => {
  it("filters by every key, sums over all, and pages by the last number", async () => {
    const { client } = await startSimulator();
    const billingKey = await client.billingKeyFor("4111111111111111");
    await client.setClock("2026-03-01T00:00:00Z");
    for (const [order, BUYERID] of ["a", "b", "a", "a"].entries()) {
      await client.pay(billingKey, { ORDERNO: `N-${order}`, AMOUNT: "1000", BUYERID });
    }
    await client.setClock("2026-03-02T00:00:00Z");
    const { TID } = await client.approve(billingKey, { ORDERNO: "N-4", BUYERID: "a" });
    await client.cancel({ tid: TID, amount: "900" });

    const orders = async (query: string) => {
      const { entries } = (await client.ledger(query)).body as {
        entries: { orderNumber: string }[];
      };
      return entries.map(({ orderNumber }) => orderNumber);
    };
    expect(await orders("?kind=approval&buyerId=a")).toEqual(["N-0", "N-2", "N-3", "N-4"]);
    expect(await orders(`?transactionId=${TID}`)).toEqual(["N-4", "N-4"]);
    expect(await orders("?orderNumber=N-1")).toEqual(["N-1"]);
    expect(await orders(`?billingKey=${billingKey}&kind=refund`)).toEqual(["N-4"]);
    expect(await orders("?kind=approval&from=2026-03-02")).toEqual(["N-4"]);
    expect(await orders("?kind=approval&from=2026-03-01&to=2026-03-01&buyerId=b")).toEqual(["N-1"]);
    expect(
      await orders("?kind=approval&from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"),
    ).toHaveLength(4);

    const first = (await client.ledger("?kind=approval&buyerId=a&limit=3")).body;
    expect(first).toMatchObject({
      totals: { approvals: 4, approvedAmount: 12_900, refunds: 0 },
      next: expect.any(Number) as number,
    });
    const rest = (
      await client.ledger(`?kind=approval&buyerId=a&limit=3&after=${String(first.next)}`)
    ).body;
    expect(rest.entries).toMatchObject([{ orderNumber: "N-4" }]);
    expect(rest.totals).toEqual(first.totals);
    expect(rest.next).toBeUndefined();
    expect((await client.ledger()).body.totals).toEqual({
      approvals: 5,
      approvedAmount: 13_900,
      declines: 0,
      refunds: 1,
      refundedAmount: 900,
    });
  });

  it.each([
    ["order=x", 'no field "order"'],
    ["kind=payment", "kind must be one of billing_key_issued"],
    ["limit=0", "limit must be a whole number"],
    ["limit=1001", "from 1 to 1000"],
    ["after=-1", "after must be"],
    ["from=yesterday", "from must be a day"],
    ["orderNumber=a&orderNumber=b", "orderNumber must be a text"],
    ["orderNumber=", "orderNumber must be a text"],
  ])("refuses ?%s", async (query, message) => {
    const { client } = await startSimulator();
    const answer = await client.ledger(`?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain(message);
  });
});

describe("what was not understood", () => {
  it("names the nearest path and keeps the request on a list that can be cleared", async () => {
    const { client } = await startSimulator();
    const answer = await client.post("/subscribe/payment?secret=1", {});
    expect(answer).toMatchObject({ status: 404, body: { nearest: "/Subscribe/payments" } });
    const wrongMethod = await client.get("/payAuth/token");
    expect(wrongMethod.status).toBe(404);
    expect(wrongMethod.body.message).toContain("with another method");
    const list = await client.get("/_sim/not-understood");
    expect(list.body.items).toMatchObject([
      { method: "POST", path: "/subscribe/payment", reason: "unknown path" },
      { method: "GET", path: "/payAuth/token", reason: "wrong method" },
    ]);
    await fetch(`${client.base}/_sim/not-understood`, { method: "DELETE" });
    expect((await client.get("/_sim/not-understood")).body.items).toEqual([]);
  });

  it("tells that it is well", async () => {
    const { client } = await startSimulator();
    expect(await client.get("/health")).toEqual({ status: 200, body: { status: "ok" } });
  });
});
