import { type Decline, type DeclineCode, createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { Refusal } from "./reply.ts";

/** What a code or a wording of the gateway means, and where that is known from. */
export interface KnownDecline {
  means: DeclineCode;
  source: string;
}

const ISSUER = "[recorded] an issuer's code, passed through by KiwoomPay, read 2026-11-20";
const SIMULATED = "[simulator] our own of 2026-11-22, until a live list is known";
const CLIENT_TESTS = "[recorded] tests of the vendor's client libraries, read 2026-11-20";
const WORDS = "[inferred] from the words, 2026-11-22";

/**
 * The gateway's refusals in our words. There is no table of codes: what the company behind said
 * stands inside the message, often after its code in brackets. So a key of up to five letters and
 * digits is such a code, and every other key is a wording that the message contains; codes go
 * before words, earlier words before later ones.
 */
export const PORTONE_DECLINES: Readonly<Record<string, KnownDecline>> = {
  F112: {
    means: "card_details_wrong",
    source: "[recorded] README of the vendor's Ruby client, read 2026-11-22",
  },
  "1012": { means: "card_not_registered", source: ISSUER },
  "2015": { means: "card_expired", source: ISSUER },
  "2001": { means: "insufficient_funds", source: SIMULATED },
  "2002": { means: "limit_exceeded", source: SIMULATED },
  "2003": { means: "card_lost_or_stolen", source: SIMULATED },
  "2004": { means: "issuer_unavailable", source: SIMULATED },
  "2005": { means: "merchant_limit", source: SIMULATED },
  "2006": { means: "card_not_registered", source: SIMULATED },
  "등록되지 않은 구매자": { means: "billing_key_invalid", source: CLIENT_TESTS },
  "취소할 결제건이 존재하지 않습니다": { means: "request_refused", source: CLIENT_TESTS },
  "이미 전액취소된 주문입니다": { means: "request_refused", source: CLIENT_TESTS },
  "requested cancel amount is bigger": {
    means: "request_refused",
    source: "[recorded] an issue of the vendor's Java client, of KakaoPay, read 2026-11-20",
  },
  "정산 잔액": { means: "settlement_balance_short", source: WORDS },
  잔액부족: { means: "insufficient_funds", source: WORDS },
  "잔액 부족": { means: "insufficient_funds", source: WORDS },
  "가맹점 한도": { means: "merchant_limit", source: WORDS },
  한도초과: { means: "limit_exceeded", source: WORDS },
  "한도 초과": { means: "limit_exceeded", source: WORDS },
  도난: { means: "card_lost_or_stolen", source: WORDS },
  분실: { means: "card_lost_or_stolen", source: WORDS },
  유효기간: { means: "card_expired", source: WORDS },
  비밀번호: { means: "authentication_failed", source: WORDS },
  생년월일: { means: "authentication_failed", source: WORDS },
  "카드정보 인증에 실패": { means: "card_details_wrong", source: CLIENT_TESTS },
  "카드정보 인증 및 빌키 발급에 실패": { means: "card_details_wrong", source: CLIENT_TESTS },
};

const CODE = /^[A-Z0-9]{1,5}$/;
const WORDINGS = Object.entries(PORTONE_DECLINES).filter(([key]) => !CODE.test(key));

/** The code of the company behind, in brackets somewhere in the message. */
const INNER_CODE = /\[\s*([A-Za-z]{0,2}\d{3,5})\s*\]\s*/;

/** The order number is paid already: what became of its first use must be found out. */
const ALREADY_PAID_CODE = "F1002";

/** Words of a company behind that does not know itself what happened, or has it done before. */
const INDEFINITE_WORDS =
  /time.?out|시간\s*초과|통신|네트워크|응답\s*(?:이\s*)?(?:없|지연)|처리\s*중|잠시\s*후|일시적|(?:서버|내부|알\s*수\s*없는)\s*(?:오류|에러)|internal|중복|이미\s*(?:결제|승인|처리)/i;

/** Everything was given back before. */
const ALREADY_CANCELLED = "이미 전액취소된";

/** What a refusal means: a definite no, or a matter for reconciliation. */
export type RefusalMeaning =
  | { kind: "declined"; decline: Decline }
  | { kind: "unknown"; reason: string };

/** Reads the refusal of a charge or of a billing key. */
export function toRefusedCharge(refusal: Refusal, secrets: readonly string[]): RefusalMeaning {
  return toMeaning(refusal, { secrets, unmapped: "unrecognized" });
}

/** Reads the refusal of a refund or a revocation: no card is asked, so none is blamed. */
export function toRefusedRequest(refusal: Refusal, secrets: readonly string[]): RefusalMeaning {
  return toMeaning(refusal, { secrets, unmapped: "request_refused" });
}

/** Whether the gateway says that everything of the payment was given back before. */
export function saysAlreadyCancelled({ message }: Refusal): boolean {
  return message.includes(ALREADY_CANCELLED);
}

function toMeaning(
  refusal: Refusal,
  { secrets, unmapped }: { secrets: readonly string[]; unmapped: DeclineCode },
): RefusalMeaning {
  const { code, message } = toInner(refusal);
  const raw = { code: cleanCode(code, secrets), message: scrub(message, { secrets }) };
  if (code === ALREADY_PAID_CODE) {
    return { kind: "unknown", reason: `refused ${raw.code}: order number used before` };
  }
  const known = Object.hasOwn(PORTONE_DECLINES, code) ? PORTONE_DECLINES[code] : undefined;
  if (known !== undefined) return { kind: "declined", decline: createDecline(known.means, raw) };
  if (INDEFINITE_WORDS.test(message) && !saysAlreadyCancelled(refusal)) {
    return { kind: "unknown", reason: `refused ${raw.code}: not definite` };
  }
  const worded = WORDINGS.find(([words]) => message.includes(words));
  return { kind: "declined", decline: createDecline(worded?.[1].means ?? unmapped, raw) };
}

/** The code of the company behind says more than the gateway's own, which is only ever 1 or -1. */
function toInner({ code, message }: Refusal): Refusal {
  const match = INNER_CODE.exec(message);
  if (match?.[1] === undefined) return { code, message };
  const isWhole = match.index === 0;
  return { code: match[1], message: isWhole ? message.slice(match[0].length) : message };
}

/** A raw code that is fit for a reason or a record. */
function cleanCode(code: string, secrets: readonly string[]): string {
  // A short secret (an expiry, two password digits) is no more than a chance likeness of a code.
  const long = secrets.filter((secret) => secret.length > 4);
  return scrub(code, { secrets: long, lengthMax: 20 });
}
