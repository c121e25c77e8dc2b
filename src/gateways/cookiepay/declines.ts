import {
  type Decline,
  type DeclineCode,
  type MappedCode,
  createDecline,
} from "../../domain/decline.ts";
import { scrub } from "../../lib/scrub.ts";
import type { Refusal } from "./reply.ts";

const GUIDE = "[guide] integration guide of 2026-02-05, section 8";
const PLUGIN = "[plugin] the vendor's own plugins, read 2026-11-20";
const DOCS = "[docs] www.cookiepayments.com/docs, read 2026-11-20";
/** Invented for the test cards, to be replaced when a live list is known. */
const SIMULATOR = "[inferred] the simulator's own, 2026-11-21; no live list is public";

/**
 * The gateway's codes in our words. Most codes are passed through from the company behind, so this
 * list can never be complete: an unmapped code of a card is `unrecognized`, soft. 9002 is left out:
 * an order number that was used before is no definite no.
 */
export const COOKIEPAY_DECLINES: Readonly<Record<string, MappedCode>> = {
  "1012": { means: "card_not_registered", source: GUIDE },
  "2015": { means: "card_expired", source: GUIDE },
  E007: { means: "request_refused", source: GUIDE },
  E008: { means: "request_refused", source: PLUGIN },
  E103: { means: "request_refused", source: PLUGIN },
  // Kiwoom behind it refuses a cancellation that the settlement balance does not cover.
  "9029": { means: "settlement_balance_short", source: DOCS },
  "2001": { means: "insufficient_funds", source: SIMULATOR },
  "2002": { means: "limit_exceeded", source: SIMULATOR },
  "2003": { means: "card_lost_or_stolen", source: SIMULATOR },
  "2004": { means: "issuer_unavailable", source: SIMULATOR },
  "2005": { means: "merchant_limit", source: SIMULATOR },
  "2006": { means: "card_not_registered", source: SIMULATOR },
  E010: { means: "billing_key_invalid", source: SIMULATOR },
  E011: { means: "billing_key_invalid", source: SIMULATOR },
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
  const mapped = Object.hasOwn(COOKIEPAY_DECLINES, code) ? COOKIEPAY_DECLINES[code] : undefined;
  if (mapped !== undefined) return { kind: "declined", decline: createDecline(mapped.means, raw) };
  if (INDEFINITE_WORDS.test(message) && !ALREADY_CANCELLED.test(message)) {
    return { kind: "unknown", reason: `refused ${raw.code}: not definite` };
  }
  const fallback = OWN_CODE.test(code) ? "request_refused" : unmapped;
  return { kind: "declined", decline: createDecline(fallback, raw) };
}
