// What scripts say, in the language of the page.

const TEXTS = {
  en: {
    simulator: "simulator",
    won: " won",
    sending: "Sending…",
    unreachable: "The server did not answer.",
    unreachableFix:
      "It may have been accepted. Send it again as it is: it will not be carried out twice.",
    more: "What this means, and what to do",
    saved: "The card is saved",
    card: "Card",
    billingKey: "Billing key",
    customer: "Customer",
    gateway: "Gateway",
    chargeIt: "Charge this card",
    another: "Save another card",
    paid: "Paid",
    notPaid: "Not paid: nothing was charged",
    notKnownYet: "Not known yet",
    notKnownText: "Do not charge again: it is being found out what happened.",
    replayed: "This payment was made before; nothing was charged again.",
    replayedRefund: "This refund was made before; nothing was given back again.",
    product: "Product",
    amount: "Amount",
    payment: "Payment",
    transaction: "Transaction",
    reason: "Reason",
    refundIt: "Refund this payment",
    newPayment: "New payment",
    newRefund: "Another refund",
    lookAgain: "Look again",
    refunded: "Refunded",
    notRefunded: "Not refunded",
    refundUnderWay: "The refund is under way",
    left: "Can still be refunded",
    payment_open: "not settled yet",
    payment_paid: "paid",
    payment_void: "void",
    payment_failed: "not paid",
    windowOpen: "The window is open",
    windowOpenText: "Pay, decline or close it there.",
    state: "Status",
    openAgain: "Open it again",
    codePrepare: "Your server prepares the order; the amount is yours, never the browser's.",
    codeOpen: "The customer's browser opens the window with what was prepared.",
    codeAsk: "Your server asks what became of it. Nothing else counts as paid.",
    codeConfirm: "Tell your server answer.imp_uid: it calls",
    codeDeclare: "Declared before KCP's script:",
    codeEach: "each of prepared.sdkData",
    lookedEnough: "Nothing changed for two minutes. Look again when you like.",
    copied: "Copied",
    noMethods: "No payment window is configured.",
    anyWallet: "Chosen in the window",
    status_waiting: "waiting for the customer",
    status_confirming: "confirming",
    status_pending: "waiting for a deposit",
    status_paid: "paid",
    status_failed: "failed",
    status_expired: "expired",
    status_canceled: "canceled",
    status_partially_refunded: "partly refunded",
    status_refunded: "refunded",
    bank: "Bank",
    account: "Account",
    scriptFailed: "The gateway's script could not be loaded.",
  },
  ko: {
    simulator: "시뮬레이터",
    won: "원",
    sending: "보내는 중…",
    unreachable: "서버가 응답하지 않습니다.",
    unreachableFix: "접수되었을 수 있습니다. 그대로 다시 보내도 두 번 처리되지 않습니다.",
    more: "원인과 해결 방법",
    saved: "카드가 등록되었습니다",
    card: "카드",
    billingKey: "빌링키",
    customer: "고객",
    gateway: "결제사",
    chargeIt: "이 카드로 결제하기",
    another: "다른 카드 등록",
    paid: "결제 완료",
    notPaid: "미결제: 청구된 금액 없음",
    notKnownYet: "아직 결과를 모릅니다",
    notKnownText: "다시 결제하지 마세요. 결제사에서 결과를 확인하고 있습니다.",
    replayed: "이미 처리된 결제입니다. 다시 청구되지 않았습니다.",
    replayedRefund: "이미 처리된 환불입니다. 다시 환불되지 않았습니다.",
    product: "상품",
    amount: "금액",
    payment: "결제 ID",
    transaction: "거래번호",
    reason: "사유",
    refundIt: "이 결제 환불하기",
    newPayment: "새 결제",
    newRefund: "추가 환불",
    lookAgain: "다시 조회",
    refunded: "환불 완료",
    notRefunded: "환불되지 않음",
    refundUnderWay: "환불 처리 중",
    left: "환불 가능 금액",
    payment_open: "처리 중",
    payment_paid: "결제 완료",
    payment_void: "무효",
    payment_failed: "미결제",
    windowOpen: "결제창이 열렸습니다",
    windowOpenText: "결제창에서 결제하거나, 거절하거나, 닫아 보세요.",
    state: "상태",
    openAgain: "다시 열기",
    codePrepare: "서버에서 주문을 준비합니다. 금액은 브라우저가 아니라 서버가 정합니다.",
    codeOpen: "고객의 브라우저에서 준비된 값으로 결제창을 엽니다.",
    codeAsk: "서버에서 결과를 조회합니다. 이 응답만 결제 완료로 인정합니다.",
    codeConfirm: "answer.imp_uid를 서버로 보내면, 서버가 호출합니다:",
    codeDeclare: "KCP 스크립트보다 먼저 선언해야 합니다.",
    codeEach: "prepared.sdkData의 각 값",
    lookedEnough: "2분 동안 변화가 없습니다. 필요할 때 다시 조회하세요.",
    copied: "복사됨",
    noMethods: "설정된 결제창이 없습니다.",
    anyWallet: "결제창에서 선택",
    status_waiting: "고객 결제 대기",
    status_confirming: "확인 중",
    status_pending: "입금 대기",
    status_paid: "결제 완료",
    status_failed: "결제 실패",
    status_expired: "시간 만료",
    status_canceled: "취소됨",
    status_partially_refunded: "부분 환불",
    status_refunded: "환불 완료",
    bank: "은행",
    account: "계좌번호",
    scriptFailed: "결제사 스크립트를 불러오지 못했습니다.",
  },
};

/** @typedef {keyof typeof TEXTS.en} TextName */

export const language = document.documentElement.lang === "ko" ? "ko" : "en";

/**
 * A sentence in the page's language.
 *
 * @param {TextName} name
 */
export function say(name) {
  return TEXTS[language][name];
}

/**
 * A state of the API in words; one that is not known stays as it is.
 *
 * @param {"status" | "payment"} kind
 * @param {string} state
 */
export function sayState(kind, state) {
  const texts = /** @type {Readonly<Record<string, string>>} */ (TEXTS[language]);
  return texts[`${kind}_${state}`] ?? state;
}

/** @param {number} amount */
export function won(amount) {
  return `${amount.toLocaleString("en-US")}${say("won")}`;
}

/**
 * The gateway's name, and whether it is the simulator.
 *
 * @param {string} name
 */
export function gatewayName(name) {
  const simulated = (document.querySelector("main")?.dataset["simulated"] ?? "").split(" ");
  return simulated.includes(name) ? `${name} (${say("simulator")})` : name;
}
