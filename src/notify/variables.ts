/** What the places in a text can be filled with, and how each is written in either language. */
import { DateTime } from "luxon";
import { factsOf, isDeclineCode } from "../domain/decline.ts";
import type { Message, MessageFacts, MessageKind, MessageLanguage } from "../domain/message.ts";
import { addDays } from "../domain/calendar.ts";

/** Every variable, and its Korean name, which a template may use as well. */
export const VARIABLES = {
  merchant: "상점명",
  name: "고객명",
  product: "상품명",
  amount: "금액",
  date: "일자",
  nextDate: "예정일",
  period: "이용기간",
  card: "카드",
  reason: "사유",
  order: "주문번호",
  contact: "문의처",
  about: "대상",
} as const satisfies Record<string, string>;

export type VariableName = keyof typeof VARIABLES;

const COMMON = ["merchant", "contact", "name", "product", "card"] as const;
const OPERATORS = ["merchant", "date", "about", "reason"] as const;

/** The variables that messages of each kind have. */
export const VARIABLES_OF: Readonly<Record<MessageKind, readonly VariableName[]>> = {
  receipt: [...COMMON, "amount", "date", "period", "order"],
  upcoming_charge: [...COMMON, "amount", "nextDate"],
  payment_failed: [...COMMON, "amount", "date", "nextDate", "period", "reason"],
  last_warning: [...COMMON, "amount", "date", "nextDate", "period", "reason"],
  card_expiring: [...COMMON],
  ended_declined: [...COMMON, "amount", "date"],
  ended_canceled: [...COMMON, "amount", "date"],
  refund: [...COMMON, "amount", "date", "order"],
  webhook_disabled: [...OPERATORS],
  account_paused: [...OPERATORS],
  subscription_parked: [...OPERATORS],
};

/** The merchant, as customers know it, and the zone in which days are told. */
export interface Merchant {
  name: string;
  /** Address, telephone number or page for questions; empty: none. */
  contact: string;
  zone: string;
}

/** The part of a message that its text is made of. */
export type ToldMessage = Pick<Message, "kind" | "language" | "facts">;

/** Every variable of a message as text on one line; what is not known is a dash. */
export function variablesOf(
  { kind, facts, language }: ToldMessage,
  merchant: Merchant,
): Record<VariableName, string> {
  const day = (at: Date | null) => (at === null ? null : sayDay(at, language, merchant.zone));
  const values: Record<VariableName, string | null> = {
    merchant: merchant.name,
    contact: merchant.contact,
    name: facts.customerName,
    product: facts.productName,
    amount: facts.amount === null ? null : sayWon(facts.amount, language),
    date: day(facts.at),
    nextDate: day(facts.dueAt),
    period: sayPeriod(facts, language),
    card: sayCard(facts, language),
    reason: sayReason(kind, facts, language),
    order: facts.orderNumber,
    about: facts.about,
  };
  const lines = Object.entries(values).map(([name, value]) => [name, toLine(value ?? "") || NONE]);
  return Object.fromEntries(lines) as Record<VariableName, string>;
}

/** What stands where nothing is known. */
export const NONE = "-";

/** One line, without anything that could begin another or hide what follows. */
export function toLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
}

/** `₩9,900` or `9,900원`. */
function sayWon(amount: number, language: MessageLanguage): string {
  const digits = String(amount).replaceAll(/\B(?=(\d{3})+$)/g, ",");
  return language === "ko" ? `${digits}원` : `₩${digits}`;
}

/** `15 March 2027` or `2027년 3월 15일`. */
function sayDay(at: Date, language: MessageLanguage, zone: string): string {
  const local = DateTime.fromJSDate(at, { zone });
  return language === "ko"
    ? `${local.year}년 ${local.month}월 ${local.day}일`
    : local.setLocale("en").toFormat("d LLLL yyyy");
}

function sayPeriod(facts: MessageFacts, language: MessageLanguage): string | null {
  const { periodStartOn, periodEndOn } = facts;
  if (periodStartOn === null || periodEndOn === null) return null;
  const [first, last] = [periodStartOn, addDays(periodEndOn, -1)].map((on) =>
    sayDay(DateTime.fromISO(on, { zone: "utc" }).toJSDate(), language, "utc"),
  );
  return language === "ko" ? `${first} ~ ${last}` : `${first} to ${last}`;
}

/** `Shinhan, ending in 1111`. */
function sayCard(facts: MessageFacts, language: MessageLanguage): string | null {
  const { cardName, cardLastFour } = facts;
  if (cardLastFour === null) return cardName;
  const ending = language === "ko" ? `끝자리 ${cardLastFour}` : `ending in ${cardLastFour}`;
  if (cardName === null || cardName === "") return ending;
  return language === "ko" ? `${cardName} (${ending})` : `${cardName}, ${ending}`;
}

/** Why an endpoint is disabled, as the event says it. */
const ENDPOINT_REASONS: Readonly<Record<string, Record<MessageLanguage, string>>> = {
  failing: {
    ko: "여러 날 동안 한 번도 전달되지 않았습니다.",
    en: "Nothing could be delivered for days.",
  },
  gone: { ko: "수신 서버가 410으로 응답했습니다.", en: "The receiver answered 410." },
};

/** To customers what the table of declines says to customers, to operators what it says to operators. */
function sayReason(
  kind: MessageKind,
  { declineCode, reason }: MessageFacts,
  language: MessageLanguage,
): string | null {
  if (declineCode !== null) return factsOf(declineCode).customer[language];
  if (kind === "account_paused" && isDeclineCode(reason)) return factsOf(reason).operator[language];
  if (kind === "webhook_disabled") return ENDPOINT_REASONS[reason ?? ""]?.[language] ?? reason;
  return reason;
}
