import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NewCustomer, bringCustomers } from "../../src/cli/demo/customers.ts";
import { type TestStage, startTestStage } from "../support/stage.ts";

describe("customers who are brought for a demo or a storm", () => {
  let stage: TestStage;

  beforeAll(async () => {
    stage = await startTestStage({});
    await stage.beginAt(new Date("2027-03-15T00:00:00Z"));
  });
  afterAll(() => stage?.close());

  const customer = (customerId: string): NewCustomer => ({
    customerId,
    customerName: "김하늘",
    planId: "basic",
    productName: "베이직 월간 구독",
    amount: 4900,
    cycleDay: 20,
    firstCharge: "cycleDay",
  });
  const loseReplies = async (buyerId: string, times: number) => {
    const rules = Array.from({ length: times }, (_none, index) => ({
      match: { operation: "billkeygen", buyerId },
      nth: index + 1,
      effect: "commit_then_drop",
    }));
    const answer = await fetch(`${stage.simulatorUrl}/_sim/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ rules }),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  };
  const subscriptionsOf = (customerId: string) =>
    stage.composition.subscriptions.list({ customerId }, 10);

  it("save their card anew where the reply was lost, and subscribe once", async () => {
    await loseReplies("lost-twice", 2);
    await bringCustomers(stage.apiUrl, [customer("lost-twice")], () => {});
    expect(await subscriptionsOf("lost-twice")).toHaveLength(1);
  });

  it("are given up after three lost replies, with the API's own words", async () => {
    await loseReplies("lost-always", 3);
    const bringing = bringCustomers(stage.apiUrl, [customer("lost-always")], () => {});
    await expect(bringing).rejects.toThrow(/register answered 502: .*REGISTRATION_UNKNOWN/);
    expect(await subscriptionsOf("lost-always")).toEqual([]);
  });
});
