/** Our decline codes: the one table of what each is, what is said about it, and on what grounds it is here. */

/**
 * hard: never again on this key · soft: may later succeed · customer: only the customer can change it ·
 * merchant: the shop's own limit or contract · gateway: the gateway itself is out of order.
 */
export type DeclineKind = "soft" | "hard" | "customer" | "merchant" | "gateway";

/** The same in both languages: the compiler takes neither alone. */
export type Bilingual = Readonly<Record<"en" | "ko", string>>;

export interface DeclineFacts {
  kind: DeclineKind;
  /** It is about the merchant's account and not about one request: every further one would meet it too. */
  stopsAccount?: true;
  /** As a noun: "insufficient funds". */
  noun: Bilingual;
  /** As a part of a sentence: "not charged, …" and "… 미청구". */
  clause: Bilingual;
  /** What the customer may read. Of what is the merchant's or the gateway's matter, no detail. */
  customer: Bilingual;
  /** What it means, and what an operator can do. */
  operator: Bilingual;
  /** The day on which it came into this table. */
  since: string;
  /** Which documented codes it stands for, and where; the adapters' maps name each one's source. */
  grounds: string;
}

const BEGINNING = "2026-11-21";

/** What a customer reads of a matter that is not the customer's. */
const SHOPS_MATTER: Bilingual = {
  en: "The payment could not be made, for a reason that lies with the shop. The card is not at fault.",
  ko: "가맹점 사정으로 결제가 진행되지 않았습니다. 카드에는 문제가 없습니다.",
};

/** Every normalised decline code. A code that no map knows becomes `unrecognized`. */
export const DECLINES = {
  insufficient_funds: {
    kind: "soft",
    noun: { en: "insufficient funds", ko: "잔액 부족" },
    clause: { en: "the card had insufficient funds", ko: "잔액 부족으로" },
    customer: {
      en: "The account behind the card does not hold enough money.",
      ko: "카드에 연결된 계좌의 잔액이 부족합니다.",
    },
    operator: {
      en: "The account behind the card was short. Tried again on the days of the ladder; nothing to do.",
      ko: "카드 연결 계좌의 잔액이 부족합니다. 재청구 일정에 따라 다시 시도되며 별도 조치는 필요 없습니다.",
    },
    since: BEGINNING,
    grounds: "issuers' refusals, passed through; no gateway documents its code [inferred]",
  },
  limit_exceeded: {
    kind: "soft",
    noun: { en: "card limit used up", ko: "한도 초과" },
    clause: { en: "the card's limit was used up", ko: "한도 초과로" },
    customer: { en: "The card's limit is used up.", ko: "카드 한도를 초과했습니다." },
    operator: {
      en: "The card's own limit is used up. Tried again on the days of the ladder; nothing to do.",
      ko: "카드 자체의 한도를 초과했습니다. 재청구 일정에 따라 다시 시도되며 별도 조치는 필요 없습니다.",
    },
    since: BEGINNING,
    grounds: "issuers' refusals, passed through; no gateway documents its code [inferred]",
  },
  issuer_unavailable: {
    kind: "soft",
    noun: { en: "no answer from the card company", ko: "카드사 무응답" },
    clause: { en: "the card company did not answer", ko: "카드사 무응답으로" },
    customer: {
      en: "The card company does not answer at the moment.",
      ko: "카드사 시스템이 일시적으로 응답하지 않습니다.",
    },
    operator: {
      en: "The card company was out of order and refused for certain. Tried again on the days of the ladder.",
      ko: "카드사 점검·장애로 확정 거절되었습니다. 재청구 일정에 따라 다시 시도됩니다.",
    },
    since: BEGINNING,
    grounds: "issuers' refusals, passed through; no gateway documents its code [inferred]",
  },
  card_declined: {
    kind: "soft",
    noun: { en: "declined by the card company", ko: "카드사 거절" },
    clause: { en: "the card company declined it", ko: "카드사 거절로" },
    customer: {
      en: "The card company declined the payment.",
      ko: "카드사에서 결제를 거절했습니다.",
    },
    operator: {
      en: "The card company refused without a reason that we know. Tried again; its own words stand beside it.",
      ko: "카드사가 사유를 특정하지 않고 거절했습니다. 다시 시도되며, 원문 메시지를 함께 확인하십시오.",
    },
    since: BEGINNING,
    grounds: "PortOne status failed with fail_reason [docs]; issuers' refusals passed through",
  },
  unrecognized: {
    kind: "soft",
    noun: { en: "a code that is not known", ko: "알 수 없는 코드" },
    clause: {
      en: "it was declined with a code that is not known",
      ko: "알 수 없는 코드로 거절되어",
    },
    customer: { en: "The payment was declined.", ko: "결제가 거절되었습니다." },
    operator: {
      en: "No map knows this code. Tried once more, then final. Find out what it means and add it to the gateway's map.",
      ko: "매핑되지 않은 코드입니다. 한 번만 더 시도한 뒤 최종 실패로 처리합니다. 코드의 의미를 확인해 해당 PG의 매핑에 추가하십시오.",
    },
    since: BEGINNING,
    grounds: "every code that a gateway sends and its map does not know",
  },
  card_not_registered: {
    kind: "hard",
    noun: { en: "card not known to the card company", ko: "미등록 카드" },
    clause: {
      en: "the card company does not know the card",
      ko: "카드사에 등록되지 않은 카드여서",
    },
    customer: {
      en: "The card company does not know this card.",
      ko: "카드사에 등록되지 않은 카드입니다.",
    },
    operator: {
      en: "Never on this card again. The customer needs another card.",
      ko: "이 카드로는 더 이상 결제할 수 없습니다. 고객의 카드 변경이 필요합니다.",
    },
    since: BEGINNING,
    grounds: "1012 behind CookiePayments and KiwoomPay [guide]",
  },
  card_expired: {
    kind: "hard",
    noun: { en: "card expired", ko: "카드 유효기간 만료" },
    clause: { en: "the card has expired", ko: "카드 유효기간 만료로" },
    customer: {
      en: "The card has expired, or its expiry date is wrong.",
      ko: "카드 유효기간이 지났거나 잘못되었습니다.",
    },
    operator: {
      en: "Never on this card again. The customer needs to register the new card.",
      ko: "이 카드로는 더 이상 결제할 수 없습니다. 고객이 새 카드를 등록해야 합니다.",
    },
    since: BEGINNING,
    grounds: "2015 behind CookiePayments and KiwoomPay [guide]",
  },
  card_lost_or_stolen: {
    kind: "hard",
    noun: { en: "card reported lost or stolen", ko: "분실·도난 신고 카드" },
    clause: { en: "the card was reported lost or stolen", ko: "분실·도난 신고된 카드여서" },
    customer: {
      en: "The card has been reported lost or stolen.",
      ko: "분실 또는 도난 신고된 카드입니다.",
    },
    operator: {
      en: "Never on this card again. The customer needs another card.",
      ko: "이 카드로는 더 이상 결제할 수 없습니다. 고객의 카드 변경이 필요합니다.",
    },
    since: BEGINNING,
    grounds: "issuers' refusals, passed through; no gateway documents its code [inferred]",
  },
  billing_key_invalid: {
    kind: "hard",
    noun: { en: "saved card not valid", ko: "유효하지 않은 등록 카드" },
    clause: {
      en: "the saved card is not valid any more",
      ko: "등록된 카드가 더 이상 유효하지 않아",
    },
    customer: {
      en: "The saved card is not valid any more and has to be registered again.",
      ko: "등록된 카드가 더 이상 유효하지 않아 다시 등록해야 합니다.",
    },
    operator: {
      en: "The gateway does not know this billing key, or revoked it. The customer needs to register the card again.",
      ko: "PG에 없거나 삭제된 빌링키입니다. 고객이 카드를 다시 등록해야 합니다.",
    },
    since: BEGINNING,
    grounds: "PortOne's customer_uid that is not registered [recorded]",
  },
  card_details_wrong: {
    kind: "customer",
    noun: { en: "wrong card details", ko: "카드 정보 오류" },
    clause: { en: "the card's details were wrong", ko: "카드 정보 오류로" },
    customer: { en: "The card's details are wrong.", ko: "카드 정보가 올바르지 않습니다." },
    operator: {
      en: "Number, expiry, password or birth date do not fit. Only the customer can correct them.",
      ko: "카드번호, 유효기간, 비밀번호 또는 생년월일이 맞지 않습니다. 고객만 바로잡을 수 있습니다.",
    },
    since: BEGINNING,
    grounds: "PortOne's refusal of card details [recorded]",
  },
  authentication_failed: {
    kind: "customer",
    noun: { en: "customer not authenticated", ko: "본인 인증 실패" },
    clause: { en: "the customer was not authenticated", ko: "본인 인증 실패로" },
    customer: { en: "The customer was not authenticated.", ko: "본인 인증에 실패했습니다." },
    operator: {
      en: "The customer broke off, or was not authenticated. Only the customer can try again.",
      ko: "고객이 인증을 중단했거나 인증에 실패했습니다. 고객이 다시 시도해야 합니다.",
    },
    since: BEGINNING,
    grounds: "PayUp 9002, and what its window passes through [guide]",
  },
  request_refused: {
    kind: "merchant",
    noun: { en: "request refused by the gateway", ko: "결제사 요청 거부" },
    clause: {
      en: "the payment company did not accept the request",
      ko: "결제사가 요청을 받아들이지 않아",
    },
    customer: {
      en: "The payment company did not accept the request.",
      ko: "결제사에서 요청을 받아들이지 않았습니다.",
    },
    operator: {
      en: "The gateway did not take this one request: a field, a state or a duplicate. Tried again the next day without a dunning step; read its own words.",
      ko: "이 요청 한 건을 결제사가 받지 않았습니다(필드, 상태, 중복 등). 재청구 단계를 쓰지 않고 다음 날 다시 시도합니다. 원문 메시지를 확인하십시오.",
    },
    since: BEGINNING,
    grounds:
      "CookiePayments E007 [guide]; KiwoomPay 9001 [second-hand]; PayUp 2001, 6001 to 6003 [guide]",
  },
  amount_not_allowed: {
    kind: "merchant",
    noun: { en: "amount not allowed", ko: "허용되지 않는 금액" },
    clause: {
      en: "the payment company does not take the amount",
      ko: "허용되지 않는 금액이어서",
    },
    customer: {
      en: "The payment company does not take this amount.",
      ko: "결제사에서 허용하지 않는 금액입니다.",
    },
    operator: {
      en: "Below the least or above the most of one payment. Change the amount, or have the contract changed.",
      ko: "건당 최소·최대 결제 금액을 벗어났습니다. 금액을 바꾸거나 PG에 계약 변경을 요청하십시오.",
    },
    since: BEGINNING,
    grounds: "PayUp 5001, 5002 [guide]",
  },
  merchant_limit: {
    kind: "merchant",
    stopsAccount: true,
    noun: { en: "merchant limit used up", ko: "가맹점 한도 초과" },
    clause: {
      en: "the shop's own limit at the payment company was used up",
      ko: "가맹점 한도 초과로",
    },
    customer: SHOPS_MATTER,
    operator: {
      en: "The account's daily, monthly or guarantee limit is used up. Its charges wait. Have the limit raised at the gateway, then release the account.",
      ko: "가맹점의 일·월 한도 또는 보증 한도를 초과했습니다. 이 계정의 결제가 대기합니다. PG에 한도 상향을 요청한 뒤 계정을 해제하십시오.",
    },
    since: BEGINNING,
    grounds: "PayUp 5003, 5004, 5005 [guide]",
  },
  settlement_balance_short: {
    kind: "merchant",
    stopsAccount: true,
    noun: { en: "settlement balance short", ko: "정산 잔액 부족" },
    clause: {
      en: "the shop's balance at the payment company was short",
      ko: "가맹점 정산 잔액 부족으로",
    },
    customer: {
      en: "The refund is delayed for a reason that lies with the shop. It is made without asking again.",
      ko: "가맹점 사정으로 취소 처리가 지연되고 있습니다. 다시 요청하지 않아도 처리됩니다.",
    },
    operator: {
      en: "The settlement balance does not cover a refund. The account's refunds wait. Pay in at the gateway (the same day where it asks for that), then release the account.",
      ko: "정산 잔액이 취소 금액보다 적습니다. 이 계정의 환불이 대기합니다. PG에 예치금을 입금한 뒤(당일 마감이 있는 경우 당일 중) 계정을 해제하십시오.",
    },
    since: BEGINNING,
    grounds: "PayUp 1003 [guide]; 9029 at Kiwoom, also behind CookiePayments [docs]",
  },
  contract_not_open: {
    kind: "merchant",
    stopsAccount: true,
    noun: { en: "contract not open", ko: "미개통 계약" },
    clause: { en: "the shop's contract does not cover it", ko: "가맹점 계약이 개통되지 않아" },
    customer: SHOPS_MATTER,
    operator: {
      en: "The account or this way of paying is not open, stopped or blocked. Its charges wait. Have the gateway open it, then release the account.",
      ko: "계정 또는 결제수단이 미개통, 중지, 차단 상태입니다. 이 계정의 결제가 대기합니다. PG에 개통을 요청한 뒤 계정을 해제하십시오.",
    },
    since: BEGINNING,
    grounds: "KiwoomPay FAIL, 9101 to 9105 [second-hand]; PayUp 1001 [guide]",
  },
  gateway_unavailable: {
    kind: "gateway",
    noun: { en: "gateway out of order", ko: "결제사 장애" },
    clause: { en: "the payment company was out of order", ko: "결제사 시스템 장애로" },
    customer: {
      en: "The payment company is out of order at the moment.",
      ko: "결제사 시스템이 일시적으로 원활하지 않습니다.",
    },
    operator: {
      en: "The gateway says itself that it is out of order and that nothing was charged. Tried again the next day without a dunning step.",
      ko: "PG 자체 장애로 결제되지 않았음이 확인되었습니다. 재청구 단계를 쓰지 않고 다음 날 다시 시도합니다.",
    },
    since: BEGINNING,
    grounds: "PayUp 1002, 9001 [guide]; KiwoomPay 9000 [second-hand]",
  },
} as const satisfies Record<string, DeclineFacts>;

export type DeclineCode = keyof typeof DECLINES;
