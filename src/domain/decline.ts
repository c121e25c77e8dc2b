/**
 * Why a gateway said no, in our words.
 *
 * The gateway's own code stays beside ours: support reads the raw one, dunning the normalised one.
 */

/**
 * hard: never again on this key · soft: may later succeed · customer: only the customer can change it ·
 * merchant: the shop's own limit or contract · gateway: the gateway itself is out of order.
 */
export type DeclineKind = "soft" | "hard" | "customer" | "merchant" | "gateway";

/** Every normalised decline code with its kind. A code that no table knows becomes `unrecognized`. */
export const DECLINE_KINDS = {
  insufficient_funds: "soft",
  limit_exceeded: "soft",
  issuer_unavailable: "soft",
  card_declined: "soft",
  unrecognized: "soft",
  card_not_registered: "hard",
  card_expired: "hard",
  card_lost_or_stolen: "hard",
  billing_key_invalid: "hard",
  card_details_wrong: "customer",
  authentication_failed: "customer",
  request_refused: "merchant",
  amount_not_allowed: "merchant",
  merchant_limit: "merchant",
  settlement_balance_short: "merchant",
  contract_not_open: "merchant",
  gateway_unavailable: "gateway",
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
