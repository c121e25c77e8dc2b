import { noticeSwitches } from "../notices/gateway-notices.ts";
import { choice, whole } from "../switch-table.ts";

/** What no document settles about KiwoomPay direct, or what two of them say differently. */
export const KIWOOMPAY_SWITCHES = {
  /** The spelling of fields: as integrations recorded them, or as the integration guide has them. */
  dialect: choice("recorded", "guide"),
  /** Where TOKEN is looked for. */
  tokenIn: choice("header", "header_or_body"),
  /** How often one TOKEN lets a call in. */
  tokenUse: choice("once", "many"),
  /** Whether a TOKEN serves only the merchant, pay method and direction that it was given for. */
  tokenBound: choice("yes", "no"),
  /** How long a TOKEN lives, in real time. */
  tokenLifeMs: whole(300_000, 86_400_000),
  /** Whether the answer of success to `/pay/ready` has a RESULTCODE. */
  readyResultCode: choice("absent", "present"),
  /** Whether `/pay/hash` wants the link key; where it does not, a wrong one is refused all the same. */
  hashKey: choice("optional", "required"),
  /** An order number again: charged again, refused after a success, refused after a decline too. */
  duplicateOrderNumber: choice("accept", "reject", "reject_after_decline"),
  /** What a cancellation names, in its notice too: a DAOUTRX of its own, or the approval's as TRXID. */
  cancelNumber: choice("own_daoutrx", "approval_trxid"),
  /** The habit of the real sandbox: no test card is taken, and approvals are cancelled at 20:00. */
  sandboxHabit: choice("off", "on"),
  /** Calls that are let in a second, of each step, CPID and PAYMETHOD; 0 sets no limit. */
  callsPerSecond: whole(5, 100_000),
  /** How a call too many is refused: a code with HTTP 200, or HTTP 429. */
  rateRefusal: choice("code", "http429"),
  ...noticeSwitches({ tries: 10, retryMs: 180_000 }),
  /** The form of a notice: GET, or POST with RESULTCODE where the dialect is the guide's; or a fixed one. */
  noticeForm: choice("by_dialect", "get", "post_form", "post_json"),
  /** Whether payments by billing key are notified. */
  noticeOfBillingKeys: choice("sent", "not_sent"),
} as const;
