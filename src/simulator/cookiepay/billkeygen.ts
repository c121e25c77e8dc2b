import type { TestCard } from "../cards.ts";
import { type ChargeDecision, approveIssue, decideCharge } from "../charge-decision.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import { cardCallFacts, declineCard, plainSuccess, takeCard } from "./card-in-hand.ts";
import { approvalDraft } from "./charge.ts";
import { GATEWAY } from "./codes.ts";
import type { CheckedBody, FieldTable } from "./fields.ts";
import { AMOUNT_PATTERN, CARD_FIELDS, ORDER_FIELDS, optional } from "./fields.ts";
import { newAcceptNumber, newBillingKey, newTransactionId } from "./numbers.ts";
import type { AdmittedCall, Cookiepay, Operation } from "./operation.ts";
import { RESULT_FIELDS } from "./operation.ts";
import { printApproval } from "./payments.ts";
import { UNANSWERED, sealedSuccess, withApprovalFaults } from "./sealed-reply.ts";

type Approval = Extract<ChargeDecision, { kind: "approve" }>;
type Decline = Extract<ChargeDecision, { kind: "decline" }>;

/** The gateway's own schedules (RECURRENCE_PAY …) are not simulated, so their fields are refused. */
const ISSUE_FIELDS: FieldTable = {
  ...ORDER_FIELDS,
  ...CARD_FIELDS,
  AMOUNT: optional(10, AMOUNT_PATTERN, "digits, above zero"),
};

/** POST /Subscribe/billkeygen: issues a billing key, and charges it at once if AMOUNT is there. */
export function createBillkeygenOperation(gateway: Cookiepay): Operation {
  return {
    name: "billkeygen",
    path: "/Subscribe/billkeygen",
    needs: { apiKey: true, token: true },
    codeFields: RESULT_FIELDS,
    fields: ISSUE_FIELDS,
    facts: cardCallFacts,
    run: (call) => issue(gateway, call),
  };
}

function issue(gateway: Cookiepay, call: AdmittedCall): Processed {
  const { body, effect } = call;
  const now = gateway.state.clock.business();
  const card = takeCard(gateway, call);
  if ("decidedBy" in card) return declineIssue(gateway, call, card);

  const onFile = { card, expiry: body.EXPIREDT ?? "", paymentRequests: 0, declinesInARow: 0 };
  const decision = body.AMOUNT ? decideCharge(onFile, effect, now) : approveIssue(effect);
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") return declineIssue(gateway, call, decision);
  return writeIssue(gateway, call, { card, decision });
}

function declineIssue(gateway: Cookiepay, call: AdmittedCall, decline: Decline): Processed {
  const said = declineCard(gateway, call, { ...decline, operation: "billkeygen" });
  return { reply: { status: 200, body: said } };
}

/** Key and charge go into the ledger together: a kill between them must not leave one alone. */
function writeIssue(
  gateway: Cookiepay,
  { merchant, body }: AdmittedCall,
  { card, decision }: { card: TestCard; decision: Approval },
): Processed {
  const { ledger, clock } = gateway.state;
  const at = clock.business();
  const ids = { at: at.toISOString(), merchant, billingKey: newBillingKey() };
  const cardLast4 = card.number.slice(-4);
  const [issued, approval] = ledger.append([
    issueDraft(body, card, { ...ids, cardLast4, fault: decision.fault?.kind }),
    ...(body.AMOUNT
      ? [
          approvalDraft(body, card, {
            ...ids,
            cardLast4,
            transactionId: newTransactionId(ledger, at),
            acceptNumber: newAcceptNumber(ledger),
            fault: decision.fault,
          }),
        ]
      : []),
  ]);
  const decryptData = {
    BILLKEY: ids.billingKey,
    GENDATE: issued ? toKoreaStamp(new Date(issued.at)) : "",
    ORDERNO: body.ORDERNO ?? "",
    CARDCODE: card.cardCode,
    CARDNAME: card.cardName,
    ...(approval && printApproval(approval)),
  };
  if (body.ENC_YN === "N") {
    return withApprovalFaults(plainSuccess(body, decryptData), decision);
  }
  const sealed = sealedSuccess(gateway, { merchant, decryptData }, decision.fault);
  return withApprovalFaults(sealed, decision);
}

function issueDraft(
  body: CheckedBody,
  card: TestCard,
  known: Pick<EntryDraft, "at" | "merchant" | "billingKey" | "cardLast4" | "fault">,
): EntryDraft {
  return {
    ...known,
    gateway: GATEWAY,
    kind: "billing_key_issued",
    buyerId: body.BUYERID || undefined,
    orderNumber: body.ORDERNO,
    detail: {
      card: card.id,
      expiry: body.EXPIREDT ?? "",
      maskedNumber: `${card.number.slice(0, 6)}******${card.number.slice(-4)}`,
      cardCode: card.cardCode,
      cardName: card.cardName,
    },
  };
}
