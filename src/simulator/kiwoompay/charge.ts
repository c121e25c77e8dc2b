import { type TestCard, findCardByNumber, isLuhnValid } from "../cards.ts";
import { type ChargeDecision, declineFault, isExpired } from "../charge-decision.ts";
import { isReplyEffect } from "../effects.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { EntryDraft, LedgerEntry } from "../ledger-entry.ts";
import type { SimulatorState } from "../state.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, refuse } from "./codes.ts";
import { newAuthNumber, newTransactionId } from "./numbers.ts";
import { type AdmittedCall, type Kiwoompay, refusing } from "./operation.ts";
import type { StepTwo } from "./pay-methods.ts";

export type Approval = Extract<ChargeDecision, { kind: "approve" }>;
export type Decline = Extract<ChargeDecision, { kind: "decline" }>;

/** A request that was accepted and stays without an answer. */
export const UNANSWERED: Processed = { reply: { status: 200, body: {} }, effect: "hang" };

const UNREGISTERED: Decline = { kind: "decline", code: "1012", decidedBy: "card" };

/** The card in the clear that a call carries. */
export interface CardInHand {
  readonly card: TestCard;
  /** YYMM, whatever the dialect. */
  readonly expiry: string;
}

/** The test card of a call, or why it is refused before anything is asked of it. */
export function findCard({ state }: Kiwoompay, call: AdmittedCall): CardInHand | Decline {
  const number = call.body.CARDNO ?? "";
  if (!isLuhnValid(number)) return { ...UNREGISTERED, code: "2006" };
  const card = findCardByNumber(number);
  if (card === undefined || refusesTestCards(state)) return UNREGISTERED;
  if (call.effect?.kind === "decline") {
    return { kind: "decline", code: call.effect.code, decidedBy: "rule" };
  }
  const expiry = (call.body.EXPIREDT ?? "").slice(-4);
  if (isExpired(card, expiry, state.clock.business())) {
    return { kind: "decline", code: "2015", decidedBy: "expiry" };
  }
  return { card, expiry };
}

/** What the ledger must know of a call: of a second step, or of a window. */
type PaidCall = Pick<AdmittedCall, "merchant" | "payMethod" | "body">;

/** The refusal of a billing key's card in the real sandbox, and of a used order number. */
export function refusePayment(gateway: Kiwoompay, call: PaidCall): Decline | null {
  return refusesTestCards(gateway.state) ? UNREGISTERED : refuseUsed(gateway, call);
}

/** The refusal of a used order number. */
export function refuseUsed({ state }: Kiwoompay, { merchant, body }: PaidCall): Decline | null {
  if (!isUsed(state, merchant, body.ORDERNO ?? "")) return null;
  return { kind: "decline", code: CODES.duplicateOrderNumber, decidedBy: "gateway" };
}

function refusesTestCards({ switches }: SimulatorState): boolean {
  return switches.current().kiwoompay.sandboxHabit === "on";
}

function isUsed({ ledger, switches }: SimulatorState, merchant: string, orderNumber: string) {
  const { duplicateOrderNumber } = switches.current().kiwoompay;
  if (duplicateOrderNumber === "accept") return false;
  if (ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, orderNumber)) return true;
  const isOurDecline = (entry: LedgerEntry): boolean =>
    entry.gateway === GATEWAY && entry.merchant === merchant && entry.kind === "decline";
  return (
    duplicateOrderNumber === "reject_after_decline" &&
    ledger.having("orderNumber", orderNumber).some(isOurDecline)
  );
}

/** The ledger's entry of an approval. */
export function approvalDraft(
  { state }: Kiwoompay,
  call: PaidCall,
  paid: {
    at: Date;
    decision: Approval;
    /** Null: a wallet's own money. */
    card: TestCard | null;
    billingKey?: string | undefined;
  },
): EntryDraft {
  const { ledger } = state;
  const { body } = call;
  return {
    at: paid.at.toISOString(),
    gateway: GATEWAY,
    merchant: call.merchant,
    kind: "approval",
    billingKey: paid.billingKey,
    buyerId: body.USERID || undefined,
    orderNumber: body.ORDERNO,
    transactionId: newTransactionId(ledger, paid.at),
    amount: Number(body.AMOUNT),
    cardLast4: paid.card?.number.slice(-4),
    fault: paid.decision.fault?.kind,
    detail: {
      payMethod: call.payMethod,
      authNumber: newAuthNumber(ledger),
      ...(paid.card && {
        cardCode: paid.card.cardCode,
        cardName: paid.card.cardName,
        maskedNumber: maskNumber(paid.card),
      }),
      productName: body.PRODUCTNAME ?? "",
      productCode: body.PRODUCTCODE ?? "",
      buyerName: body.USERNAME ?? "",
      ...noticeTexts(call),
    },
  };
}

/** What only a notice prints again, as far as it was sent. */
function noticeTexts({ body }: PaidCall): Record<string, string> {
  const { EMAIL, RESERVEDINDEX1, RESERVEDINDEX2, RESERVEDSTRING } = body;
  return {
    ...(EMAIL && { email: EMAIL }),
    ...(RESERVEDINDEX1 && { reservedIndex1: RESERVEDINDEX1 }),
    ...(RESERVEDINDEX2 && { reservedIndex2: RESERVEDINDEX2 }),
    ...(RESERVEDSTRING && { reservedString: RESERVEDSTRING }),
  };
}

/** The number as the gateway prints it. */
export function maskNumber({ number }: TestCard): string {
  return `${number.slice(0, 6)}******${number.slice(-4)}`;
}

/** The fields that a reply prints about an approval; their names were recorded in 2022. */
export function printApproval(call: AdmittedCall, entry: LedgerEntry): Record<string, string> {
  return {
    DAOUTRX: entry.transactionId ?? "",
    AUTHNO: entry.detail?.authNumber ?? "",
    AUTHDATE: toKoreaStamp(new Date(entry.at)),
    AMOUNT: `${entry.amount ?? ""}`,
    ORDERNO: entry.orderNumber ?? "",
    ...(entry.billingKey !== undefined && { [call.spelling.billingKey]: entry.billingKey }),
    PAYMETHOD: call.payMethod,
    ...SHOP,
  };
}

/** What the gateway prints of the merchant. */
export const SHOP = { CPNAME: "시험상점", CPURL: "http://127.0.0.1", CPTELNO: "02-0000-0000" };

/**
 * Adds to a reply what the card does to it. Nothing is sealed here: what spoils ENC_DATA elsewhere
 * spoils the charset of the answer itself.
 */
export function withApprovalFaults(processed: Processed, approval: Approval): Processed {
  const kind = approval.fault?.kind;
  const effect =
    kind === "break_enc_data"
      ? "commit_then_wrong_charset"
      : kind && isReplyEffect(kind)
        ? kind
        : undefined;
  return { ...processed, replyDelayMs: approval.replyDelayMs, effect };
}

/** Writes a decline and answers with it. */
export function decline(
  gateway: Kiwoompay,
  call: AdmittedCall,
  told: { declined: Decline; operation: StepTwo },
): Processed {
  const { body, spelling } = call;
  const draft = declineDraft(gateway, call, told);
  const cardLast4 = body.CARDNO?.slice(-4);
  gateway.state.ledger.append([{ ...draft, billingKey: body[spelling.billingKey], cardLast4 }]);
  return refusing(spelling, refuse(told.declined.code));
}

/** The ledger's entry of a decline. */
export function declineDraft(
  { state }: Kiwoompay,
  { merchant, body, effect }: PaidCall & Pick<AdmittedCall, "effect">,
  { declined, operation }: { declined: Decline; operation: StepTwo | "window_pay" },
): EntryDraft {
  const { code, decidedBy } = declined;
  const isCharge = operation !== "keygen" || body.DIRECT_YN === "Y";
  return {
    at: state.clock.business().toISOString(),
    gateway: GATEWAY,
    merchant,
    kind: "decline",
    buyerId: body.USERID || undefined,
    orderNumber: body.ORDERNO,
    amount: isCharge ? Number(body.AMOUNT) : undefined,
    code,
    fault: declineFault(effect, decidedBy),
    detail: { operation, decidedBy },
  };
}
