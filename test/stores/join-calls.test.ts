import { describe, expect, it } from "vitest";
import { sleep } from "../../src/lib/clock.ts";
import { joinCalls } from "../../src/stores/join-calls.ts";

/** Doubles numbers, and remembers what came together. */
function double(batches: number[][], tripMs = 0) {
  return async (calls: number[]) => {
    batches.push([...calls]);
    await sleep(tripMs);
    return calls.map((call) =>
      call < 0 ? { error: new Error(`negative ${call}`) } : { answer: 2 * call },
    );
  };
}

describe("calls that are joined", () => {
  it("share a round trip when they come in one turn of the event loop", async () => {
    const batches: number[][] = [];
    const ask = joinCalls(double(batches), { windowMs: 2, most: 100 });
    expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1, 2, 3]]);
  });

  it("gather while a round trip is under way", async () => {
    const batches: number[][] = [];
    const ask = joinCalls(double(batches, 20), { windowMs: 10_000, most: 100 });
    const first = ask(1);
    await sleep(5);
    const later = [ask(2), ask(3)];
    expect(await Promise.all([first, ...later])).toEqual([2, 4, 6]);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it("do not wait longer than their window for a round trip that hangs", async () => {
    const batches: number[][] = [];
    let release: () => void = () => {};
    const hanging = new Promise<void>((resolve) => (release = resolve));
    const ask = joinCalls(
      async (calls: number[]) => {
        batches.push([...calls]);
        if (batches.length === 1) await hanging;
        return calls.map((call) => ({ answer: call }));
      },
      { windowMs: 2, most: 100 },
    );
    const first = ask(1);
    await sleep(5);
    expect(await ask(2)).toBe(2);
    release();
    expect(await first).toBe(1);
  });

  it("fail alone", async () => {
    const ask = joinCalls(double([]), { windowMs: 2, most: 100 });
    const settled = await Promise.allSettled([ask(1), ask(-1), ask(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  });

  it("all fail where nothing is known of any of them, and later ones do not", async () => {
    let isAway = true;
    const ask = joinCalls(
      (calls: number[]) =>
        isAway
          ? Promise.reject(new Error("away"))
          : Promise.resolve(calls.map((call) => ({ answer: call }))),
      { windowMs: 2, most: 100 },
    );
    const settled = await Promise.allSettled([ask(1), ask(2)]);
    expect(settled.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    isAway = false;
    expect(await ask(3)).toBe(3);
  });

  it("fill no round trip beyond its bound, and are one by one without a window", async () => {
    const batches: number[][] = [];
    const few = joinCalls(double(batches), { windowMs: 2, most: 2 });
    await Promise.all([few(1), few(2), few(3)]);
    expect(batches).toEqual([[1, 2], [3]]);
    batches.length = 0;
    const alone = joinCalls(double(batches), { windowMs: 0, most: 100 });
    await Promise.all([alone(1), alone(2)]);
    expect(batches).toEqual([[1], [2]]);
  });
});
