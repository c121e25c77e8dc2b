import { toKoreaStamp } from "../korea-time.ts";
import type { GatewayNotices, Told } from "../notices/gateway-notices.ts";
import { saysSuccess, writeUtf8 } from "../notices/wire.ts";
import type { Switches } from "../switches.ts";

/** 통지전문: approvals and cancellations, sent once. It spells some names otherwise than the replies do. */
export const COOKIEPAY_NOTICES: GatewayNotices = {
  tells({ approval }, { cookiepay }) {
    if (cookiepay.notices === "off") return false;
    return approval.billingKey === undefined || cookiepay.noticeOfBillingKeys === "sent";
  },
  timing: ({ cookiepay }) => cookiepay,
  write(told, switches) {
    const fields = renamed(fieldsOf(told), told, switches);
    return writeUtf8(fields, switches.cookiepay.noticeForm);
  },
  isAcknowledged: ({ status, body }) => status === 200 && saysSuccess(body),
};

type Fields = Readonly<Record<string, string>>;

function fieldsOf(told: Told): Fields {
  return told.entry.kind === "refund" ? cancelFields(told) : approvalFields(told);
}

/** Only approvals are notified, so there is no RESULTCODE. */
function approvalFields({ entry, approval }: Told): Fields {
  const detail = approval.detail ?? {};
  return {
    PAY_METHOD: "CARD",
    API_ID: entry.merchant,
    ORDERNO: entry.orderNumber ?? "",
    AMOUNT: `${entry.amount ?? ""}`,
    TID: entry.transactionId ?? "",
    BUYEREMAIL: detail.buyerEmail ?? "",
    BUYERNAME: detail.buyerName ?? "",
    USERID: approval.buyerId ?? "",
    PRODUCTCODE: detail.productCode ?? "",
    PRODUCTNAME: detail.productName ?? "",
    ACCEPT_DATE: toKoreaStamp(new Date(entry.at)),
    ACCEPT_NO: detail.acceptNumber ?? "",
    CARDCODE: detail.cardCode ?? "",
    CARDNAME: detail.cardName ?? "",
    CARDNO: detail.maskedNumber ?? "",
    QUOTA: detail.quota ?? "",
    ACCOUNTNO: "",
    RECEIVERNAME: "",
    DEPOSITENDDATE: "",
    ETC1: detail.etc1 ?? "",
    ETC2: detail.etc2 ?? "",
    ETC3: detail.etc3 ?? "",
    ETC4: detail.etc4 ?? "",
    ETC5: detail.etc5 ?? "",
  };
}

function cancelFields({ entry }: Told): Fields {
  return {
    noti_type: "cancel",
    paymethod: "CARD",
    orderno: entry.orderNumber ?? "",
    cancel_amount: `${entry.amount ?? ""}`,
    tid: entry.transactionId ?? "",
    cancel_date: toKoreaStamp(new Date(entry.at)),
  };
}

function renamed(fields: Fields, { entry }: Told, { cookiepay }: Switches): Fields {
  if (cookiepay.noticeNames === "documented") return fields;
  const toOther = (name: string) =>
    entry.kind === "refund" ? name.toUpperCase() : name.toLowerCase();
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [toOther(name), value]));
}
