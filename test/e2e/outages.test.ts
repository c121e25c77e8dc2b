import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sleep } from "../../src/lib/clock.ts";
import { TEST_CARD, type TestStage, startTestStage } from "../support/stage.ts";

/** How long Redis stays away: REDIS_AWAY_MS=600000 makes it ten minutes. */
const REDIS_AWAY_MS = Number(process.env["REDIS_AWAY_MS"] ?? 0);

describe("outages of the services", () => {
  let stage: TestStage;
  let billingKey: unknown;

  beforeAll(async () => {
    stage = await startTestStage();
    const registered = await stage.api("POST", "/billing/register", {
      ...TEST_CARD,
      customerId: "outage",
    });
    billingKey = registered.body["billingKey"];
  });
  afterAll(() => stage?.close());

  const pay = (headers: Record<string, string> = {}) =>
    stage.api(
      "POST",
      "/billing/pay",
      { billingKey, amount: 9900, productName: "월간 구독" },
      headers,
    );
  const ready = async () => (await stage.api("GET", "/health/ready")).status;
  const approvals = async () => (await stage.simulator.ledger({ kind: "approval" })).length;

  it(
    "accepts payments while Redis is away, and charges them once it is back",
    async () => {
      const before = await approvals();
      await stage.stack.services?.redis.halt();
      await until(async () => (await ready()) === 503);
      const missing = await stage.api("GET", "/health/ready");
      expect(missing.text).toContain("redis");
      const login = Buffer.from(`admin:${stage.adminPassword}`).toString("base64");
      const board = await fetch(`${stage.apiUrl}/admin/queues/api/queues`, {
        headers: { authorization: `Basic ${login}` },
      });
      expect(board.status).toBe(503);
      expect(await board.text()).toContain("QUEUES_UNAVAILABLE");
      const paid = await pay();
      expect(paid.status, paid.text).toBe(202);
      await sleep(REDIS_AWAY_MS);
      expect(await approvals()).toBe(before);
      await stage.stack.services?.redis.restart();
      await until(async () => (await approvals()) === before + 1);
      await until(async () => (await ready()) === 200);
      await until(async () => {
        const payment = await stage.api("GET", `/billing/payment/${String(paid.body["id"])}`);
        return payment.body["state"] === "paid";
      });
      expect(await approvals()).toBe(before + 1);
    },
    300_000 + REDIS_AWAY_MS,
  );

  it("refuses writes with 503 while MongoDB is away, starts no call, and recovers by itself", async () => {
    const before = await approvals();
    await stage.stack.services?.mongo.halt();
    const refused = await pay();
    expect(refused.status, refused.text).toBe(503);
    expect(refused.headers.get("retry-after")).not.toBeNull();
    expect(refused.headers.get("content-type")).toContain("application/problem+json");
    expect(await ready()).toBe(503);
    expect(await approvals()).toBe(before);
    await stage.stack.services?.mongo.restart();
    await until(async () => (await ready()) === 200);
    await until(async () => (await pay()).status === 202);
    await until(async () => (await approvals()) > before);
  });

  it("serves 503 when it starts without MongoDB and Redis, and recovers by itself", async () => {
    await stage.stack.services?.mongo.halt();
    await stage.stack.services?.redis.halt();
    const entry = new URL("../../src/server.ts", import.meta.url);
    const child = await stage.stack.spawn(entry, [], { PORT: "0" });
    const url = `http://127.0.0.1:${String(child.ready["port"])}`;
    const register = () =>
      fetch(`${url}/billing/register`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...TEST_CARD, customerId: "boot" }),
      });
    const missing = await (await fetch(`${url}/health/ready`)).text();
    expect(missing).toContain("database");
    expect(missing).toContain("redis");
    expect((await register()).status).toBe(503);
    await stage.stack.services?.mongo.restart();
    await until(async () => (await register()).status === 201);
    await stage.stack.services?.redis.restart();
    await until(async () => (await fetch(`${url}/health/ready`)).status === 200);
    await child.stop();
    await until(async () => (await ready()) === 200);
    await until(async () => stage.composition.redis.status === "ready");
  });

  it("loses nothing when Redis is flushed with payments waiting", async () => {
    const before = await approvals();
    const accepted = await Promise.all(Array.from({ length: 30 }, () => pay()));
    await stage.composition.redis.flushall();
    expect(accepted.map((answer) => answer.status)).toEqual(accepted.map(() => 202));
    await until(async () => (await approvals()) >= before + 30);
    await sleep(1000);
    expect(await approvals()).toBe(before + 30);
  });

  it("moves no money however often Bull Board is asked to retry, add or clean", async () => {
    const before = await approvals();
    const password = Buffer.from(`admin:${stage.adminPassword}`).toString("base64");
    const headers = { authorization: `Basic ${password}` };
    const board = await fetch(`${stage.apiUrl}/admin/queues/api/queues`, { headers });
    expect(board.status).toBe(200);
    const statuses = new Set<number>();
    for (let press = 0; press < 100; press += 1) {
      const answer = await fetch(
        `${stage.apiUrl}/admin/queues/api/queues/charge-cookiepay-default/retry/failed`,
        { method: "PUT", headers: { ...headers, origin: stage.apiUrl } },
      );
      statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([405]);
    expect(await approvals()).toBe(before);
  });
});

async function until(what: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 600; look += 1) {
    if (await what()) return;
    await sleep(50);
  }
  throw new Error("it never came to be");
}
