import type { ApprovedPayment } from "../books.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, refusal } from "./codes.ts";
import { isRefusal, optional, required, textOf } from "./fields.ts";
import { type AdmittedCall, type Operation, type Payup, refusing } from "./operation.ts";
import { refuseSignature } from "./signature.ts";

/** POST …/cancel: gives back a payment as a whole; it names no amount. */
export function createCancelOperation(gateway: Payup): Operation {
  const { books } = gateway.state.ledger;
  return {
    name: "kakao_cancel",
    step: "cancel",
    fields: {
      transactionId: required(20),
      // Mandatory by its table, missing in its sample and in a working integration.
      cancelReason: optional(256),
      signature: required(64),
    },
    facts(body) {
      const transactionId = textOf(body, "transactionId");
      const approval = books.payment(GATEWAY, transactionId ?? "")?.approval;
      return {
        transactionId,
        buyerId: approval?.buyerId,
        orderNumber: approval?.orderNumber,
        amount: approval?.amount,
      };
    },
    run: (call) => cancel(gateway, call),
  };
}

function cancel(gateway: Payup, call: AdmittedCall): Processed {
  const { ledger, clock, switches } = gateway.state;
  const payment = findCancellable(gateway, call);
  if (isRefusal(payment)) return refusing(gateway, payment);
  const at = clock.business();
  const isLost = switches.current().payup.cancelRecord === "lost";
  const { transactionId, orderNumber, buyerId, cardLast4, amount } = payment.approval;
  ledger.append([
    {
      at: at.toISOString(),
      gateway: GATEWAY,
      merchant: call.merchant,
      kind: "refund",
      buyerId,
      orderNumber,
      transactionId,
      cardLast4,
      amount,
      ...(isLost && { code: CODES.cancelNotRecorded }),
      fault: call.effect?.kind,
      detail: { reason: call.body.cancelReason ?? "" },
    },
  ]);
  if (isLost) return refusing(gateway, refusal(CODES.cancelNotRecorded));
  const body = {
    responseCode: CODES.success,
    responseMsg: "성공",
    cancelDateTime: toKoreaStamp(at),
    transactionId: transactionId ?? "",
  };
  return { reply: { status: 200, body } };
}

function findCancellable(
  gateway: Payup,
  { merchant, secret, body, effect }: AdmittedCall,
): ApprovedPayment | Refusal {
  const { ledger, switches } = gateway.state;
  const { transactionId = "", signature = "" } = body;
  const forged = refuseSignature(gateway, signature, [merchant, transactionId, secret]);
  if (forged) return forged;
  const payment = ledger.books.payment(GATEWAY, transactionId);
  if (payment?.approval.merchant !== merchant) return refusal(CODES.nothingToCancel);
  if (payment.refunds.length > 0) return refusal(switches.current().payup.secondCancel);
  return effect?.kind === "decline" ? refusal(effect.code) : payment;
}
