import type { Traffic } from "../../src/traffic/traffic.ts";

/** No breaker, no maintenance and no pace: every call goes out at once. */
export const FREE_TRAFFIC: Traffic = {
  blockOf: () => null,
  takeProbe: () => Promise.resolve(true),
  takeSlot: () => Promise.resolve({ kind: "held", goodUntilMs: Number.POSITIVE_INFINITY }),
  isGood: () => true,
  termOf: () => 0,
  noteCall: () => {},
  readBreaker: () => Promise.resolve("closed"),
  readWaitMs: () => Promise.resolve(0),
  close: () => {},
};
