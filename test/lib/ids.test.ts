import { describe, expect, test } from "vitest";
import { newId, newToken, randomText } from "../../src/lib/ids.ts";

describe("random texts", () => {
  test("use exactly the characters that every gateway takes", () => {
    const text = randomText(20_000);
    expect(text).toMatch(/^[0-9A-Z]{20000}$/);
    expect(new Set(text).size).toBe(36);
  });

  test("have the wanted length", () => {
    expect([0, 1, 12, 16].map((length) => randomText(length).length)).toEqual([0, 1, 12, 16]);
  });
});

describe("ids", () => {
  test("carry their noun and are never met twice", () => {
    const ids = Array.from({ length: 10_000 }, () => newId("sub"));
    expect(new Set(ids).size).toBe(10_000);
    for (const id of ids.slice(0, 100)) expect(id).toMatch(/^sub_[0-9a-z]{16}$/);
  });
});

describe("tokens", () => {
  test("hold 128 bits", () => {
    const tokens = Array.from({ length: 10_000 }, newToken);
    expect(new Set(tokens).size).toBe(10_000);
    for (const token of tokens.slice(0, 100)) expect(token).toMatch(/^[0-9a-f]{32}$/);
  });
});
