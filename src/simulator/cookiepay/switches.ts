import { noticeSwitches } from "../notices/gateway-notices.ts";
import { choice } from "../switch-table.ts";

/** What no document settles about CookiePayments. */
export const COOKIEPAY_SWITCHES = {
  /** The second payment under one order number: charged again, or refused with 9002. */
  duplicateOrderNumber: choice("accept", "reject"),
  /** An unknown or expired token: a code with HTTP 200, or HTTP 401. */
  tokenError: choice("code", "http401"),
  /** Where a declined payment shows its code: in the reply, or only inside ENC_DATA. */
  declineAt: choice("outer", "inner"),
  ...noticeSwitches({ tries: 1, retryMs: 180_000 }),
  /** The body of a notice. */
  noticeForm: choice("json", "form"),
  /** Names as documented, or approvals in lower case and cancellations in upper case. */
  noticeNames: choice("documented", "other_case"),
  /** Whether payments by billing key are notified. */
  noticeOfBillingKeys: choice("sent", "not_sent"),
} as const;
