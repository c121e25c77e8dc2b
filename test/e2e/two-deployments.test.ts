import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../src/lib/clock.ts";
import { PATIENT } from "../support/core.ts";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

const CUSTOMERS = 16;
const BEGIN = new Date("2027-03-14T00:00:00Z");
const DUE = new Date("2027-03-15T01:00:00Z");

// Somebody left the old one running: the same database, queues of its own, so that no job of one is
// known to the other.
describe("two deployments on one database", () => {
  let stage: TestStage;
  let otherApi = "";

  beforeAll(async () => {
    // Nothing here waits for a deadline: a busy machine must not turn slow replies into lost ones.
    stage = await startTestStage(PATIENT);
    await stage.beginAt(BEGIN);
    const other = { QUEUE_PREFIX: "the-old-one", PORT: "0" };
    const at = (file: string) => new URL(`../../${file}`, import.meta.url);
    const [server] = await Promise.all([
      stage.stack.spawn(at("src/server.ts"), [], other),
      stage.stack.spawn(at("workers/main.ts"), [], other),
    ]);
    otherApi = `http://127.0.0.1:${String(server.ready["port"])}`;
  });
  afterAll(() => stage?.close());

  async function subscribe(customerId: string): Promise<string> {
    const key = await stage.api("POST", "/billing/register", { ...TEST_CARD, customerId });
    const subscribed = await stage.api("POST", "/billing/subscribe", {
      billingKey: key.body["billingKey"],
      customerId,
      planId: "monthly",
      amount: 9900,
      productName: "월간 구독",
      cycleDay: 15,
      startOn: "2027-03-15",
    });
    expect(subscribed.status, subscribed.text).toBe(201);
    return String(subscribed.body["id"]);
  }

  /** Pays by hand until there is nothing to pay any more. Returns how often it was accepted. */
  async function payByHand(api: string, subscriptionId: string): Promise<number> {
    let accepted = 0;
    for (let press = 0; press < 60; press += 1) {
      const answer = await fetch(`${api}/billing/pay`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ subscriptionId }),
      });
      await answer.body?.cancel();
      if (answer.status === 202) accepted += 1;
      else if (accepted > 0) return accepted;
      await sleep(25);
    }
    return accepted;
  }

  /** What is left to do, for whoever reads a failure. */
  async function openOnes(): Promise<string> {
    const open = await stage.composition.database
      .collection("invoices")
      .find({ state: "open" })
      .project({ step: 1, held: 1, claim: 1, nextActionAt: 1, attempts: 1 })
      .toArray();
    return `${JSON.stringify(open)}\n${stage.lines.slice(-20).join("")}`;
  }

  it("charge each period once, while the customer pays by hand at either of them", async () => {
    const ids = await Promise.all(
      Array.from({ length: CUSTOMERS }, (_none, index) => subscribe(`two-${index}`)),
    );
    await fetch(`${stage.simulatorUrl}/_sim/switches`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ latencyMs: [50, 400] }),
    });
    await stage.beginAt(DUE);
    const accepted = await Promise.all(
      ids.map((id, index) => payByHand(index % 2 === 0 ? stage.apiUrl : otherApi, id)),
    );
    expect(accepted.some((count) => count > 0)).toBe(true);
    const approvals = () => stage.simulator.ledger({ kind: "approval" });
    for (let look = 0; look < 900 && (await approvals()).length < CUSTOMERS; look += 1) {
      await sleep(100);
    }
    // Whoever would charge once more does so within a few sweeps.
    await sleep(2000);
    const buyers = (await approvals()).map((entry) => entry.buyerId);
    expect(buyers, await openOnes()).toHaveLength(CUSTOMERS);
    expect(new Set(buyers)).toEqual(new Set(ids.map((_id, index) => `two-${index}`)));
    const numbers = await stage.composition.database
      .collection("invoices")
      .distinct("attempts.number");
    expect(numbers).toEqual([1]);
  });
});
