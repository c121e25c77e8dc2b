/** A payment as PortOne prints it, read into our words. */
import type { DepositAccount } from "../../domain/payment-window.ts";
import type { GatewayTransaction } from "../../domain/outcome.ts";
import { scrub } from "../../lib/scrub.ts";
import { type Fields, textOf, toFields, wholeOf } from "./reply.ts";

const TRANSACTION_ID = /^[\w-]{1,32}$/;
const STATUSES = ["ready", "paid", "cancelled", "failed"] as const;

export type PaymentStatus = (typeof STATUSES)[number];

/** Money that went back. */
export interface PaymentRefund {
  id: string | undefined;
  /** Won. */
  amount: number;
  at: Date | undefined;
}

/** A payment that can be believed: it says what it is about. */
export interface Payment {
  id: string;
  orderNumber: string;
  status: PaymentStatus;
  /** Won. */
  amount: number;
  /** Won that went back so far, whatever the status says: it does not tell a part from the whole. */
  refundedAmount: number;
  /** Oldest first. Together as much as `refundedAmount`. */
  refunds: readonly PaymentRefund[];
  /** Undefined where the gateway prints no readable time. */
  approvedAt: Date | undefined;
  approvalNumber: string | undefined;
  cardName: string | undefined;
  /** `card`, `vbank`, `kakaopay` …; undefined where the gateway does not say. */
  payMethod: string | undefined;
  /** Into which the customer is to pay, or has paid. */
  virtualAccount: DepositAccount | undefined;
  failReason: string | undefined;
  customerUid: string | undefined;
}

/** The payment, or why it cannot be believed. */
export type ReadPayment = { kind: "payment"; payment: Payment } | { kind: "odd"; problem: string };

/** Reads one payment. */
export function readPayment(response: unknown): ReadPayment {
  const fields = toFields(response);
  if (fields === undefined) return odd("no payment");
  const id = textOf(fields, "imp_uid");
  if (id === undefined || !TRANSACTION_ID.test(id)) return odd("no transaction id");
  const orderNumber = textOf(fields, "merchant_uid");
  if (orderNumber === undefined) return odd("no order number");
  const status = STATUSES.find((one) => one === fields.status);
  if (status === undefined) return odd("unknown status");
  const amount = wholeOf(fields, "amount");
  if (amount === undefined) return odd("no amount");
  const refunds = readRefunds(fields);
  if (refunds === undefined) return odd("unreadable refunds");
  const payment = {
    id,
    orderNumber,
    status,
    amount,
    ...refunds,
    approvedAt: readApprovedAt(fields),
    approvalNumber: toShortText(fields, "apply_num"),
    cardName: toShortText(fields, "card_name"),
    payMethod: toShortText(fields, "pay_method"),
    virtualAccount: readVirtualAccount(fields),
    failReason: textOf(fields, "fail_reason"),
    customerUid: textOf(fields, "customer_uid"),
  };
  return { kind: "payment", payment };
}

/** What we keep of an approval. */
export function toTransaction(payment: Payment, otherwiseAt: Date): GatewayTransaction {
  const { id, approvedAt, approvalNumber, cardName, payMethod } = payment;
  return {
    id,
    // An odd date does not undo an approval: then the time of its receipt stands in.
    approvedAt: approvedAt ?? otherwiseAt,
    ...(approvalNumber !== undefined && { approvalNumber }),
    ...(cardName !== undefined && { cardName }),
    ...(payMethod !== undefined && { payMethod }),
  };
}

/** A field's text, short and fit to be kept. */
export function toShortText(fields: Fields, name: string): string | undefined {
  const text = textOf(fields, name);
  return text === undefined ? undefined : scrub(text, { lengthMax: 40 });
}

/** An account of a bank is as long as a card's number and no secret: the customer must read it whole. */
const ACCOUNT_NUMBER = /^[\d*-]{4,32}$/;

function readVirtualAccount(fields: Fields): DepositAccount | undefined {
  const [bankName, accountNumber] = [
    toShortText(fields, "vbank_name"),
    textOf(fields, "vbank_num"),
  ];
  if (bankName === undefined || accountNumber === undefined) return undefined;
  if (!ACCOUNT_NUMBER.test(accountNumber)) return undefined;
  const holder = toShortText(fields, "vbank_holder") ?? "";
  return { bankName, accountNumber, holder, endsAt: toInstant(fields, "vbank_date") ?? null };
}

/**
 * The documents have `paid_at` be 0 as soon as the status is another than `paid`, so after a refund
 * the time of the request stands in: a card is charged in the same moment.
 */
function readApprovedAt(fields: Fields): Date | undefined {
  return toInstant(fields, "paid_at") ?? toInstant(fields, "started_at");
}

function toInstant(fields: Fields, name: string): Date | undefined {
  const seconds = wholeOf(fields, name);
  // Beyond the year 9999 it is no number of seconds.
  return seconds === undefined || seconds === 0 || seconds > 253_402_300_799
    ? undefined
    : new Date(seconds * 1000);
}

function readRefunds(fields: Fields): Pick<Payment, "refundedAmount" | "refunds"> | undefined {
  const refundedAmount = wholeOf(fields, "cancel_amount");
  const history: unknown = fields.cancel_history ?? [];
  if (refundedAmount === undefined || !Array.isArray(history)) return undefined;
  const refunds: PaymentRefund[] = [];
  for (const row of history as readonly unknown[]) {
    const entry = toFields(row);
    const amount = entry && wholeOf(entry, "amount");
    if (entry === undefined || amount === undefined) return undefined;
    const id = textOf(entry, "cancellation_id") ?? textOf(entry, "pg_tid");
    refunds.push({ id, amount, at: toInstant(entry, "cancelled_at") });
  }
  const listed = refunds.reduce((sum, { amount }) => sum + amount, 0);
  if (listed > refundedAmount) return undefined;
  if (listed < refundedAmount) {
    // The sum counts; what the history leaves out is one refund without a name.
    const rest = refundedAmount - listed;
    refunds.unshift({ id: undefined, amount: rest, at: toInstant(fields, "cancelled_at") });
  }
  refunds.sort((one, other) => (one.at?.getTime() ?? 0) - (other.at?.getTime() ?? 0));
  return { refundedAmount, refunds };
}

const odd = (problem: string) => ({ kind: "odd", problem }) as const;
