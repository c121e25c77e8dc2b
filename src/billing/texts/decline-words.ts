import type { DeclineCode } from "../../domain/decline.ts";
import type { Phrase } from "./language.ts";

/** Why a charge was declined, as a part of a sentence: "not charged, …" and "… 미청구". */
export const DECLINE_WORDS: Readonly<Record<DeclineCode, Phrase>> = {
  insufficient_funds: { en: "the card had insufficient funds", ko: "잔액 부족으로" },
  limit_exceeded: { en: "the card's limit was used up", ko: "한도 초과로" },
  issuer_unavailable: { en: "the card company did not answer", ko: "카드사 무응답으로" },
  card_declined: { en: "the card company declined it", ko: "카드사 거절로" },
  card_not_registered: {
    en: "the card company does not know the card",
    ko: "카드사에 등록되지 않은 카드여서",
  },
  card_expired: { en: "the card has expired", ko: "카드 유효기간 만료로" },
  card_lost_or_stolen: {
    en: "the card was reported lost or stolen",
    ko: "분실·도난 신고된 카드여서",
  },
  billing_key_invalid: {
    en: "the saved card is not valid any more",
    ko: "등록된 카드가 더 이상 유효하지 않아",
  },
  request_refused: {
    en: "the payment company did not accept the request",
    ko: "결제사가 요청을 받아들이지 않아",
  },
  merchant_limit: {
    en: "the shop's own limit at the payment company was used up",
    ko: "가맹점 한도 초과로",
  },
  unrecognized: {
    en: "it was declined with a code that is not known",
    ko: "알 수 없는 코드로 거절되어",
  },
  card_details_wrong: { en: "the card's details were wrong", ko: "카드 정보 오류로" },
  authentication_failed: { en: "the customer was not authenticated", ko: "본인 인증 실패로" },
  amount_not_allowed: {
    en: "the payment company does not take the amount",
    ko: "허용되지 않는 금액이어서",
  },
  settlement_balance_short: {
    en: "the shop's balance at the payment company was short",
    ko: "가맹점 정산 잔액 부족으로",
  },
  contract_not_open: {
    en: "the shop's contract does not cover it",
    ko: "가맹점 계약이 개통되지 않아",
  },
  gateway_unavailable: { en: "the payment company was out of order", ko: "결제사 시스템 장애로" },
};

/** Where a decline left no code behind. */
export const UNNAMED_DECLINE: Phrase = { en: "it was declined", ko: "거절되어" };
