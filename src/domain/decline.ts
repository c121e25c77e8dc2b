/**
 * Why a gateway said no, in our words.
 *
 * The gateway's own code stays beside ours: support reads the raw one, dunning the normalised one.
 */

/** hard: never again on this key · soft: may later succeed · merchant: the shop's own limit or contract. */
export type DeclineKind = "soft" | "hard" | "merchant";

/** Every normalised decline code with its kind. An unmapped gateway code becomes `card_declined`. */
export const DECLINE_KINDS = {
  insufficient_funds: "soft",
  limit_exceeded: "soft",
  issuer_unavailable: "soft",
  card_declined: "soft",
  card_not_registered: "hard",
  card_expired: "hard",
  card_lost_or_stolen: "hard",
  billing_key_invalid: "hard",
  request_refused: "merchant",
  merchant_limit: "merchant",
} as const satisfies Record<string, DeclineKind>;

export type DeclineCode = keyof typeof DECLINE_KINDS;

/** A definite refusal by a gateway. A value, never an exception. */
export interface Decline {
  code: DeclineCode;
  kind: DeclineKind;
  /** The gateway's own code, unchanged. */
  rawCode: string;
  /** The gateway's own words, with anything that looks like a card number removed. */
  rawMessage: string;
}

/** Builds a decline from our code and the gateway's words. */
export function createDecline(code: DeclineCode, raw: { code: string; message: string }): Decline {
  return { code, kind: DECLINE_KINDS[code], rawCode: raw.code, rawMessage: raw.message };
}
