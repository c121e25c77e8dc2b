/**
 * CookiePayments' own result codes. 0000, E007 and E008 are documented; the other E-codes are the
 * simulator's own, since the full list is not public. A client must not depend on them.
 */
export const CODES = {
  success: "0000",
  badValue: "E001",
  wrongAccount: "E002",
  tokenRefused: "E003",
  unknownField: "E004",
  unreadableBody: "E005",
  missingField: "E007",
  nothingFound: "E008",
  unknownBillingKey: "E010",
  revokedBillingKey: "E011",
  unknownTransaction: "E020",
  alreadyCancelled: "E021",
  cancelTooHigh: "E022",
  undecryptable: "E030",
  /** Passed through from the gateway behind. */
  duplicateOrderNumber: "9002",
} as const;

/** The message beside every success. */
export const SUCCESS_TEXT = "성공";

/** The gateway's name in the ledger, in fault rules and in the books. */
export const GATEWAY = "cookiepay";

/** A request that the gateway does not carry out, and why. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** HTTP status where it is not 200. */
  readonly status?: number;
  /** The name of a field that the simulator does not know. */
  readonly unknownField?: string;
}
