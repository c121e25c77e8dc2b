import type { ApprovedPayment } from "../books.ts";
import { toKoreaStamp } from "../korea-time.ts";
import { CODES, GATEWAY, type Refusal, SUCCESS_TEXT } from "./codes.ts";
import { isRefusal, optional, required, textOf } from "./fields.ts";
import { newTransactionId } from "./numbers.ts";
import { type AdmittedCall, type Cookiepay, type Operation, refusing } from "./operation.ts";
import { refundDraft } from "../refund-draft.ts";
import { paymentFacts } from "./payment-facts.ts";

/** POST /api/cancel: gives back a payment, whole or in part; it speaks in lower case. */
export function createCancelOperation(gateway: Cookiepay): Operation {
  const { ledger, clock } = gateway.state;
  return {
    name: "cancel",
    path: "/api/cancel",
    needs: { apiKey: true, token: true },
    codeFields: ["cancel_code", "cancel_msg"],
    fields: {
      tid: required(100),
      reason: required(100),
      amount: optional(10, /^(0|[1-9]\d*)$/, "digits"),
      bank: optional(10),
      account_no: optional(20),
      account_name: optional(20),
    },
    facts: (body) => paymentFacts(gateway, textOf(body, "tid")),
    run(call) {
      const refund = decideRefund(gateway, call);
      if (isRefusal(refund)) return refusing(this, refund);
      const at = clock.business();
      const cancelTransactionId = newTransactionId(ledger, at);
      const { amount } = refund;
      const detail = { cancelTransactionId, reason: call.body.reason ?? "" };
      const fault = call.effect?.kind;
      ledger.append([refundDraft(refund.payment.approval, { at, amount, fault, detail })]);
      const body = {
        cancel_code: CODES.success,
        cancel_msg: SUCCESS_TEXT,
        cancel_tid: cancelTransactionId,
        cancel_date: toKoreaStamp(at),
        cancel_amt: `${amount}`,
      };
      return { reply: { status: 200, body } };
    },
  };
}

function decideRefund(
  { state }: Cookiepay,
  { merchant, body }: AdmittedCall,
): { payment: ApprovedPayment; amount: number } | Refusal {
  const payment = state.ledger.books.payment(GATEWAY, body.tid ?? "");
  if (!payment || payment.approval.merchant !== merchant) {
    return { code: CODES.unknownTransaction, message: "거래내역이 존재하지 않습니다" };
  }
  const left = (payment.approval.amount ?? 0) - payment.refundedAmount;
  if (left === 0) return { code: CODES.alreadyCancelled, message: "이미 취소된 거래입니다" };
  // Absent and "0" both mean: everything that is left.
  const amount = Number(body.amount || "0") || left;
  if (amount > left) {
    return { code: CODES.cancelTooHigh, message: `취소 가능 금액(${left})을 초과하였습니다` };
  }
  return { payment, amount };
}
