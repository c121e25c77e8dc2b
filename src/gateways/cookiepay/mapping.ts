/** Pure translation between our words and CookiePayments' fields: bodies out, outcomes in. */
import type {
  ChargeOutcome,
  GatewayTransaction,
  RefundOutcome,
  SavedCard,
} from "../../domain/outcome.ts";
import { scrub } from "../../lib/scrub.ts";
import type {
  CardDetails,
  ChargeRequest,
  EvidenceContext,
  IssueBillingKeyOutcome,
  IssueBillingKeyRequest,
  ListTransactionsRequest,
  ListTransactionsResult,
  ListedTransaction,
  LookUpRequest,
  LookUpResult,
  PaymentSource,
  RefundLookUpResult,
  RefundRequest,
} from "../gateway.ts";
import { parseKoreaStamp } from "../korea-stamp.ts";
import { type NameRules, toName } from "../names.ts";
import { cleanCode, saysAlreadyCancelled, toRefusedCharge, toRefusedRequest } from "./declines.ts";
import { type Fields, type Opened, type MindedReply, textOf, toFields } from "./reply.ts";

const PRODUCT_NAME_LENGTH_MAX = 40;
const BUYER_LENGTH_MAX = 20;
const REASON_LENGTH_MAX = 100;
const TRANSACTION_ID_LENGTH_MAX = 100;
const BILLING_KEY_LENGTH_MAX = 50;
const TOKEN_LIFE_MS_MAX = 24 * 3_600_000;
/** The gateway's answer to a look-up that found nothing. */
const NOTHING_FOUND = "E008";

/** An ampersand breaks its requests [docs]. */
const NAMES: NameRules = { charset: "utf-8", unit: "units" };

type Body = Readonly<Record<string, string>>;

// ---------------------------------------------------------------- bodies

export function toTokenBody(account: { apiId: string; secret: string }): Body {
  return { pay2_id: account.apiId, pay2_key: account.secret };
}

export function toIssueBody(apiId: string, request: IssueBillingKeyRequest): Body {
  return { API_ID: apiId, ...toOrderFields(request), ...toCardFields(request.card) };
}

/** Where a charge goes and what it says there. A card that is to be saved is charged by its issue. */
export function toChargeCall(
  apiId: string,
  request: ChargeRequest,
  source: Exclude<PaymentSource, { kind: "wallet" }>,
): { operation: "payments" | "keyin" | "billkeygen"; body: Body } {
  const payment = { API_ID: apiId, AMOUNT: String(request.amount), ...toOrderFields(request) };
  if (source.kind === "billing_key") {
    return { operation: "payments", body: { ...payment, BILLKEY: source.billingKey } };
  }
  const operation = source.save ? "billkeygen" : "keyin";
  return { operation, body: { ...payment, ...toCardFields(source.card) } };
}

function toCardFields(card: CardDetails): Body {
  return {
    CARDNO: card.number,
    EXPIREDT: card.expiry,
    CARDPWD: card.password,
    CARDAUTH: card.holderId,
  };
}

export function toRefundBody(request: RefundRequest): Body {
  return {
    tid: request.transactionId,
    reason: toName(request.reason, REASON_LENGTH_MAX, NAMES) || "refund",
    // Without an amount the gateway gives back what is left, and bounds it itself.
    ...(!request.everythingLeft && { amount: String(request.amount) }),
  };
}

export function toSearchBody(apiId: string, { fromOn, untilOn }: ListTransactionsRequest): Body {
  return { API_ID: apiId, STD_DT: fromOn, END_DT: untilOn };
}

function toOrderFields(request: {
  orderNumber: string;
  productName: string;
  customerId: string;
  customerName: string;
}): Body {
  const buyerName = toName(request.customerName, BUYER_LENGTH_MAX, NAMES);
  const buyerId = toName(request.customerId, BUYER_LENGTH_MAX, NAMES);
  return {
    ORDERNO: request.orderNumber,
    PRODUCTNAME: toName(request.productName, PRODUCT_NAME_LENGTH_MAX, NAMES),
    QUOTA: "00",
    TAXFREECD: "Y",
    ...(buyerName !== "" && { BUYERNAME: buyerName }),
    ...(buyerId !== "" && { BUYERID: buyerId }),
  };
}

// ---------------------------------------------------------------- outcomes

/** How long a token lives by its own word (`exp` − `iat`), if it says so credibly. */
export function tokenLifeMs(token: string): number | undefined {
  const claims = parseClaims(token.split(".")[1] ?? "");
  const lifeMs = (Number(claims?.exp) - Number(claims?.iat)) * 1000;
  return lifeMs > 0 && lifeMs <= TOKEN_LIFE_MS_MAX ? lifeMs : undefined;
}

function parseClaims(part: string): Fields | undefined {
  try {
    return toFields(JSON.parse(Buffer.from(part, "base64url").toString("utf8")));
  } catch {
    return undefined;
  }
}

/** What an opened answer says about a charge; believed only where it echoes the charge. */
export function toChargeOutcome(
  opened: Opened,
  charge: EvidenceContext & { secrets: readonly string[]; receivedAt: Date; saves: boolean },
): ChargeOutcome {
  if (opened.kind === "unknown") return opened;
  const { fields } = opened;
  const orderNumber = textOf(fields, "ORDERNO");
  if (opened.kind === "refused") {
    const isOurs = orderNumber === undefined || orderNumber === charge.orderNumber;
    return isOurs
      ? toRefusedCharge(opened.refusal, charge.secrets)
      : unknown("echo of order number");
  }
  const savedCard = charge.saves ? toSavedCard(fields) : undefined;
  // Only the issue of a key is documented without a code of its own.
  if (savedCard === undefined && textOf(fields, "RESULTCODE") === undefined) {
    return unknown("answer has no inner code");
  }
  if (orderNumber !== charge.orderNumber) return unknown("echo of order number");
  if (toAmount(fields) !== charge.amount) return unknown("echo of amount");
  const transaction = toTransaction(fields, charge.receivedAt);
  if (transaction === undefined) return unknown("no transaction id");
  return { kind: "approved", transaction, ...(savedCard && { savedCard }) };
}

/** What an opened answer says about a billing key. */
export function toIssueOutcome(opened: Opened, secrets: readonly string[]): IssueBillingKeyOutcome {
  if (opened.kind === "unknown") return opened;
  if (opened.kind === "refused") return toRefusedCharge(opened.refusal, secrets);
  const savedCard = toSavedCard(opened.fields);
  if (savedCard === undefined) return unknown("no billing key");
  return { kind: "issued", ...savedCard, cardCode: toShortText(opened.fields, "CARDCODE") ?? "" };
}

function toSavedCard(fields: Fields): SavedCard | undefined {
  const billingKey = textOf(fields, "BILLKEY");
  if (billingKey === undefined || billingKey.length > BILLING_KEY_LENGTH_MAX) return undefined;
  return { billingKey, cardName: toShortText(fields, "CARDNAME") ?? "" };
}

/** What the reply to a cancellation says about a refund. */
export function toRefundOutcome(
  reply: MindedReply,
  request: RefundRequest,
  refund: { receivedAt: Date; secrets: readonly string[] },
): RefundOutcome {
  if (reply.kind === "refused") return toRefusedRefund(reply.refusal, request, refund);
  if (reply.kind !== "success") return reply;
  const refundTransactionId = textOf(reply.fields, "cancel_tid");
  if (refundTransactionId === undefined) return unknown("no refund transaction id");
  const given = textOf(reply.fields, "cancel_amt");
  // Only a part is compared: asked for everything, the gateway itself knows how much that is.
  if (!request.everythingLeft && given !== undefined && Number(given) !== request.amount) {
    return unknown("echo of amount");
  }
  const refundedAt = parseKoreaStamp(textOf(reply.fields, "cancel_date")) ?? refund.receivedAt;
  return { kind: "approved", refundTransactionId, refundedAt };
}

function toRefusedRefund(
  refusal: { code: string; message: string },
  request: RefundRequest,
  { receivedAt, secrets }: { receivedAt: Date; secrets: readonly string[] },
): RefundOutcome {
  // Everything was to be given back and everything is: an earlier, unanswered refund of ours or
  // somebody at the console did it. A part that was given back before is another part.
  if (request.everythingLeft && saysAlreadyCancelled(refusal)) {
    return {
      kind: "approved",
      refundTransactionId: request.transactionId,
      refundedAt: receivedAt,
    };
  }
  return toRefusedRequest(refusal, secrets);
}

/** Finds our order number in the gateway's list of a date window, which has no filter for it. */
export function toLookUpResult(body: unknown, request: LookUpRequest): LookUpResult {
  const rows = toRows(body);
  if (typeof rows === "string")
    return rows === NOTHING_FOUND ? { kind: "not_found" } : failed(rows);
  const approvals = [];
  for (const row of rows) {
    // A row that cannot be read might be ours: then "not there" would be a lie.
    const fields = toRowFields(row);
    if (fields === undefined) return failed("unreadable row");
    if (fields.ORDERNO !== request.orderNumber || isRefusedRow(fields)) continue;
    const transaction = toTransaction(fields, startOfKoreanDay(request.fromOn));
    const amount = toAmount(fields);
    if (transaction === undefined || amount === undefined) return failed("unreadable row");
    approvals.push({
      ...transaction,
      amount,
      refunded: textOf(fields, "CANCELDATE") !== undefined,
    });
  }
  if (approvals.length === 0) return { kind: "not_found" };
  approvals.sort((a, b) => a.approvedAt.getTime() - b.approvedAt.getTime());
  return { kind: "found", transactions: approvals };
}

/** One day of the gateway's list. Its rows tell that a payment was given back, not how much of it. */
export function toListing(body: unknown, on: string): ListTransactionsResult {
  const rows = toRows(body);
  if (typeof rows === "string")
    return rows === NOTHING_FOUND ? { kind: "listed", transactions: [] } : failed(rows);
  const transactions: ListedTransaction[] = [];
  for (const row of rows) {
    const fields = toRowFields(row);
    if (fields === undefined) return failed("unreadable row");
    if (isRefusedRow(fields)) continue;
    const approval = toTransaction(fields, startOfKoreanDay(on));
    const amount = toAmount(fields);
    if (approval === undefined || amount === undefined) return failed("unreadable row");
    const ids = { orderNumber: fields.ORDERNO, transactionId: approval.id };
    transactions.push({ kind: "approval", ...ids, amount, at: approval.approvedAt });
    const refundedOn = textOf(fields, "CANCELDATE");
    if (refundedOn !== undefined) {
      const at = parseKoreaStamp(refundedOn) ?? null;
      transactions.push({ kind: "refund", ...ids, amount: null, at });
    }
  }
  return { kind: "listed", transactions };
}

/** The fields of a row; undefined where it does not say which order it is about. */
function toRowFields(row: unknown): (Fields & { ORDERNO: string }) | undefined {
  const fields = toFields(row);
  if (fields === undefined || typeof fields.ORDERNO !== "string") return undefined;
  return { ...fields, ORDERNO: fields.ORDERNO.trim() };
}

function startOfKoreanDay(on: string): Date {
  return new Date(`${on}T00:00:00+09:00`);
}

/** Many payments come as an array, one perhaps as an object, none as an object with a code. */
function toRows(body: unknown): readonly unknown[] | string {
  if (Array.isArray(body)) {
    const code = body.length === 1 ? refusalCode(body[0]) : undefined;
    return code ?? (body as readonly unknown[]);
  }
  return refusalCode(body) ?? (toFields(body)?.TID === undefined ? "no rows" : [body]);
}

function refusalCode(value: unknown): string | undefined {
  const fields = toFields(value);
  const code = fields && textOf(fields, "RESULTCODE");
  return code === undefined || code === "0000" || fields?.TID ? undefined : cleanCode(code);
}

function isRefusedRow(fields: Fields): boolean {
  const code = textOf(fields, "RESULTCODE");
  return code !== undefined && code !== "0000";
}

/** What the certificate of one transaction says about refunds. */
export function toRefundLookUp(reply: MindedReply, transactionId: string): RefundLookUpResult {
  if (reply.kind === "refused") return failed(`refused ${cleanCode(reply.refusal.code)}`);
  if (reply.kind !== "success") return failed(reply.reason);
  if (textOf(reply.fields, "TID") !== transactionId) return failed("echo of transaction id");
  // Inferred from the field's name: no document says what else could fill it.
  const canceledOn = textOf(reply.fields, "CANCELDATE");
  const refunded = canceledOn !== undefined;
  const refundedAmount = refunded ? null : 0;
  const lastRefundedAt = parseKoreaStamp(canceledOn) ?? null;
  return { kind: "found", refunded, refundedAmount, lastRefundedAt };
}

function toTransaction(fields: Fields, otherwiseAt: Date): GatewayTransaction | undefined {
  const id = textOf(fields, "TID");
  if (id === undefined || id.length > TRANSACTION_ID_LENGTH_MAX) return undefined;
  const approvalNumber = toShortText(fields, "ACCEPTNO");
  const cardName = toShortText(fields, "CARDNAME");
  return {
    id,
    // An odd date does not undo an approval: then the time of its receipt stands in.
    approvedAt: parseKoreaStamp(textOf(fields, "ACCEPTDATE")) ?? otherwiseAt,
    ...(approvalNumber !== undefined && { approvalNumber }),
    ...(cardName !== undefined && { cardName }),
  };
}

function toAmount(fields: Fields): number | undefined {
  const { AMOUNT } = fields;
  if (typeof AMOUNT === "number") return AMOUNT;
  const text = textOf(fields, "AMOUNT");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function toShortText(fields: Fields, name: string): string | undefined {
  const text = textOf(fields, name);
  return text === undefined ? undefined : scrub(text, { lengthMax: 40 });
}

const unknown = (reason: string) => ({ kind: "unknown", reason }) as const;
const failed = (reason: string) => ({ kind: "failed", reason }) as const;
