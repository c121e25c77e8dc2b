import type { ProblemText } from "./problem-text.ts";

/** Problems with what was asked, and with what it needs. */
export const REQUEST_PROBLEMS = {
  VALIDATION_FAILED: {
    status: 400,
    title: { en: "The request is not valid", ko: "요청 값이 올바르지 않습니다" },
    detail: { en: "{faults}", ko: "{faults}" },
    cause: {
      en: "A field is missing, has another type or format, or is not known here.",
      ko: "필드가 없거나 형식이 다르거나 알 수 없는 필드가 있습니다.",
    },
    fix: {
      en: "Each entry of errors names a field by its JSON pointer and says what is right there.",
      ko: "errors의 각 항목이 JSON 포인터로 필드를 가리키고 올바른 값을 알려 줍니다.",
    },
    example: { faults: "/amount: a whole number of won from 1 to 999999999" },
  },
  NOT_FOUND: {
    status: 404,
    title: { en: "There is no such thing", ko: "찾을 수 없습니다" },
    detail: { en: "Nothing here has the id {id}.", ko: "해당 ID의 데이터가 없습니다: {id}" },
    cause: {
      en: "The id is misspelt, or belongs to another environment.",
      ko: "ID가 잘못되었거나 다른 환경의 ID입니다.",
    },
    fix: {
      en: "Use an id exactly as an earlier answer gave it.",
      ko: "이전 응답에서 받은 ID를 그대로 사용하세요.",
    },
    example: { id: "BILL_KEY" },
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    title: {
      en: "The Idempotency-Key was used for something else",
      ko: "이미 다른 요청에 사용된 Idempotency-Key입니다",
    },
    detail: {
      en: "An earlier request with this Idempotency-Key had another body.",
      ko: "같은 Idempotency-Key로 본문이 다른 요청이 먼저 있었습니다.",
    },
    cause: {
      en: "A key stands for one request; a repetition must carry the very same body.",
      ko: "키 하나는 요청 하나를 뜻하며, 다시 보낼 때는 본문이 같아야 합니다.",
    },
    fix: {
      en: "Send the first body again, or take a new key for a new request.",
      ko: "처음과 같은 본문을 보내거나 새 요청에는 새 키를 사용하세요.",
    },
    example: {},
  },
  IDEMPOTENCY_KEY_RUNNING: {
    status: 409,
    title: { en: "The first request still runs", ko: "같은 요청을 처리 중입니다" },
    detail: {
      en: "The request that came first with this Idempotency-Key has no answer yet.",
      ko: "이 Idempotency-Key의 첫 요청이 아직 처리 중입니다.",
    },
    cause: {
      en: "Two requests with one key were sent at the same time.",
      ko: "같은 키의 요청이 동시에 전송되었습니다.",
    },
    fix: {
      en: "Send it again with the same key in a few seconds.",
      ko: "몇 초 뒤에 같은 키로 다시 요청하세요.",
    },
    example: {},
    retryAfterS: 2,
  },
  CONFLICT: {
    status: 409,
    title: { en: "Too much happened at once", ko: "동시에 변경되었습니다" },
    detail: {
      en: "{id} kept changing while the request ran; nothing was done.",
      ko: "요청 처리 중 대상이 계속 변경되어 아무것도 처리하지 않았습니다: {id}",
    },
    cause: {
      en: "Other requests or workers changed the same thing meanwhile.",
      ko: "다른 요청이나 작업이 같은 대상을 변경했습니다.",
    },
    fix: { en: "Send the request again.", ko: "다시 요청하세요." },
    example: { id: "sub_4k2v9x7c1m3n5b8q" },
    retryAfterS: 1,
  },
  OUTBOX_FULL: {
    status: 503,
    title: { en: "Earlier changes come first", ko: "이전 변경을 먼저 처리하고 있습니다" },
    detail: {
      en: "The events of earlier changes have not been passed on yet; nothing was done.",
      ko: "이전 변경의 이벤트가 아직 전달되지 않아 아무것도 처리하지 않았습니다.",
    },
    cause: {
      en: "The worker that passes events on is behind or does not run.",
      ko: "이벤트를 전달하는 작업이 밀려 있거나 실행되고 있지 않습니다.",
    },
    fix: {
      en: "Send the request again in a while; see that the sweep worker runs.",
      ko: "잠시 후 다시 요청하고, sweep 워커가 실행 중인지 확인하세요.",
    },
    example: {},
    retryAfterS: 5,
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    title: { en: "The database cannot be reached", ko: "데이터베이스에 연결할 수 없습니다" },
    detail: {
      en: "The database did not answer, so the request was not accepted.",
      ko: "데이터베이스가 응답하지 않아 요청을 접수하지 못했습니다.",
    },
    cause: {
      en: "MongoDB is down, is choosing a new primary, or the network between is broken.",
      ko: "MongoDB가 중지되었거나 프라이머리 전환 중이거나 네트워크에 장애가 있습니다.",
    },
    fix: {
      en: "Send it again with the same Idempotency-Key: it runs once, whatever became of this one.",
      ko: "같은 Idempotency-Key로 다시 요청하세요. 이번 요청의 결과와 관계없이 한 번만 처리됩니다.",
    },
    example: {},
    retryAfterS: 5,
  },

  TEST_CLOCK_DISABLED: {
    status: 403,
    title: { en: "The test clock is off", ko: "테스트 시계를 사용할 수 없습니다" },
    detail: {
      en: "Business time cannot be moved here.",
      ko: "이 환경에서는 업무 시각을 옮길 수 없습니다.",
    },
    cause: {
      en: "TEST_CLOCK is false, as it always is in production.",
      ko: "TEST_CLOCK이 false입니다. 운영 환경에서는 항상 그렇습니다.",
    },
    fix: {
      en: "Use a development server.",
      ko: "개발 서버에서 사용하세요.",
    },
    example: {},
  },
  CLOCK_CANNOT_GO_BACK: {
    status: 409,
    title: { en: "The clock only goes forward", ko: "시계를 되돌릴 수 없습니다" },
    detail: {
      en: "Business time stands at {now} or later.",
      ko: "업무 시각은 현재 {now} 이후입니다.",
    },
    cause: {
      en: "The instant asked for lies before the present business time.",
      ko: "요청한 시각이 현재 업무 시각보다 이릅니다.",
    },
    fix: {
      en: "Ask for a later instant, or begin with an empty database.",
      ko: "더 나중 시각을 요청하거나 빈 데이터베이스로 시작하세요.",
    },
    example: { now: "2027-03-15T01:00:00.000Z" },
  },
  ENDPOINT_DISABLED: {
    status: 409,
    title: { en: "The endpoint is disabled", ko: "비활성화된 엔드포인트입니다" },
    detail: {
      en: "Nothing is delivered to {id} until it is enabled.",
      ko: "{id} 엔드포인트는 활성화하기 전까지 이벤트를 받지 않습니다.",
    },
    cause: {
      en: "It answered 410, failed for days, or was disabled by somebody.",
      ko: "410 응답, 여러 날의 전달 실패 또는 담당자의 비활성화가 원인입니다.",
    },
    fix: {
      en: "See disabledReason in GET /webhook-endpoints/:id, mend it, then POST /webhook-endpoints/:id/enable.",
      ko: "GET /webhook-endpoints/:id 의 disabledReason을 확인하고 조치한 뒤 POST /webhook-endpoints/:id/enable 을 호출하세요.",
    },
    example: { id: "we_4k2v9x7c1m3n5b8q" },
  },
  TOO_MANY_ENDPOINTS: {
    status: 409,
    title: { en: "There are too many endpoints", ko: "엔드포인트가 너무 많습니다" },
    detail: {
      en: "There may be {most} endpoints, disabled ones included.",
      ko: "비활성화된 것을 포함하여 엔드포인트는 최대 {most}개입니다.",
    },
    cause: {
      en: "Every event is delivered to every endpoint, so their number is bounded.",
      ko: "모든 이벤트가 모든 엔드포인트로 전달되므로 수를 제한합니다.",
    },
    fix: {
      en: "Use one of those that are there, and pass its events on.",
      ko: "기존 엔드포인트를 사용하고 필요한 곳으로 이벤트를 전달하세요.",
    },
    example: { most: 20 },
  },
  ENDPOINT_CONFIGURED: {
    status: 409,
    title: { en: "The endpoint stands in the configuration", ko: "환경 설정의 엔드포인트입니다" },
    detail: {
      en: "{id} comes from WEBHOOK_ENDPOINTS; its secret is changed there.",
      ko: "{id} 엔드포인트는 WEBHOOK_ENDPOINTS 설정에서 등록되었으며, 시크릿도 설정에서 변경합니다.",
    },
    cause: {
      en: "A secret made here would be replaced by the configured one.",
      ko: "여기에서 만든 시크릿은 설정된 시크릿으로 다시 바뀝니다.",
    },
    fix: {
      en: "Change the secret in WEBHOOK_ENDPOINTS and restart; the old one goes on signing for a while.",
      ko: "WEBHOOK_ENDPOINTS의 시크릿을 변경하고 다시 시작하세요. 이전 시크릿도 일정 시간 서명에 사용됩니다.",
    },
    example: { id: "we_4k2v9x7c1m3n5b8q" },
  },
} as const satisfies Record<string, ProblemText>;
