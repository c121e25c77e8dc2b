import { declineText, findCardByNumber, isLuhnValid } from "../cards.ts";
import type { TestCard } from "../cards.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { EntryDraft } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import {
  type ChargeDecision,
  approveIssue,
  decideCharge,
  declineFault,
  isExpired,
} from "../charge-decision.ts";
import { approvalDraft } from "./charge.ts";
import { CODES, GATEWAY, SUCCESS_TEXT } from "./codes.ts";
import type { CheckedBody, FieldTable } from "./fields.ts";
import { AMOUNT_PATTERN, ORDER_FIELDS, amountOf, optional, required, textOf } from "./fields.ts";
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
  CARDNO: required(16, /^\d{16}$/, "16 digits"),
  EXPIREDT: required(4, /^\d{4}$/, "four digits YYMM"),
  CARDPWD: required(2, /^\d{2}$/, "two digits"),
  CARDAUTH: required(10, /^(\d{6}|\d{10})$/, "6 digits (YYMMDD) or 10 (business number)"),
  BUYEREMAIL: optional(50),
  BUYERPHONE: optional(20),
  BUYERADDRESS: optional(200),
  AMOUNT: optional(10, AMOUNT_PATTERN, "digits, above zero"),
  ENC_YN: optional(1, /^[YN]$/, "Y or N"),
  HANACARD_USE: optional(1),
};
const ECHOED = ["BUYERNAME", "BUYERID", "BUYEREMAIL", "ETC1", "ETC2", "ETC3", "ETC4", "ETC5"];

/** POST /Subscribe/billkeygen: issues a billing key, and charges it at once if AMOUNT is there. */
export function createBillkeygenOperation(gateway: Cookiepay): Operation {
  return {
    name: "billkeygen",
    path: "/Subscribe/billkeygen",
    needs: { apiKey: true, token: true },
    codeFields: RESULT_FIELDS,
    fields: ISSUE_FIELDS,
    facts: (body) => ({
      merchant: textOf(body, "API_ID"),
      orderNumber: textOf(body, "ORDERNO"),
      buyerId: textOf(body, "BUYERID"),
      amount: amountOf(body, "AMOUNT"),
    }),
    run: (call) => issue(gateway, call),
  };
}

function issue(gateway: Cookiepay, call: AdmittedCall): Processed {
  const { body, effect } = call;
  const now = gateway.state.clock.business();
  const card = findCardByNumber(body.CARDNO ?? "");
  const refused = refuseIssue(gateway, call, card);
  if (refused || !card) return declineIssue(gateway, call, refused ?? UNREGISTERED);

  const onFile = { card, expiry: body.EXPIREDT ?? "", paymentRequests: 0, declinesInARow: 0 };
  const decision = body.AMOUNT ? decideCharge(onFile, effect, now) : approveIssue(effect);
  if (decision.kind === "swallow") return UNANSWERED;
  if (decision.kind === "decline") return declineIssue(gateway, call, decision);
  return writeIssue(gateway, call, { card, decision });
}

const UNREGISTERED: Decline = { kind: "decline", code: "1012", decidedBy: "card" };

function refuseIssue(
  { state }: Cookiepay,
  { merchant, body, effect }: AdmittedCall,
  card: TestCard | undefined,
): Decline | null {
  if (!isLuhnValid(body.CARDNO ?? "")) return { ...UNREGISTERED, code: "2006" };
  if (!card) return UNREGISTERED;
  if (effect?.kind === "decline") return { ...UNREGISTERED, code: effect.code, decidedBy: "rule" };
  if (isExpired(card, body.EXPIREDT ?? "", state.clock.business())) {
    return { ...UNREGISTERED, code: "2015", decidedBy: "expiry" };
  }
  if (!body.AMOUNT || state.switches.current().cookiepay.duplicateOrderNumber === "accept")
    return null;
  const isPaid = state.ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, body.ORDERNO ?? "");
  return isPaid
    ? { ...UNREGISTERED, code: CODES.duplicateOrderNumber, decidedBy: "gateway" }
    : null;
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

function plainSuccess(body: CheckedBody, printed: Readonly<Record<string, string>>): Processed {
  const echoed = Object.fromEntries(ECHOED.map((name) => [name, body[name] ?? ""]));
  const reply = { RESULTCODE: CODES.success, RESULTMSG: SUCCESS_TEXT, ...echoed, ...printed };
  return { reply: { status: 200, body: reply } };
}

function declineIssue(gateway: Cookiepay, call: AdmittedCall, decline: Decline): Processed {
  const { ledger, clock } = gateway.state;
  const { merchant, body } = call;
  const { code, decidedBy } = decline;
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
      fault: declineFault(call.effect, decidedBy),
      detail: { operation: "billkeygen", decidedBy },
    },
  ]);
  const message = code === CODES.duplicateOrderNumber ? "중복된 주문번호입니다" : declineText(code);
  return { reply: { status: 200, body: { RESULTCODE: code, RESULTMSG: message } } };
}
