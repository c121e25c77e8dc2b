import { choice } from "../switch-table.ts";

/** What no document settles about CookiePayments. */
export const COOKIEPAY_SWITCHES = {
  /** The second payment under one order number: charged again, or refused with 9002. */
  duplicateOrderNumber: choice("accept", "reject"),
  /** An unknown or expired token: a code with HTTP 200, or HTTP 401. */
  tokenError: choice("code", "http401"),
  /** Where a declined payment shows its code: in the reply, or only inside ENC_DATA. */
  declineAt: choice("outer", "inner"),
} as const;
