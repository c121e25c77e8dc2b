/** An entry of the audit trail in one plain sentence, Korean or English. */
import type { OutboxEntry } from "../../domain/events.ts";
import { isEventType } from "../../domain/event-types.ts";
import { EVENT_TEXTS } from "./event-texts.ts";
import { sayActor, sayChange, sayReason } from "./event-words.ts";
import { type Saying, sayInstant, sayWon } from "./instant-words.ts";
import type { Language } from "./language.ts";

/** When, what, who or what did it, why, and between which states. */
export function eventSentence(entry: OutboxEntry, saying: Saying): string {
  const { language } = saying;
  const what = whatHappened(entry, language);
  const who = sayActor(entry.actor, entry.by, language);
  const change = sayChange(entry, language);
  const by = language === "ko" ? `처리: ${who}` : `by: ${who}`;
  const why = entry.reason === null ? [] : [whyIt(entry.reason, language)];
  return [
    `${sayInstant(entry.at, saying)}: ${what}`,
    by,
    ...why,
    ...(change === "" ? [] : [language === "ko" ? `변경: ${change}` : `change: ${change}`]),
  ].join("; ");
}

function whyIt(reason: string, language: Language): string {
  const words = sayReason(reason, language);
  return language === "ko" ? `사유: ${words}` : `reason: ${words}`;
}

function whatHappened(entry: OutboxEntry, language: Language): string {
  // One that an older or a newer version wrote is told by its bare type and never left out.
  if (!isEventType(entry.type)) return entry.type;
  return EVENT_TEXTS[entry.type][language]({
    amount: sayWon(numberOf(entry, "amount"), language),
    refund: sayWon(numberOf(entry, "refundAmount"), language),
    about: sayAbout(entry, language),
  });
}

function numberOf(entry: OutboxEntry, name: string): number {
  const value = entry.data[name];
  return typeof value === "number" ? value : 0;
}

function sayAbout({ data }: OutboxEntry, language: Language): string {
  const period = data["periodNumber"];
  const orderNumber = data["orderNumber"];
  const account = data["account"];
  const isKorean = language === "ko";
  const parts = [
    ...(typeof account === "string" ? [`${data["gateway"] ?? ""}/${account}`] : []),
    // People count from one.
    ...(typeof period === "number"
      ? [isKorean ? `${period + 1}회차` : `period ${period + 1}`]
      : []),
    ...(typeof orderNumber === "string"
      ? [isKorean ? `주문번호 ${orderNumber}` : `order ${orderNumber}`]
      : []),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}
