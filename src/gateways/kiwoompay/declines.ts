import { type Decline, type DeclineCode, createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { Refusal } from "./reply.ts";

/** One code of the gateway in our words, and who says so. */
export interface KnownDecline {
  means: DeclineCode;
  source: string;
}

const GUIDE = "[guide] integration guide, 2026-02-05";
const OBSERVED = "[observed] Kiwoom's sandbox behind CookiePayments, 2026-02-05";
const SECOND_HAND =
  "[second-hand] a reseller's specification that quotes the manual, read 2026-11-20";
const SIMULATOR = "[simulator] our own of 2026-11-22, for its test cards and its strictness";

/**
 * The gateway's codes in our words. Its own table is not public and the card companies' codes pass
 * through, so this list can never be complete: an unmapped code is `unrecognized`, soft.
 */
export const KIWOOMPAY_DECLINES: Readonly<Record<string, KnownDecline>> = {
  "1012": { means: "card_not_registered", source: `${OBSERVED}; ${GUIDE}` },
  "2015": { means: "card_expired", source: `${OBSERVED}; ${GUIDE}` },
  FAIL: { means: "contract_not_open", source: SECOND_HAND },
  "FAIL,FAIL": { means: "contract_not_open", source: SECOND_HAND },
  "0304": { means: "merchant_limit", source: SECOND_HAND },
  "9001": { means: "request_refused", source: SECOND_HAND },
  "9011": { means: "request_refused", source: SECOND_HAND },
  "9029": { means: "settlement_balance_short", source: SECOND_HAND },
  "9101": { means: "request_refused", source: SECOND_HAND },
  "9102": { means: "request_refused", source: SECOND_HAND },
  "9103": { means: "request_refused", source: SECOND_HAND },
  "9104": { means: "contract_not_open", source: SECOND_HAND },
  "9105": { means: "contract_not_open", source: SECOND_HAND },
  "9201": { means: "request_refused", source: SECOND_HAND },
  "9202": { means: "request_refused", source: SECOND_HAND },
  "9203": { means: "request_refused", source: SECOND_HAND },
  "9204": { means: "request_refused", source: SECOND_HAND },
  "9205": { means: "request_refused", source: SECOND_HAND },
  "9206": { means: "request_refused", source: SECOND_HAND },
  "2001": { means: "insufficient_funds", source: SIMULATOR },
  "2002": { means: "limit_exceeded", source: SIMULATOR },
  "2003": { means: "card_lost_or_stolen", source: SIMULATOR },
  "2004": { means: "issuer_unavailable", source: SIMULATOR },
  "2005": { means: "merchant_limit", source: SIMULATOR },
  "2006": { means: "card_not_registered", source: SIMULATOR },
  "9008": { means: "gateway_unavailable", source: SIMULATOR },
  "9012": { means: "request_refused", source: SIMULATOR },
  "9013": { means: "request_refused", source: SIMULATOR },
  "9301": { means: "billing_key_invalid", source: SIMULATOR },
};

/** Codes that tell of trouble and not of a decision; all second-hand. */
const UNDECIDED: ReadonlyMap<string, string> = new Map([
  ["9000", "system error"],
  ["9002", "order number used before"],
  ["9005", "timeout"],
  ["9999", "unknown error"],
]);

/** Words of a company behind that does not know itself what happened, or has it done before. */
const INDEFINITE_WORDS =
  /time.?out|시간\s*초과|통신|응답\s*(?:없|지연)|처리\s*중|중복|이미\s*(?:결제|승인|처리)/i;

/** All of it was given back before. */
const ALREADY_CANCELLED = "9206";
/** The same in words, under a code that nobody knows: then nobody knows how much, either. */
const ALREADY_CANCELLED_WORDS = /(?:이미|기)\s*취소/;

/** What a refusal means: a definite no, or a matter for reconciliation. */
export type RefusalMeaning =
  | { kind: "declined"; decline: Decline }
  | { kind: "unknown"; reason: string };

/** Reads the refusal of a charge or of a billing key. */
export function toRefusedCharge(refusal: Refusal, secrets: readonly string[]): RefusalMeaning {
  return toMeaning(refusal, { secrets, unmapped: "unrecognized", indefinite: INDEFINITE_WORDS });
}

/** Reads the refusal of a payment window: nobody has paid yet, so no card is blamed. */
export function toRefusedWindow(refusal: Refusal, secrets: readonly string[]): RefusalMeaning {
  return toMeaning(refusal, { secrets, unmapped: "request_refused", indefinite: INDEFINITE_WORDS });
}

/** Reads the refusal of a refund: no card is asked, so none is blamed. */
export function toRefusedCancel(refusal: Refusal, secrets: readonly string[]): RefusalMeaning {
  const isUnclear = ALREADY_CANCELLED_WORDS.test(refusal.message);
  const indefinite = isUnclear ? ALREADY_CANCELLED_WORDS : INDEFINITE_WORDS;
  return toMeaning(refusal, { secrets, unmapped: "request_refused", indefinite });
}

/** Whether the gateway says that all of the transaction was given back before. */
export function saysAlreadyCancelled({ code }: Refusal): boolean {
  return code === ALREADY_CANCELLED;
}

/** A raw code that is fit for a reason or a record. */
export function cleanCode(code: string, secrets: readonly string[]): string {
  // A short secret (an expiry, two password digits) is no more than a chance likeness of a code.
  const long = secrets.filter((secret) => secret.length > 4);
  return scrub(code, { secrets: long, lengthMax: 20 });
}

function toMeaning(
  { code, message }: Refusal,
  how: { secrets: readonly string[]; unmapped: DeclineCode; indefinite: RegExp },
): RefusalMeaning {
  const raw = {
    code: cleanCode(code, how.secrets),
    message: scrub(message, { secrets: how.secrets }),
  };
  const trouble = UNDECIDED.get(code);
  if (trouble !== undefined) return { kind: "unknown", reason: `refused ${code}: ${trouble}` };
  const known = Object.hasOwn(KIWOOMPAY_DECLINES, code) ? KIWOOMPAY_DECLINES[code] : undefined;
  if (known !== undefined) return { kind: "declined", decline: createDecline(known.means, raw) };
  if (how.indefinite.test(message)) {
    return { kind: "unknown", reason: `refused ${raw.code}: not definite` };
  }
  return { kind: "declined", decline: createDecline(how.unmapped, raw) };
}
