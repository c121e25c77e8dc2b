import { DECLINE_KINDS, type DeclineCode } from "../domain/decline.ts";
import type { Language, Text } from "./language.ts";

/** Why a card was declined, in words for its holder. */
const DECLINE_TEXTS: Readonly<Record<DeclineCode, Text>> = {
  insufficient_funds: {
    en: "The account behind the card does not hold enough money.",
    ko: "카드에 연결된 계좌의 잔액이 부족합니다.",
  },
  limit_exceeded: {
    en: "The card's limit is used up.",
    ko: "카드 한도를 초과했습니다.",
  },
  issuer_unavailable: {
    en: "The card company does not answer at the moment.",
    ko: "카드사 시스템이 일시적으로 응답하지 않습니다.",
  },
  card_declined: {
    en: "The card company declined the payment.",
    ko: "카드사에서 결제를 거절했습니다.",
  },
  card_not_registered: {
    en: "The card company does not know this card.",
    ko: "카드사에 등록되지 않은 카드입니다.",
  },
  card_expired: {
    en: "The card has expired, or its expiry date is wrong.",
    ko: "카드 유효기간이 지났거나 잘못되었습니다.",
  },
  card_lost_or_stolen: {
    en: "The card has been reported lost or stolen.",
    ko: "분실 또는 도난 신고된 카드입니다.",
  },
  billing_key_invalid: {
    en: "The saved card is not valid any more and has to be registered again.",
    ko: "등록된 카드가 더 이상 유효하지 않아 다시 등록해야 합니다.",
  },
  request_refused: {
    en: "The payment company did not accept the request.",
    ko: "결제사에서 요청을 받아들이지 않았습니다.",
  },
  merchant_limit: {
    en: "The shop's own limit at the payment company is used up.",
    ko: "가맹점의 결제 한도를 초과했습니다.",
  },
  unrecognized: {
    en: "The payment was declined.",
    ko: "결제가 거절되었습니다.",
  },
  card_details_wrong: {
    en: "The card's details are wrong.",
    ko: "카드 정보가 올바르지 않습니다.",
  },
  authentication_failed: {
    en: "The customer was not authenticated.",
    ko: "본인 인증에 실패했습니다.",
  },
  amount_not_allowed: {
    en: "The payment company does not take this amount.",
    ko: "결제사에서 허용하지 않는 금액입니다.",
  },
  settlement_balance_short: {
    en: "The shop's balance at the payment company does not cover the refund.",
    ko: "가맹점 정산 잔액이 부족하여 취소할 수 없습니다.",
  },
  contract_not_open: {
    en: "The shop's contract with the payment company does not cover this payment.",
    ko: "가맹점 계약이 개통되지 않은 결제수단입니다.",
  },
  gateway_unavailable: {
    en: "The payment company is out of order at the moment.",
    ko: "결제사 시스템이 일시적으로 원활하지 않습니다.",
  },
};

/** Whether a text is one of our decline codes. */
export function isDeclineCode(text: unknown): text is DeclineCode {
  return typeof text === "string" && Object.hasOwn(DECLINE_KINDS, text);
}

/** The sentence of a decline in the reader's language. */
export function declineText(code: DeclineCode, language: Language): string {
  return DECLINE_TEXTS[code][language];
}
