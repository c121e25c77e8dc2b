/** Pure translation of PortOne's answers into our outcomes. */
import type { ChargeOutcome, RefundOutcome, SavedCard } from "../../domain/outcome.ts";
import type {
  EvidenceContext,
  IssueBillingKeyOutcome,
  ListedTransaction,
  LookUpRequest,
  LookUpResult,
  RefundLookUpResult,
  RefundRequest,
  RevokeBillingKeyOutcome,
} from "../gateway.ts";
import { saysAlreadyCancelled, toRefusedCharge, toRefusedRequest } from "./declines.ts";
import { type Payment, readPayment, toShortText, toTransaction } from "./payment.ts";
import { type Fields, type MindedReply, textOf, toFields, wholeOf } from "./reply.ts";

/** The life of a token where the answer does not tell it; documented. */
const TOKEN_LIFE_MS = 1_800_000;
const TOKEN_LIFE_MS_MAX = 24 * 3_600_000;

/** What an answer is read with. */
export interface Reading {
  receivedAt: Date;
  secrets: readonly string[];
}

/**
 * How long a token still lives, by the gateway's own clock: both instants are its own, and a token
 * that was given out before is given out again with the end it had.
 */
export function tokenLifeMs(response: Fields): number {
  const [now, end] = [wholeOf(response, "now"), wholeOf(response, "expired_at")];
  const lifeMs = now === undefined || end === undefined ? 0 : (end - now) * 1000;
  return lifeMs > 0 && lifeMs <= TOKEN_LIFE_MS_MAX ? lifeMs : TOKEN_LIFE_MS;
}

/** What an answer says about a charge; believed only where it echoes the charge. */
export function toChargeOutcome(
  reply: MindedReply,
  charge: EvidenceContext & Reading & { customerUid?: string },
): ChargeOutcome {
  if (reply.kind === "refused") return toRefusedCharge(reply.refusal, charge.secrets);
  if (reply.kind === "not_found") return unknown("http 404");
  if (reply.kind !== "success") return reply;
  const read = readPayment(reply.response);
  if (read.kind === "odd") return unknown(read.problem);
  const { payment } = read;
  if (payment.orderNumber !== charge.orderNumber) return unknown("echo of order number");
  if (payment.amount !== charge.amount) return unknown("echo of amount");
  switch (payment.status) {
    case "paid":
      return toApproved(payment, charge);
    case "failed":
      return toRefusedCharge({ code: "failed", message: payment.failReason ?? "" }, charge.secrets);
    case "ready":
      return { kind: "pending", reason: "status ready" };
    case "cancelled":
      // Somebody gave it back already: the look-up tells, not this answer.
      return unknown("status cancelled");
    default:
      return payment.status satisfies never;
  }
}

function toApproved(
  payment: Payment,
  { receivedAt, customerUid }: Reading & { customerUid?: string },
): ChargeOutcome {
  const isSaved = customerUid !== undefined && payment.customerUid === customerUid;
  const savedCard: SavedCard | undefined = isSaved
    ? { billingKey: customerUid, cardName: payment.cardName ?? "" }
    : undefined;
  return {
    kind: "approved",
    transaction: toTransaction(payment, receivedAt),
    ...(savedCard !== undefined && { savedCard }),
  };
}

/** What an answer about a customer's card says about our billing key. */
export function toIssueOutcome(
  reply: MindedReply,
  customerUid: string,
  secrets: readonly string[],
): IssueBillingKeyOutcome {
  if (reply.kind === "refused") return toRefusedCharge(reply.refusal, secrets);
  if (reply.kind === "not_found") return unknown("http 404");
  if (reply.kind !== "success") return reply;
  const fields = toFields(reply.response);
  if (fields === undefined || textOf(fields, "customer_uid") !== customerUid) {
    return unknown("echo of billing key");
  }
  return {
    kind: "issued",
    billingKey: customerUid,
    cardName: toShortText(fields, "card_name") ?? "",
    cardCode: toShortText(fields, "card_code") ?? "",
  };
}

/** What an answer says about the end of a billing key; one that is not there needs none. */
export function toRevokeOutcome(
  reply: MindedReply,
  secrets: readonly string[],
): RevokeBillingKeyOutcome {
  if (reply.kind === "success" || reply.kind === "not_found") return { kind: "revoked" };
  return reply.kind === "refused" ? toRefusedRequest(reply.refusal, secrets) : reply;
}

/** What an answer to a cancellation says about a refund. */
export function toRefundOutcome(
  reply: MindedReply,
  request: RefundRequest,
  { receivedAt, secrets }: Reading,
): RefundOutcome {
  if (reply.kind === "refused") {
    // Everything was to be given back and everything is: an earlier, unanswered refund of ours or
    // somebody at the console did it. A part that was given back before is another part.
    if (request.everythingLeft && saysAlreadyCancelled(reply.refusal)) {
      return givenBack(request.transactionId, receivedAt);
    }
    return toRefusedRequest(reply.refusal, secrets);
  }
  if (reply.kind === "not_found") return unknown("http 404");
  if (reply.kind !== "success") return reply;
  const read = readPayment(reply.response);
  if (read.kind === "odd") return unknown(read.problem);
  const { payment } = read;
  if (payment.id !== request.transactionId) return unknown("echo of transaction id");
  // The status may say `paid` or `cancelled` after a part; what is left tells.
  const left = payment.amount - payment.refundedAmount;
  if (left !== request.leftBefore - request.amount) return unknown("echo of what is left");
  const last = payment.refunds.at(-1);
  return givenBack(last?.id ?? payment.id, last?.at ?? receivedAt);
}

/**
 * What a payment says about a refund of everything that was just refused. Only the whole sum gone
 * makes it done; with less the refusal stands.
 */
export function toRefundReadBack(
  reply: MindedReply,
  request: RefundRequest,
  receivedAt: Date,
): RefundOutcome | undefined {
  const read = reply.kind === "success" ? readPayment(reply.response) : undefined;
  if (read?.kind !== "payment" || read.payment.id !== request.transactionId) return undefined;
  const { amount, refundedAmount, refunds } = read.payment;
  if (amount === 0 || refundedAmount !== amount) return undefined;
  const last = refunds.at(-1);
  return givenBack(last?.id ?? request.transactionId, last?.at ?? receivedAt);
}

function givenBack(refundTransactionId: string, refundedAt: Date): RefundOutcome {
  return { kind: "approved", refundTransactionId, refundedAt };
}

/** Whether a look-up of all payments under an order number found none at all, not even a failed one. */
export function saysNothingThere(reply: MindedReply): boolean {
  if (reply.kind === "not_found") return true;
  const page = readPage(reply);
  return page.kind === "page" && page.total === 0 && page.rows.length === 0;
}

/** What the gateway tells of the payments under an order number, of which there is one at least. */
export function toLookUpResult(
  reply: MindedReply,
  request: LookUpRequest,
  receivedAt: Date,
): LookUpResult {
  const page = readPage(reply);
  if (page.kind === "failed") return page;
  if (page.next !== 0) return failed("more than a page");
  const approvals = [];
  for (const row of page.rows) {
    const read = readPayment(row);
    if (read.kind === "odd") return failed(read.problem);
    const { payment } = read;
    if (payment.orderNumber !== request.orderNumber) return failed("echo of order number");
    // One that is not decided may become an approval: then "not there" would be a lie.
    if (payment.status === "ready") return failed("status ready");
    if (payment.status === "failed") continue;
    approvals.push({
      ...toTransaction(payment, receivedAt),
      amount: payment.amount,
      refunded: isRefunded(payment),
      ...(payment.refundedAmount > 0 && { refundedAmount: payment.refundedAmount }),
    });
  }
  if (approvals.length === 0) return { kind: "not_found" };
  approvals.sort((a, b) => a.approvedAt.getTime() - b.approvedAt.getTime());
  return { kind: "found", transactions: approvals };
}

/** What one payment says about refunds. */
export function toRefundLookUp(reply: MindedReply, transactionId: string): RefundLookUpResult {
  if (reply.kind !== "success") return failed(reasonOf(reply));
  const read = readPayment(reply.response);
  if (read.kind === "odd") return failed(read.problem);
  if (read.payment.id !== transactionId) return failed("echo of transaction id");
  const { refundedAmount, refunds } = read.payment;
  const lastRefundedAt = refunds.at(-1)?.at ?? null;
  return { kind: "found", refunded: isRefunded(read.payment), refundedAmount, lastRefundedAt };
}

function isRefunded({ status, refundedAmount }: Payment): boolean {
  return status === "cancelled" || refundedAmount > 0;
}

/** A page of a list. */
export type Page =
  | { kind: "page"; rows: readonly unknown[]; total: number; next: number }
  | { kind: "failed"; reason: string };

/** Reads one page of a list. */
export function readPage(reply: MindedReply): Page {
  if (reply.kind !== "success") return failed(reasonOf(reply));
  const fields = toFields(reply.response);
  const rows: unknown = fields?.list;
  const [total, next] = [fields && wholeOf(fields, "total"), fields && wholeOf(fields, "next")];
  if (!Array.isArray(rows) || total === undefined || next === undefined) return failed("no list");
  return { kind: "page", rows: rows as readonly unknown[], total, next };
}

/** A page of schedules: documented as a bare list, and read by the vendor's clients as a page. */
export function readSchedulePage(reply: MindedReply): Page {
  if (reply.kind === "success" && Array.isArray(reply.response)) {
    const rows = reply.response as readonly unknown[];
    return { kind: "page", rows, total: rows.length, next: 0 };
  }
  return readPage(reply);
}

/** The order number of a schedule that waits for its day; null for another one, undefined if unreadable. */
export function readWaitingSchedule(row: unknown, customerUid: string): string | null | undefined {
  const fields = toFields(row);
  const orderNumber = fields && textOf(fields, "merchant_uid");
  if (fields === undefined || orderNumber === undefined) return undefined;
  if (textOf(fields, "customer_uid") !== customerUid) return undefined;
  return fields.schedule_status === "scheduled" ? orderNumber : null;
}

/** A payment of a listing as the money that came in and the money that went back. */
export function toListed(payment: Payment, approvedAt: Date): readonly ListedTransaction[] {
  const ids = { orderNumber: payment.orderNumber, transactionId: payment.id };
  return [
    { kind: "approval", ...ids, amount: payment.amount, at: approvedAt },
    ...payment.refunds.map(
      ({ amount, at }): ListedTransaction => ({ kind: "refund", ...ids, amount, at: at ?? null }),
    ),
  ];
}

function reasonOf(reply: Exclude<MindedReply, { kind: "success" }>): string {
  if (reply.kind === "refused") return `refused ${reply.refusal.code}`;
  return reply.kind === "not_found" ? "http 404" : reply.reason;
}

const unknown = (reason: string) => ({ kind: "unknown", reason }) as const;
const failed = (reason: string) => ({ kind: "failed", reason }) as const;
