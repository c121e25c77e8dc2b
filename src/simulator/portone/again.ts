import { decideCharge } from "../charge-decision.ts";
import type { Processed } from "../wire.ts";
import { toCardOnFile } from "./cards-on-file.ts";
import {
  type Charge,
  UNANSWERED,
  answerApproved,
  answerFailed,
  answerRefused,
  refuseCharge,
} from "./charge.ts";
import { findCustomer } from "./customers.ts";
import { GATEWAY, MESSAGES, refuse } from "./envelope.ts";
import { CHARGE_FIELDS, mandatory, text, textOf, wholeOf } from "./fields.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";

/** POST /subscribe/payments/again: charges the card behind a customer_uid. */
export function createAgainOperation(gateway: Portone): Operation {
  return {
    name: "again",
    method: "POST",
    paths: ["/subscribe/payments/again"],
    needsToken: true,
    isPaced: true,
    fields: { ...CHARGE_FIELDS, customer_uid: mandatory(text(80)) },
    facts: ({ body }) => ({
      orderNumber: textOf(body, "merchant_uid"),
      billingKey: textOf(body, "customer_uid"),
      buyerId: textOf(body, "custom_data"),
      amount: wholeOf(body, "amount"),
    }),
    run: (call) => pay(gateway, call),
  };
}

function pay(gateway: Portone, call: AdmittedCall): Processed {
  const { ledger, clock, switches } = gateway.state;
  const { merchant, body, effect } = call;
  const customerUid = body.text("customer_uid") ?? "";
  const account = findCustomer(gateway, merchant, customerUid);
  const charge: Charge = {
    operation: "again",
    merchant,
    body,
    effect,
    customerUid,
    usage: "payment",
    cardLast4: account?.issued.cardLast4,
    printed: toPrinted(account?.issued.detail),
  };
  const code = Number(switches.current().portone.unknownCustomerCode);
  const refusal = account ? refuseCharge(gateway, call) : refuse(MESSAGES.unknownCustomer, code);
  if (refusal || !account) {
    const known = refusal ?? refuse(MESSAGES.unknownCustomer, code);
    return answerRefused(gateway, charge, { refusal: known, decidedBy: "gateway" });
  }

  const decision = decideCharge(toCardOnFile(account), effect, clock.business());
  if (decision.kind === "swallow") {
    ledger.noteSwallowed(GATEWAY, customerUid);
    return UNANSWERED;
  }
  if (decision.kind === "decline") return answerFailed(gateway, charge, decision);
  return answerApproved(gateway, charge, { decision });
}

function toPrinted(detail: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { cardCode = "", cardName = "", maskedNumber = "" } = detail;
  return { cardCode, cardName, maskedNumber };
}
