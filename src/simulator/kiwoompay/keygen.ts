import { approveIssue, decideCharge } from "../charge-decision.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import {
  type Approval,
  type CardInHand,
  UNANSWERED,
  approvalDraft,
  decline,
  findCard,
  maskNumber,
  printApproval,
  refusePayment,
  withApprovalFaults,
} from "./charge.ts";
import { GATEWAY } from "./codes.ts";
import { amountOf, optional, refuseMissing, textOf } from "./fields.ts";
import { newBillingKey } from "./numbers.ts";
import { type AdmittedCall, type Kiwoompay, type Operation } from "./operation.ts";
import { refusing, succeeding } from "./operation.ts";
import { always, cardFields, mandatory, orderFields } from "./order-fields.ts";
import { refuseInstalments } from "./quota.ts";

/** CARD-KEYGEN, CARDK-KEYGEN: issues a billing key, and charges it at once if DIRECT_YN is Y. */
export function createKeygenOperation(gateway: Kiwoompay): Operation {
  return {
    name: "keygen",
    path: "/kiwoompay/keygen",
    fields(spelling, family) {
      const order = orderFields(spelling);
      const card = cardFields(spelling);
      return {
        ...order,
        PRODUCTTYPE: optional(1, /^[12]$/, "1 (digital) or 2 (physical)"),
        PRODUCTNAME: { ...order.PRODUCTNAME, ...optional(50) },
        AMOUNT: optional(10, /^(0|[1-9]\d*)$/, "digits"),
        BILLTYPE: mandatory(optional(2, /^14$/, "14"), spelling),
        DIRECT_YN: mandatory(optional(1, /^[YN]$/, "Y or N"), spelling),
        CARDNO: always(card.number),
        EXPIREDT: always(card.expiry),
        CARDAUTH: always(card.auth),
        // The one method that takes no password; the guide does not tell the two apart.
        ...(family === "CARD" && { [spelling.password]: always(card.password) }),
        ...(family === "CARDK" && !spelling.strict && { [spelling.password]: card.password }),
      };
    },
    facts: (body) => ({
      merchant: textOf(body, "CPID"),
      orderNumber: textOf(body, "ORDERNO"),
      buyerId: textOf(body, "USERID"),
      amount: amountOf(body, "AMOUNT"),
    }),
    run: (call) => issue(gateway, call),
  };
}

function issue(gateway: Kiwoompay, call: AdmittedCall): Processed {
  const { body, effect, spelling } = call;
  const charges = body.DIRECT_YN === "Y";
  if (charges && amountOf(body, "AMOUNT") === undefined) {
    return refusing(spelling, refuseMissing("AMOUNT"));
  }
  const refusal = charges ? refuseInstalments(body) : null;
  if (refusal) return refusing(spelling, refusal);

  const inHand = findCard(gateway, call);
  if ("kind" in inHand) return decline(gateway, call, { declined: inHand, operation: "keygen" });
  const declined = charges ? refusePayment(gateway, call) : null;
  if (declined) return decline(gateway, call, { declined, operation: "keygen" });
  const onFile = { ...inHand, paymentRequests: 0, declinesInARow: 0 };
  const now = gateway.state.clock.business();
  const decision = charges ? decideCharge(onFile, effect, now) : approveIssue(effect);
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") {
    return decline(gateway, call, { declined: decision, operation: "keygen" });
  }
  return writeIssue(gateway, call, { inHand, decision, charges });
}

/** Key and charge go into the ledger together: a kill between them must not leave one alone. */
function writeIssue(
  gateway: Kiwoompay,
  call: AdmittedCall,
  { inHand, decision, charges }: { inHand: CardInHand; decision: Approval; charges: boolean },
): Processed {
  const { ledger, clock } = gateway.state;
  const at = clock.business();
  const billingKey = newBillingKey(ledger, at);
  const { card } = inHand;
  const paid = { at, decision, card, billingKey };
  const [, approval] = ledger.append([
    { ...issueDraft(call, inHand), at: at.toISOString(), billingKey, fault: decision.fault?.kind },
    ...(charges ? [approvalDraft(gateway, call, paid)] : []),
  ]);
  const printed = {
    CARDCODE: card.cardCode,
    [call.spelling.billingKey]: billingKey,
    PAYMETHOD: call.payMethod,
    GENDATE: toKoreaStamp(at),
    ...(approval && printApproval(call, approval)),
  };
  return withApprovalFaults(succeeding(call, printed), decision);
}

function issueDraft(call: AdmittedCall, { card, expiry }: CardInHand): Omit<EntryDraft, "at"> {
  return {
    gateway: GATEWAY,
    merchant: call.merchant,
    kind: "billing_key_issued",
    buyerId: call.body.USERID || undefined,
    orderNumber: call.body.ORDERNO,
    cardLast4: card.number.slice(-4),
    detail: {
      card: card.id,
      expiry,
      family: call.family,
      maskedNumber: maskNumber(card),
      cardCode: card.cardCode,
      cardName: card.cardName,
    },
  };
}
