import type { HttpProblemCode } from "../problem-error.ts";
import { NOTICE_PROBLEMS } from "./notices.ts";
import type { ProblemText } from "./problem-text.ts";

/** Problems that are met before the request is understood. */
export const TRANSPORT_PROBLEMS: Readonly<Record<HttpProblemCode, ProblemText>> = {
  MALFORMED_BODY: {
    status: 400,
    title: { en: "The body is not JSON", ko: "본문이 올바른 JSON이 아닙니다" },
    detail: {
      en: "The body could not be read as JSON.",
      ko: "본문을 JSON으로 읽을 수 없습니다.",
    },
    cause: {
      en: "The body is empty or cut, has a syntax error, or holds a forbidden key such as __proto__.",
      ko: "본문이 비었거나 잘렸거나 문법 오류가 있거나 __proto__ 같은 금지된 키가 있습니다.",
    },
    fix: {
      en: "Send one JSON object in UTF-8.",
      ko: "UTF-8로 된 JSON 객체 하나를 보내세요.",
    },
    example: {},
  },
  MALFORMED_URL: {
    status: 400,
    title: { en: "The address is not valid", ko: "주소가 올바르지 않습니다" },
    detail: {
      en: "The address holds a part that cannot be decoded.",
      ko: "주소에 해석할 수 없는 부분이 있습니다.",
    },
    cause: {
      en: "A percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.",
      ko: "퍼센트 기호 뒤에 16진수 두 자리가 없거나 UTF-8이 아닙니다.",
    },
    fix: {
      en: "Encode the address with encodeURIComponent.",
      ko: "encodeURIComponent로 주소를 인코딩하세요.",
    },
    example: {},
  },
  MALFORMED_REQUEST: {
    status: 400,
    title: { en: "The request cannot be read", ko: "요청을 읽을 수 없습니다" },
    detail: {
      en: "The request does not follow the rules of HTTP.",
      ko: "HTTP 규칙에 맞지 않는 요청입니다.",
    },
    cause: {
      en: "Headers or length of the request are broken.",
      ko: "요청의 헤더나 길이가 잘못되었습니다.",
    },
    fix: { en: "Use an ordinary HTTP client.", ko: "일반적인 HTTP 클라이언트를 사용하세요." },
    example: {},
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: { en: "Only JSON is understood", ko: "JSON만 받을 수 있습니다" },
    detail: {
      en: "The body must be sent as application/json.",
      ko: "본문을 application/json으로 보내야 합니다.",
    },
    cause: {
      en: "The header Content-Type is missing or names something else.",
      ko: "Content-Type 헤더가 없거나 다른 형식입니다.",
    },
    fix: {
      en: "Send the header Content-Type: application/json.",
      ko: "Content-Type: application/json 헤더를 보내세요.",
    },
    example: {},
  },
  BODY_TOO_LARGE: {
    status: 413,
    title: { en: "The body is too large", ko: "본문이 너무 큽니다" },
    detail: {
      en: "A body may have at most 65536 bytes.",
      ko: "본문은 최대 65536바이트까지 가능합니다.",
    },
    cause: {
      en: "The request carries far more than its fields need.",
      ko: "요청에 필요한 것보다 훨씬 많은 데이터가 있습니다.",
    },
    fix: { en: "Send only the documented fields.", ko: "문서에 있는 필드만 보내세요." },
    example: {},
  },
  IDEMPOTENCY_KEY_INVALID: {
    status: 400,
    title: { en: "The Idempotency-Key is not valid", ko: "Idempotency-Key가 올바르지 않습니다" },
    detail: {
      en: "The header Idempotency-Key must have 1 to 255 visible ASCII characters, without spaces.",
      ko: "Idempotency-Key 헤더는 공백 없는 ASCII 문자 1~255자여야 합니다.",
    },
    cause: {
      en: "The key is empty, too long, sent twice, or holds other characters.",
      ko: "키가 비었거나 너무 길거나 두 번 전송되었거나 다른 문자가 있습니다.",
    },
    fix: {
      en: "Use for example a random UUID for each new request.",
      ko: "예를 들어 새 요청마다 무작위 UUID를 사용하세요.",
    },
    example: {},
  },
  API_KEY_REQUIRED: {
    status: 401,
    title: { en: "An API key is needed", ko: "API 키가 필요합니다" },
    detail: {
      en: "The request carries no header Authorization: Bearer with a key.",
      ko: "Authorization: Bearer 헤더에 API 키가 없습니다.",
    },
    cause: {
      en: "This server serves only callers that send one of its keys.",
      ko: "이 서버는 API 키를 보낸 요청만 처리합니다.",
    },
    fix: {
      en: "Send the header Authorization: Bearer followed by one of the keys of API_KEYS.",
      ko: "API_KEYS에 설정된 키를 Authorization: Bearer 헤더로 보내세요.",
    },
    example: {},
  },
  API_KEY_UNKNOWN: {
    status: 401,
    title: { en: "The API key is not known", ko: "알 수 없는 API 키입니다" },
    detail: {
      en: "The key in the header Authorization is none of this server's.",
      ko: "Authorization 헤더의 키가 이 서버의 키와 일치하지 않습니다.",
    },
    cause: {
      en: "The key is misspelt, was withdrawn, or belongs to another environment.",
      ko: "키가 잘못되었거나 폐기되었거나 다른 환경의 키입니다.",
    },
    fix: {
      en: "Compare it with API_KEYS of this server.",
      ko: "이 서버의 API_KEYS와 비교하세요.",
    },
    example: {},
  },
  LOOPBACK_ONLY: {
    status: 401,
    title: {
      en: "Without API keys only this machine is served",
      ko: "API 키가 없으면 같은 컴퓨터의 요청만 받습니다",
    },
    detail: {
      en: "No API keys are configured, and the request does not come straight from this machine.",
      ko: "API 키가 설정되지 않았고, 요청이 이 컴퓨터에서 직접 온 것이 아닙니다.",
    },
    cause: {
      en: "The request comes from another machine, through a proxy, or under a foreign host name.",
      ko: "다른 컴퓨터나 프록시를 거쳤거나 다른 호스트 이름으로 온 요청입니다.",
    },
    fix: {
      en: "Set API_KEYS on the server, or call http://127.0.0.1 on the machine itself.",
      ko: "서버에 API_KEYS를 설정하거나 서버 컴퓨터에서 http://127.0.0.1로 요청하세요.",
    },
    example: {},
  },
  ROUTE_NOT_FOUND: {
    status: 404,
    title: { en: "There is no such address", ko: "없는 주소입니다" },
    detail: {
      en: "{path} is not an address of this server. The nearest one is: {nearest}",
      ko: "이 서버에 없는 주소입니다: {path}. 가장 비슷한 주소: {nearest}",
    },
    cause: { en: "The path is misspelt.", ko: "경로가 잘못되었습니다." },
    fix: { en: "See /docs for every address.", ko: "모든 주소는 /docs에서 볼 수 있습니다." },
    example: { path: "/billing/payments", nearest: "/billing/pay" },
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    title: { en: "Not with this method", ko: "허용되지 않는 메서드입니다" },
    detail: {
      en: "{path} takes {allowed}, not {method}.",
      ko: "{path}에 사용할 수 있는 메서드: {allowed} (요청: {method})",
    },
    cause: {
      en: "The address exists, but not for this method.",
      ko: "주소는 있으나 이 메서드를 받지 않습니다.",
    },
    fix: {
      en: "Use a method of the header Allow.",
      ko: "Allow 헤더에 있는 메서드를 사용하세요.",
    },
    example: { path: "/billing/pay", allowed: "POST", method: "GET" },
  },
  ADMIN_CLOSED: {
    status: 404,
    title: { en: "The administration is closed", ko: "관리 화면이 닫혀 있습니다" },
    detail: {
      en: "No password is set for /admin, so nobody is let in.",
      ko: "/admin 비밀번호가 설정되지 않아 접속할 수 없습니다.",
    },
    cause: {
      en: "ADMIN_PASSWORD_HASH is empty.",
      ko: "ADMIN_PASSWORD_HASH가 비어 있습니다.",
    },
    fix: {
      en: "Make a hash with: npx billing hash-password, and set it as ADMIN_PASSWORD_HASH.",
      ko: "npx billing hash-password로 해시를 만들어 ADMIN_PASSWORD_HASH에 설정하세요.",
    },
    example: {},
  },
  QUEUES_UNAVAILABLE: {
    status: 503,
    title: { en: "The queues cannot be reached", ko: "큐에 연결할 수 없습니다" },
    detail: {
      en: "Redis did not answer, so the queues cannot be shown or changed.",
      ko: "Redis가 응답하지 않아 큐를 표시하거나 변경할 수 없습니다.",
    },
    cause: {
      en: "Redis is down or restarting, or the network between is broken. No charge is lost by it.",
      ko: "Redis가 중지되었거나 재시작 중이거나 네트워크에 장애가 있습니다. 이로 인해 사라지는 결제는 없습니다.",
    },
    fix: {
      en: "Look at /health/ready and load the page again once redis is ready.",
      ko: "/health/ready에서 redis 상태를 확인한 뒤 페이지를 다시 여십시오.",
    },
    example: {},
    retryAfterS: 5,
  },
  ADMIN_LOGIN_REQUIRED: {
    status: 401,
    title: { en: "A login is needed", ko: "로그인이 필요합니다" },
    detail: {
      en: "Name or password of the administrator is missing or wrong.",
      ko: "관리자 이름이나 비밀번호가 없거나 올바르지 않습니다.",
    },
    cause: {
      en: "Everything below /admin asks for the login of ADMIN_USER.",
      ko: "/admin 아래의 모든 화면은 ADMIN_USER로 로그인해야 합니다.",
    },
    fix: {
      en: "Log in with the password that was set, or that was printed when the server started.",
      ko: "설정한 비밀번호나 서버 시작 시 출력된 비밀번호로 로그인하세요.",
    },
    example: {},
  },
  ADMIN_LOGIN_LIMITED: {
    status: 429,
    title: { en: "Too many logins failed", ko: "로그인 실패가 너무 많습니다" },
    detail: {
      en: "Too many logins from this address; wait {seconds} seconds.",
      ko: "이 주소에서 로그인 시도가 너무 많습니다. {seconds}초 후 다시 시도하세요.",
    },
    cause: {
      en: "More than 10 logins within a minute were wrong.",
      ko: "1분 동안 10번 넘게 실패했습니다.",
    },
    fix: {
      en: "Wait, then log in with the right password.",
      ko: "잠시 후 올바른 비밀번호로 로그인하세요.",
    },
    example: { seconds: 42 },
  },
  CROSS_SITE_REFUSED: {
    status: 403,
    title: { en: "Not from another site", ko: "다른 사이트의 요청입니다" },
    detail: {
      en: "Changes below /admin are taken from its own pages only.",
      ko: "/admin의 변경은 해당 화면에서만 할 수 있습니다.",
    },
    cause: {
      en: "The browser says that a page of another site sent the request.",
      ko: "브라우저에 따르면 다른 사이트의 페이지가 보낸 요청입니다.",
    },
    fix: {
      en: "Open /admin/queues and do it there.",
      ko: "/admin/queues를 열어 그곳에서 실행하세요.",
    },
    example: {},
  },
  ...NOTICE_PROBLEMS,
  INTERNAL: {
    status: 500,
    title: { en: "Something went wrong here", ko: "서버에 문제가 발생했습니다" },
    detail: {
      en: "The request could not be finished through a fault of this server.",
      ko: "서버의 문제로 요청을 끝내지 못했습니다.",
    },
    cause: {
      en: "A fault of this software; the log has it under the requestId.",
      ko: "이 소프트웨어의 결함입니다. 로그에서 requestId로 찾을 수 있습니다.",
    },
    fix: {
      en: "Send it again with the same Idempotency-Key, and report the requestId if it stays.",
      ko: "같은 Idempotency-Key로 다시 요청하고, 계속되면 requestId를 알려 주세요.",
    },
    example: {},
  },
};
