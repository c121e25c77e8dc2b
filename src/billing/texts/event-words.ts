/** Words of the audit trail: who did it, why, and between which states. */
import { factsOf, isDeclineCode } from "../../domain/decline.ts";
import type { Actor } from "../../domain/events.ts";
import type { Language, Phrase } from "./language.ts";

const ACTORS: Readonly<Record<Actor, Phrase>> = {
  api: { en: "API", ko: "API" },
  sweep: { en: "sweep", ko: "자동 점검" },
  charge: { en: "charge worker", ko: "청구 작업" },
  reconcile: { en: "reconciliation", ko: "대사 작업" },
  operator: { en: "operator", ko: "담당자" },
  clock: { en: "test clock", ko: "테스트 시계" },
  notice: { en: "gateway notice", ko: "결제사 통지" },
  delivery: { en: "delivery of events", ko: "이벤트 전달" },
  config: { en: "configuration", ko: "환경 설정" },
};

/** Who or what caused it: `API key shop-1`, `operator kim`, `charge worker`. */
export function sayActor(actor: Actor, by: string | null, language: Language): string {
  if (by === null) return ACTORS[actor][language];
  if (actor !== "api") return `${ACTORS[actor][language]} ${by}`;
  return language === "ko" ? `API 키 ${by}` : `API key ${by}`;
}

/** Reasons that our own rules write, word for word as they stand on record. */
const REASONS: Readonly<Record<string, Phrase>> = {
  "trial ended": { en: "the trial is over", ko: "무료 체험 종료" },
  "last charge declined": { en: "the last charge was declined", ko: "마지막 재시도 거절" },
  "a charge was declined": { en: "a charge was declined", ko: "청구 거절" },
  "everything owed is paid": { en: "everything owed is paid", ko: "미납금 결제 완료" },
  "period ended": { en: "the period has ended", ko: "이용 기간 종료" },
  "lease expired": {
    en: "the worker did not come back",
    ko: "작업 프로세스 응답 없음",
  },
  canceled: { en: "the subscription has ended", ko: "구독 종료" },
  "canceled by the merchant": { en: "cancelled by the merchant", ko: "가맹점 해지" },
  "canceled while the charge was in flight": {
    en: "cancelled while the charge was in flight",
    ko: "청구 진행 중 해지",
  },
  "approval beyond the one that was owed": {
    en: "an approval beyond the one that was owed",
    ko: "초과 승인",
  },
  "refunded at the gateway": { en: "refunded at the gateway itself", ko: "결제사에서 직접 환불" },
  "not found": { en: "the gateway does not know it", ko: "결제사 기록 없음" },
  window_expired: {
    en: "nobody finished it in its payment window",
    ko: "결제창에서 결제를 마치지 않음",
  },
  window_refused: { en: "the gateway opened no payment window", ko: "결제사가 결제창을 열지 않음" },
  "payment window": { en: "in the gateway's payment window", ko: "결제사 결제창" },
  "never arrived": { en: "it never reached the gateway", ko: "결제사에 전달되지 않음" },
  refunded: { en: "it is refunded", ko: "환불 대상" },
  "adapter failed": { en: "our own fault", ko: "내부 오류" },
  late: { en: "found a whole period too late", ko: "한 주기 이상 늦은 발견" },
  too_many_attempts: { en: "too many attempts", ko: "시도 횟수 초과" },
  amount_mismatch: { en: "the gateway shows another amount", ko: "결제사 금액 불일치" },
  refund_unknown: { en: "the refund's outcome is not known", ko: "환불 결과 미확인" },
  parked: { en: "the subscription is stopped", ko: "구독 청구 중단" },
  operator: { en: "by an operator", ko: "담당자 조치" },
  gone: { en: "the receiver answered 410", ko: "수신 서버의 410 응답" },
  failing: { en: "nothing could be delivered for days", ko: "여러 날 동안 전달 실패" },
  removed: { en: "removed from the configuration", ko: "환경 설정에서 제거" },
  broken: { en: "the record contradicts itself", ko: "기록 모순" },
};

/** Why it happened: our own reasons in words, those of a person or a gateway as they were given. */
export function sayReason(reason: string, language: Language): string {
  if (isDeclineCode(reason)) return factsOf(reason).noun[language];
  if (Object.hasOwn(REASONS, reason)) return REASONS[reason]?.[language] ?? reason;
  return `“${reason}”`;
}

/** States of subscriptions, invoices, refunds and saved cards, and what a person decided. */
const STATES: Readonly<Record<string, Phrase>> = {
  trialing: { en: "trial", ko: "무료 체험" },
  active: { en: "active", ko: "정상" },
  past_due: { en: "overdue", ko: "연체" },
  paused: { en: "paused", ko: "일시 중지" },
  canceled: { en: "cancelled", ko: "해지" },
  unpaid: { en: "unpaid", ko: "미납 중단" },
  open: { en: "open", ko: "미결제" },
  paid: { en: "paid", ko: "결제 완료" },
  void: { en: "given up", ko: "청구 취소" },
  failed: { en: "failed", ko: "실패" },
  registering: { en: "being saved", ko: "등록 중" },
  refused: { en: "refused", ko: "거절" },
  enabled: { en: "enabled", ko: "활성" },
  disabled: { en: "disabled", ko: "비활성" },
  unknown: { en: "not known", ko: "미확인" },
  revoked: { en: "removed", ko: "삭제" },
  approved: { en: "charged", ko: "청구됨" },
  not_charged: { en: "not charged", ko: "미청구" },
  refunded: { en: "refunded", ko: "환불됨" },
  not_refunded: { en: "not refunded", ko: "환불 안 됨" },
  late: { en: "held as late", ko: "지연 보류" },
  too_many_attempts: { en: "held after too many attempts", ko: "시도 횟수 초과 보류" },
  amount_mismatch: { en: "held for another amount", ko: "금액 불일치 보류" },
  refund_unknown: { en: "held for an unknown refund", ko: "환불 미확인 보류" },
  parked: { en: "stopped", ko: "중단" },
  broken: { en: "held as contradictory", ko: "기록 모순 보류" },
};

/** What it was before and after; nothing where neither is on record, or nothing changed. */
export function sayChange(
  change: { before: string | null; after: string | null },
  language: Language,
): string {
  const [before, after] = [change.before, change.after].map((state) =>
    state === null ? "" : sayState(state, language),
  );
  if (before === after) return "";
  if (!before) return `→ ${after}`;
  return after ? `${before} → ${after}` : `${before} →`;
}

/** A state in words. */
export function sayState(state: string, language: Language): string {
  return Object.hasOwn(STATES, state) ? (STATES[state]?.[language] ?? state) : `“${state}”`;
}
