import { type Decline, type DeclineCode, createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { PayupOperation } from "./client.ts";

const SPEC = "[spec] KakaoPay KCP specification v1.1.3, table 4.1, read 2026-11-20";
/** That PayUp passes KCP's codes on as they are is inferred: the specification names none of them. */
const KCP =
  "[kcp] ezypay.com, Failed Payment Response Guide, KCP local cards, read 2026-11-20; passed on: [inferred]";

/**
 * The gateway's codes in our words: every one of its own table, and those of KCP behind it that are
 * public. Where a code leaves the money open, `UNDECIDED` goes before this table.
 */
export const PAYUP_DECLINES: Readonly<Record<string, { means: DeclineCode; source: string }>> = {
  "1001": { means: "request_refused", source: SPEC },
  "1002": { means: "gateway_unavailable", source: SPEC },
  "1003": { means: "settlement_balance_short", source: SPEC },
  "1004": { means: "request_refused", source: SPEC },
  "1005": { means: "request_refused", source: SPEC },
  "1006": { means: "gateway_unavailable", source: SPEC },
  "2001": { means: "request_refused", source: SPEC },
  "5001": { means: "amount_not_allowed", source: SPEC },
  "5002": { means: "amount_not_allowed", source: SPEC },
  "5003": { means: "merchant_limit", source: SPEC },
  "5004": { means: "merchant_limit", source: SPEC },
  "5005": { means: "merchant_limit", source: SPEC },
  "6001": { means: "request_refused", source: SPEC },
  "6002": { means: "request_refused", source: SPEC },
  "6003": { means: "request_refused", source: SPEC },
  "8001": { means: "request_refused", source: SPEC },
  "8002": { means: "request_refused", source: SPEC },
  "9001": { means: "gateway_unavailable", source: SPEC },
  "9002": { means: "authentication_failed", source: SPEC },
  AC25: { means: "insufficient_funds", source: KCP },
  CC10: { means: "insufficient_funds", source: KCP },
  "8186": { means: "limit_exceeded", source: KCP },
  "8188": { means: "limit_exceeded", source: KCP },
  CC07: { means: "limit_exceeded", source: KCP },
  CC08: { means: "limit_exceeded", source: KCP },
  CC09: { means: "limit_exceeded", source: KCP },
  CC61: { means: "limit_exceeded", source: KCP },
  "8178": { means: "settlement_balance_short", source: KCP },
};

/** Codes that do not say what became of the money, by what was asked (README, "No definite no"). */
const UNDECIDED: Readonly<Record<PayupOperation, Readonly<Record<string, string>>>> = {
  // An order moves nothing.
  order: {},
  pay: {
    "1002": "the gateway failed, perhaps after the approval",
    "1003": "an answer to a cancellation",
    "1004": "an answer to a cancellation",
    "1005": "an answer to a cancellation",
    "1006": "an answer to a cancellation",
    "8002": "this order was paid before",
    "9001": "the gateway failed, perhaps after the approval",
  },
  cancel: {
    "1002": "the gateway failed, perhaps after the cancellation",
    "1004": "perhaps cancelled before",
    "1005": "perhaps cancelled before",
    "1006": "perhaps cancelled and not recorded",
    "9001": "the gateway failed, perhaps after the cancellation",
  },
};

/** Words of a company behind that does not know itself what happened, or has it done before. */
const INDEFINITE_WORDS =
  /time.?out|시간\s*초과|통신|응답\s*(?:없|지연)|처리\s*중|중복|이미\s*(?:결제|승인|처리|취소)|기취소/i;

/** A code that no table knows: of a payment it is the wallet's or its card's, else the request's. */
const UNMAPPED: Readonly<Record<PayupOperation, DeclineCode>> = {
  order: "request_refused",
  pay: "unrecognized",
  cancel: "request_refused",
};

/** The gateway's own code and words for a refusal, unscrubbed. */
export interface Refusal {
  code: string;
  message: string;
}

/** What a refusal means: a definite no, or a matter for reconciliation. */
export type RefusalMeaning =
  | { kind: "declined"; decline: Decline }
  | { kind: "unknown"; reason: string };

/** Reads a refusal by what was asked: the same code can be a definite no to one and not to another. */
export function toRefused(
  operation: PayupOperation,
  refusal: Refusal,
  secrets: readonly string[],
): RefusalMeaning {
  const raw = {
    code: scrub(refusal.code, { secrets, lengthMax: 20 }),
    message: scrub(refusal.message, { secrets }),
  };
  const doubt = own(UNDECIDED[operation], refusal.code);
  if (doubt !== undefined) return { kind: "unknown", reason: `refused ${raw.code}: ${doubt}` };
  const mapped = own(PAYUP_DECLINES, refusal.code);
  if (mapped !== undefined) return { kind: "declined", decline: createDecline(mapped.means, raw) };
  if (operation !== "order" && INDEFINITE_WORDS.test(refusal.message)) {
    return { kind: "unknown", reason: `refused ${raw.code}: not definite` };
  }
  return { kind: "declined", decline: createDecline(UNMAPPED[operation], raw) };
}

/** Whether a code stands in a table: then it is the gateway's own word whatever the HTTP status. */
export function isKnownCode(code: string): boolean {
  return own(PAYUP_DECLINES, code) !== undefined;
}

function own<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
