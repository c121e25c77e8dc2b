import { describe, expect, it } from "vitest";
import { parseRedisServer, redisVersionFault } from "../../src/lib/redis-version.ts";

describe("the version of Redis", () => {
  it("is read from what the server says, Valkey's own before the one that it imitates", () => {
    expect(parseRedisServer("# Server\r\nredis_version:7.0.15\r\n")).toEqual({
      product: "Redis",
      version: "7.0.15",
    });
    expect(parseRedisServer("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\n")).toEqual({
      product: "Valkey",
      version: "8.0.1",
    });
    expect(parseRedisServer("redis_mode:standalone\r\n")).toBeNull();
  });

  it.each([
    ["Redis", "5.0.14"],
    ["Redis", "6.0.20"],
    ["Redis", "6.1.99"],
  ] as const)("%s %s is too old, and the sentence says what to upgrade to", (product, version) => {
    const fault = redisVersionFault({ product, version });
    expect(fault?.kind).toBe("too_old");
    expect(fault?.text).toContain(
      `${product} ${version} is too old, the least is 6.2.0: upgrade to`,
    );
    expect(fault?.text).toContain("8.2.2 or later");
  });

  it.each([
    ["Redis", "6.2.19"],
    ["Redis", "7.0.15"],
    ["Redis", "7.2.10"],
    ["Redis", "7.4.5"],
    ["Redis", "8.0.3"],
    ["Redis", "8.2.1"],
    ["Valkey", "7.2.10"],
    ["Valkey", "8.0.1"],
    ["Valkey", "8.1.3"],
  ] as const)("%s %s has a known hole", (product, version) => {
    const fault = redisVersionFault({ product, version });
    expect(fault?.kind).toBe("known_hole");
    expect(fault?.text).toMatch(/CVE-2025-49844.*: upgrade to (Redis|Valkey) .* or later/);
  });

  it.each([
    ["Redis", "6.2.20"],
    ["Redis", "7.2.11"],
    ["Redis", "7.4.10"],
    ["Redis", "8.0.4"],
    ["Redis", "8.2.2"],
    ["Redis", "8.4.0"],
    ["Redis", "9.0.0"],
    ["Valkey", "7.2.11"],
    ["Valkey", "8.0.6"],
    ["Valkey", "8.1.4"],
    ["Valkey", "9.0.0"],
  ] as const)("%s %s is in order", (product, version) => {
    expect(redisVersionFault({ product, version })).toBeNull();
  });
});
