import type { BillingKeyAccount } from "../books.ts";
import { findCardById } from "../cards.ts";
import { type CardOnFile, decideCharge } from "../charge-decision.ts";
import type { Processed } from "../wire.ts";
import {
  type Approval,
  type Decline,
  UNANSWERED,
  approvalDraft,
  decline,
  printApproval,
  refusePayment,
  withApprovalFaults,
} from "./charge.ts";
import { CODES, GATEWAY } from "./codes.ts";
import { amountOf, optional, textOf } from "./fields.ts";
import { type AdmittedCall, type Kiwoompay, type Operation } from "./operation.ts";
import { refusing, succeeding } from "./operation.ts";
import { AMOUNT_FIELD, always, mandatory, orderFields } from "./order-fields.ts";
import { refuseInstalments } from "./quota.ts";
import { spellingOf } from "./spelling.ts";

/** CARD-BATCH, CARDK-BATCH: charges a billing key. */
export function createBatchOperation(gateway: Kiwoompay): Operation {
  return {
    name: "batch",
    path: "/kiwoompay/batch",
    fields: (spelling) => ({
      ...orderFields(spelling),
      BILLTYPE: mandatory(optional(2, /^14$/, "14"), spelling),
      AMOUNT: always(AMOUNT_FIELD),
      [spelling.billingKey]: always(optional(50)),
    }),
    facts: (body) => ({
      merchant: textOf(body, "CPID"),
      billingKey: textOf(body, spellingOf(gateway.state).billingKey),
      orderNumber: textOf(body, "ORDERNO"),
      buyerId: textOf(body, "USERID"),
      amount: amountOf(body, "AMOUNT"),
    }),
    run: (call) => pay(gateway, call),
  };
}

const UNKNOWN_KEY: Decline = {
  kind: "decline",
  code: CODES.unknownBillingKey,
  decidedBy: "gateway",
};

function pay(gateway: Kiwoompay, call: AdmittedCall): Processed {
  const { ledger, clock } = gateway.state;
  const refusal = refuseInstalments(call.body);
  if (refusal) return refusing(call.spelling, refusal);
  const account = findAccount(gateway, call);
  const refused = account ? refusePayment(gateway, call) : UNKNOWN_KEY;
  if (refused || !account) {
    return decline(gateway, call, { declined: refused ?? UNKNOWN_KEY, operation: "batch" });
  }
  const onFile = toCardOnFile(account);
  const decision = decideCharge(onFile, call.effect, clock.business());
  if (decision.kind === "swallow") {
    ledger.noteSwallowed(GATEWAY, account.issued.billingKey ?? "");
    return UNANSWERED;
  }
  if (decision.kind === "decline") {
    return decline(gateway, call, { declined: decision, operation: "batch" });
  }
  return approve(gateway, call, { decision, onFile, account });
}

/** A key serves the merchant and the contract for which it was issued. */
function findAccount(
  { state }: Kiwoompay,
  { merchant, family, body, spelling }: AdmittedCall,
): BillingKeyAccount | undefined {
  const account = state.ledger.books.billingKey(GATEWAY, body[spelling.billingKey] ?? "");
  const isTheirs =
    account?.issued.merchant === merchant && account.issued.detail?.family === family;
  return isTheirs ? account : undefined;
}

function toCardOnFile(account: BillingKeyAccount): CardOnFile {
  const detail = account.issued.detail ?? {};
  const card = findCardById(detail.card ?? "");
  if (!card) throw new Error(`the ledger names a test card "${detail.card}" that does not exist`);
  const { paymentRequests, declinesInARow } = account;
  return { card, expiry: detail.expiry ?? "", paymentRequests, declinesInARow };
}

function approve(
  gateway: Kiwoompay,
  call: AdmittedCall,
  charge: { decision: Approval; onFile: CardOnFile; account: BillingKeyAccount },
): Processed {
  const { ledger, clock } = gateway.state;
  const { decision, onFile, account } = charge;
  const { billingKey } = account.issued;
  const paid = { at: clock.business(), decision, card: onFile.card, billingKey };
  const [entry] = ledger.append([approvalDraft(gateway, call, paid)]);
  const printed = entry ? printApproval(call, entry) : {};
  return withApprovalFaults(succeeding(call, printed), decision);
}
