/** A notice of KiwoomPay (통지전문), in either dialect. Facts: README, "Notices". */
import { parseKoreaStamp } from "../korea-stamp.ts";
import type { NoticeFields } from "../notice-fields.ts";
import type { GatewayNotice } from "../notice.ts";
import { type NoticeNames, type NoticeReading, readNotice, textOf } from "../read-notice.ts";

const NAMES: NoticeNames = {
  merchantId: ["cpid"],
  orderNumber: ["orderno"],
  transactionId: ["daoutrx", "trxid"],
  amount: ["amount"],
  cancellationId: [],
  at: ["canceldate", "settdate", "authdate"],
};

/** Reads one; the guide's dialect has a result code, the recorded one tells successes only. */
export function readKiwoompayNotice(fields: NoticeFields): NoticeReading {
  if (fields.get("resultcode") === null || fields.get("paymethod") === null) {
    return { kind: "unreadable", reason: "doubled_field" };
  }
  return readNotice(fields, NAMES, () => {
    const kind = kindOf(fields);
    // Of a cancel it is the cancel's name, and not that of what was paid with.
    const payMethod = kind === "paid" ? textOf(fields, ["paymethod"])?.toUpperCase() : null;
    return { kind, at: parseKoreaStamp, payMethod };
  });
}

/** What integrations recorded, without `_` and `-`; CARDK is told as CARD. */
const PAID =
  /^(F?CARDK?(BATCH|SUGI|KEYGEN)?|BANK|VACCOUNT|KAKAOPAY|NAVERPAY|PAYCO|SAMSUNGPAY|APPLEPAY|CULTURE)$/;

function kindOf(fields: NoticeFields): GatewayNotice["kind"] | null {
  const resultCode = textOf(fields, ["resultcode"]);
  const payMethod = (textOf(fields, ["paymethod"]) ?? "").toUpperCase().replaceAll(/[_-]/g, "");
  if (resultCode !== null && resultCode !== "0000") return "failed";
  // CARD_CANCEL, KAKAOCANCEL, VACCOUNT-ISSUECAN.
  if (/(CANCEL|ISSUECAN)$/.test(payMethod)) return "canceled";
  if (payMethod === "VACCOUNTISSUE") return "pending";
  // The guide names no method, and says that it succeeded. Half a notice says neither.
  const isPaid = payMethod === "" ? resultCode !== null : PAID.test(payMethod);
  return isPaid ? "paid" : null;
}
