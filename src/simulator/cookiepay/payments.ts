import type { BillingKeyAccount } from "../books.ts";
import { type TestCard, declineText, findCardById } from "../cards.ts";
import { toKoreaStamp } from "../korea-time.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import type { Processed } from "../wire.ts";
import {
  type CardOnFile,
  type ChargeDecision,
  decideCharge,
  declineFault,
} from "../charge-decision.ts";
import { approvalDraft } from "./charge.ts";
import { CODES, GATEWAY } from "./codes.ts";
import { AMOUNT_PATTERN, ORDER_FIELDS, amountOf, required, textOf } from "./fields.ts";
import { newAcceptNumber, newTransactionId } from "./numbers.ts";
import { type AdmittedCall, type Cookiepay, type Operation, RESULT_FIELDS } from "./operation.ts";
import { UNANSWERED, sealedSuccess, withApprovalFaults } from "./sealed-reply.ts";

type Approval = Extract<ChargeDecision, { kind: "approve" }>;
type Decline = Extract<ChargeDecision, { kind: "decline" }>;

/** POST /Subscribe/payments: charges a billing key. */
export function createPaymentsOperation(gateway: Cookiepay): Operation {
  return {
    name: "payments",
    path: "/Subscribe/payments",
    needs: { apiKey: true, token: true },
    codeFields: RESULT_FIELDS,
    fields: {
      ...ORDER_FIELDS,
      BILLKEY: required(50),
      AMOUNT: required(10, AMOUNT_PATTERN, "digits, above zero"),
    },
    facts: (body) => ({
      merchant: textOf(body, "API_ID"),
      billingKey: textOf(body, "BILLKEY"),
      orderNumber: textOf(body, "ORDERNO"),
      buyerId: textOf(body, "BUYERID"),
      amount: amountOf(body, "AMOUNT"),
    }),
    run: (call) => pay(gateway, call),
  };
}

function pay(gateway: Cookiepay, call: AdmittedCall): Processed {
  const { ledger, clock } = gateway.state;
  const account = ledger.books.billingKey(GATEWAY, call.body.BILLKEY ?? "");
  const refused = refuseBeforeCard(gateway, call, account);
  if (refused || !account) return decline(gateway, call, refused ?? UNKNOWN_KEY);

  const onFile = toCardOnFile(account);
  const decision = decideCharge(onFile, call.effect, clock.business());
  if (decision.kind === "swallow") {
    ledger.noteSwallowed(GATEWAY, call.body.BILLKEY ?? "");
    return UNANSWERED;
  }
  if (decision.kind === "decline") return decline(gateway, call, decision);
  return approve(gateway, call, { decision, card: onFile.card, account });
}

const UNKNOWN_KEY: Decline = {
  kind: "decline",
  code: CODES.unknownBillingKey,
  decidedBy: "gateway",
};

function refuseBeforeCard(
  { state }: Cookiepay,
  { merchant, body }: AdmittedCall,
  account: BillingKeyAccount | undefined,
): Decline | null {
  if (!account || account.issued.merchant !== merchant) return UNKNOWN_KEY;
  if (account.revoked) return { ...UNKNOWN_KEY, code: CODES.revokedBillingKey };
  if (state.switches.current().cookiepay.duplicateOrderNumber === "accept") return null;
  const isPaid = state.ledger.books.isOrderApproved(`${GATEWAY}/${merchant}`, body.ORDERNO ?? "");
  return isPaid ? { ...UNKNOWN_KEY, code: CODES.duplicateOrderNumber } : null;
}

function toCardOnFile(account: BillingKeyAccount): CardOnFile {
  const detail = account.issued.detail ?? {};
  const card = findCardById(detail.card ?? "");
  if (!card) throw new Error(`the ledger names a test card "${detail.card}" that does not exist`);
  const { paymentRequests, declinesInARow } = account;
  return { card, expiry: detail.expiry ?? "", paymentRequests, declinesInARow };
}

function approve(
  gateway: Cookiepay,
  { merchant, body }: AdmittedCall,
  charge: { decision: Approval; card: TestCard; account: BillingKeyAccount },
): Processed {
  const { ledger, clock } = gateway.state;
  const at = clock.business();
  const [entry] = ledger.append([
    approvalDraft(body, charge.card, {
      at: at.toISOString(),
      merchant,
      billingKey: body.BILLKEY,
      transactionId: newTransactionId(ledger, at),
      cardLast4: charge.account.issued.cardLast4,
      acceptNumber: newAcceptNumber(ledger),
      fault: charge.decision.fault,
    }),
  ]);
  const decryptData = { RESULTCODE: CODES.success, ...printApproval(entry) };
  const sealed = sealedSuccess(gateway, { merchant, decryptData }, charge.decision.fault);
  return withApprovalFaults(sealed, charge.decision);
}

/** The fields that a reply prints about an approval. */
export function printApproval(entry: LedgerEntry | undefined): Record<string, string> {
  return {
    TID: entry?.transactionId ?? "",
    ORDERNO: entry?.orderNumber ?? "",
    AMOUNT: `${entry?.amount ?? ""}`,
    ACCEPTDATE: entry ? toKoreaStamp(new Date(entry.at)) : "",
    ACCEPTNO: entry?.detail?.acceptNumber ?? "",
    CARDNAME: entry?.detail?.cardName ?? "",
  };
}

function decline(gateway: Cookiepay, call: AdmittedCall, { code, decidedBy }: Decline): Processed {
  const { ledger, clock, switches } = gateway.state;
  const { merchant, body } = call;
  ledger.append([
    {
      at: clock.business().toISOString(),
      gateway: GATEWAY,
      merchant,
      kind: "decline",
      billingKey: body.BILLKEY,
      buyerId: body.BUYERID || undefined,
      orderNumber: body.ORDERNO,
      amount: Number(body.AMOUNT),
      code,
      fault: declineFault(call.effect, decidedBy),
      detail: { operation: "payments", decidedBy },
    },
  ]);
  const said = { RESULTCODE: code, RESULTMSG: REFUSAL_TEXTS[code] ?? declineText(code) };
  const isFromCard = decidedBy !== "gateway";
  if (!isFromCard || switches.current().cookiepay.declineAt === "outer") {
    return { reply: { status: 200, body: said } };
  }
  const decryptData = { ...said, ORDERNO: body.ORDERNO ?? "", AMOUNT: body.AMOUNT ?? "" };
  return sealedSuccess(gateway, { merchant, decryptData }, null);
}

const REFUSAL_TEXTS: Readonly<Record<string, string>> = {
  [CODES.unknownBillingKey]: "등록되지 않은 빌링키입니다",
  [CODES.revokedBillingKey]: "해지된 빌링키입니다",
  [CODES.duplicateOrderNumber]: "중복된 주문번호입니다",
};
