/** What the two endpoints share that get a card in the clear. */
import { type TestCard, declineText, findCardByNumber, isLuhnValid } from "../cards.ts";
import { type ChargeDecision, declineFault, isExpired } from "../charge-decision.ts";
import type { RequestFacts } from "../faults.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, SUCCESS_TEXT } from "./codes.ts";
import { type CheckedBody, amountOf, textOf } from "./fields.ts";
import type { AdmittedCall, Cookiepay } from "./operation.ts";

type Decline = Extract<ChargeDecision, { kind: "decline" }>;

const UNREGISTERED: Decline = { kind: "decline", code: "1012", decidedBy: "card" };
const ECHOED = ["BUYERNAME", "BUYERID", "BUYEREMAIL", "ETC1", "ETC2", "ETC3", "ETC4", "ETC5"];

/** What fault rules can see of such a request. */
export function cardCallFacts(body: unknown): Partial<RequestFacts> {
  return {
    merchant: textOf(body, "API_ID"),
    orderNumber: textOf(body, "ORDERNO"),
    buyerId: textOf(body, "BUYERID"),
    amount: amountOf(body, "AMOUNT"),
  };
}

/** The test card of a request, or why it is refused before it is asked. */
export function takeCard({ state }: Cookiepay, call: AdmittedCall): TestCard | Decline {
  const { merchant, body, effect } = call;
  const card = findCardByNumber(body.CARDNO ?? "");
  if (!isLuhnValid(body.CARDNO ?? "")) return { ...UNREGISTERED, code: "2006" };
  if (!card) return UNREGISTERED;
  if (effect?.kind === "decline") return { ...UNREGISTERED, code: effect.code, decidedBy: "rule" };
  if (isExpired(card, body.EXPIREDT ?? "", state.clock.business())) {
    return { ...UNREGISTERED, code: "2015", decidedBy: "expiry" };
  }
  if (!body.AMOUNT || state.switches.current().cookiepay.duplicateOrderNumber === "accept")
    return card;
  const isPaid = state.ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, body.ORDERNO ?? "");
  return isPaid
    ? { ...UNREGISTERED, code: CODES.duplicateOrderNumber, decidedBy: "gateway" }
    : card;
}

/** Writes a decline into the ledger; returns how a reply says it. */
export function declineCard(
  { state: { ledger, clock } }: Cookiepay,
  { merchant, body, effect }: AdmittedCall,
  { code, decidedBy, operation }: Decline & { operation: string },
): Readonly<Record<string, string>> {
  ledger.append([
    {
      at: clock.business().toISOString(),
      gateway: GATEWAY,
      merchant,
      kind: "decline",
      buyerId: body.BUYERID || undefined,
      orderNumber: body.ORDERNO,
      amount: body.AMOUNT ? Number(body.AMOUNT) : undefined,
      code,
      cardLast4: body.CARDNO?.slice(-4),
      fault: declineFault(effect, decidedBy),
      detail: { operation, decidedBy },
    },
  ]);
  const message = code === CODES.duplicateOrderNumber ? "중복된 주문번호입니다" : declineText(code);
  return { RESULTCODE: code, RESULTMSG: message };
}

/** The reply of success to ENC_YN=N: what was sent about the buyer, and what is printed. */
export function plainSuccess(
  body: CheckedBody,
  printed: Readonly<Record<string, string>>,
): Processed {
  const echoed = Object.fromEntries(ECHOED.map((name) => [name, body[name] ?? ""]));
  const reply = { RESULTCODE: CODES.success, RESULTMSG: SUCCESS_TEXT, ...echoed, ...printed };
  return { reply: { status: 200, body: reply } };
}
