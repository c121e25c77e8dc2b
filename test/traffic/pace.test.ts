import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createProducerConnection } from "../../src/queues/connection.ts";
import { PACE_SHARE, createCallSlots } from "../../src/traffic/call-slots.ts";
import { type TestServices, startTestServices } from "../support/services.ts";
import { ACCOUNT, type Line, mostInASecond, openLine, stampMs } from "./line.ts";

describe("the pace of calls", () => {
  let services: TestServices;
  let redis: Redis;
  let number = 0;
  const lines: Line[] = [];

  beforeAll(async () => {
    services = await startTestServices({ mongo: false });
    redis = new Redis(services.redisUrl);
    redis.on("error", () => {});
  });
  afterEach(() => {
    for (const line of lines.splice(0)) line.close();
  });
  afterAll(async () => {
    redis?.disconnect();
    await services?.stop();
  });

  const newKey = () => `${services.keyPrefix}:pace${(number += 1)}`;
  const open = (key: string, perSecond: number): Line => {
    const line = openLine(createProducerConnection(services.redisUrl), { key, perSecond });
    lines.push(line);
    return line;
  };
  const send = async (line: Line, sentAt: number[]) => {
    await line.pass();
    sentAt.push(stampMs());
  };

  it("holds KiwoomPay's 5 a second over two processes, in any second", async () => {
    const key = newKey();
    const taker = fileURLToPath(new URL("taker.ts", import.meta.url));
    const given = [services.redisUrl, key, "5", "14"];
    const run = () =>
      promisify(execFile)(process.execPath, ["--import", "tsx", taker, ...given]).then(
        ({ stdout }) => JSON.parse(stdout) as number[],
      );
    const sentAt = (await Promise.all([run(), run()])).flat();
    expect(sentAt).toHaveLength(28);
    expect(mostInASecond(sentAt)).toBeLessThanOrEqual(5);
    // Paced, not merely bounded: it is neither a window's burst nor far below the limit.
    expect(mostInASecond(sentAt)).toBeGreaterThanOrEqual(3);
  });

  it("holds PortOne's 50 a second over two clients, in any second", async () => {
    const key = newKey();
    const clients = [open(key, 50), open(key, 50)];
    const sentAt: number[] = [];
    await Promise.all(
      clients.flatMap((line) => Array.from({ length: 60 }, () => send(line, sentAt))),
    );
    expect(sentAt).toHaveLength(120);
    expect(mostInASecond(sentAt)).toBeLessThanOrEqual(50);
  });

  it("hands out its slots in order and evenly, below the limit", async () => {
    const slots = createCallSlots(redis);
    const limit = { key: newKey(), perSecond: 10 };
    const waits: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      const taken = await slots.take(limit, 8000);
      if (taken.kind === "taken") waits.push(taken.waitMs);
    }
    // Each taken a moment after the one before: with that moment added they are evenly spaced.
    const spaceMs = 1000 / (10 * PACE_SHARE);
    const gaps = waits.slice(1).map((waitMs, index) => waitMs - (waits[index] ?? 0));
    expect(waits).toHaveLength(8);
    for (const gapMs of gaps) expect(gapMs).toBeLessThanOrEqual(spaceMs + 0.001);
    expect((waits.at(-1) ?? 0) - (waits[0] ?? 0)).toBeGreaterThan(spaceMs * 3);
  });

  it("waits a whole window where it finds no state, so that a flush makes no burst", async () => {
    const key = newKey();
    const line = open(key, 30);
    const sentAt: number[] = [];
    const calls = Array.from({ length: 40 }, () => send(line, sentAt));
    const flushed: number[] = [];
    let forgotten = 0;
    while (sentAt.length < 30) {
      const before = sentAt.length;
      if (before >= 10 * (flushed.length + 1)) {
        forgotten += await redis.del(`${key}:calls`);
        flushed.push(stampMs());
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(calls);
    expect(flushed.length).toBeGreaterThanOrEqual(2);
    expect(forgotten).toBe(flushed.length);
    expect(mostInASecond(sentAt)).toBeLessThanOrEqual(30);
    for (const at of flushed) {
      // What had its right in that very moment may leave; the next one leaves a window later.
      const after = sentAt.filter((sent) => sent > at + 50 && sent < at + 950);
      expect(after).toEqual([]);
    }
  });

  it("takes nothing from a line in which it would stand too long", async () => {
    const slots = createCallSlots(redis);
    const limit = { key: newKey(), perSecond: 5 };
    const first = await slots.take(limit, 500);
    expect(first).toMatchObject({ kind: "full" });
    const patient = await slots.take(limit, 2000);
    expect(patient).toMatchObject({ kind: "taken" });
    const waitMs = await slots.readWaitMs(limit.key);
    expect(await slots.take(limit, 100)).toMatchObject({ kind: "full" });
    // It left no trace: the line is as long as it was.
    expect(await slots.readWaitMs(limit.key)).toBeLessThanOrEqual(waitMs);
  });

  it("believes no slot further away than anybody waits: a clock was set", async () => {
    const slots = createCallSlots(redis);
    const limit = { key: newKey(), perSecond: 5 };
    await slots.take(limit, 2000);
    const hourUs = 3_600_000_000;
    await redis.hincrby(limit.key, "free", hourUs);
    const taken = await slots.take(limit, 2000);
    expect(taken.kind === "taken" && taken.waitMs).toBe(1000);
  });

  it("lets nothing out while Redis is away, and goes on when it is back", async () => {
    if (!services.ownsRedis) return;
    const line = open(newKey(), 100);
    await line.pass();
    await services.redis.halt();
    const pace = { bucket: "calls", perSecond: 100 };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => line.traffic.takeSlot(ACCOUNT, pace, 2000)),
    );
    expect(answers.map((answer) => answer.kind === "waits" && answer.why)).toEqual(
      answers.map(() => "no_redis"),
    );
    await services.redis.restart();
    await line.pass();
  });
});
