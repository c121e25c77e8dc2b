import type { FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { type Waiting, readWaitS, waitUntilSettled } from "../../src/http/wait.ts";
import { systemClock } from "../../src/lib/clock.ts";

function requestPreferring(prefer?: string): FastifyRequest {
  return { headers: prefer === undefined ? {} : { prefer } } as unknown as FastifyRequest;
}

describe("readWaitS", () => {
  it.each([
    [undefined, 0],
    ["", 0],
    ["wait=10", 10],
    ["respond-async, wait=5", 5],
    ["respond-async; wait=5", 5],
    ['Wait="7"', 7],
    ["wait=0", 0],
    ["wait=31", 30],
    ["wait=999999", 30],
    ["wait=-1", 0],
    ["wait=1.5", 0],
    ["wait=soon", 0],
    ["await=5", 0],
    ["wait=99999999999999999999", 0],
  ])("reads %j as %i seconds", (prefer, seconds) => {
    expect(readWaitS(requestPreferring(prefer))).toBe(seconds);
  });
});

function waiting(changes: Partial<Waiting<number>>): Waiting<number> {
  return {
    first: 0,
    seconds: 20,
    read: () => Promise.resolve(9),
    isSettled: (value) => value === 9,
    isGone: () => false,
    ...changes,
  };
}

describe("waitUntilSettled", () => {
  it("gives the value as soon as it is settled", async () => {
    expect(await waitUntilSettled(systemClock, waiting({}))).toBe(9);
  });

  it("does not read at all where nobody would wait", async () => {
    const unread = waiting({
      seconds: 0,
      read: () => Promise.reject(new Error("it was read")),
    });
    expect(await waitUntilSettled(systemClock, unread)).toBe(0);
  });

  it("goes on while it cannot be read: what was accepted stays accepted", async () => {
    let reads = 0;
    const read = () => {
      reads += 1;
      return reads < 3 ? Promise.reject(new Error("away")) : Promise.resolve(9);
    };
    expect(await waitUntilSettled(systemClock, waiting({ read }))).toBe(9);
  });

  it("ends when nobody waits any more", async () => {
    let looks = 0;
    const isGone = () => {
      looks += 1;
      return looks > 2;
    };
    expect(await waitUntilSettled(systemClock, waiting({ isGone, isSettled: () => false }))).toBe(
      9,
    );
  });
});
