/** Pure translation between our words and KiwoomPay's fields: bodies out, outcomes in. */
import { createDecline } from "../../domain/decline.ts";
import type { ChargeOutcome, GatewayTransaction, RefundOutcome } from "../../domain/outcome.ts";
import { scrub } from "../../lib/scrub.ts";
import type {
  CardDetails,
  ChargeRequest,
  IssueBillingKeyOutcome,
  IssueBillingKeyRequest,
  RefundRequest,
} from "../gateway.ts";
import type { KiwoompayConfig, KiwoompayDialect } from "./account.ts";
import { cardNameOf } from "./card-names.ts";
import { saysAlreadyCancelled, toRefusedCancel, toRefusedCharge } from "./declines.ts";
import { NAMES } from "./name-rules.ts";
import { parseKoreaStamp } from "../korea-stamp.ts";
import { toName } from "../names.ts";
import { type Fields, type Reply, textOf } from "./reply.ts";
import type { Route } from "./ticket.ts";

/** No document says whether lengths count bytes or characters: in bytes both hold. */
const PRODUCT_NAME_BYTES_MAX = 50;
const USER_NAME_BYTES_MAX = 50;
/** 50 in one document, 30 in another. */
const USER_ID_BYTES_MAX = 30;
/** The merchant's own part of a field of 50. */
const REASON_BYTES_MAX = 20;
/** A reseller takes none that is shorter. */
const REASON_LENGTH_MIN = 5;
const TRANSACTION_ID_LENGTH_MAX = 40;
const BILLING_KEY_LENGTH_MAX = 50;

/** The two spellings of what the documents disagree about. */
const SPELLINGS = {
  recorded: { billingKey: "AUTOKEY", password: "CARDPASSWORD", century: "20" },
  guide: { billingKey: "BILLKEY", password: "CARDPWD", century: "" },
} as const;

type Body = Readonly<Record<string, string>>;

function spellingOf(dialect: KiwoompayDialect = "recorded") {
  return SPELLINGS[dialect];
}

// ---------------------------------------------------------------- bodies

/** The first step's body. */
export function toReadyBody({ cpid }: KiwoompayConfig, { payMethod, cancels }: Route): Body {
  return { CPID: cpid, PAYMETHOD: payMethod, ...(cancels && { CANCELREQ: "Y" }) };
}

export function toIssueBody(
  config: KiwoompayConfig,
  { payMethod }: Route,
  request: IssueBillingKeyRequest,
): Body {
  return {
    ...toOrderFields(config, payMethod, request),
    BILLTYPE: "14",
    AMOUNT: "0",
    DIRECT_YN: "N",
    ...toCardFields(config, payMethod, request.card),
  };
}

export function toChargeBody(
  config: KiwoompayConfig,
  { payMethod }: Route,
  request: ChargeRequest & { source: { kind: "billing_key" | "card" } },
): Body {
  const { source } = request;
  const order = {
    ...toOrderFields(config, payMethod, request),
    AMOUNT: String(request.amount),
  };
  if (source.kind === "billing_key") {
    const { billingKey } = spellingOf(config.dialect);
    return { ...order, BILLTYPE: "14", [billingKey]: source.billingKey };
  }
  return {
    ...order,
    // A billing key that is charged at once, or a card keyed in with what proves its holder.
    ...(source.save ? { BILLTYPE: "14", DIRECT_YN: "Y" } : { BILLTYPE: "13" }),
    ...toCardFields(config, payMethod, source.card),
  };
}

export function toRefundBody(
  { cpid }: KiwoompayConfig,
  { payMethod }: Route,
  request: RefundRequest,
): Body {
  return {
    CPID: cpid,
    PAYMETHOD: payMethod,
    CANCELREQ: "Y",
    TRXID: request.transactionId,
    AMOUNT: String(request.amount),
    CANCELREASON: toReason(request.reason),
  };
}

interface Order {
  orderNumber: string;
  productName: string;
  customerId: string;
  customerName: string;
}

function toOrderFields(config: KiwoompayConfig, payMethod: string, order: Order): Body {
  const userName = toName(order.customerName, USER_NAME_BYTES_MAX, NAMES);
  return {
    CPID: config.cpid,
    PAYMETHOD: payMethod,
    ORDERNO: order.orderNumber,
    PRODUCTTYPE: config.productType === "physical" ? "2" : "1",
    PRODUCTCODE: config.productCode ?? "BILLING",
    PRODUCTNAME: toName(order.productName, PRODUCT_NAME_BYTES_MAX, NAMES) || "결제",
    QUOTA: "00",
    TAXFREECD: "00",
    IPADDRESS: config.ipAddress ?? "127.0.0.1",
    USERID: toName(order.customerId, USER_ID_BYTES_MAX, NAMES) || order.orderNumber,
    ...(userName !== "" && { USERNAME: userName }),
  };
}

function toCardFields(config: KiwoompayConfig, payMethod: string, card: CardDetails): Body {
  const { century, password } = spellingOf(config.dialect);
  return {
    CARDNO: card.number,
    EXPIREDT: `${century}${card.expiry}`,
    CARDAUTH: card.holderId,
    // The one method that takes none.
    ...(payMethod !== "CARDK-KEYGEN" && { [password]: card.password }),
  };
}

/** What of a card the gateway's words might repeat, in either dialect's spelling. */
export function toCardSecrets(card: CardDetails): readonly string[] {
  return [...Object.values(card), `${SPELLINGS.recorded.century}${card.expiry}`];
}

function toReason(reason: string): string {
  const clean = toName(reason, REASON_BYTES_MAX, NAMES);
  if (clean === "") return "고객 요청 취소";
  return clean.length < REASON_LENGTH_MIN ? `취소 사유: ${clean}` : clean;
}

// ---------------------------------------------------------------- outcomes

/** What a reply must repeat to be believed. */
interface Expected {
  config: KiwoompayConfig;
  orderNumber: string;
  secrets: readonly string[];
}

/** What the reply to a charge says; believed only where it repeats the charge. */
export function toChargeOutcome(
  reply: Reply,
  request: ChargeRequest,
  expected: Expected & { receivedAt: Date },
): ChargeOutcome {
  if (reply.kind === "refused") return toRefused(reply, expected);
  if (reply.kind !== "success") return reply;
  const { fields } = reply;
  const { source } = request;
  const billingKeyName = spellingOf(expected.config.dialect).billingKey;
  const echoedKey = textOf(fields, billingKeyName);
  if (textOf(fields, "ORDERNO") !== request.orderNumber) return unknown("echo of order number");
  if (toAmount(fields) !== request.amount) return unknown("echo of amount");
  if (isOthers(fields, "CPID", expected.config.cpid)) return unknown("echo of merchant");
  if (source.kind === "billing_key" && isOthers(fields, billingKeyName, source.billingKey)) {
    return unknown("echo of billing key");
  }
  const transaction = toTransaction(fields, expected.receivedAt);
  if (transaction === undefined) return unknown("no transaction id");
  const isSaved = source.kind === "card" && source.save && isBillingKey(echoedKey);
  return {
    kind: "approved",
    transaction,
    ...(isSaved && { savedCard: { billingKey: echoedKey, cardName: toCard(fields).cardName } }),
  };
}

/** What the reply says about a billing key that is issued and not charged. */
export function toIssueOutcome(reply: Reply, expected: Expected): IssueBillingKeyOutcome {
  if (reply.kind === "refused") return toRefused(reply, expected);
  if (reply.kind !== "success") return reply;
  const { fields } = reply;
  if (isOthers(fields, "ORDERNO", expected.orderNumber)) return unknown("echo of order number");
  if (isOthers(fields, "CPID", expected.config.cpid)) return unknown("echo of merchant");
  const billingKey = textOf(fields, spellingOf(expected.config.dialect).billingKey);
  if (!isBillingKey(billingKey)) return unknown("no billing key");
  return { kind: "issued", billingKey, ...toCard(fields) };
}

/** What the reply to a cancellation says about a refund. */
export function toRefundOutcome(
  reply: Reply,
  request: RefundRequest,
  refund: { cpid: string; receivedAt: Date; secrets: readonly string[] },
): RefundOutcome {
  if (reply.kind === "refused") {
    // Everything was to be given back and everything is: an earlier, unanswered refund of ours or
    // somebody at the gateway's pages did it. A part that was given back before is another part.
    if (request.everythingLeft && saysAlreadyCancelled(reply.refusal)) {
      return toRefunded(request.transactionId, refund.receivedAt);
    }
    return toRefusedCancel(reply.refusal, refund.secrets);
  }
  if (reply.kind !== "success") return reply;
  const { fields } = reply;
  if (toAmount(fields) !== request.amount) return unknown("echo of amount");
  if (isOthers(fields, "CPID", refund.cpid)) return unknown("echo of merchant");
  // Recorded under either name, and whether it is the refund's own number stands nowhere.
  const id = toTransactionId(fields, "DAOUTRX") ?? toTransactionId(fields, "TRXID");
  const refundedAt = parseKoreaStamp(textOf(fields, "CANCELDATE")) ?? refund.receivedAt;
  return toRefunded(id ?? request.transactionId, refundedAt);
}

/** The refusal of a refund under no name: of what was paid in a window and no notice told. */
export function refuseNamelessRefund(): RefundOutcome {
  const message = "no notice told what was paid with, so no cancel can name it; nothing was sent";
  return {
    kind: "declined",
    decline: createDecline("request_refused", { code: "NO_PAYMETHOD", message }),
  };
}

function toRefunded(refundTransactionId: string, refundedAt: Date): RefundOutcome {
  return { kind: "approved", refundTransactionId, refundedAt };
}

function toRefused(reply: Extract<Reply, { kind: "refused" }>, expected: Expected) {
  const { fields, refusal } = reply;
  if (isOthers(fields, "ORDERNO", expected.orderNumber)) return unknown("echo of order number");
  if (isOthers(fields, "CPID", expected.config.cpid)) return unknown("echo of merchant");
  if (textOf(fields, "AUTHNO") !== undefined) return unknown("refusal carries an approval number");
  return toRefusedCharge(refusal, expected.secrets);
}

/** Whether a field is there and is not what we sent. */
function isOthers(fields: Fields, name: string, ours: string): boolean {
  const value = textOf(fields, name);
  return value !== undefined && value !== ours;
}

function isBillingKey(value: string | undefined): value is string {
  return value !== undefined && value.length <= BILLING_KEY_LENGTH_MAX;
}

function toTransaction(fields: Fields, otherwiseAt: Date): GatewayTransaction | undefined {
  const id = toTransactionId(fields, "DAOUTRX");
  if (id === undefined) return undefined;
  const approvalNumber = toShortText(fields, "AUTHNO");
  const { cardName } = toCard(fields);
  return {
    id,
    // An odd date does not undo an approval: then the time of its receipt stands in.
    approvedAt: parseKoreaStamp(textOf(fields, "AUTHDATE")) ?? otherwiseAt,
    ...(approvalNumber !== undefined && { approvalNumber }),
    ...(cardName !== "" && { cardName }),
  };
}

function toTransactionId(fields: Fields, name: string): string | undefined {
  const id = textOf(fields, name);
  return id !== undefined && id.length <= TRANSACTION_ID_LENGTH_MAX ? id : undefined;
}

function toCard(fields: Fields): { cardName: string; cardCode: string } {
  const cardCode = toShortText(fields, "CARDCODE") ?? "";
  return { cardCode, cardName: toShortText(fields, "CARDNAME") ?? cardNameOf(cardCode) };
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
