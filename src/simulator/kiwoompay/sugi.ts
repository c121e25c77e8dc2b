import { decideCharge } from "../charge-decision.ts";
import type { Processed } from "../wire.ts";
import {
  UNANSWERED,
  approvalDraft,
  decline,
  findCard,
  printApproval,
  refusePayment,
  withApprovalFaults,
} from "./charge.ts";
import { amountOf, optional, refuseMissing, textOf } from "./fields.ts";
import { type AdmittedCall, type Kiwoompay, type Operation } from "./operation.ts";
import { refusing, succeeding } from "./operation.ts";
import { AMOUNT_FIELD, always, cardFields, mandatory, orderFields } from "./order-fields.ts";
import { refuseInstalments } from "./quota.ts";

/** A key-in payment that proves its holder; 18 is one that does not. */
const WITH_AUTH = "13";

/** CARD-SUGI, CARDK-SUGI: charges a card by its own number. */
export function createSugiOperation(gateway: Kiwoompay): Operation {
  return {
    name: "sugi",
    path: "/kiwoompay/sugi",
    fields(spelling) {
      const order = orderFields(spelling);
      const card = cardFields(spelling);
      return {
        ...order,
        PRODUCTCODE: { ...order.PRODUCTCODE, ...optional(10) },
        BILLTYPE: mandatory(optional(2, /^1[38]$/, "13 or 18"), spelling),
        AMOUNT: always(AMOUNT_FIELD),
        CARDNO: always(card.number),
        EXPIREDT: always(card.expiry),
        CARDAUTH: card.auth,
        [spelling.password]: card.password,
      };
    },
    facts: (body) => ({
      merchant: textOf(body, "CPID"),
      orderNumber: textOf(body, "ORDERNO"),
      buyerId: textOf(body, "USERID"),
      amount: amountOf(body, "AMOUNT"),
    }),
    run: (call) => pay(gateway, call),
  };
}

function pay(gateway: Kiwoompay, call: AdmittedCall): Processed {
  const { ledger, clock } = gateway.state;
  const refusal = refuseAuth(call) ?? refuseInstalments(call.body);
  if (refusal) return refusing(call.spelling, refusal);
  const inHand = findCard(gateway, call);
  if ("kind" in inHand) return decline(gateway, call, { declined: inHand, operation: "sugi" });
  const declined = refusePayment(gateway, call);
  if (declined) return decline(gateway, call, { declined, operation: "sugi" });
  const onFile = { ...inHand, paymentRequests: 0, declinesInARow: 0 };
  const at = clock.business();
  const decision = decideCharge(onFile, call.effect, at);
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") {
    return decline(gateway, call, { declined: decision, operation: "sugi" });
  }
  const [entry] = ledger.append([
    approvalDraft(gateway, call, { at, decision, card: inHand.card }),
  ]);
  const printed = entry ? printApproval(call, entry) : {};
  return withApprovalFaults(succeeding(call, printed), decision);
}

function refuseAuth({ body, spelling }: AdmittedCall) {
  if (body.BILLTYPE !== WITH_AUTH) return null;
  const missing = ["CARDAUTH", spelling.password].find((name) => !body[name]);
  return missing === undefined ? null : refuseMissing(missing);
}
