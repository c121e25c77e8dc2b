import type { EventType } from "../../domain/event-types.ts";
import type { Language } from "./language.ts";

/** What the sentence of an event may mention, in words of its language already. */
export interface EventWords {
  /** `9,900 won`: what the event's document is about. */
  amount: string;
  /** Won of the refund that it is about. */
  refund: string;
  /** ` (period 3, order KB-…)`, or nothing: what it happened to. */
  about: string;
}

/** What happened, in both languages. */
export type EventText = Readonly<Record<Language, (words: EventWords) => string>>;

/** Every event's sentence; the compiler knows that none is missing, in either language. */
export const EVENT_TEXTS: Readonly<Record<EventType, EventText>> = {
  "subscription.created": {
    en: ({ amount }) => `the subscription began, ${amount} each period`,
    ko: ({ amount }) => `구독 시작 (기간당 ${amount})`,
  },
  "subscription.trialing": {
    en: () => "the free trial began",
    ko: () => "무료 체험 시작",
  },
  "subscription.activated": {
    en: () => "the subscription became active",
    ko: () => "구독 정상 상태 전환",
  },
  "subscription.past_due": {
    en: () => "a payment of the subscription is overdue",
    ko: () => "구독 결제 연체",
  },
  "subscription.paused": {
    en: () => "the subscription was paused",
    ko: () => "구독 일시 중지",
  },
  "subscription.canceled": {
    en: () => "the subscription was cancelled",
    ko: () => "구독 해지",
  },
  "subscription.unpaid": {
    en: () => "the subscription stopped unpaid",
    ko: () => "미납으로 구독 중단",
  },
  "subscription.cancel_scheduled": {
    en: () => "the subscription was cancelled for the end of its period",
    ko: () => "기간 만료 시 해지 예약",
  },
  "subscription.parked": {
    en: () => "the subscription was stopped until an operator releases it",
    ko: () => "담당자 확인 전까지 구독 청구 중단",
  },
  "subscription.released": {
    en: () => "the subscription was released and goes on",
    ko: () => "구독 청구 중단 해제",
  },
  "subscription.card_changed": {
    en: () => "the subscription got another card",
    ko: () => "구독 카드 변경",
  },
  "subscription.reopened": {
    en: () => "the unpaid subscription was opened again",
    ko: () => "미납 구독 재개",
  },
  "invoice.opened": {
    en: ({ amount, about }) => `${amount} fell due${about}`,
    ko: ({ amount, about }) => `${amount} 청구 시작${about}`,
  },
  "invoice.held": {
    en: ({ amount, about }) => `the charge of ${amount} waits for an operator${about}`,
    ko: ({ amount, about }) => `${amount} 청구 보류, 담당자 확인 필요${about}`,
  },
  "invoice.released": {
    en: ({ amount, about }) => `the charge of ${amount} was released and goes on${about}`,
    ko: ({ amount, about }) => `${amount} 청구 보류 해제${about}`,
  },
  "invoice.payment_requested": {
    en: ({ amount, about }) => `payment of ${amount} was asked for once more${about}`,
    ko: ({ amount, about }) => `${amount} 재결제 요청${about}`,
  },
  "invoice.paid": {
    en: ({ amount, about }) => `${amount} were charged${about}`,
    ko: ({ amount, about }) => `${amount} 청구 완료${about}`,
  },
  "invoice.voided": {
    en: ({ amount, about }) => `the charge of ${amount} was given up${about}`,
    ko: ({ amount, about }) => `${amount} 청구 취소${about}`,
  },
  "invoice.failed": {
    en: ({ amount, about }) => `the charge of ${amount} failed for good${about}`,
    ko: ({ amount, about }) => `${amount} 청구 최종 실패${about}`,
  },
  "payment.requested": {
    en: ({ amount, about }) => `a payment of ${amount} was asked for${about}`,
    ko: ({ amount, about }) => `${amount} 결제 요청${about}`,
  },
  "payment.paid": {
    en: ({ amount, about }) => `the payment of ${amount} was made${about}`,
    ko: ({ amount, about }) => `${amount} 결제 완료${about}`,
  },
  "payment.voided": {
    en: ({ amount, about }) => `the payment of ${amount} was given up${about}`,
    ko: ({ amount, about }) => `${amount} 결제 취소${about}`,
  },
  "payment.failed": {
    en: ({ amount, about }) => `the payment of ${amount} failed${about}`,
    ko: ({ amount, about }) => `${amount} 결제 실패${about}`,
  },
  "charge_attempt.declined": {
    en: ({ amount, about }) => `the charge of ${amount} was declined${about}`,
    ko: ({ amount, about }) => `${amount} 청구 거절${about}`,
  },
  "charge_attempt.unknown": {
    en: ({ amount, about }) => `the answer to the charge of ${amount} was lost${about}`,
    ko: ({ amount, about }) => `${amount} 청구 응답 없음, 조회 시작${about}`,
  },
  "charge_attempt.pending": {
    en: ({ amount, about }) => `the gateway has the charge of ${amount} in hand${about}`,
    ko: ({ amount, about }) => `${amount} 청구 결제사 처리 중${about}`,
  },
  "charge_attempt.absent": {
    en: ({ amount, about }) => `the charge of ${amount} never reached the gateway${about}`,
    ko: ({ amount, about }) => `${amount} 청구 결제사 미접수 확인${about}`,
  },
  "charge_attempt.resolved": {
    en: ({ amount, about }) => `the unknown charge of ${amount} was settled by a person${about}`,
    ko: ({ amount, about }) => `${amount} 미확인 청구 담당자 확정${about}`,
  },
  "charge_attempt.surplus_found": {
    en: ({ about }) => `an approval beyond what was owed was found and goes back${about}`,
    ko: ({ about }) => `초과 승인 확인, 환불 진행${about}`,
  },
  "refund.requested": {
    en: ({ refund, about }) => `a refund of ${refund} was asked for${about}`,
    ko: ({ refund, about }) => `${refund} 환불 요청${about}`,
  },
  "refund.completed": {
    en: ({ refund, about }) => `${refund} were refunded${about}`,
    ko: ({ refund, about }) => `${refund} 환불 완료${about}`,
  },
  "refund.failed": {
    en: ({ refund, about }) => `the gateway refused the refund of ${refund}${about}`,
    ko: ({ refund, about }) => `${refund} 환불 거절${about}`,
  },
  "refund.resolved": {
    en: ({ refund, about }) => `the unknown refund of ${refund} was settled by a person${about}`,
    ko: ({ refund, about }) => `${refund} 미확인 환불 담당자 확정${about}`,
  },
  "billing_key.registered": { en: () => "a card was saved", ko: () => "카드 등록 완료" },
  "billing_key.refused": { en: () => "a card was refused", ko: () => "카드 등록 거절" },
  "billing_key.unknown": {
    en: () => "nobody knows whether a card was saved, since the answer was lost",
    ko: () => "카드 등록 응답 없음, 등록 여부 미확인",
  },
  "account.paused": {
    en: ({ about }) => `a gateway account was stopped${about}`,
    ko: ({ about }) => `결제사 계정 중지${about}`,
  },
  "account.released": {
    en: ({ about }) => `a gateway account was released and goes on${about}`,
    ko: ({ about }) => `결제사 계정 중지 해제${about}`,
  },
  "notice.replayed": {
    en: ({ about }) => `a gateway's notice was looked at once more${about}`,
    ko: ({ about }) => `결제사 통지 재처리${about}`,
  },
  "notice.seen": {
    en: ({ about }) => `a gateway's notice was seen by a person${about}`,
    ko: ({ about }) => `결제사 통지 담당자 확인${about}`,
  },
  "billing_key.revoked": { en: () => "a saved card was removed", ko: () => "등록 카드 삭제" },
  "webhook_endpoint.created": {
    en: () => "an endpoint for events was added",
    ko: () => "이벤트 엔드포인트 추가",
  },
  "webhook_endpoint.enabled": {
    en: () => "an endpoint for events was enabled",
    ko: () => "이벤트 엔드포인트 활성화",
  },
  "webhook_endpoint.disabled": {
    en: () => "an endpoint for events was disabled",
    ko: () => "이벤트 엔드포인트 비활성화",
  },
  "webhook_endpoint.rotated": {
    en: () => "an endpoint for events got another secret",
    ko: () => "이벤트 엔드포인트 시크릿 교체",
  },
  "webhook_endpoint.tested": {
    en: () => "a test event was sent to an endpoint",
    ko: () => "이벤트 엔드포인트 시험 전송",
  },
};
