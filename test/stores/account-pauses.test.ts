import { describe, expect, it } from "vitest";
import { type AccountPause, newAccountPause } from "../../src/domain/account-pause.ts";
import { createDecline } from "../../src/domain/decline.ts";
import { type AccountPauseStore, withRecentPauses } from "../../src/stores/account-pauses.ts";
import { POLICY, START, after } from "../domain/fixtures.ts";

const ACCOUNT = { gateway: "cookiepay", account: "default" };

function pause(): AccountPause {
  const decline = createDecline("merchant_limit", { code: "2005", message: "한도" });
  const by = { at: after(0), actor: "charge", backoff: POLICY.pauseBackoff } as const;
  return newAccountPause(ACCOUNT, "charge", { decline, orderNumber: "KB-1" }, by);
}

/** A store that counts its reads, and a clock that is moved by hand. */
function recent() {
  const state = { reads: 0, nowMs: 0, stored: null as AccountPause | null, fails: false };
  const store: AccountPauseStore = {
    async find() {
      state.reads += 1;
      if (state.fails) throw new Error("away");
      return state.stored;
    },
    async insert(document) {
      state.stored = document;
      return true;
    },
    async write(_read, next) {
      state.stored = next;
      return next;
    },
    listPaused: async () => [],
  };
  const clock = { now: () => START, monotonicMs: () => state.nowMs };
  return { state, store: withRecentPauses(store, clock) };
}

describe("what a process knows of an account's pause", () => {
  it("is read once a second, however many charges ask", async () => {
    const { state, store } = recent();
    await Promise.all(Array.from({ length: 50 }, () => store.find("a")));
    state.nowMs = 999;
    await store.find("a");
    expect(state.reads).toBe(1);
    state.nowMs = 1000;
    await store.find("a");
    expect(state.reads).toBe(2);
  });

  it("is read anew after a write of its own", async () => {
    const { store } = recent();
    expect(await store.find("a")).toBeNull();
    const stopped = { ...pause(), id: "a" };
    await store.insert(stopped);
    expect(await store.find("a")).toBe(stopped);
    await store.write(stopped, { ...stopped, pausedUntil: null });
    expect(await store.find("a")).toMatchObject({ pausedUntil: null });
  });

  it("is not a read that failed", async () => {
    const { state, store } = recent();
    state.fails = true;
    await expect(store.find("a")).rejects.toThrow("away");
    state.fails = false;
    expect(await store.find("a")).toBeNull();
  });
});
