/** A notice of CookiePayments (통지전문). Facts: README, "Notices". */
import { parseKoreaStamp } from "../korea-stamp.ts";
import type { NoticeFields } from "../notice-fields.ts";
import type { GatewayNotice } from "../notice.ts";
import { type NoticeNames, type NoticeReading, readNotice, textOf } from "../read-notice.ts";

const APPROVAL: NoticeNames = {
  merchantId: ["apiid"],
  orderNumber: ["orderno"],
  transactionId: ["tid"],
  amount: ["amount"],
  cancellationId: [],
  // With and without `_`: notices write ACCEPT_DATE, answers ACCEPTDATE.
  at: ["acceptdate"],
};

const CANCEL: NoticeNames = {
  ...APPROVAL,
  amount: ["cancelamount"],
  cancellationId: ["canceltid"],
  at: ["canceldate"],
};

/** Reads one; only a run of the gateway's own schedule tells failures. */
export function readCookiepayNotice(fields: NoticeFields): NoticeReading {
  if (fields.get("notitype") === null || fields.get("resultcode") === null) {
    return { kind: "unreadable", reason: "doubled_field" };
  }
  const isCancel = textOf(fields, ["notitype"]) !== null;
  return readNotice(fields, isCancel ? CANCEL : APPROVAL, () => ({
    kind: kindOf(fields),
    at: parseKoreaStamp,
  }));
}

function kindOf(fields: NoticeFields): GatewayNotice["kind"] | null {
  const type = textOf(fields, ["notitype"])?.toLowerCase();
  if (type === "cancel" || type === "deposit_cancel") return "canceled";
  if (type !== undefined) return null;
  const resultCode = textOf(fields, ["resultcode"]);
  if (resultCode !== null && resultCode !== "0000") return "failed";
  const isVirtual = /^vacc/i.test(textOf(fields, ["paymethod"]) ?? "");
  const isPaid = textOf(fields, ["acceptno", "acceptdate"]) !== null;
  return isVirtual && !isPaid ? "pending" : "paid";
}
