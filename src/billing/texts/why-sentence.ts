/** An explanation in one plain sentence, Korean or English. */
import { factsOf } from "../../domain/decline.ts";
import type { Changer, Finding, NextStep, WhyReason } from "../../domain/why-reason.ts";
import type { Explanation } from "../../domain/why.ts";
import { type Saying, sayDay, sayInstant, sayThen, sayWhen, sayWon } from "./instant-words.ts";
import type { Language, Phrase } from "./language.ts";
import { PAID_TEXTS, REFUND_TEXTS } from "./why-paid-texts.ts";
import type { WhyText, WhyWords } from "./why-text.ts";
import { ENDED_TEXTS, OPEN_TEXTS, UNOPENED_TEXTS } from "./why-unpaid-texts.ts";

/** Every reason's sentence; the compiler knows that none is missing, in either language. */
export const WHY_TEXTS: Readonly<Record<WhyReason, WhyText>> = {
  ...UNOPENED_TEXTS,
  ...OPEN_TEXTS,
  ...ENDED_TEXTS,
  ...PAID_TEXTS,
  ...REFUND_TEXTS,
};

/** What is told about a period, in one sentence: when, charged or not, why, and what comes next. */
export function sentenceOf(explanation: Explanation, language: Language): string {
  const saying: Saying = { language, zone: explanation.zone, asOf: explanation.asOf };
  const body = WHY_TEXTS[explanation.reason][language](wordsOf(explanation, saying));
  const after = sayAfter(explanation.next, saying);
  const end = language === "ko" ? "" : ".";
  return `${sayInstant(explanation.at, saying)}: ${body}${after}${end}`;
}

/** Where a decline left no code behind. */
const UNNAMED_DECLINE: Phrase = { en: "it was declined", ko: "거절되어" };

function wordsOf(explanation: Explanation, saying: Saying): WhyWords {
  const { declineCode, next, note, amount, refundAmount } = explanation;
  const decline = declineCode === undefined ? UNNAMED_DECLINE : factsOf(declineCode).clause;
  return {
    amount: sayWon(amount, saying.language),
    refund: sayWon(refundAmount ?? 0, saying.language),
    decline: decline[saying.language],
    next: sayWhen(next?.at ?? explanation.asOf, saying),
    other: sayOther(explanation, saying),
    note: note === undefined ? "" : ` (“${note}”)`,
  };
}

function sayOther({ reason, otherAt }: Finding, saying: Saying): string {
  if (otherAt === undefined) return "";
  return ` ${reason === "ends_before" ? sayDay(otherAt, saying) : sayThen(otherAt, saying)}`;
}

/** What comes after a period that is settled: the next one, or the end. */
function sayAfter(next: NextStep | null, saying: Saying): string {
  if (next?.at == null) return "";
  const isKorean = saying.language === "ko";
  if (next.what === "renewal") {
    const when = sayInstant(next.at, saying);
    return isKorean ? ` 다음 청구: ${when}.` : `; the next charge is ${sayWhen(next.at, saying)}`;
  }
  return "";
}

const CHANGERS: Readonly<Record<Changer, Phrase>> = {
  customer: { en: "the customer (another card)", ko: "고객(카드 변경)" },
  merchant: { en: "the merchant (API)", ko: "가맹점(API)" },
  operator: { en: "an operator (billing program)", ko: "담당자(billing 명령)" },
};

/** Who can change what is told, in words. */
export function sayChangers(changers: readonly Changer[], language: Language): string {
  const nobody = { en: "nobody; it settles by itself", ko: "없음(자동 처리)" };
  if (changers.length === 0) return nobody[language];
  return changers.map((changer) => CHANGERS[changer][language]).join(", ");
}
