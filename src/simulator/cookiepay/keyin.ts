import type { TestCard } from "../cards.ts";
import { type ChargeDecision, decideCharge } from "../charge-decision.ts";
import type { Processed } from "../wire.ts";
import { cardCallFacts, declineCard, plainSuccess, takeCard } from "./card-in-hand.ts";
import { approvalDraft } from "./charge.ts";
import { CODES } from "./codes.ts";
import { AMOUNT_PATTERN, CARD_FIELDS, ORDER_FIELDS, required } from "./fields.ts";
import { newAcceptNumber, newTransactionId } from "./numbers.ts";
import { type AdmittedCall, type Cookiepay, type Operation, RESULT_FIELDS } from "./operation.ts";
import { printApproval } from "./payments.ts";
import { UNANSWERED, sealedSuccess, withApprovalFaults } from "./sealed-reply.ts";

type Approval = Extract<ChargeDecision, { kind: "approve" }>;
type Decline = Extract<ChargeDecision, { kind: "decline" }>;

/** POST /keyin/payment: charges a card that is sent along. No billing key comes of it. */
export function createKeyInOperation(gateway: Cookiepay): Operation {
  return {
    name: "keyin",
    path: "/keyin/payment",
    needs: { apiKey: true, token: true },
    codeFields: RESULT_FIELDS,
    fields: {
      ...ORDER_FIELDS,
      ...CARD_FIELDS,
      AMOUNT: required(10, AMOUNT_PATTERN, "digits, above zero"),
    },
    facts: cardCallFacts,
    run: (call) => chargeCard(gateway, call),
  };
}

function chargeCard(gateway: Cookiepay, call: AdmittedCall): Processed {
  const card = takeCard(gateway, call);
  if ("decidedBy" in card) return decline(gateway, call, card);
  // Nothing is kept of the card, so every charge is its first.
  const expiry = call.body.EXPIREDT ?? "";
  const onFile = { card, expiry, paymentRequests: 0, declinesInARow: 0 };
  const decision = decideCharge(onFile, call.effect, gateway.state.clock.business());
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") return decline(gateway, call, decision);
  return approve(gateway, call, { card, decision });
}

function approve(
  gateway: Cookiepay,
  { merchant, body }: AdmittedCall,
  { card, decision }: { card: TestCard; decision: Approval },
): Processed {
  const { ledger, clock } = gateway.state;
  const at = clock.business();
  const [entry] = ledger.append([
    approvalDraft(body, card, {
      at: at.toISOString(),
      merchant,
      transactionId: newTransactionId(ledger, at),
      cardLast4: card.number.slice(-4),
      acceptNumber: newAcceptNumber(ledger),
      fault: decision.fault,
    }),
  ]);
  const printed = printApproval(entry);
  if (body.ENC_YN === "N") return withApprovalFaults(plainSuccess(body, printed), decision);
  const decryptData = { RESULTCODE: CODES.success, ...printed };
  return withApprovalFaults(
    sealedSuccess(gateway, { merchant, decryptData }, decision.fault),
    decision,
  );
}

function decline(gateway: Cookiepay, call: AdmittedCall, refused: Decline): Processed {
  const { merchant, body } = call;
  const said = declineCard(gateway, call, { ...refused, operation: "keyin" });
  const isInner = gateway.state.switches.current().cookiepay.declineAt === "inner";
  if (refused.decidedBy === "gateway" || !isInner || body.ENC_YN === "N") {
    return { reply: { status: 200, body: said } };
  }
  const decryptData = { ...said, ORDERNO: body.ORDERNO ?? "", AMOUNT: body.AMOUNT ?? "" };
  return sealedSuccess(gateway, { merchant, decryptData }, null);
}
