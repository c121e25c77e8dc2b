import { describe, expect, test } from "vitest";
import { parseKoreaStamp } from "../../../src/gateways/korea-stamp.ts";
import { tokenLifeMs } from "../../../src/gateways/cookiepay/mapping.ts";
import {
  type FetchedToken,
  createTokenCache,
} from "../../../src/gateways/cookiepay/token-cache.ts";
import { jwt } from "./wire.ts";

const START = Date.parse("2026-02-05T00:00:00Z");

function setUp(answers: readonly FetchedToken[] = []) {
  const time = { wallMs: START, monotonicMs: 5_000 };
  let fetches = 0;
  const cache = createTokenCache({
    fetchToken() {
      fetches += 1;
      const usual = { kind: "fetched", token: `token-${fetches}`, lifeMs: 3_600_000 } as const;
      return Promise.resolve(answers[fetches - 1] ?? usual);
    },
    clock: { now: () => new Date(time.wallMs), monotonicMs: () => time.monotonicMs },
    reserveMs: 80_000,
  });
  const open = async () => {
    const result = await cache.open();
    return result.kind === "ready" ? result.credential.value : result.reason;
  };
  return { cache, time, open, fetches: () => fetches };
}

describe("a kept token", () => {
  test("ends its life after its receipt, by the operational clock", async () => {
    const { cache } = setUp();
    const result = await cache.open();
    expect(result.kind === "ready" && result.credential.endsAt).toEqual(
      new Date(START + 3_600_000),
    );
  });

  test("serves until less than the reserve is left", async () => {
    const { open, time } = setUp();
    expect(await open()).toBe("token-1");
    time.monotonicMs += 3_600_000 - 80_001;
    expect(await open()).toBe("token-1");
    time.monotonicMs += 1;
    expect(await open()).toBe("token-2");
  });

  test("does not live longer because the system's time is set back", async () => {
    const { open, time } = setUp();
    await open();
    time.wallMs -= 10 * 3_600_000;
    time.monotonicMs += 3_600_000;
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

  test("that lives shorter than the reserve is handed out, and not kept", async () => {
    const brief = { kind: "fetched", token: "brief", lifeMs: 30_000 } as const;
    const { open } = setUp([brief, brief]);
    expect(await open()).toBe("brief");
    expect(await open()).toBe("brief");
    expect(await open()).toBe("token-3");
  });
});

describe("a token's own word about its life", () => {
  test("is the span from its issue to its end, whatever its clock shows", () => {
    expect(tokenLifeMs(jwt(3_600))).toBe(3_600_000);
    expect(tokenLifeMs(jwt(60))).toBe(60_000);
  });

  test.each([
    ["no JWT", "opaque"],
    ["an unreadable one", "a.%%%.c"],
    ["no claims", `a.${Buffer.from("[]").toString("base64url")}.c`],
    ["no end", `a.${Buffer.from('{"iat":1}').toString("base64url")}.c`],
    ["no time at all", jwt(0)],
    ["a negative one", jwt(-1)],
    ["weeks", jwt(30 * 86_400)],
  ])("counts for nothing with %s", (_case, token) => {
    expect(tokenLifeMs(token)).toBeUndefined();
  });
});

describe("a stamp in Korean time", () => {
  test.each([
    ["20260205175611", "2026-02-05T08:56:11.000Z"],
    ["20260101000000", "2025-12-31T15:00:00.000Z"],
    ["20280229235959", "2028-02-29T14:59:59.000Z"],
    ["2026-02-05 17:56:11", "2026-02-05T08:56:11.000Z"],
  ])("%s is %s", (stamp, instant) => {
    expect(parseKoreaStamp(stamp)?.toISOString()).toBe(instant);
  });

  test.each([undefined, "", "20260205", "20261305175611", "20260230000000", "20260205245611", "x"])(
    "%j is none",
    (stamp) => {
      expect(parseKoreaStamp(stamp)).toBeUndefined();
    },
  );
});
