import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateDocument } from "../../src/billing/update-document.ts";
import { sleep } from "../../src/lib/clock.ts";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

describe("customers who pay by hand, and people who decide", () => {
  let stage: TestStage;
  let customers = 0;

  beforeAll(async () => {
    stage = await startTestStage({ API_KEYS: "caller-key-of-the-shop", UNKNOWN_ALARM_MS: "60000" });
    await stage.beginAt(new Date("2027-03-15T00:00:00Z"));
  });
  afterAll(() => stage?.close());

  const bearer = { authorization: "Bearer caller-key-of-the-shop" };
  const api = (method: string, path: string, body?: unknown, headers: object = {}) =>
    stage.api(method, path, body, { ...bearer, ...headers });
  const admin = (path: string, init: RequestInit = {}, accept = "application/json") =>
    fetch(`${stage.apiUrl}/admin${path}`, {
      redirect: "manual",
      ...init,
      headers: {
        authorization: `Basic ${Buffer.from(`admin:${stage.adminPassword}`).toString("base64")}`,
        accept,
        ...(init.headers as Record<string, string> | undefined),
      },
    });

  /** A customer whose first charge is declined as the code says. */
  async function declinedCustomer(code: string) {
    customers += 1;
    const customerId = `op-${customers}`;
    const key = await api("POST", "/billing/register", { ...TEST_CARD, customerId });
    await fetch(`${stage.simulatorUrl}/_sim/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        rules: [
          {
            match: { operation: "payments", buyerId: customerId },
            nth: 1,
            effect: { decline: code },
          },
        ],
      }),
    });
    const subscribed = await api("POST", "/billing/subscribe", {
      billingKey: key.body["billingKey"],
      customerId,
      planId: "monthly",
      amount: 9900,
      productName: "월간 구독",
      cycleDay: 15,
      firstCharge: "now",
    });
    const subscriptionId = String(subscribed.body["id"]);
    await until(async () => (await stateOf(subscriptionId)) !== "active");
    return { customerId, subscriptionId };
  }
  const stateOf = async (id: string) =>
    (await api("GET", `/billing/subscription/${id}`)).body["state"];
  const approvals = async (buyerId: string) =>
    (await stage.simulator.ledger({ kind: "approval", buyerId })).length;

  it("pays what a subscription owes by its id alone, once per key", async () => {
    const { customerId, subscriptionId } = await declinedCustomer("2002");
    const headers = { "idempotency-key": "pay-by-hand-1", prefer: "wait=20" };
    const paid = await api("POST", "/billing/pay", { subscriptionId }, headers);
    expect(paid.status, paid.text).toBe(200);
    expect(paid.body).toMatchObject({ state: "paid", id: `${subscriptionId}-p0`, amount: 9900 });
    const again = await api("POST", "/billing/pay", { subscriptionId }, headers);
    expect(again.body).toMatchObject({ state: "paid", id: paid.body["id"] });
    expect(await approvals(customerId)).toBe(1);
    await until(async () => (await stateOf(subscriptionId)) === "active");
    const nothing = await api("POST", "/billing/pay", { subscriptionId });
    expect(nothing.status).toBe(409);
    expect(nothing.body["code"]).toBe("NOTHING_TO_PAY");
  });

  it.each([
    [{ subscriptionId: "sub_1", amount: 100 }, ["/amount"]],
    [
      { subscriptionId: "sub_1", billingKey: "key_1", productName: "x" },
      ["/billingKey", "/productName"],
    ],
    [{ amount: 100 }, ["/billingKey", "/productName"]],
    [{}, ["/billingKey", "/amount", "/productName"]],
  ])("refuses %j and names the fields", async (body, pointers) => {
    const answer = await api("POST", "/billing/pay", body);
    expect(answer.status).toBe(400);
    const errors = answer.body["errors"] as { pointer: string }[];
    expect(errors.map((error) => error.pointer)).toEqual(pointers);
  });

  it("swaps the card of an unpaid subscription and charges the new one at once", async () => {
    const { customerId, subscriptionId } = await declinedCustomer("2003");
    expect(await stateOf(subscriptionId)).toBe("unpaid");
    const other = await api("POST", "/billing/register", { ...TEST_CARD, customerId });
    const swapped = await api("POST", "/billing/card", {
      subscriptionId,
      billingKey: other.body["billingKey"],
    });
    expect(swapped.status, swapped.text).toBe(200);
    expect(swapped.body).toMatchObject({ billingKey: other.body["billingKey"] });
    await until(async () => (await stateOf(subscriptionId)) === "active");
    expect(await approvals(customerId)).toBe(1);
    const unknown = await api("POST", "/billing/card", { subscriptionId, billingKey: "key_none" });
    expect(unknown.status).toBe(404);
    expect(unknown.body["errors"]).toMatchObject([{ pointer: "/billingKey" }]);
  });

  it("lists what waits for a person, and lets it go by a form", async () => {
    const { customerId, subscriptionId } = await declinedCustomer("2002");
    const invoiceId = `${subscriptionId}-p0`;
    const damage = (refundable: number) =>
      updateDocument(stage.composition.invoices, invoiceId, (invoice) => ({
        ...invoice,
        refundable,
        customerName: "<b>김</b>",
      }));
    await damage(7);
    await api("POST", "/billing/pay", { subscriptionId });
    await until(async () => (await listed()).length === 2);
    expect(await listed()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: subscriptionId, remedy: "release", customerId }),
        expect.objectContaining({ id: invoiceId, remedy: "release", kind: "broken" }),
      ]),
    );
    const page = await admin("/unresolved", {}, "text/html");
    const text = await page.text();
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(text).toContain(`value="${invoiceId}"`);
    expect(text).not.toContain("<script");

    await damage(0);
    for (const id of [subscriptionId, invoiceId]) {
      const body = new URLSearchParams({ id, reason: "확인 완료" }).toString();
      const answer = await release(body);
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toBe("/admin/unresolved");
    }
    await until(async () => (await approvals(customerId)) === 1);
    expect(await listed()).toEqual([]);
    const missing = await release(new URLSearchParams({ id: invoiceId, reason: "" }).toString());
    expect(missing.status).toBe(400);
    expect(await missing.text()).toContain("/reason");
    const foreign = await admin("/unresolved/release", {
      method: "POST",
      headers: { "content-type": "application/json", origin: "https://evil.example" },
      body: JSON.stringify({ id: invoiceId, reason: "x" }),
    });
    expect(foreign.status).toBe(403);
    const stranger = await fetch(`${stage.apiUrl}/admin/unresolved`);
    expect(stranger.status).toBe(401);
    await stranger.body?.cancel();
  });

  it("keeps on record which key asked and which operator released", async () => {
    const found = await stage.composition.database
      .collection("events")
      .find({ by: { $gt: "" } })
      .toArray();
    const who = new Set(found.map((event) => `${String(event["actor"])} ${String(event["by"])}`));
    expect([...who].filter((name) => /^api key [0-9a-f]{8}$/.test(name))).toHaveLength(1);
    expect(who).toContain("operator admin");
    expect(JSON.stringify(found)).not.toContain("caller-key-of-the-shop");
  });

  async function listed(): Promise<Record<string, unknown>[]> {
    const answer = await admin("/unresolved");
    const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
    return items;
  }
  const release = (body: string) =>
    admin(
      "/unresolved/release",
      {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "sec-fetch-site": "same-origin",
        },
        body,
      },
      "text/html",
    );
});

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await what()) return;
    await sleep(50);
  }
  throw new Error("it never came to be");
}
