import { type ChargeDecision, decideCharge } from "../charge-decision.ts";
import type { Processed } from "../wire.ts";
import {
  type SentCard,
  findTestCard,
  maskNumber,
  printedCard,
  toSentCard,
} from "./cards-on-file.ts";
import {
  type Charge,
  UNANSWERED,
  answerApproved,
  answerFailed,
  answerRefused,
  refuseCharge,
} from "./charge.ts";
import { issueDraft, isForeign } from "./customers.ts";
import { MESSAGES, OWN_MESSAGES, refuse } from "./envelope.ts";
import { CARD_FIELDS, CHARGE_FIELDS, mandatory, text, textOf, wholeOf } from "./fields.ts";
import type { AdmittedCall, Operation, Portone } from "./operation.ts";

const ONETIME_FIELDS = {
  ...CHARGE_FIELDS,
  ...CARD_FIELDS,
  card_number: mandatory(CARD_FIELDS.card_number ?? text(19)),
  expiry: mandatory(CARD_FIELDS.expiry ?? text(7)),
  customer_uid: text(80),
  secure_3d_charge_id: text(100),
  secure_3d_token: text(100),
};

/** POST /subscribe/payments/onetime: charges a card in the clear, and saves it where it is given a name. */
export function createOnetimeOperation(gateway: Portone): Operation {
  return {
    name: "onetime",
    method: "POST",
    paths: ["/subscribe/payments/onetime"],
    needsToken: true,
    isPaced: true,
    fields: ONETIME_FIELDS,
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
  const { body } = call;
  const sent = toSentCard(body.text("card_number"), body.text("expiry"));
  const customerUid = body.text("customer_uid");
  const charge = toCharge(call, sent, customerUid);
  const refusal =
    customerUid !== undefined && isForeign(gateway, call.merchant, customerUid)
      ? refuse(OWN_MESSAGES.foreignCustomer)
      : refuseCharge(gateway, call);
  if (refusal) return answerRefused(gateway, charge, { refusal, decidedBy: "gateway" });

  const { decision, isAboutData } = decide(gateway, call, sent);
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") return decline(gateway, charge, { decision, isAboutData });
  const issued =
    customerUid === undefined ? undefined : issueDraft(gateway, call, { customerUid, sent });
  return answerApproved(gateway, charge, { decision, ...(issued && { issued }) });
}

function toCharge(
  { merchant, body, effect }: AdmittedCall,
  sent: SentCard,
  customerUid: string | undefined,
): Charge {
  const card = findTestCard(sent);
  const isKnown = !("refusedWith" in card);
  return {
    operation: "onetime",
    merchant,
    body,
    effect,
    customerUid,
    usage: customerUid === undefined ? undefined : "issue",
    cardLast4: sent.number.slice(-4),
    printed: isKnown ? printedCard(card, sent) : { maskedNumber: maskNumber(sent.number) },
  };
}

interface Decided {
  readonly decision: ChargeDecision;
  /** Whether the card's own data are wrong, so that nobody had to ask its issuer. */
  readonly isAboutData: boolean;
}

function decide({ state }: Portone, { effect }: AdmittedCall, sent: SentCard): Decided {
  const card = findTestCard(sent);
  if ("refusedWith" in card) {
    const decision = { kind: "decline", code: card.refusedWith, decidedBy: "card" } as const;
    return { decision, isAboutData: true };
  }
  const onFile = { card, expiry: sent.expiry, paymentRequests: 0, declinesInARow: 0 };
  const decision = decideCharge(onFile, effect, state.clock.business());
  return {
    decision,
    isAboutData: decision.kind === "decline" && decision.decidedBy === "expiry",
  };
}

/** What is wrong with the card's own data may be told without a payment; the issuer's no never is. */
function decline(
  gateway: Portone,
  charge: Charge,
  decided: { decision: Extract<ChargeDecision, { kind: "decline" }>; isAboutData: boolean },
): Processed {
  const { decision, isAboutData } = decided;
  const { cardRefusal } = gateway.state.switches.current().portone;
  if (!isAboutData || cardRefusal === "failed") return answerFailed(gateway, charge, decision);
  const refusal = refuse(MESSAGES.cardRefused, -1);
  return answerRefused(gateway, charge, { refusal, decidedBy: decision.decidedBy });
}
