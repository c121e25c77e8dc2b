import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MaintenanceWindow } from "../../src/domain/maintenance.ts";
import type { OperationalClock } from "../../src/lib/clock.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import { connectSoon, createProducerConnection } from "../../src/queues/connection.ts";
import { type Traffic, createTraffic } from "../../src/traffic/traffic.ts";
import { createCollectingLogger } from "../http/support.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

const SHOP = { gateway: "cookiepay", account: "default", callDeadlineMs: 1000 };
const OTHER = { ...SHOP, account: "shop2" };
const BREAKER = { failures: 4, windowMs: 60_000, pauseMs: 50, pauseMaxMs: 400 };

describe("the breakers of several processes", () => {
  let services: TestServices;
  let redis: Redis;
  let number = 0;
  const open: { traffic: Traffic; connection: Redis }[] = [];
  const { log, lines } = createCollectingLogger();

  beforeAll(async () => {
    services = await startTestServices({ mongo: false });
    redis = new Redis(services.redisUrl);
    redis.on("error", () => {});
  });
  afterEach(() => {
    for (const { traffic, connection } of open.splice(0)) {
      traffic.close();
      connection.disconnect();
    }
    lines.length = 0;
  });
  afterAll(async () => {
    redis?.disconnect();
    await services?.stop();
  });

  const newPrefix = () => `${services.keyPrefix}_${(number += 1)}`;
  const startProcess = async (
    prefix: string,
    changes: { maintenance?: MaintenanceWindow[]; clock?: OperationalClock } = {},
  ): Promise<Traffic> => {
    const connection = createProducerConnection(services.redisUrl);
    await connectSoon(connection);
    const traffic = createTraffic({
      connection,
      prefix,
      paceKeyOf: () => `${prefix}:pace`,
      clock: changes.clock ?? systemClock,
      log,
      breaker: BREAKER,
      maintenance: changes.maintenance ?? [],
      accounts: [SHOP, OTHER],
    });
    open.push({ traffic, connection });
    return traffic;
  };
  const fail = (traffic: Traffic, count: number) => {
    const term = traffic.termOf(SHOP);
    for (let one = 0; one < count; one += 1) traffic.noteCall(SHOP, term, false);
  };
  const until = async (what: () => boolean | Promise<boolean>) => {
    for (let look = 0; look < 1000; look += 1) {
      if (await what()) return;
      await sleep(5);
    }
    throw new Error("it never came to be");
  };
  const isBlocked = (traffic: Traffic) => traffic.blockOf(SHOP)?.why === "breaker";
  const events = () => lines.flatMap(({ fields }) => fields["event"] ?? []);

  it("open together, of failures that each of them saw a part of, and for one account alone", async () => {
    const prefix = newPrefix();
    const [one, two] = [await startProcess(prefix), await startProcess(prefix)];
    fail(one, 2);
    await sleep(100);
    expect([one, two].map(isBlocked)).toEqual([false, false]);
    fail(two, 2);
    await until(() => isBlocked(one) && isBlocked(two));
    expect(await one.readBreaker(SHOP)).toBe("open");
    expect(one.blockOf(OTHER)).toBeNull();
    expect(events()).toEqual(["breaker_opened"]);
    expect(lines[0]).toMatchObject({ level: "error", fields: { gateway: "cookiepay" } });
  });

  it("let one probe through of all that ask, and close for all once it worked", async () => {
    const prefix = newPrefix();
    const both = [await startProcess(prefix), await startProcess(prefix)];
    const [one] = both;
    if (one === undefined) throw new Error("no process");
    fail(one, 4);
    await until(() => both.every((traffic) => traffic.blockOf(SHOP)?.mayProbe === true));
    const asked = await Promise.all(
      both.flatMap((traffic) => Array.from({ length: 25 }, () => traffic.takeProbe(SHOP))),
    );
    expect(asked.filter(Boolean)).toHaveLength(1);
    const prober = both[asked.indexOf(true) < 25 ? 0 : 1] ?? one;
    expect(prober.blockOf(SHOP)).toMatchObject({ why: "breaker", mayProbe: false });
    prober.noteCall(SHOP, prober.termOf(SHOP), true);
    await until(() => both.every((traffic) => traffic.blockOf(SHOP) === null));
    expect(events()).toEqual(["breaker_opened", "breaker_closed"]);
  });

  it("stay open, and for longer, when the probe fails", async () => {
    const traffic = await startProcess(newPrefix());
    fail(traffic, 4);
    for (let probe = 0; probe < 3; probe += 1) {
      await until(() => traffic.blockOf(SHOP)?.mayProbe === true);
      expect(await traffic.takeProbe(SHOP)).toBe(true);
      fail(traffic, 1);
      await until(() => traffic.blockOf(SHOP)?.mayProbe === false);
    }
    await until(() => events().length === 4);
    expect(events().slice(1)).toEqual(Array.from({ length: 3 }, () => "breaker_probe_failed"));
    const pauses = lines.map(({ fields }) => fields["probeInMs"]);
    expect(pauses).toEqual([50, 100, 200, 400]);
  });

  it("hear nothing of calls that began before they opened", async () => {
    const traffic = await startProcess(newPrefix());
    const before = traffic.termOf(SHOP);
    fail(traffic, 4);
    await until(() => isBlocked(traffic));
    traffic.noteCall(SHOP, before, true);
    await sleep(50);
    expect(await traffic.readBreaker(SHOP)).toBe("open");
  });

  it("are closed by a flush, which costs a few failed calls", async () => {
    const prefix = newPrefix();
    const traffic = await startProcess(prefix);
    fail(traffic, 4);
    await until(() => isBlocked(traffic));
    expect(await redis.del(`${prefix}:breaker:cookiepay:default`)).toBe(1);
    await until(() => traffic.blockOf(SHOP) === null);
    fail(traffic, 4);
    await until(() => isBlocked(traffic));
  });

  it("hold nothing up for long while Redis is away", async () => {
    if (!services.ownsRedis) return;
    let aheadMs = 0;
    const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
    const traffic = await startProcess(newPrefix(), { clock });
    fail(traffic, 4);
    await until(() => isBlocked(traffic));
    await services.redis.halt();
    fail(traffic, 4);
    expect(await traffic.takeProbe(SHOP)).toBe(false);
    expect(isBlocked(traffic)).toBe(true);
    aheadMs = 6000;
    expect(traffic.blockOf(SHOP)).toBeNull();
    await services.redis.restart();
    await until(async () => (await traffic.readBreaker(SHOP).catch(() => null)) !== null);
  });

  it("let calls wait for maintenance until it ends, whatever they know, and say so once", async () => {
    const nowMs = systemClock.now().getTime();
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => new Date(nowMs + aheadMs) };
    const [fromAt, untilAt] = [new Date(nowMs + 60_000), new Date(nowMs + 120_000)];
    const window = { gateway: SHOP.gateway, account: SHOP.account, fromAt, untilAt };
    const traffic = await startProcess(newPrefix(), { clock, maintenance: [window] });
    expect(traffic.blockOf(SHOP)).toBeNull();
    aheadMs = 60_000;
    expect(traffic.blockOf(SHOP)).toEqual({
      kind: "waits",
      why: "maintenance",
      until: untilAt,
      mayProbe: false,
    });
    expect(traffic.blockOf(OTHER)).toBeNull();
    await until(() => events().includes("maintenance_begun"));
    aheadMs = 120_000;
    expect(traffic.blockOf(SHOP)).toBeNull();
    await until(() => events().includes("maintenance_over"));
    expect(events()).toEqual(["maintenance_planned", "maintenance_begun", "maintenance_over"]);
  });
});
