import { describe, expect, it } from "vitest";
import { WHY_TEXTS, sayChangers, sentenceOf } from "../../src/billing/texts/why-sentence.ts";
import { presentExplanation } from "../../src/billing/texts/present-explanation.ts";
import { nextCycleDay } from "../../src/domain/calendar.ts";
import { WHY_REASONS, WHY_REASON_NAMES, type WhyReason } from "../../src/domain/why-reason.ts";
import {
  type Explanation,
  explainInvoice,
  explainPeriod,
  periodNumberOn,
} from "../../src/domain/why.ts";
import { DAY_MS, after, claimed, declined, newSubscription } from "../domain/fixtures.ts";
import { periodInvoice, recorded } from "../domain/fixtures.ts";
import { CASES, type Case, OPENED, OTHER_WAYS } from "./cases.ts";

function explain(reason: WhyReason): Explanation {
  return explainCase(CASES[reason]);
}

function explainCase(given: Case): Explanation {
  const { subscription, invoice, askedMs = 3_000_000, number = 0, on, pause = null } = given;
  const at = after(askedMs);
  if (subscription === null) {
    if (invoice === null) throw new Error("there is nothing to explain");
    return explainInvoice(invoice, { zone: "Asia/Seoul", at, pause });
  }
  const invoices = invoice === null ? [] : [invoice];
  const asked = on === undefined ? { number } : { on };
  return explainPeriod(subscription, invoices, { ...asked, at, pause });
}

describe("every reason", () => {
  it.each(WHY_REASON_NAMES)("%s is found where it holds, with its claim", (reason) => {
    const explanation = explain(reason);
    expect(explanation.reason).toBe(reason);
    expect(explanation.claim).toBe(CASES[reason].claim);
    expect(explanation.whoCanChange).toEqual(WHY_REASONS[reason].whoCanChange);
  });

  it.each(OTHER_WAYS)("%s: %s", (_way, reason, way) => {
    expect(explainCase(way)).toMatchObject({ reason, claim: way.claim });
  });

  it.each(WHY_REASON_NAMES)("%s is told in English and Korean", (reason) => {
    const explanation = explain(reason);
    const [english, korean] = [sentenceOf(explanation, "en"), sentenceOf(explanation, "ko")];
    expect(english).toMatch(/^\d{1,2} [A-Z][a-z]+( \d{4})? \d\d:\d\d: [^가-힣]{15,}\.$/);
    expect(korean).toMatch(/^(\d{4}년 )?\d{1,2}월 \d{1,2}일 \d\d:\d\d: .*[가-힣].*\.$/);
    for (const sentence of [english, korean]) {
      expect(sentence).not.toMatch(/undefined|NaN|null|Invalid|\{|\}| {2}|\.\./);
    }
    expect(sayChangers(explanation.whoCanChange, "en")).not.toBe("");
    expect(sayChangers(explanation.whoCanChange, "ko")).toMatch(/[가-힣]/);
  });

  it("has a sentence of its own", () => {
    const words = {
      amount: "A",
      refund: "R",
      decline: "D",
      next: "N",
      other: " O",
      note: " (“note”)",
    };
    const told = (language: "en" | "ko") =>
      WHY_REASON_NAMES.map((reason) => WHY_TEXTS[reason][language](words));
    // A cancel before and after the opening of the invoice reads the same in English.
    expect(new Set(told("en")).size).toBeGreaterThanOrEqual(WHY_REASON_NAMES.length - 2);
    expect(new Set(told("ko")).size).toBeGreaterThanOrEqual(WHY_REASON_NAMES.length - 2);
  });

  it("says in English what it claims", () => {
    for (const reason of WHY_REASON_NAMES) {
      const { claim } = WHY_REASONS[reason];
      const sentence = sentenceOf(explain(reason), "en");
      const saysNot = /not charged|nothing is charged/.test(sentence);
      const saysUnknown = sentence.includes("not yet known");
      expect([reason, saysUnknown]).toEqual([reason, claim === "not_yet_known"]);
      expect([reason, saysNot]).toEqual([reason, claim === "not_charged"]);
    }
  });
});

describe("the sentence", () => {
  it("says when, why and what comes next", () => {
    const explanation = explain("declined_will_retry");
    expect(sentenceOf(explanation, "en")).toBe(
      "5 January 10:00: not charged, the card had insufficient funds; tried again on 6 January at 10:00.",
    );
    expect(sentenceOf(explanation, "ko")).toBe(
      "1월 5일 10:00: 잔액 부족으로 미청구. 1월 6일 10:00에 다시 청구합니다.",
    );
    expect(explanation.next).toEqual({ what: "charge", at: new Date("2026-01-06T01:00:00Z") });
  });

  it("tells the next renewal of the newest period, and of no older one", () => {
    expect(sentenceOf(explain("paid"), "en")).toBe(
      "5 January 10:00: charged 9,900 won; the next charge is on 5 February at 10:00.",
    );
    const { invoice } = CASES.paid;
    const older = { ...OPENED, nextPeriod: 5 };
    const explanation = explainPeriod(older, invoice === null ? [] : [invoice], {
      number: 0,
      at: after(DAY_MS),
    });
    expect(explanation.next).toBeNull();
  });

  it("names the year where it is another one, in the subscription's zone", () => {
    const subscription = newSubscription({ zone: "America/New_York", startOn: "2027-03-05" });
    const explanation = explainPeriod(subscription, [], { number: 0, at: after(0) });
    expect(sentenceOf(explanation, "en")).toMatch(/^5 March 2027 10:00: /);
    expect(sentenceOf(explanation, "ko")).toMatch(/^2027년 3월 5일 10:00: /);
  });

  it("keeps the first due instant once a decline has moved the next try", () => {
    const invoice = recorded(claimed(periodInvoice()), declined("insufficient_funds"));
    expect(invoice.dueAt).not.toEqual(after(0).business);
    const { period } = explainPeriod(OPENED, [invoice], { number: 0, at: after(DAY_MS) });
    expect(period?.dueAt).toEqual(after(0).business);
  });

  it("shows the attempts as evidence, and no claim token or card key", () => {
    const view = presentExplanation(explain("declined_will_retry"), "en");
    expect(view.attempts).toMatchObject([
      { number: 1, state: "declined", declineCode: "insufficient_funds", rawCode: "2002" },
    ]);
    expect(JSON.stringify(view)).not.toMatch(/token|bk_1|worker/);
  });
});

describe("the period of a day", () => {
  it.each([
    ["31st", 31, "2026-01-31"],
    ["5th", 5, "2026-01-20"],
    ["29th", 29, "2026-02-11"],
  ])("is one and the same from its first day to its last, with the %s", (_name, cycleDay, from) => {
    const schedule = { cycleDay, firstPeriodOn: from, zone: "Asia/Seoul", dueHour: 10 };
    let number = 0;
    let endOn = nextCycleDay(from, cycleDay, true);
    expect(periodNumberOn(schedule, "2026-01-01")).toBeNull();
    for (let ms = Date.parse(`${from}T00:00:00Z`); number < 60; ms += DAY_MS) {
      const on = new Date(ms).toISOString().slice(0, 10);
      if (on >= endOn) {
        number += 1;
        endOn = nextCycleDay(endOn, cycleDay, true);
      }
      expect([on, periodNumberOn(schedule, on)]).toEqual([on, number]);
    }
  });
});
