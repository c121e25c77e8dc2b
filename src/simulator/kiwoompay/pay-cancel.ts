import type { ApprovedPayment } from "../books.ts";
import { toKoreaStamp } from "../korea-time.ts";
import { refundDraft } from "../refund-draft.ts";
import type { Processed } from "../wire.ts";
import { SHOP } from "./charge.ts";
import { CODES, GATEWAY, type Refusal, isRefusal, refuse } from "./codes.ts";
import { AMOUNT_PATTERN, type FieldTable, optional, required, textOf, words } from "./fields.ts";
import { newTransactionId } from "./numbers.ts";
import { type AdmittedCall, type Kiwoompay, type Operation } from "./operation.ts";
import { refusing, succeeding } from "./operation.ts";
import { cancellingMethod } from "./pay-methods.ts";

/** Two live integrations leave PAYMETHOD and CANCELREQ out of the second step. */
export const CANCEL_FIELDS: FieldTable = {
  CPID: required(20),
  PAYMETHOD: optional(30),
  CANCELREQ: optional(1, /^Y$/, "Y"),
  TRXID: required(40),
  AMOUNT: required(10, AMOUNT_PATTERN, "digits, above zero"),
  CANCELREASON: words(required(50), /[|^[\]]/),
  TAXFREEAMT: optional(10, /^(0|[1-9]\d*)$/, "digits"),
};

/** The second step after a ready with CANCELREQ: gives back a payment, whole or in part. */
export function createPayCancelOperation(gateway: Kiwoompay): Operation {
  return {
    name: "pay_cancel",
    path: "/kiwoompay/cancel",
    fields: () => CANCEL_FIELDS,
    facts(body) {
      const transactionId = textOf(body, "TRXID");
      const approval = gateway.state.ledger.books.payment(GATEWAY, transactionId ?? "")?.approval;
      return {
        transactionId,
        merchant: textOf(body, "CPID"),
        orderNumber: approval?.orderNumber,
        billingKey: approval?.billingKey,
        buyerId: approval?.buyerId,
        amount: approval?.amount,
      };
    },
    run(call) {
      const payment = findPayment(gateway, call);
      return isRefusal(payment) ? refusing(call.spelling, payment) : give(gateway, call, payment);
    },
  };
}

function findPayment({ state }: Kiwoompay, call: AdmittedCall): ApprovedPayment | Refusal {
  const { merchant, payMethod, body } = call;
  const payment = state.ledger.books.payment(GATEWAY, body.TRXID ?? "");
  if (!payment || payment.approval.merchant !== merchant) return refuse(CODES.unknownTransaction);
  const paidWith = payment.approval.detail?.payMethod ?? "";
  if (cancellingMethod(paidWith) !== payMethod) return refuse(CODES.otherPayMethod);
  const left = (payment.approval.amount ?? 0) - payment.refundedAmount;
  if (left === 0) return refuse(CODES.alreadyCancelled);
  return Number(body.AMOUNT) > left ? refuse(CODES.cancelTooHigh) : payment;
}

function give({ state }: Kiwoompay, call: AdmittedCall, payment: ApprovedPayment): Processed {
  const { ledger, clock, switches } = state;
  const at = clock.business();
  const amount = Number(call.body.AMOUNT);
  const cancelTransactionId = newTransactionId(ledger, at);
  const detail = { cancelTransactionId, reason: call.body.CANCELREASON ?? "" };
  const fault = call.effect?.kind;
  ledger.append([refundDraft(payment.approval, { at, amount, fault, detail })]);
  const { orderNumber, transactionId } = payment.approval;
  const namesOwn = switches.current().kiwoompay.cancelNumber === "own_daoutrx";
  return succeeding(call, {
    ...(namesOwn ? { DAOUTRX: cancelTransactionId } : { TRXID: transactionId ?? "" }),
    AMOUNT: `${amount}`,
    ORDERNO: orderNumber ?? "",
    CANCELDATE: toKoreaStamp(at),
    ...SHOP,
  });
}
