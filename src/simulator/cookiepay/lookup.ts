import type { ApprovedPayment } from "../books.ts";
import { daysBetween, isDay, toKoreaStamp } from "../korea-time.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, SUCCESS_TEXT } from "./codes.ts";
import { type CheckedBody, optional, required, textOf } from "./fields.ts";
import { type AdmittedCall, type Cookiepay, type Operation, RESULT_FIELDS } from "./operation.ts";
import { refusing } from "./operation.ts";
import { paymentFacts } from "./payment-facts.ts";

const NOTHING_FOUND: Refusal = { code: CODES.nothingFound, message: "조회 결과가 없습니다" };
const DAY = [10, /^\d{4}-\d{2}-\d{2}$/, "a day yyyy-MM-dd"] as const;

/** POST /api/paycert: one approved payment by its transaction id. */
export function createPaycertOperation(gateway: Cookiepay): Operation {
  return {
    name: "paycert",
    path: "/api/paycert",
    needs: { apiKey: false, token: true },
    codeFields: RESULT_FIELDS,
    fields: { tid: required(100) },
    facts: (body) => paymentFacts(gateway, textOf(body, "tid")),
    run({ merchant, body }) {
      const payment = findOwnPayment(gateway, merchant, body.tid);
      if (!payment) return refusing(this, NOTHING_FOUND);
      return { reply: { status: 200, body: describePayment(payment) } };
    },
  };
}

/**
 * POST /api/paysearch: approved payments of a range of days, or one by its transaction id. Found
 * ones come as an array; nothing found and every error come as a single object.
 */
export function createPaysearchOperation(gateway: Cookiepay): Operation {
  return {
    name: "paysearch",
    path: "/api/paysearch",
    needs: { apiKey: false, token: true },
    codeFields: RESULT_FIELDS,
    fields: {
      API_ID: required(30),
      TID: optional(100),
      STD_DT: optional(...DAY),
      END_DT: optional(...DAY),
    },
    facts: (body) => ({
      ...paymentFacts(gateway, textOf(body, "TID")),
      merchant: textOf(body, "API_ID"),
    }),
    run(call): Processed {
      const refusal = call.body.TID ? null : refuseDays(call.body);
      if (refusal) return refusing(this, refusal);
      const found = searchPayments(gateway, call);
      if (found.length === 0) return refusing(this, NOTHING_FOUND);
      return { reply: { status: 200, body: found.map(describePayment) } };
    },
  };
}

function refuseDays({ STD_DT, END_DT }: CheckedBody): Refusal | null {
  for (const [name, day] of Object.entries({ STD_DT, END_DT })) {
    if (!day) return { code: CODES.missingField, message: `필수 항목 누락: ${name}` };
    if (!isDay(day)) return { code: CODES.badValue, message: `항목 오류: ${name} is no day` };
  }
  if ((STD_DT ?? "") <= (END_DT ?? "")) return null;
  return { code: CODES.badValue, message: "항목 오류: STD_DT is after END_DT" };
}

function searchPayments(gateway: Cookiepay, { merchant, body }: AdmittedCall): ApprovedPayment[] {
  const { ledger, clock, switches } = gateway.state;
  const { lookupLagMs } = switches.current();
  const listedUntil = new Date(clock.operational.now().getTime() - lookupLagMs).toISOString();
  const isListed = ({ approval }: ApprovedPayment): boolean =>
    lookupLagMs === 0 || approval.realAt <= listedUntil;

  if (body.TID) {
    const payment = findOwnPayment(gateway, merchant, body.TID);
    return payment && isListed(payment) ? [payment] : [];
  }
  return [...daysBetween(body.STD_DT ?? "", body.END_DT ?? "")].flatMap((day) =>
    ledger.books.paymentsOn(`${GATEWAY}/${merchant}`, day).filter(isListed),
  );
}

function findOwnPayment(
  { state }: Cookiepay,
  merchant: string,
  transactionId = "",
): ApprovedPayment | null {
  const payment = state.ledger.books.payment(GATEWAY, transactionId);
  return payment?.approval.merchant === merchant ? payment : null;
}

function describePayment({ approval, refunds }: ApprovedPayment): Record<string, string> {
  const detail = approval.detail ?? {};
  const lastRefund = refunds.at(-1);
  return {
    RESULTCODE: CODES.success,
    RESULTMSG: SUCCESS_TEXT,
    ORDERNO: approval.orderNumber ?? "",
    AMOUNT: `${approval.amount ?? ""}`,
    BUYERNAME: detail.buyerName ?? "",
    BUYEREMAIL: detail.buyerEmail ?? "",
    PRODUCTNAME: detail.productName ?? "",
    PRODUCTCODE: detail.productCode ?? "",
    PAYMETHOD: approval.billingKey === undefined ? "CARD_SUGI" : "CARD_BATCH",
    BUYERID: approval.buyerId ?? "",
    ACCEPTNO: detail.acceptNumber ?? "",
    ACCEPTDATE: toKoreaStamp(new Date(approval.at)),
    TID: approval.transactionId ?? "",
    CANCELDATE: lastRefund ? toKoreaStamp(new Date(lastRefund.at)) : "",
    CANCELMSG: lastRefund?.detail?.reason ?? "",
    ACCOUNTNO: "",
    RECEIVERNAME: "",
    DEPOSITENDDATE: "",
    CARDNAME: detail.cardName ?? "",
    CARDCODE: detail.cardCode ?? "",
  };
}
