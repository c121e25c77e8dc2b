import { describe, expect, test } from "vitest";
import { DECLINES } from "../../src/domain/decline-codes.ts";
import {
  type DeclineKind,
  createDecline,
  factsOf,
  isDeclineCode,
  stopsAccount,
} from "../../src/domain/decline.ts";
import { decideDunning } from "../../src/domain/dunning.ts";
import { DECLINE_MAPS } from "../../src/compose-declines.ts";
import { POLICY, START } from "./fixtures.ts";

const CODES = Object.keys(DECLINES).filter(isDeclineCode);
const RAW = { code: "2001", message: "한도초과" };

describe("the table of declines", () => {
  test.each(CODES)("says everything about %s, in both languages", (code) => {
    const { noun, clause, customer, operator, since, grounds } = factsOf(code);
    for (const text of [noun, clause, customer, operator]) {
      expect(text.ko).toMatch(/[가-힣]/);
      expect(text.en).toMatch(/^[ -~’]+$/);
    }
    expect(since).toMatch(/^20\d{2}-\d{2}-\d{2}$/);
    expect(grounds).not.toBe("");
  });

  test("keeps the gateway's words beside ours", () => {
    for (const code of CODES) {
      const { kind } = factsOf(code);
      expect(createDecline(code, RAW)).toEqual({
        code,
        kind,
        rawCode: "2001",
        rawMessage: "한도초과",
      });
    }
  });

  test("tells nobody's customer about the shop's limit, balance or contract", () => {
    for (const code of CODES.filter((one) => stopsAccount({ code: one }))) {
      const { customer, kind } = factsOf(code);
      expect(kind).toBe("merchant");
      expect(customer.ko).not.toMatch(/한도|잔액|계약|개통/);
      expect(customer.en).not.toMatch(/limit|balance|contract/i);
    }
  });

  test("stops an account for what every request of it would meet, and for nothing else", () => {
    expect(CODES.filter((code) => stopsAccount({ code })).sort()).toEqual([
      "contract_not_open",
      "merchant_limit",
      "settlement_balance_short",
    ]);
  });

  const FRESH = { step: 0, firstDeclinedAt: null };
  const FIRST: Readonly<Record<DeclineKind, object>> = {
    soft: { kind: "retry", progress: { step: 1, firstDeclinedAt: START } },
    hard: { kind: "exhausted" },
    customer: { kind: "exhausted" },
    merchant: { kind: "retry", progress: FRESH },
    gateway: { kind: "retry", progress: FRESH },
  };

  test.each(CODES)("drives dunning by the kind of %s", (code) => {
    const declined = { decline: createDecline(code, RAW), at: START };
    const decision = decideDunning(POLICY.dunning, FRESH, declined);
    expect(decision).toMatchObject(FIRST[factsOf(code).kind]);
  });

  test("does not take a word for a code that every object has", () => {
    expect(isDeclineCode("toString")).toBe(false);
    expect(isDeclineCode(7)).toBe(false);
  });
});

describe("the gateways' maps", () => {
  test.each(DECLINE_MAPS)("$gateway's names a source for every code", ({ codes }) => {
    expect(Object.keys(codes).length).toBeGreaterThan(0);
    for (const { means, source } of Object.values(codes)) {
      expect(isDeclineCode(means)).toBe(true);
      expect(source).toMatch(
        /^\[(guide|docs|spec|kcp|plugin|observed|recorded|second-hand|inferred|simulator)\] .*20\d{2}-\d{2}/,
      );
    }
  });

  test("hold every code that CookiePayments documents as a refusal", () => {
    const cookiepay = DECLINE_MAPS.find(({ gateway }) => gateway === "cookiepay")?.codes;
    for (const code of ["1012", "2015", "9029", "E007", "E008", "E103"]) {
      expect(Object.keys(cookiepay ?? {})).toContain(code);
    }
  });
});
