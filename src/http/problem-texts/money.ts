import type { ProblemText } from "./problem-text.ts";

/** Problems with cards, subscriptions, payments and refunds. */
export const MONEY_PROBLEMS = {
  CARD_REFUSED: {
    status: 402,
    title: { en: "The card was refused", ko: "카드 등록이 거절되었습니다" },
    detail: { en: "{reason}", ko: "{reason}" },
    cause: {
      en: "The payment company or the card company did not let the card be saved.",
      ko: "결제사나 카드사가 카드 등록을 허용하지 않았습니다.",
    },
    fix: {
      en: "Have the customer check number, expiry, birth date and password, or use another card.",
      ko: "고객에게 카드번호, 유효기간, 생년월일, 비밀번호를 확인하거나 다른 카드를 쓰도록 안내하세요.",
    },
    example: { reason: "card_expired" },
  },
  REGISTRATION_UNKNOWN: {
    status: 502,
    title: {
      en: "It is not known whether the card was saved",
      ko: "카드 등록 결과를 알 수 없습니다",
    },
    detail: {
      en: "The reply to the registration {id} was lost. Nothing was charged.",
      ko: "등록 요청 {id}의 응답을 받지 못했습니다. 결제된 금액은 없습니다.",
    },
    cause: {
      en: "The payment company received the request, but its answer did not arrive or could not be read.",
      ko: "결제사에 요청은 전달되었으나 응답이 오지 않았거나 읽을 수 없었습니다.",
    },
    fix: {
      en: "Register the card again with a new Idempotency-Key; a card saved twice is harmless.",
      ko: "새 Idempotency-Key로 다시 등록하세요. 카드가 두 번 등록되어도 문제가 없습니다.",
    },
    example: { id: "key_4k2v9x7c1m3n5b8q" },
  },
  GATEWAY_UNREACHABLE: {
    status: 503,
    title: { en: "The payment company cannot be reached", ko: "결제사에 연결할 수 없습니다" },
    detail: {
      en: "{gateway} could not be reached; nothing was sent.",
      ko: "결제사({gateway})에 연결하지 못했으며 아무것도 전송되지 않았습니다.",
    },
    cause: {
      en: "The network or the payment company's server is down or under maintenance, it takes no more calls at the moment, or our login there was refused.",
      ko: "네트워크나 결제사 서버에 장애가 있거나 점검 중이거나, 호출 한도에 걸렸거나, 결제사 인증이 거절되었습니다.",
    },
    fix: {
      en: "Send the request again after the time in Retry-After, with a new Idempotency-Key.",
      ko: "Retry-After에 적힌 시간이 지난 뒤 새 Idempotency-Key로 다시 요청하세요.",
    },
    example: { gateway: "cookiepay" },
    retryAfterS: 10,
  },
  GATEWAY_NOT_CONFIGURED: {
    status: 400,
    title: { en: "This gateway is not available", ko: "사용할 수 없는 결제사입니다" },
    detail: {
      en: "The gateway {gateway} is not configured for saving cards.",
      ko: "카드 등록에 사용할 수 있도록 설정되지 않은 결제사입니다: {gateway}",
    },
    cause: {
      en: "The request names a gateway that this server has no account for.",
      ko: "요청에 적힌 결제사의 계정이 이 서버에 설정되어 있지 않습니다.",
    },
    fix: {
      en: "Leave the field gateway out, or configure the gateway.",
      ko: "gateway 필드를 빼고 요청하거나 해당 결제사를 설정하세요.",
    },
    example: { gateway: "acmepay" },
  },
  BILLING_KEY_NOT_USABLE: {
    status: 409,
    title: { en: "The saved card cannot be charged", ko: "결제할 수 없는 빌링키입니다" },
    detail: {
      en: "The billing key {id} is {state}, not active.",
      ko: "빌링키 {id}의 상태가 active가 아닙니다 (현재: {state}).",
    },
    cause: {
      en: "The card was refused, was revoked, or its registration never got an answer.",
      ko: "카드가 거절 또는 해지되었거나 등록 결과를 받지 못했습니다.",
    },
    fix: {
      en: "Register a card again and use the billing key of that answer.",
      ko: "카드를 다시 등록하고 그 응답의 billingKey를 사용하세요.",
    },
    example: { id: "key_4k2v9x7c1m3n5b8q", state: "revoked" },
  },
  BILLING_KEY_OF_ANOTHER_CUSTOMER: {
    status: 409,
    title: { en: "The saved card belongs to another customer", ko: "다른 고객의 빌링키입니다" },
    detail: {
      en: "The billing key {id} was registered for another customerId.",
      ko: "빌링키 {id} 등록 시의 customerId와 요청의 customerId가 다릅니다.",
    },
    cause: {
      en: "The customerId of the request differs from the one of the registration.",
      ko: "요청의 customerId가 카드 등록 때의 값과 일치하지 않습니다.",
    },
    fix: {
      en: "Send the customerId under which the card was registered.",
      ko: "카드를 등록할 때 사용한 customerId를 보내세요.",
    },
    example: { id: "key_4k2v9x7c1m3n5b8q" },
  },
  SUBSCRIPTION_ENDED: {
    status: 409,
    title: { en: "The subscription has ended", ko: "이미 종료된 구독입니다" },
    detail: {
      en: "The subscription has ended and cannot be changed any more.",
      ko: "종료된 구독은 더 이상 변경할 수 없습니다.",
    },
    cause: {
      en: "It was cancelled, or its last charge was declined.",
      ko: "해지되었거나 마지막 결제가 거절되었습니다.",
    },
    fix: { en: "Begin a new subscription.", ko: "새 구독을 등록하세요." },
    example: {},
  },
  REFUND_TOO_LARGE: {
    status: 409,
    title: { en: "More than can be refunded", ko: "환불 가능 금액을 넘었습니다" },
    detail: {
      en: "{amount} won were asked for; {left} won can still be refunded.",
      ko: "요청 금액은 {amount}원이며 환불 가능한 금액은 {left}원입니다.",
    },
    cause: {
      en: "Part of the payment was refunded before, or is on its way back.",
      ko: "결제 금액 일부가 이미 환불되었거나 환불 진행 중입니다.",
    },
    fix: {
      en: "Ask for at most the field refundable of the payment, or leave amount out for all of it.",
      ko: "결제 조회의 refundable 이하로 요청하거나, amount를 빼고 전액을 요청하세요.",
    },
    example: { amount: 9900, left: 4900 },
  },
  NOT_PAID: {
    status: 409,
    title: { en: "Nothing was paid", ko: "결제가 완료되지 않았습니다" },
    detail: {
      en: "{id} is {state}; only a paid one can be refunded.",
      ko: "결제 완료(paid) 상태만 환불할 수 있습니다. {id}의 현재 상태: {state}",
    },
    cause: {
      en: "The payment is not finished yet, or it was never captured.",
      ko: "결제가 아직 처리 중이거나 승인되지 않았습니다.",
    },
    fix: {
      en: "Look at the payment and ask again once its state is paid.",
      ko: "결제를 조회하여 상태가 paid가 된 뒤 다시 요청하세요.",
    },
    example: { id: "pay_4k2v9x7c1m3n5b8q", state: "open" },
  },
  PARTIAL_REFUND_UNSUPPORTED: {
    status: 409,
    title: { en: "Only the whole amount can be refunded", ko: "부분 환불을 지원하지 않습니다" },
    detail: {
      en: "{gateway} gives back the whole amount only.",
      ko: "이 결제사({gateway})에서는 전액 환불만 가능합니다.",
    },
    cause: {
      en: "The payment company has no partial refund for this kind of payment.",
      ko: "결제사가 이 결제 수단의 부분 환불을 제공하지 않습니다.",
    },
    fix: { en: "Leave the field amount out.", ko: "amount 필드를 빼고 요청하세요." },
    example: { gateway: "payup" },
  },
  NOT_HELD: {
    status: 409,
    title: { en: "Nothing waits here", ko: "담당자를 기다리는 항목이 아닙니다" },
    detail: {
      en: "{id} does not wait for a person.",
      ko: "담당자의 처리를 기다리는 상태가 아닙니다. 대상: {id}",
    },
    cause: {
      en: "It was released already, or it never stopped.",
      ko: "이미 해제되었거나 중단된 적이 없습니다.",
    },
    fix: {
      en: "Look at /admin/unresolved: it lists what waits.",
      ko: "/admin/unresolved 목록에서 대기 중인 항목을 확인하세요.",
    },
    example: { id: "sub_4k2v9x7c1m3n5b8q-p3" },
  },
  NEEDS_RESOLUTION: {
    status: 409,
    title: {
      en: "Somebody must say what happened at the gateway",
      ko: "결제사 쪽 결과를 먼저 확인해야 합니다",
    },
    detail: {
      en: "A refund of {id} has an unknown outcome; going on would only lead here again.",
      ko: "결과를 알 수 없는 환불이 있어 그대로 진행할 수 없습니다. 대상: {id}",
    },
    cause: {
      en: "The reply to a refund was lost, and earlier refunds of the same payment blur what the gateway shows.",
      ko: "환불 응답이 유실되었고, 같은 결제의 이전 환불 때문에 결제사 조회만으로 구분할 수 없습니다.",
    },
    fix: {
      en: "Look at the payment in the gateway's console, then say refunded or not_refunded.",
      ko: "결제사 관리자 화면에서 확인한 뒤 환불됨(refunded) 또는 환불 안 됨(not_refunded)으로 확정하세요.",
    },
    example: { id: "pay_4k2v9x7c1m3n5b8q" },
  },
  SUBSCRIPTION_PARKED: {
    status: 409,
    title: { en: "The subscription is parked", ko: "구독이 보류되어 있습니다" },
    detail: {
      en: "{id} is stopped until a person releases it.",
      ko: "담당자가 해제할 때까지 결제가 중단된 구독입니다. 대상: {id}",
    },
    cause: {
      en: "Its records contradict each other, so nothing is charged by itself any more.",
      ko: "기록이 서로 맞지 않아 자동 결제를 멈추었습니다.",
    },
    fix: {
      en: "Read the reason at /admin/unresolved, correct what is wrong, then release it.",
      ko: "/admin/unresolved에서 사유를 확인하고 바로잡은 뒤 해제하세요.",
    },
    example: { id: "sub_4k2v9x7c1m3n5b8q" },
  },
  NOTHING_TO_PAY: {
    status: 409,
    title: { en: "Nothing is owed", ko: "납부할 금액이 없습니다" },
    detail: {
      en: "The subscription {id} owes nothing that could be paid now.",
      ko: "지금 결제할 수 있는 청구서가 없는 구독입니다. 대상: {id}",
    },
    cause: {
      en: "Every period that is due is paid, or its next period has not come yet.",
      ko: "청구된 기간이 모두 결제되었거나 다음 결제일이 아직 오지 않았습니다.",
    },
    fix: {
      en: "Look at the subscription: its invoices show what is open.",
      ko: "구독을 조회하여 미결제 청구서를 확인하세요.",
    },
    example: { id: "sub_4k2v9x7c1m3n5b8q" },
  },
  ATTEMPT_NOT_OPEN: {
    status: 409,
    title: { en: "There is nothing to decide here", ko: "처리할 수 있는 상태가 아닙니다" },
    detail: {
      en: "The charge attempt is not one that a person may settle.",
      ko: "담당자가 직접 확정할 수 없는 결제 시도입니다.",
    },
    cause: {
      en: "Its outcome is known already, or a worker is at it.",
      ko: "결과가 이미 확인되었거나 처리가 진행 중입니다.",
    },
    fix: {
      en: "Look at the payment again; its attempts show what came of it.",
      ko: "결제를 다시 조회하여 결제 시도의 상태를 확인하세요.",
    },
    example: {},
  },
} as const satisfies Record<string, ProblemText>;
