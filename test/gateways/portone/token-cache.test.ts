import { describe, expect, test } from "vitest";
import { tokenLifeMs } from "../../../src/gateways/portone/mapping.ts";
import { type FetchedToken, createTokenCache } from "../../../src/gateways/portone/token-cache.ts";

const START = Date.parse("2026-02-05T00:00:00Z");
const HALF_AN_HOUR_MS = 1_800_000;

function setUp(answers: readonly FetchedToken[] = []) {
  const time = { wallMs: START, monotonicMs: 5_000 };
  let fetches = 0;
  const cache = createTokenCache({
    fetchToken() {
      fetches += 1;
      const token = `token-${fetches}`;
      const usual = { kind: "fetched", token, lifeMs: HALF_AN_HOUR_MS } as const;
      return Promise.resolve(answers[fetches - 1] ?? usual);
    },
    clock: { now: () => new Date(time.wallMs), monotonicMs: () => time.monotonicMs },
    extensionMs: 300_000,
  });
  const open = async () => {
    const result = await cache.open();
    return result.kind === "ready" ? result.credential.value : result.reason;
  };
  return { cache, time, open, fetches: () => fetches };
}

describe("a kept token", () => {
  test("may be used until five minutes after its end: another process may have made it longer", async () => {
    const { cache } = setUp();
    const result = await cache.open();
    expect(result.kind === "ready" && result.credential.endsAt).toEqual(
      new Date(START + HALF_AN_HOUR_MS + 1_000 + 300_000),
    );
  });

  test("serves to its very end: nobody asks in its last minute, which would make it longer", async () => {
    const { open, time, fetches } = setUp();
    expect(await open()).toBe("token-1");
    time.monotonicMs += HALF_AN_HOUR_MS;
    expect(await open()).toBe("token-1");
    expect(fetches()).toBe(1);
    time.monotonicMs += 1_000;
    expect(await open()).toBe("token-2");
  });

  test("that was given out before serves as long as it still lives", async () => {
    const { open, time } = setUp([{ kind: "fetched", token: "old", lifeMs: 90_000 }]);
    expect(await open()).toBe("old");
    time.monotonicMs += 90_000;
    expect(await open()).toBe("old");
    time.monotonicMs += 1_000;
    expect(await open()).toBe("token-2");
  });

  test("does not live longer because the system's time is set back", async () => {
    const { open, time } = setUp();
    await open();
    time.wallMs -= 10 * 3_600_000;
    time.monotonicMs += HALF_AN_HOUR_MS + 1_000;
    expect(await open()).toBe("token-2");
  });

  test("is fetched once for all who wait, and a failure is theirs alone", async () => {
    const { open, fetches } = setUp([{ kind: "not_sent", reason: "refused" }]);
    expect(await Promise.all([open(), open(), open()])).toEqual(["refused", "refused", "refused"]);
    expect(fetches()).toBe(1);
    expect(await Promise.all([open(), open()])).toEqual(["token-2", "token-2"]);
    expect(fetches()).toBe(2);
  });

  test("is dropped only by its own name", async () => {
    const { cache, open } = setUp();
    await open();
    cache.drop("token-0");
    expect(await open()).toBe("token-1");
    cache.drop("token-1");
    expect(await open()).toBe("token-2");
  });
});

describe("a token's life", () => {
  test("is the span on the gateway's own clock, whatever it shows", () => {
    expect(tokenLifeMs({ now: 1_512_446_940, expired_at: 1_512_448_740 })).toBe(1_800_000);
    expect(tokenLifeMs({ now: 9, expired_at: 70 })).toBe(61_000);
  });

  test.each([
    ["nothing is told", {}],
    ["the end is missing", { now: 1 }],
    ["the end has passed", { now: 5, expired_at: 5 }],
    ["the end comes before the beginning", { now: 5, expired_at: 4 }],
    ["it is told in letters", { now: "1", expired_at: "1801" }],
    ["it would be weeks", { now: 1, expired_at: 30 * 86_400 }],
  ])("is the documented half hour where %s", (_case, response) => {
    expect(tokenLifeMs(response)).toBe(HALF_AN_HOUR_MS);
  });
});
