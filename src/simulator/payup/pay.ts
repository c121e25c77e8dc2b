import { type TestCard, findCardById } from "../cards.ts";
import { type ChargeDecision, type DecidedBy, declineFault } from "../charge-decision.ts";
import { isReplyEffect } from "../effects.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, refusal } from "./codes.ts";
import { type Authenticated, openAuthentication } from "./enc-data.ts";
import { isRefusal, optional, required, textOf } from "./fields.ts";
import { newAuthNumber } from "./numbers.ts";
import { type AdmittedCall, type Operation, type Payup } from "./operation.ts";
import { isAlive, isPaid, orderFacts, refusing } from "./operation.ts";
import type { Order } from "./orders.ts";

type Approval = Extract<ChargeDecision, { kind: "approve" }>;

const SEALED_LENGTH_MAX = 16_384;
const APPROVED: Approval = { kind: "approve", fault: null, replyDelayMs: 0 };

/** POST …/pay: approves what the customer authenticated in the window. */
export function createPayOperation(gateway: Payup): Operation {
  return {
    name: "kakao_pay",
    step: "pay",
    fields: {
      res_cd: required(10),
      enc_info: required(SEALED_LENGTH_MAX),
      enc_data: required(SEALED_LENGTH_MAX),
      tran_cd: optional(20),
      card_pay_method: required(20, /^KAKAO_(MONEY|CARD)$/),
      ordr_idxx: required(20),
    },
    facts: (body) => orderFacts(findOrder(gateway, body)),
    run: (call) => pay(gateway, call),
  };
}

/** The order of a payment, from its authentication where a restart forgot it. */
function findOrder({ orders, state }: Payup, body: unknown): Order | undefined {
  const known = orders.find(textOf(body, "ordr_idxx") ?? "");
  return known ?? openAuthentication(textOf(body, "enc_data") ?? "", state.keys.data)?.order;
}

function pay(gateway: Payup, call: AdmittedCall): Processed {
  const authenticated = readAuthentication(gateway, call);
  if (isRefusal(authenticated)) return refusing(gateway, authenticated);
  const { order, cardId } = authenticated;
  const card = cardId === null ? null : (findCardById(cardId) ?? null);
  const decision = decide(gateway, call, { order, card });
  if (decision.kind === "swallow") return { reply: { status: 200, body: {} }, effect: "hang" };
  if (decision.kind === "decline") return decline(gateway, call, { order, card, ...decision });
  return approve(gateway, { order, card, decision });
}

function readAuthentication(
  gateway: Payup,
  { merchant, body }: AdmittedCall,
): Authenticated | Refusal {
  if (body.res_cd !== "0000") return refusal(CODES.notAuthenticated);
  const order = findOrder(gateway, body);
  if (order?.merchant !== merchant) return refusal(CODES.unknownOrder);
  if (isPaid(gateway, order)) return refusal(CODES.alreadyPaid);
  if (!isAlive(gateway, order)) return refusal(CODES.unknownOrder);
  const opened = openAuthentication(body.enc_data ?? "", gateway.state.keys.data);
  const isOfOrder = opened?.order.ordrIdxx === body.ordr_idxx;
  const method = opened?.cardId === null ? "KAKAO_MONEY" : "KAKAO_CARD";
  const isGenuine = isOfOrder && body.card_pay_method === method;
  return opened !== null && isGenuine ? opened : refusal(CODES.forged);
}

interface Payment {
  readonly order: Order;
  readonly card: TestCard | null;
}

function decide(
  { cards, state }: Payup,
  { effect }: AdmittedCall,
  { order, card }: Payment,
): ChargeDecision {
  if (card) return cards.decide(order, card, effect, state.clock.business());
  if (effect?.kind === "decline") {
    return { kind: "decline", code: effect.code, decidedBy: "rule" };
  }
  const isSpoilt = effect !== null && isReplyEffect(effect.kind);
  return isSpoilt ? { ...APPROVED, fault: { kind: effect.kind } } : APPROVED;
}

function approve(
  gateway: Payup,
  { order, card, decision }: Payment & { decision: Approval },
): Processed {
  const { ledger, clock, switches } = gateway.state;
  const at = clock.business();
  const isOwn = switches.current().payup.transactionId === "own";
  const kind = decision.fault?.kind;
  const effect = kind && isReplyEffect(kind) ? kind : undefined;
  const [entry] = ledger.append([
    {
      at: at.toISOString(),
      gateway: GATEWAY,
      merchant: order.merchant,
      kind: "approval",
      buyerId: order.userName,
      orderNumber: order.orderNumber,
      transactionId: isOwn ? gateway.numbers.next(at) : order.ordrIdxx,
      amount: order.amount,
      cardLast4: card?.number.slice(-4),
      fault: effect,
      detail: {
        ordrIdxx: order.ordrIdxx,
        productName: order.itemName,
        ...(card && { cardName: card.cardName, authNumber: newAuthNumber(ledger) }),
      },
    },
  ]);
  const body = describeApproval(gateway, { order, card, entry });
  return { reply: { status: 200, body }, replyDelayMs: decision.replyDelayMs, effect };
}

function describeApproval(
  { state }: Payup,
  { order, card, entry }: Payment & { entry: LedgerEntry | undefined },
): Record<string, string> {
  const booked = {
    authDateTime: entry ? toKoreaStamp(new Date(entry.at)) : "",
    amount: `${order.amount}`,
  };
  const common = {
    responseCode: CODES.success,
    responseMsg: "정상처리",
    transactionId: entry?.transactionId ?? "",
    orderNumber: order.orderNumber,
  };
  if (!card) {
    const cashReceipt = order.cashReceipt ? `${order.amount}` : "0";
    return { ...common, type: "KAKAO_MONEY", ...booked, cashReceipt };
  }
  return {
    ...common,
    type: "KAKAO_CARD",
    ...(state.switches.current().payup.cardReply === "full" && booked),
    authNumber: entry?.detail?.authNumber ?? "",
    cardName: card.cardName,
    cardNo: `${card.number.slice(0, 6)}******${card.number.slice(-4)}`,
    quota: "0",
  };
}

function decline(
  gateway: Payup,
  call: AdmittedCall,
  { order, card, code, decidedBy }: Payment & { code: string; decidedBy: DecidedBy },
): Processed {
  const { ledger, clock } = gateway.state;
  ledger.append([
    {
      at: clock.business().toISOString(),
      gateway: GATEWAY,
      merchant: order.merchant,
      kind: "decline",
      buyerId: order.userName,
      orderNumber: order.orderNumber,
      amount: order.amount,
      code,
      cardLast4: card?.number.slice(-4),
      fault: declineFault(call.effect, decidedBy),
      detail: { operation: "kakao_pay", decidedBy, ordrIdxx: order.ordrIdxx },
    },
  ]);
  return refusing(gateway, refusal(code));
}
