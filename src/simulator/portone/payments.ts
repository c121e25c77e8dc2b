/** Payments, folded from the ledger and printed as the gateway does. */
import type { LedgerEntry } from "../ledger-entry.ts";
import { GATEWAY } from "./envelope.ts";
import type { Portone } from "./operation.ts";
import { toSeconds } from "./seconds.ts";

const STATUSES = ["ready", "paid", "cancelled", "failed"] as const;

export type PaymentStatus = (typeof STATUSES)[number];

/** One attempt at a payment: approved, failed at the card, or waiting for the deposit. */
export interface PaymentRecord {
  readonly entry: LedgerEntry;
  readonly refunds: readonly LedgerEntry[];
  readonly refundedAmount: number;
  readonly status: PaymentStatus;
}

/** The status with this name, if there is one. */
export function toStatus(name: string): PaymentStatus | undefined {
  return STATUSES.find((one) => one === name);
}

/** A merchant's payment by its id. */
export function findPayment(
  gateway: Portone,
  merchant: string,
  impUid: string,
): PaymentRecord | undefined {
  const entries = gateway.state.ledger.having("transactionId", impUid);
  // The approval that a deposit became stands behind the account's own entry.
  const entry = entries.findLast((one) => isPayment(one, merchant));
  return entry && toRecord(gateway, entry);
}

/** All payments under an order number, in the order in which they were made. */
export function paymentsUnder(
  gateway: Portone,
  merchant: string,
  merchantUid: string,
): readonly PaymentRecord[] {
  return gateway.state.ledger
    .having("orderNumber", merchantUid)
    .filter((one) => isPayment(one, merchant) && !isPaidIn(gateway, one))
    .map((entry) => toRecord(gateway, entry));
}

/** All payments of a merchant, in the order in which they were made. */
export function paymentsOf(gateway: Portone, merchant: string): readonly PaymentRecord[] {
  return gateway.state.ledger
    .all()
    .filter((one) => isPayment(one, merchant) && !isPaidIn(gateway, one))
    .map((entry) => toRecord(gateway, entry));
}

/** Whether look-ups show a payment yet. */
export function isShown({ state }: Portone, { entry }: PaymentRecord): boolean {
  const { lookupLagMs } = state.switches.current();
  if (lookupLagMs === 0) return true;
  const until = new Date(state.clock.operational.now().getTime() - lookupLagMs).toISOString();
  return entry.realAt <= until;
}

/** The instant by which a payment of its status is searched: of its approval, its last refund, its failure. */
export function statusSeconds({ entry, refunds, status }: PaymentRecord): number {
  return toSeconds(status === "cancelled" ? refunds.at(-1)?.at : entry.at);
}

/** The instant of the last change. */
export function updatedSeconds({ entry, refunds }: PaymentRecord): number {
  return toSeconds(refunds.at(-1)?.at ?? entry.at);
}

/** A payment as every operation prints it. */
export function printPayment(
  { state }: Portone,
  record: PaymentRecord,
): Readonly<Record<string, unknown>> {
  const { entry, refunds, refundedAmount, status } = record;
  const detail = entry.detail ?? {};
  const at = toSeconds(entry.at);
  const startedAt = toSeconds(detail.startedAt ?? entry.at);
  const keepsPaidAt = state.switches.current().portone.paidAtAfterCancel === "kept";
  const isPaid = status === "paid" || (status === "cancelled" && keepsPaidAt);
  const lastRefund = refunds.at(-1);
  const isCancelled = status === "cancelled";
  return {
    imp_uid: entry.transactionId,
    merchant_uid: entry.orderNumber,
    ...printMethod(detail),
    pg_tid: detail.pgTid ?? null,
    apply_num: detail.applyNum ?? null,
    ...printCard(detail),
    ...printBank(detail),
    ...printVirtualAccount(detail, startedAt),
    name: detail.name ?? null,
    amount: entry.amount ?? 0,
    cancel_amount: refundedAmount,
    currency: "KRW",
    ...printBuyer(detail),
    custom_data: detail.customData ?? null,
    user_agent: "sorry_not_supported_anymore",
    status,
    started_at: startedAt,
    paid_at: isPaid ? at : 0,
    failed_at: status === "failed" ? at : 0,
    cancelled_at: isCancelled ? toSeconds(lastRefund?.at) : 0,
    fail_reason: detail.failReason ?? null,
    cancel_reason: isCancelled ? (lastRefund?.detail?.reason ?? null) : null,
    receipt_url: null,
    cancel_history: refunds.map(printRefund),
    cancel_receipt_urls: [],
    cash_receipt_issued: false,
    customer_uid: detail.customerUid ?? null,
    customer_uid_usage: detail.usage ?? null,
  };
}

type Detail = NonNullable<LedgerEntry["detail"]>;

/** What was paid in a window says how; everything else is a card's, by API. */
function printMethod(detail: Detail): Readonly<Record<string, unknown>> {
  return {
    pay_method: detail.payMethod ?? "card",
    channel: detail.channel ?? "api",
    pg_provider: "daou",
    emb_pg_provider: detail.wallet ?? null,
    pg_id: "sim_daou",
    sandbox: true,
    escrow: detail.escrow === "yes",
  };
}

function printBank(detail: Detail): Readonly<Record<string, unknown>> {
  return { bank_code: detail.bankCode ?? null, bank_name: detail.bankName ?? null };
}

function printVirtualAccount(
  { vbankCode, vbankName, vbankNum, vbankHolder, vbankDate }: Detail,
  issuedAt: number,
): Readonly<Record<string, unknown>> {
  return {
    vbank_code: vbankCode ?? null,
    vbank_name: vbankName ?? null,
    vbank_num: vbankNum ?? null,
    vbank_holder: vbankHolder ?? null,
    vbank_date: toSeconds(vbankDate),
    vbank_issued_at: vbankNum === undefined ? 0 : issuedAt,
  };
}

/** What a card prints in a payment and in a customer. */
export function printCard(detail: Detail): Readonly<Record<string, unknown>> {
  return {
    card_code: detail.cardCode ?? null,
    card_name: detail.cardName ?? null,
    card_issuer_code: null,
    card_issuer_name: null,
    card_publisher_code: null,
    card_publisher_name: null,
    card_number: detail.maskedNumber ?? null,
    card_type: detail.cardName === undefined ? null : 0,
    card_quota: Number(detail.quota ?? "0"),
  };
}

function printBuyer(detail: Detail): Readonly<Record<string, unknown>> {
  return {
    buyer_name: detail.buyer_name ?? null,
    buyer_email: detail.buyer_email ?? null,
    buyer_tel: detail.buyer_tel ?? null,
    buyer_addr: detail.buyer_addr ?? null,
    buyer_postcode: detail.buyer_postcode ?? null,
  };
}

function printRefund({ at, amount, detail }: LedgerEntry): Readonly<Record<string, unknown>> {
  return {
    pg_tid: detail?.cancelTransactionId ?? "",
    amount: amount ?? 0,
    cancelled_at: toSeconds(at),
    reason: detail?.reason ?? "",
    cancellation_id: detail?.cancellationId ?? "",
    receipt_url: null,
  };
}

/** Refusals before the card leave an entry without a number: they made no payment. */
function isPayment({ gateway, merchant, kind, transactionId }: LedgerEntry, of: string): boolean {
  const isAttempt = ["approval", "decline", "virtual_account_issued"].includes(kind);
  return gateway === GATEWAY && merchant === of && isAttempt && transactionId !== undefined;
}

/** Whether the account's deposit has come: then the approval stands for the payment. */
function isPaidIn({ state }: Portone, { kind, transactionId }: LedgerEntry): boolean {
  if (kind !== "virtual_account_issued") return false;
  return state.ledger.books.payment(GATEWAY, transactionId ?? "") !== undefined;
}

function toRecord({ state }: Portone, entry: LedgerEntry): PaymentRecord {
  const unpaid = { entry, refunds: [], refundedAmount: 0 };
  if (entry.kind === "decline") return { ...unpaid, status: "failed" };
  if (entry.kind === "virtual_account_issued") return { ...unpaid, status: "ready" };
  const payment = state.ledger.books.payment(GATEWAY, entry.transactionId ?? "");
  const { refunds = [], refundedAmount = 0 } = payment ?? {};
  const partial = state.switches.current().portone.partialCancelStatus;
  const isWhole = refundedAmount >= (entry.amount ?? 0);
  const status = refundedAmount === 0 ? "paid" : isWhole ? "cancelled" : partial;
  return { entry, refunds, refundedAmount, status };
}
