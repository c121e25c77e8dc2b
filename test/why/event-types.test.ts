import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { eventSentence } from "../../src/billing/texts/event-sentence.ts";
import { EVENT_TEXTS } from "../../src/billing/texts/event-texts.ts";
import { sayActor, sayReason } from "../../src/billing/texts/event-words.ts";
import { EVENT_TYPES } from "../../src/domain/event-types.ts";
import type { OutboxEntry } from "../../src/domain/events.ts";
import { START } from "../domain/fixtures.ts";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));

/** Types that are put together of parts: by the template, every text that it can become. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: read from the sources
  "charge_attempt.${outcome.kind}": ["charge_attempt.unknown", "charge_attempt.pending"],
  'billing_key.${result.state === "active" ? "registered" : result.state}': [
    "billing_key.registered",
    "billing_key.refused",
    "billing_key.unknown",
  ],
  '${noun}.${state === "void" ? "voided" : "failed"}': [
    "invoice.voided",
    "invoice.failed",
    "payment.voided",
    "payment.failed",
  ],
  'subscription.${state === "active" ? "activated" : state}': [
    "subscription.trialing",
    "subscription.activated",
    "subscription.past_due",
    "subscription.paused",
    "subscription.canceled",
    "subscription.unpaid",
  ],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: read from the sources
};

/** Every `type:` of an event in the sources, with what its value is written as. */
function findTypes(): string[] {
  const files = ["domain", "billing"].flatMap((folder) =>
    readdirSync(join(SOURCE, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  return files.flatMap((file) => {
    const text = readFileSync(file, "utf8");
    // Plain ones, both ends of a choice between two, and templates.
    const values = [...text.matchAll(/\btype:\s*([^\n]*"[^\n]*|`[^`]*`)/g)].map(
      ([, value]) => value ?? "",
    );
    return values.flatMap((value) =>
      value.startsWith("`")
        ? [value.slice(1, value.lastIndexOf("`"))]
        : [...value.matchAll(/"([a-z_]+\.[a-z_]+)"/g)].map(([, type]) => type ?? ""),
    );
  });
}

const entryOf = (type: string): OutboxEntry => ({
  number: 1,
  type,
  at: START,
  recordedAt: START,
  actor: "api",
  by: "key-1",
  reason: "customer asked",
  before: "open",
  after: "paid",
  data: { amount: 9900, refundAmount: 3000, periodNumber: 2, orderNumber: "KB-A1B2C3D4E5F6-1" },
});

describe("every event", () => {
  it("that the sources write is of the union", () => {
    const found = findTypes();
    expect(found.length).toBeGreaterThan(20);
    const written = found.flatMap((one) =>
      one.includes("${") ? (TEMPLATES[one] ?? [one]) : [one],
    );
    const unknown = written.filter((type) => !(EVENT_TYPES as readonly string[]).includes(type));
    expect(unknown).toEqual([]);
  });

  it.each(EVENT_TYPES)("%s is told in both languages, with who, why and what changed", (type) => {
    const saying = { zone: "Asia/Seoul", asOf: START };
    const english = eventSentence(entryOf(type), { ...saying, language: "en" });
    const korean = eventSentence(entryOf(type), { ...saying, language: "ko" });
    expect(english).toMatch(
      /^5 January 10:00: [^가-힣]{10,}; by: API key key-1; reason: “customer asked”; change: open → paid$/,
    );
    expect(korean).toMatch(
      /^1월 5일 10:00: .*[가-힣].*; 처리: API 키 key-1; 사유: “customer asked”; 변경: 미결제 → 결제 완료$/,
    );
    expect(english + korean).not.toMatch(/undefined|NaN|null/);
  });

  it("has a sentence of its own", () => {
    const words = { amount: "A", refund: "R", about: "" };
    for (const language of ["en", "ko"] as const) {
      const told = EVENT_TYPES.map((type) => EVENT_TEXTS[type][language](words));
      expect(new Set(told).size).toBe(EVENT_TYPES.length);
    }
  });

  it("of another version is told by its bare type and never left out", () => {
    const saying = { zone: "Asia/Seoul", asOf: START, language: "en" as const };
    expect(eventSentence(entryOf("planet.moved"), saying)).toContain("planet.moved; by:");
  });

  it("names who was behind it, and quotes only the words of others", () => {
    expect(sayActor("operator", "kim", "ko")).toBe("담당자 kim");
    expect(sayActor("sweep", null, "en")).toBe("sweep");
    expect(sayReason("limit_exceeded", "ko")).toBe("한도 초과");
    expect(sayReason("late", "ko")).toBe("한 주기 이상 늦은 발견");
    expect(sayReason("toString", "en")).toBe("“toString”");
  });
});
