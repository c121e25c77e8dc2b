/** Notices in words: in which state one is, and why. */
import type { InboxState } from "../../domain/inbox.ts";
import type { InboxReason } from "../../domain/notice-judgement.ts";
import type { Language, Phrase } from "./language.ts";

const STATES: Readonly<Record<InboxState, Phrase>> = {
  received: { en: "waiting", ko: "처리 대기" },
  applied: { en: "applied", ko: "반영됨" },
  nothing_to_do: { en: "nothing to do", ko: "처리 불필요" },
  flagged: { en: "flagged: a person must look", ko: "확인 필요" },
  unreadable: { en: "unreadable", ko: "판독 불가" },
};

const REASONS: Readonly<Record<InboxReason, Phrase>> = {
  declined_in_window: {
    en: "declined in the payment window; the customer may try again",
    ko: "결제창에서 거절됨. 고객이 다시 시도할 수 있음",
  },
  call_in_flight: { en: "our own call is still out", ko: "당사 요청 처리 중" },
  charge_unknown: {
    en: "the charge that it cancels is not known to have happened",
    ko: "취소 대상 결제의 결과 미확인",
  },
  refund_unknown: { en: "a refund of ours has no outcome yet", ko: "당사 환불 결과 미확인" },
  invoice_held: { en: "the invoice is stopped", ko: "청구서 보류 중" },
  not_confirmed: { en: "the gateway does not confirm it", ko: "결제사 조회로 확인되지 않음" },
  fault: { en: "our own fault; it is tried again", ko: "내부 오류, 재시도 예정" },
  charge_settled: { en: "the charge is settled by it", ko: "결제 결과 확정" },
  late_approval: { en: "an approval that came late", ko: "늦게 확인된 승인" },
  refund_settled: { en: "a refund of ours is settled by it", ko: "당사 환불 결과 확정" },
  refunded_at_gateway: { en: "refunded at the gateway itself", ko: "결제사에서 직접 환불" },
  pending: { en: "nothing is paid yet", ko: "입금 전" },
  already_known: { en: "known already", ko: "이미 반영된 내용" },
  own_refund: { en: "a refund of ours", ko: "당사 환불 통지" },
  unknown_order: { en: "no order number of ours", ko: "당사 주문번호가 아님" },
  another_gateway: { en: "an order of another gateway", ko: "다른 결제사의 주문" },
  another_merchant: { en: "another merchant's id", ko: "가맹점 ID 불일치" },
  no_merchant: { en: "no merchant's id", ko: "가맹점 ID 없음" },
  wrong_amount: { en: "another amount than ours", ko: "금액 불일치" },
  no_amount: { en: "no amount", ko: "금액 없음" },
  no_transaction: { en: "no transaction number", ko: "거래번호 없음" },
  another_transaction: {
    en: "a second transaction under one order number",
    ko: "같은 주문번호의 다른 거래번호",
  },
  never_sent: { en: "an order number that never left us", ko: "전송된 적 없는 주문번호" },
  failure_not_proof: {
    en: "it says that the charge failed, which proves nothing",
    ko: "결제 실패 통지(확정 근거 아님)",
  },
  contradicts: { en: "it contradicts our record", ko: "당사 기록과 모순" },
  nothing_captured: { en: "it cancels what was not charged", ko: "결제되지 않은 건의 취소 통지" },
  more_than_captured: {
    en: "it gives back more than is left of the charge",
    ko: "결제 잔액을 넘는 취소 통지",
  },
  maybe_known: {
    en: "it may be a cancellation that is on record, or another one",
    ko: "이미 기록된 취소인지 판단 불가",
  },
  no_fields: { en: "no order number can be read", ko: "주문번호를 읽을 수 없음" },
  doubled_field: { en: "one field came with two values", ko: "한 필드에 값이 둘 이상" },
  bad_field: { en: "a field is not of its kind", ko: "필드 형식 오류" },
  raw_gone: { en: "its bytes are gone", ko: "원문 보관 기간 만료" },
};

export function sayNoticeState(state: InboxState, language: Language): string {
  return STATES[state][language];
}

/** Why it is in its state; empty where nobody has looked at it. */
export function sayNoticeReason(reason: InboxReason | null, language: Language): string {
  return reason === null ? "" : REASONS[reason][language];
}
