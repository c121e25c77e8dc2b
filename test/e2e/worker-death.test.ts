import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../src/lib/clock.ts";
import type { NodeChild } from "../../src/embedded/node-child.ts";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

const WORKER = new URL("../../workers/main.ts", import.meta.url);

describe("workers that end", () => {
  let stage: TestStage;
  let worker: NodeChild;
  let billingKey: unknown;

  beforeAll(async () => {
    stage = await startTestStage({ CHARGE_CALL_DEADLINE_MS: "1500", SETTLE_DELAY_MS: "4000" });
    worker = stage.worker;
    said = () => stage.lines;
    const registered = await stage.api("POST", "/billing/register", {
      ...TEST_CARD,
      customerId: "death",
    });
    billingKey = registered.body["billingKey"];
  });
  afterAll(() => stage?.close());

  async function payWhileReplyIsSlow(): Promise<string> {
    const answer = await fetch(`${stage.simulatorUrl}/_sim/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        rules: [{ match: { operation: "payments" }, times: 1, effect: { replyDelayMs: 900 } }],
      }),
    });
    expect(answer.ok).toBe(true);
    const paid = await stage.api("POST", "/billing/pay", {
      billingKey,
      amount: 9900,
      productName: "월간 구독",
    });
    const id = String(paid.body["id"]);
    // Booked at the gateway, and the worker still waits for the answer.
    await until(async () => (await approvals(id)) === 1);
    expect((await payment(id)).attempts).toMatchObject([{ state: "initiated" }]);
    return id;
  }

  const payment = async (id: string) => {
    const { body } = await stage.api("GET", `/billing/payment/${id}`);
    return body as { state?: string; attempts?: { orderNumber: string; state: string }[] };
  };

  async function approvals(id: string): Promise<number> {
    const orderNumber = (await payment(id)).attempts?.[0]?.orderNumber ?? "none yet";
    const prefix = orderNumber.slice(0, -1);
    const ledger = await stage.simulator.ledger({ kind: "approval" });
    return ledger.filter((entry) => entry.orderNumber?.startsWith(prefix)).length;
  }

  it("finish the call in flight when they are asked to stop", async () => {
    const id = await payWhileReplyIsSlow();
    await worker.stop();
    expect(await payment(id), stage.lines.join("\n")).toMatchObject({ state: "paid" });
    expect(await approvals(id)).toBe(1);
    worker = await stage.stack.spawn(WORKER, []);
  });

  it("leave a question behind when they are killed, and the answer is one charge", async () => {
    const id = await payWhileReplyIsSlow();
    worker.process.kill("SIGKILL");
    await worker.ended;
    worker = await stage.stack.spawn(WORKER, []);
    await until(async () => (await payment(id)).state === "paid");
    expect(await approvals(id)).toBe(1);
    expect((await payment(id)).attempts).toHaveLength(1);
  });
});

let said = (): string[] => [];

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await what()) return;
    await sleep(25);
  }
  throw new Error(`it never came to be:\n${said().join("")}`);
}
