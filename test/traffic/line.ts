/** What a worker does between its queue and its gateway, without either: it waits for its slot. */
import type { Redis } from "ioredis";
import { PERSON_PATIENCE_MS } from "../../src/billing/admit-call.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { connectSoon } from "../../src/queues/connection.ts";
import { type Traffic, createTraffic } from "../../src/traffic/traffic.ts";

export const ACCOUNT = { gateway: "limited", account: "default" };

export interface Line {
  traffic: Traffic;
  /** Waits for a right to call, however long it takes. */
  pass(): Promise<void>;
  close(): void;
}

export function openLine(connection: Redis, limit: { key: string; perSecond: number }): Line {
  const traffic = createTraffic({
    connection,
    prefix: limit.key,
    paceKeyOf: () => limit.key,
    clock: systemClock,
    log: createLogger({ level: "silent", name: "line" }),
    breaker: { failures: 10, windowMs: 1000, pauseMs: 100, pauseMaxMs: 1000 },
    maintenance: [],
    accounts: [],
  });
  const pace = { bucket: "calls", perSecond: limit.perSecond };
  const connected = connectSoon(connection);
  return {
    traffic,
    async pass() {
      await connected;
      for (;;) {
        const right = await traffic.takeSlot(ACCOUNT, pace, PERSON_PATIENCE_MS);
        if (right.kind === "held") return;
        await sleep(Math.max(1, right.until.getTime() - systemClock.now().getTime()));
      }
    },
    close() {
      traffic.close();
      connection.disconnect();
    },
  };
}

/** When something happened, on the one clock that all processes of a machine share and nobody sets. */
export function stampMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The most calls within any second. */
export function mostInASecond(sentAt: readonly number[]): number {
  const sorted = [...sentAt].sort((one, other) => one - other);
  let [most, first] = [0, 0];
  for (const [index, at] of sorted.entries()) {
    while ((sorted[first] ?? at) <= at - 1000) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
