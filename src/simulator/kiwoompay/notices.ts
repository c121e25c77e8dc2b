import iconv from "iconv-lite";
import { toKoreaStamp } from "../korea-time.ts";
import type { GatewayNotices, NoticeMessage, Told } from "../notices/gateway-notices.ts";
import { saysSuccess } from "../notices/wire.ts";
import type { Switches } from "../switches.ts";
import { CODES } from "./codes.ts";
import { cancelNoticeName, isWallet } from "./window-methods.ts";

/** 통지전문: successful approvals and cancels, sent until the merchant's page says SUCCESS. */
export const KIWOOMPAY_NOTICES: GatewayNotices = {
  tells({ approval }, { kiwoompay }) {
    if (kiwoompay.notices === "off") return false;
    return approval.billingKey === undefined || kiwoompay.noticeOfBillingKeys === "sent";
  },
  timing: ({ kiwoompay }) => kiwoompay,
  write(told, switches) {
    switch (formOf(switches)) {
      case "get":
        return { method: "GET", text: toEucKrForm(fieldsOf(told, switches)) };
      case "post_form":
        return post("application/x-www-form-urlencoded", toEucKrForm(fieldsOf(told, switches)));
      case "post_json":
        return post("application/json", JSON.stringify(guideFields(told, switches)));
    }
  },
  isAcknowledged({ status, body }, switches) {
    if (status !== 200) return false;
    return formOf(switches) === "post_json" ? hasSuccessCode(body) : saysSuccess(body);
  },
};

function formOf({ kiwoompay }: Switches): "get" | "post_form" | "post_json" {
  if (kiwoompay.noticeForm !== "by_dialect") return kiwoompay.noticeForm;
  return kiwoompay.dialect === "guide" ? "post_json" : "get";
}

function post(type: string, text: string): NoticeMessage {
  return { method: "POST", contentType: `${type};charset=EUC-KR`, charset: "euc-kr", text };
}

/** The 18 fields of a recorded notice, in its order. There is no RESULTCODE among them. */
function fieldsOf(told: Told, switches: Switches): Readonly<Record<string, string>> {
  const { entry, approval } = told;
  const detail = approval.detail ?? {};
  return {
    PAYMETHOD: payMethodOf(told),
    CPID: entry.merchant,
    DAOUTRX: transactionOf(told, switches),
    ORDERNO: entry.orderNumber ?? "",
    AMOUNT: `${entry.amount ?? ""}`,
    SETTDATE: toKoreaStamp(new Date(entry.at)),
    EMAIL: detail.email ?? "",
    USERID: approval.buyerId ?? "",
    USERNAME: detail.buyerName ?? "",
    PRODUCTCODE: detail.productCode ?? "",
    PRODUCTNAME: detail.productName ?? "",
    AUTHNO: detail.authNumber ?? "",
    CARDCODE: detail.cardCode ?? "",
    CARDNAME: detail.cardName ?? "",
    CARDNO: detail.maskedNumber ?? "",
    RESERVEDINDEX1: detail.reservedIndex1 ?? "",
    RESERVEDINDEX2: detail.reservedIndex2 ?? "",
    RESERVEDSTRING: detail.reservedString ?? "",
  };
}

/**
 * The guide's example has five fields. A cancel says so in PAYMETHOD, else nobody could tell; and a
 * payment in a window what the customer chose, else nobody could cancel it.
 */
function guideFields(told: Told, switches: Switches): Readonly<Record<string, string>> {
  const { entry, approval } = told;
  const saysMethod = entry.kind === "refund" || approval.detail?.via === "window";
  return {
    RESULTCODE: CODES.success,
    DAOUTRX: transactionOf(told, switches),
    ORDERNO: entry.orderNumber ?? "",
    AMOUNT: `${entry.amount ?? ""}`,
    AUTHDATE: toKoreaStamp(new Date(entry.at)),
    ...(saysMethod && { PAYMETHOD: payMethodOf(told) }),
  };
}

/** A card is a card: of either contract, by billing key or by its number. A wallet has its name. */
function payMethodOf({ entry, approval }: Told): string {
  const paidWith = approval.detail?.payMethod ?? "";
  if (entry.kind === "refund") return cancelNoticeName(paidWith);
  return isWallet(paidWith) ? paidWith : "CARD";
}

function transactionOf({ entry }: Told, { kiwoompay }: Switches): string {
  const own = entry.detail?.cancelTransactionId;
  return (kiwoompay.cancelNumber === "own_daoutrx" ? own : undefined) ?? entry.transactionId ?? "";
}

function hasSuccessCode(body: string): boolean {
  try {
    const answer: unknown = JSON.parse(body);
    return (answer as { RESULTCODE?: unknown } | null)?.RESULTCODE === CODES.success;
  } catch {
    return false;
  }
}

/** Names and values as Java's URLEncoder writes them in EUC-KR: ASCII, a space as a plus sign. */
function toEucKrForm(fields: Readonly<Record<string, string>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${toEucKrEscapes(value)}`)
    .join("&");
}

function toEucKrEscapes(value: string): string {
  return [...iconv.encode(value, "euc-kr")].map(escapeByte).join("");
}

function escapeByte(byte: number): string {
  const sign = String.fromCharCode(byte);
  if (/[A-Za-z0-9.*_-]/.test(sign)) return sign;
  if (sign === " ") return "+";
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
