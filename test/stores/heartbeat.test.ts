import { EventEmitter } from "node:events";
import type { mongo } from "mongoose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { watchHeartbeat } from "../../src/stores/heartbeat.ts";

describe("a heartbeat of the driver", () => {
  const LONGEST = { asked: 4_000, awaited: 14_000 };
  let client: EventEmitter;
  let lost = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    lost = 0;
    client = new EventEmitter();
    // Of a client, its events alone are used.
    watchHeartbeat(client as unknown as mongo.MongoClient, LONGEST, () => (lost += 1));
  });
  afterEach(() => void vi.useRealTimers());

  const begin = (awaited: boolean) => client.emit("serverHeartbeatStarted", { awaited });

  test.each([
    [false, 4_000],
    [true, 14_000],
  ])("is lost after its own time and not before (awaited: %s)", (awaited, longestMs) => {
    begin(awaited);
    vi.advanceTimersByTime(longestMs - 1);
    expect(lost).toBe(0);
    vi.advanceTimersByTime(1);
    expect(lost).toBe(1);
  });

  test.each(["serverHeartbeatSucceeded", "serverHeartbeatFailed", "topologyClosed"])(
    "is not lost once %s",
    (event) => {
      begin(true);
      client.emit(event);
      vi.advanceTimersByTime(60_000);
      expect(lost).toBe(0);
    },
  );

  test("begins its time anew with the next one", () => {
    begin(false);
    vi.advanceTimersByTime(3_000);
    begin(true);
    vi.advanceTimersByTime(13_000);
    expect(lost).toBe(0);
  });
});
