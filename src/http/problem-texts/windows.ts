import type { ProblemText } from "./problem-text.ts";

/** Problems with payments in a gateway's window. */
export const WINDOW_PROBLEMS = {
  WINDOW_UNSUPPORTED: {
    status: 422,
    title: { en: "No such payment window", ko: "사용할 수 없는 결제창입니다" },
    detail: {
      en: "{gateway} offers no payment window for what was asked.",
      ko: "{gateway}에서는 요청한 결제창을 사용할 수 없습니다.",
    },
    cause: {
      en: "The gateway has no payment window, or no wallet is enabled in it.",
      ko: "결제창을 제공하지 않는 결제사이거나, 활성화된 간편결제가 없습니다.",
    },
    fix: {
      en: "Take a provider and a method of GET /easypay/methods, or enable a wallet, for example KAKAOPAY_ENABLED=true.",
      ko: "GET /easypay/methods에 있는 provider와 method를 사용하거나, KAKAOPAY_ENABLED=true와 같이 간편결제를 활성화하세요.",
    },
    example: { gateway: "cookiepay" },
  },
  ORDER_ID_REUSED: {
    status: 409,
    title: { en: "The order number is taken", ko: "이미 사용된 주문번호입니다" },
    detail: {
      en: "{orderId} was prepared before with other contents.",
      ko: "{orderId}은(는) 다른 내용으로 이미 준비된 주문번호입니다.",
    },
    cause: {
      en: "Every order has a number of its own; the same one again must be the same order.",
      ko: "주문마다 고유한 주문번호가 필요하며, 같은 번호로 다시 요청하려면 내용도 같아야 합니다.",
    },
    fix: {
      en: "Send the same contents again to get the same answer, or another orderId.",
      ko: "같은 내용을 다시 보내거나 새로운 orderId를 사용하세요.",
    },
    example: { orderId: "ORDER-20260205-001" },
  },
  ORDER_ENDED: {
    status: 409,
    title: { en: "The order has ended", ko: "이미 끝난 주문입니다" },
    detail: {
      en: "{orderId} is {state} and cannot be paid any more.",
      ko: "{orderId}은(는) 더 이상 결제할 수 없는 주문입니다 (현재: {state}).",
    },
    cause: {
      en: "It was paid, cancelled, declined, or nobody finished it in time.",
      ko: "결제되었거나 취소, 거절되었거나 제한 시간 안에 결제를 마치지 않았습니다.",
    },
    fix: {
      en: "Look at GET /easypay/status/{orderId}; to sell it again take another orderId.",
      ko: "GET /easypay/status/{orderId}에서 상태를 확인하고, 다시 결제하려면 새로운 orderId를 사용하세요.",
    },
    example: { orderId: "ORDER-20260205-001", state: "paid" },
  },
  WINDOW_REFUSED: {
    status: 422,
    title: { en: "The gateway opens no window", ko: "결제사가 결제창을 열지 않았습니다" },
    detail: {
      en: "{gateway} refused the order: {reason}.",
      ko: "{gateway}이(가) 주문을 거절했습니다: {reason}.",
    },
    cause: {
      en: "Something about the order or the merchant's account does not suit the gateway. No money can move.",
      ko: "주문 내용 또는 가맹점 계정이 결제사의 조건에 맞지 않습니다. 결제는 이루어지지 않습니다.",
    },
    fix: {
      en: "Correct what the gateway names and prepare it under another orderId.",
      ko: "결제사가 알린 내용을 바로잡은 뒤 새로운 orderId로 다시 요청하세요.",
    },
    example: { gateway: "kiwoompay", reason: "9102 PAYMETHOD" },
  },
  WINDOW_MISMATCH: {
    status: 409,
    title: { en: "Not the payment of this order", ko: "이 주문의 결제가 아닙니다" },
    detail: {
      en: "What came back does not belong to {orderId}: another order number, another amount, or no payment at all. Nothing has changed.",
      ko: "돌아온 값이 {orderId}의 결제와 일치하지 않습니다 (주문번호 또는 금액이 다르거나 없는 결제). 변경된 것은 없습니다.",
    },
    cause: {
      en: "A browser may bring anything. It is compared with our own record and with the gateway.",
      ko: "브라우저가 보낸 값은 신뢰하지 않으며, 저장된 주문과 결제사의 기록을 대조합니다.",
    },
    fix: {
      en: "Send the imp_uid that the gateway's window handed back for this very order, or look at its status.",
      ko: "이 주문의 결제창이 돌려준 imp_uid를 보내거나 주문 상태를 확인하세요.",
    },
    example: { orderId: "ORDER-20260205-001" },
  },
  NOT_ESCROW: {
    status: 409,
    title: { en: "Not paid for in escrow", ko: "에스크로 결제가 아닙니다" },
    detail: {
      en: "{orderId} was not prepared as an escrow payment.",
      ko: "{orderId}은(는) 에스크로로 준비된 주문이 아닙니다.",
    },
    cause: {
      en: "Delivery is told of escrow payments alone: by bank transfer or virtual account, prepared with escrow true.",
      ko: "배송정보는 escrow를 true로 준비한 계좌이체와 가상계좌 결제에만 등록합니다.",
    },
    fix: { en: "Nothing needs to be told.", ko: "배송정보를 등록할 필요가 없습니다." },
    example: { orderId: "ORDER-20260205-001" },
  },
  DELIVERY_REFUSED: {
    status: 409,
    title: { en: "The delivery was not taken", ko: "배송정보가 등록되지 않았습니다" },
    detail: { en: "The gateway says: {reason}.", ko: "결제사 응답: {reason}." },
    cause: {
      en: "A delivery is registered already, cannot be changed any more, or there is none to change.",
      ko: "이미 등록되었거나 더 이상 변경할 수 없거나, 변경할 배송정보가 없습니다.",
    },
    fix: {
      en: "Register with POST once, change with PUT.",
      ko: "처음에는 POST로 등록하고, 변경할 때는 PUT을 사용하세요.",
    },
    example: { reason: "409" },
  },
} as const satisfies Record<string, ProblemText>;
