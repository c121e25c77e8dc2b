import {
  type Refusal,
  MESSAGES,
  OWN_MESSAGES,
  isRefusal,
  refuse,
  refusing,
  succeeding,
} from "./envelope.ts";
import { refundDraft } from "../refund-draft.ts";
import { ANY, FLAG, text, textOf, whole } from "./fields.ts";
import { newCancelDetail } from "./numbers.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";
import { findPayMethod } from "./pay-methods.ts";
import { paymentFacts } from "./payment-facts.ts";
import { type PaymentRecord, findPayment, paymentsUnder, printPayment } from "./payments.ts";

const CANCEL_FIELDS = {
  imp_uid: text(32),
  merchant_uid: text(40),
  amount: whole(0),
  tax_free: whole(0),
  vat_amount: whole(0),
  vat: whole(0),
  checksum: whole(0),
  reason: text(256),
  refund_holder: text(16),
  refund_bank: text(4),
  refund_account: text(16),
  refund_tel: text(16),
  retain_promotion: FLAG,
  enable_webhook: FLAG,
  extra: ANY,
};

/** POST /payments/cancel: gives back a payment, whole or in part. */
export function createCancelOperation(gateway: Portone): Operation {
  return {
    name: "payment_cancel",
    method: "POST",
    paths: ["/payments/cancel"],
    needsToken: true,
    isPaced: true,
    fields: CANCEL_FIELDS,
    facts: ({ body }) => ({
      orderNumber: textOf(body, "merchant_uid"),
      ...(textOf(body, "imp_uid") !== undefined && paymentFacts(gateway, textOf(body, "imp_uid"))),
    }),
    run(call) {
      const refund = decideRefund(gateway, call);
      if (isRefusal(refund)) return refusing(refund);
      writeRefund(gateway, call, refund);
      const impUid = refund.record.entry.transactionId ?? "";
      const record = findPayment(gateway, call.merchant, impUid) ?? refund.record;
      return succeeding(printPayment(gateway, record));
    },
  };
}

interface Refund {
  readonly record: PaymentRecord;
  readonly amount: number;
}

function decideRefund(gateway: Portone, call: AdmittedCall): Refund | Refusal {
  const { body } = call;
  const record = findCancellable(gateway, call);
  if (record === undefined) return refuse(MESSAGES.nothingToCancel);
  const left = (record.entry.amount ?? 0) - record.refundedAmount;
  const { checksum, fullyCancelled } = gateway.state.switches.current().portone;
  const told = body.whole("checksum");
  const isWrong = checksum === "enforced" && told !== undefined && told !== left;
  if (left === 0 && (!isWrong || fullyCancelled === "cancelled_first")) {
    return refuse(MESSAGES.fullyCancelled);
  }
  if (isWrong) return refuse(OWN_MESSAGES.checksum);
  // Absent and 0 both mean: everything that is left.
  const amount = body.whole("amount") || left;
  const payMethod = findPayMethod(record.entry.detail?.payMethod ?? "card");
  if (payMethod?.kind === "voucher" && amount < left) return refuse(OWN_MESSAGES.voucherInParts);
  const { virtualAccountRefund } = gateway.state.switches.current().portone;
  if (payMethod?.kind === "account" && virtualAccountRefund === "refused") {
    return refuse(OWN_MESSAGES.noAccountRefund);
  }
  return amount > left ? refuse(OWN_MESSAGES.cancelTooHigh) : { record, amount };
}

/** A wrong imp_uid fails even beside a right merchant_uid; of several payments the newest counts. */
function findCancellable(
  gateway: Portone,
  { merchant, body }: AdmittedCall,
): PaymentRecord | undefined {
  const impUid = body.text("imp_uid");
  const found =
    impUid === undefined
      ? paymentsUnder(gateway, merchant, body.text("merchant_uid") ?? "")
      : [findPayment(gateway, merchant, impUid)];
  return found.findLast((record) => record?.entry.kind === "approval");
}

function writeRefund(
  { state }: Portone,
  { body, effect }: AdmittedCall,
  { record, amount }: Refund,
): void {
  const { ledger, clock } = state;
  const at = clock.business();
  const detail = {
    ...newCancelDetail(ledger, at),
    reason: body.text("reason") ?? "",
    ...(isTrue(body.any("enable_webhook")) && { webhook: "yes" }),
  };
  ledger.append([refundDraft(record.entry, { at, amount, fault: effect?.kind, detail })]);
}

function isTrue(flag: unknown): boolean {
  return flag === true || flag === "true" || flag === "1";
}
