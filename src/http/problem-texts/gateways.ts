import type { ProblemText } from "./problem-text.ts";

/** Problems with gateways, and with cards there. */
export const GATEWAY_PROBLEMS = {
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
  GATEWAY_UNANSWERED: {
    status: 503,
    title: { en: "The payment company gave no answer", ko: "결제사의 응답을 받지 못했습니다" },
    detail: {
      en: "{gateway} gave no usable answer. This request moves no money; how the payment stands is not changed by it.",
      ko: "결제사({gateway})의 응답을 확인하지 못했습니다. 이 요청으로 결제되거나 결제 상태가 바뀌지는 않습니다.",
    },
    cause: {
      en: "The network or the payment company's server is down, or its answer could not be read.",
      ko: "네트워크나 결제사 서버에 장애가 있거나 응답을 해석할 수 없습니다.",
    },
    fix: {
      en: "Send the same request again: it goes on where this one ended.",
      ko: "같은 요청을 다시 보내세요. 중단된 곳에서 이어집니다.",
    },
    example: { gateway: "portone" },
    retryAfterS: 10,
  },
  GATEWAY_NOT_CONFIGURED: {
    status: 400,
    title: { en: "This gateway is not available", ko: "사용할 수 없는 결제사입니다" },
    detail: {
      en: "There is no account {account} at the gateway {gateway} in the configuration.",
      ko: "설정에 결제사 {gateway}의 계정 {account}이(가) 없습니다.",
    },
    cause: {
      en: "The request names a gateway or an account that this server is not configured for.",
      ko: "요청에 적힌 결제사나 계정이 이 서버에 설정되어 있지 않습니다.",
    },
    fix: {
      en: "Leave the fields gateway and account out, or configure them (GATEWAYS, …_ACCOUNTS).",
      ko: "gateway와 account 필드를 빼고 요청하거나 해당 결제사와 계정을 설정하세요 (GATEWAYS, …_ACCOUNTS).",
    },
    example: { gateway: "acmepay", account: "default" },
  },
  NO_BILLING_KEYS: {
    status: 400,
    title: {
      en: "This gateway cannot charge every month",
      ko: "정기결제를 지원하지 않는 결제사입니다",
    },
    detail: {
      en: "{gateway} has no billing keys: each payment needs the customer in its payment window.",
      ko: "{gateway}에는 빌링키가 없어 결제할 때마다 고객이 결제창에서 인증해야 합니다.",
    },
    cause: {
      en: "The gateway's interface knows single payments alone.",
      ko: "해당 결제사의 연동 규격은 단건 결제만 지원합니다.",
    },
    fix: {
      en: "Save the card at a gateway with billing keys (cookiepay, kiwoompay, portone), or take single payments through the window.",
      ko: "빌링키를 지원하는 결제사(cookiepay, kiwoompay, portone)에 카드를 등록하거나 결제창으로 단건 결제를 받으세요.",
    },
    example: { gateway: "payup" },
  },
  CARD_PAYMENT_UNSUPPORTED: {
    status: 400,
    title: {
      en: "This gateway does not take the card this way",
      ko: "결제사가 지원하지 않는 카드 결제 방식입니다",
    },
    detail: {
      en: "{gateway} cannot do what the field at fault asks for.",
      ko: "{gateway}에서는 해당 필드의 방식을 사용할 수 없습니다.",
    },
    cause: {
      en: "The gateway takes no card that is keyed in, or cannot save it in the same call.",
      ko: "결제사가 수기결제를 지원하지 않거나 결제와 동시에 카드를 등록할 수 없습니다.",
    },
    fix: {
      en: "Register the card with POST /billing/register and pay with its billing key, or name another gateway.",
      ko: "POST /billing/register로 카드를 등록한 뒤 빌링키로 결제하거나 다른 결제사를 지정하세요.",
    },
    example: { gateway: "payup" },
  },
  GATEWAY_SCHEDULE_EXISTS: {
    status: 409,
    title: {
      en: "The gateway already charges this card on a schedule",
      ko: "결제사에 예약된 결제가 있는 빌링키입니다",
    },
    detail: {
      en: "{gateway} holds {count} scheduled payments for the billing key {id}.",
      ko: "{gateway}에 빌링키 {id}의 예약 결제가 {count}건 있습니다.",
    },
    cause: {
      en: "Somebody scheduled payments at the gateway itself; two engines would charge the same customer.",
      ko: "결제사에 직접 예약된 결제가 있어 같은 고객에게 이중으로 청구될 수 있습니다.",
    },
    fix: {
      en: "Remove the schedule at the gateway, then send the request again.",
      ko: "결제사에서 예약을 해제한 뒤 다시 요청하세요.",
    },
    example: { gateway: "portone", id: "key_4k2v9x7c1m3n5b8q", count: 1 },
  },
} as const satisfies Record<string, ProblemText>;
