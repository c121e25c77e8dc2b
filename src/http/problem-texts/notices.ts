import type { ProblemText } from "./problem-text.ts";

/** Problems that a gateway meets with its notice. */
export const NOTICE_PROBLEMS = {
  NOTICE_ADDRESS_REFUSED: {
    status: 403,
    title: { en: "Notices are not taken from here", ko: "통지를 받을 수 없는 주소입니다" },
    detail: {
      en: "The address that this came from may not send notices; nothing was stored.",
      ko: "통지를 보낼 수 없는 주소에서 온 요청이라 저장하지 않았습니다.",
    },
    cause: {
      en: "It is no address of the gateway, or the proxy in front is not named in TRUST_PROXY.",
      ko: "결제사의 주소가 아니거나 앞단 프록시가 TRUST_PROXY에 없습니다.",
    },
    fix: {
      en: "Only gateways call this address. An operator finds the refused address in the log.",
      ko: "결제사만 호출하는 주소입니다. 거절된 주소는 로그에서 확인할 수 있습니다.",
    },
    example: {},
  },
  NOTICES_BUSY: {
    status: 503,
    title: { en: "The notice could not be stored in time", ko: "통지를 제때 저장하지 못했습니다" },
    detail: {
      en: "The database is slow; the notice is not taken as received.",
      ko: "데이터베이스 응답이 늦어 통지를 수신한 것으로 처리하지 않았습니다.",
    },
    cause: {
      en: "MongoDB is slow or choosing a new primary, or too many notices came at once.",
      ko: "MongoDB가 느리거나 프라이머리 전환 중이거나 통지가 한꺼번에 몰렸습니다.",
    },
    fix: {
      en: "Send the same notice again: one that is there already is only counted.",
      ko: "같은 통지를 다시 보내세요. 이미 저장된 통지는 횟수만 셉니다.",
    },
    example: {},
    retryAfterS: 5,
  },
} as const satisfies Record<string, ProblemText>;
