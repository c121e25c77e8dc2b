import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

const SUBSCRIPTIONS = 40;
const MONTHS = 14;
const START = new Date("2026-01-01T00:00:00Z");

/** The last days of months, by plain arithmetic and nothing of the product's. */
function expectedDays(anchor: number): string[] {
  return Array.from({ length: MONTHS }, (_none, month) => {
    const last = new Date(Date.UTC(2026, month + 1, 0)).getUTCDate();
    return new Date(Date.UTC(2026, month, Math.min(anchor, last))).toISOString().slice(0, 10);
  });
}

const anchorOf = (index: number) => 29 + (index % 3);
const customerOf = (index: number) => `e2e-${index}`;

describe("renewals over 14 months", () => {
  let stage: TestStage;

  beforeAll(async () => {
    stage = await startTestStage();
    await stage.beginAt(START);
  });
  afterAll(() => stage?.close());

  it("charges each period once, on the right day, by the simulator's ledger", async () => {
    for (let index = 0; index < SUBSCRIPTIONS; index += 1) {
      const registered = await stage.api("POST", "/billing/register", {
        ...TEST_CARD,
        customerId: customerOf(index),
      });
      expect(registered.status, registered.text).toBe(201);
      const subscribed = await stage.api("POST", "/billing/subscribe", {
        billingKey: registered.body["billingKey"],
        customerId: customerOf(index),
        planId: "monthly",
        amount: 9900,
        productName: "월간 구독",
        cycleDay: anchorOf(index),
      });
      expect(subscribed.status, subscribed.text).toBe(201);
    }
    await stage.advanceTo(new Date(Date.UTC(2026, MONTHS, 1)));

    const ledger = await stage.simulator.ledger({ kind: "approval" });
    expect(ledger).toHaveLength(SUBSCRIPTIONS * MONTHS);
    for (let index = 0; index < SUBSCRIPTIONS; index += 1) {
      const days = ledger
        .filter((entry) => entry.buyerId === customerOf(index))
        .map((entry) => new Date(new Date(entry.at).getTime() + 9 * 3_600_000).toISOString());
      expect(days.map((day) => day.slice(0, 10))).toEqual(expectedDays(anchorOf(index)));
      expect(days.every((day) => day.slice(11, 16) === "10:00")).toBe(true);
    }
    const orderNumbers = new Set(ledger.map((entry) => entry.orderNumber));
    expect(orderNumbers.size).toBe(ledger.length);
  });
});
