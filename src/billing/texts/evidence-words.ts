/** What stands on record about an attempt or a refund, for the person who has to decide. */
import type { ChargeAttempt } from "../../domain/charge-attempt.ts";
import { LATE_ANSWER } from "../../domain/late-rules.ts";
import type { Refund } from "../../domain/refund.ts";
import { sayReason } from "./event-words.ts";
import { sayWon, saySecond } from "./instant-words.ts";
import type { Language, Phrase } from "./language.ts";

const ATTEMPT_STATES: Readonly<Record<ChargeAttempt["state"], Phrase>> = {
  initiated: { en: "being sent", ko: "전송 중" },
  not_sent: { en: "not sent", ko: "미전송" },
  unknown: { en: "outcome unknown", ko: "결과 미확인" },
  pending: { en: "pending at the gateway", ko: "결제사 처리 중" },
  approved: { en: "approved", ko: "승인" },
  declined: { en: "declined", ko: "거절" },
  absent: { en: "not there at the gateway", ko: "결제사 기록 없음" },
  abandoned: { en: "given up before it was sent", ko: "전송 전 취소" },
};

const REFUND_STATES: Readonly<Record<Refund["state"], Phrase>> = {
  queued: { en: "waiting to be sent", ko: "전송 대기" },
  initiated: { en: "being sent", ko: "전송 중" },
  unknown: { en: "outcome unknown", ko: "결과 미확인" },
  done: { en: "done", ko: "완료" },
  failed: { en: "refused", ko: "거절" },
};

/** A line about an attempt, and one for each answer of the gateway that was kept. */
export function attemptEvidence(
  attempt: ChargeAttempt,
  { language, zone }: { language: Language; zone: string },
): string[] {
  const { number, orderNumber, state, amount, reason, decline, transaction } = attempt;
  const isKorean = language === "ko";
  const begun = saySecond(attempt.initiatedAt, zone);
  const facts = [
    `${isKorean ? `${number}번째 시도` : `attempt ${number}`} ${orderNumber}`,
    ATTEMPT_STATES[state][language],
    sayWon(amount, language),
    isKorean ? `${begun} 시작` : `begun ${begun}`,
    ...(reason === null ? [] : [sayReason(reason, language)]),
    ...(decline === null ? [] : [`${isKorean ? "거절 코드" : "decline"} ${decline.rawCode}`]),
    ...(transaction === null ? [] : [`${isKorean ? "거래번호" : "transaction"} ${transaction.id}`]),
    isKorean
      ? `조회 ${attempt.lookUps}회, 기록 없음 ${attempt.missingReads}회`
      : `asked ${attempt.lookUps} times, not there ${attempt.missingReads} times`,
  ];
  const kept = attempt.evidence.map(({ kind, value }) => {
    if (kind === LATE_ANSWER) return `${isKorean ? "늦게 온 승인 응답" : "late answer"} ${value}`;
    return `${isKorean ? "보관된 응답" : "kept answer"} (${kind})`;
  });
  return [facts.join(", "), ...kept];
}

/** A line about a refund. */
export function refundEvidence(refund: Refund, language: Language): string {
  const { id, amount, state, transactionId, tries, lookUps } = refund;
  const facts =
    language === "ko"
      ? [`환불 ${id}`, sayWon(amount, "ko"), `거래번호 ${transactionId}`]
      : [`refund ${id}`, sayWon(amount, "en"), `transaction ${transactionId}`];
  const counts =
    language === "ko"
      ? `전송 ${tries}회, 조회 ${lookUps}회`
      : `sent ${tries} times, asked ${lookUps} times`;
  return [...facts, REFUND_STATES[state][language], counts].join(", ");
}
