import { type Decline, type DeclineCode, createDecline } from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { Refusal } from "./reply.ts";

/**
 * The gateway's codes in our words. Most codes are passed through from the company behind, so this
 * list can never be complete: an unmapped code of a card is `card_declined`, soft.
 */
const DECLINE_CODES: Readonly<Record<string, DeclineCode>> = {
  // Documented: integration guide of 2026-02-05, section 8.
  "1012": "card_not_registered",
  "2015": "card_expired",
  E007: "request_refused",
  // Documented: CookiePayments on cancelling at Kiwoom, "the merchant's balance is short".
  "9029": "merchant_limit",
  // The simulator's own: invented for the test cards, to be replaced when a live list is known.
  "2001": "insufficient_funds",
  "2002": "limit_exceeded",
  "2003": "card_lost_or_stolen",
  "2004": "issuer_unavailable",
  "2005": "merchant_limit",
  "2006": "card_not_registered",
  E010: "billing_key_invalid",
  E011: "billing_key_invalid",
};

/** E-codes are CookiePayments' own and speak of the request, never of the card (inferred). */
const OWN_CODE = /^E\d{3}$/;

/** The order number was used before: what became of its first use must be found out. */
const DUPLICATE_ORDER_NUMBER = "9002";

/** Words of a company behind that does not know itself what happened, or has it done before. */
const INDEFINITE_WORDS =
  /time.?out|시간\s*초과|통신|응답\s*(?:없|지연)|처리\s*중|중복|이미\s*(?:결제|승인|처리)/i;

/** "Already cancelled" has no stable code; these words are what the vendor's own plugin looks for. */
const ALREADY_CANCELLED = /이미\s*취소|원거래\s*기취소/;

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

/** Whether the gateway says that the transaction was cancelled before. */
export function saysAlreadyCancelled({ message }: Refusal): boolean {
  return ALREADY_CANCELLED.test(message);
}

/** A raw code that is fit for a reason or a record. */
export function cleanCode(code: string, secrets: readonly string[] = []): string {
  // A short secret (an expiry, two password digits) is no more than a chance likeness of a code.
  const long = secrets.filter((secret) => secret.length > 4);
  return scrub(code, { secrets: long, lengthMax: 20 });
}

function toMeaning(
  { code, message }: Refusal,
  { secrets, unmapped }: { secrets: readonly string[]; unmapped: DeclineCode },
): RefusalMeaning {
  const raw = { code: cleanCode(code, secrets), message: scrub(message, { secrets }) };
  if (code === DUPLICATE_ORDER_NUMBER) {
    return { kind: "unknown", reason: `refused ${raw.code}: order number used before` };
  }
  const mapped = Object.hasOwn(DECLINE_CODES, code) ? DECLINE_CODES[code] : undefined;
  if (mapped !== undefined) return { kind: "declined", decline: createDecline(mapped, raw) };
  if (INDEFINITE_WORDS.test(message) && !ALREADY_CANCELLED.test(message)) {
    return { kind: "unknown", reason: `refused ${raw.code}: not definite` };
  }
  const fallback = OWN_CODE.test(code) ? "request_refused" : unmapped;
  return { kind: "declined", decline: createDecline(fallback, raw) };
}
