import { noticeSwitches } from "../notices/gateway-notices.ts";
import { choice, whole } from "../switch-table.ts";

/** What no document settles about PortOne. */
export const PORTONE_SWITCHES = {
  /** A second charge under a paid merchant_uid: refused with code 1, or charged again. */
  duplicateMerchantUid: choice("reject", "accept"),
  /** The code beside "등록되지 않은 구매자입니다.": the vendor's clients were seen to get both. */
  unknownCustomerCode: choice("-1", "1"),
  /** A card that onetime refuses for its data: code -1 without a payment, or a failed payment. */
  cardRefusal: choice("code", "failed"),
  /** The status of a payment of which a part was given back. */
  partialCancelStatus: choice("cancelled", "paid"),
  /** `paid_at` of a cancelled payment: 0 as the schema says, or as it was. */
  paidAtAfterCancel: choice("zero", "kept"),
  /** A checksum that is not what is left: the cancel is refused, or nobody looks. */
  checksum: choice("enforced", "ignored"),
  /** What a cancel of a fully cancelled payment hears first where its checksum is wrong too. */
  fullyCancelled: choice("checksum_first", "cancelled_first"),
  /** How a customer's schedules are listed: in pages, or as a bare list. */
  customerSchedules: choice("pages", "list"),
  /** Whether a virtual account can be refunded: only under a special contract. */
  virtualAccountRefund: choice("refused", "contracted"),
  /** Whether a delivery in escrow must say `sent_at`: the schema wants it, the guide's example has none. */
  escrowSentAt: choice("optional", "required"),
  /** What the contract says of digital goods; a window that says otherwise is refused. */
  digital: choice("any", "yes", "no"),
  /** What a window tells of a payment that was made in it. */
  windowSuccess: choice("true", "false_though_paid"),
  /** How long a token lives, in real time. */
  tokenLifeMs: whole(1_800_000, 86_400_000),
  /** How much longer one lives that is asked for in its last minute. */
  tokenExtensionMs: whole(300_000, 86_400_000),
  /** Calls that charge, refund, issue or revoke, a second and merchant; 0 sets no limit. */
  callsPerSecond: whole(50, 100_000),
  ...noticeSwitches({ tries: 1, retryMs: 60_000 }),
  /** The body of a notice. */
  noticeForm: choice("json", "form"),
} as const;
