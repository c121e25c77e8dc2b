import type { ChargeAttempt } from "./charge-attempt.ts";
import { BLOCKING_STATES } from "./charge-attempt.ts";
import type { DunningProgress } from "./dunning.ts";
import { type HasOutbox, type Instants, withEvent } from "./events.ts";
import type { IdempotencyMark } from "./idempotency.ts";
import type { PaymentWindow } from "./payment-window.ts";
import type { Refund } from "./refund.ts";
import type { Subscription } from "./subscription.ts";

/** What is owed for one billing period or one one-off payment. Paid once. */
export type InvoiceState = "open" | "paid" | "void" | "failed";

/**
 * The one thing that is to be done next. `call`: claimed, a worker is at it. `ask`: outcome unknown.
 * `window`: the customer is at the gateway's payment window; with a claim the gateway takes the money
 * there, without one a call of ours follows.
 */
export type InvoiceStep = "charge" | "call" | "ask" | "refund" | "window" | "none";

/** Why an invoice waits for a person. */
export type HoldReason =
  | "late"
  | "too_many_attempts"
  | "amount_mismatch"
  | "refund_unknown"
  /** Its subscription is parked. */
  | "parked"
  /** It contradicts itself. */
  | "broken";

/** What an invoice is paid with. */
export type PaidWith = "billing_key" | "card" | "wallet";

export interface Claim {
  /** Fencing token: random, one per claim. */
  token: string;
  kind: "charge" | "refund";
  worker: string;
  leaseUntil: Date;
  credentialEndsAt: Date;
  /** The order number, or the refund's id, that is being sent. */
  subject: string;
}

export interface Invoice extends HasOutbox {
  id: string;
  /** Random, unique; order numbers derive from it. */
  number: string;
  kind: "period" | "payment";
  subscriptionId: string | null;
  periodNumber: number | null;
  periodStartOn: string | null;
  /** First day of the next period. */
  periodEndOn: string | null;
  gateway: string;
  account: string;
  paidWith: PaidWith;
  /** Null where it is paid with anything but a billing key. */
  billingKeyId: string | null;
  customerId: string;
  customerName: string;
  productName: string;
  /** Won. */
  amount: number;
  state: InvoiceState;
  step: InvoiceStep;
  held: HoldReason | null;
  /** Business instant from which it may be charged. */
  dueAt: Date;
  /** Operational instant of the next try, look-up or lease end. */
  nextActionAt: Date;
  /** Business instant of the next second look at closed attempts. */
  recheckAt: Date | null;
  /** True while a customer waits for the answer: goes first in the queue. */
  urgent: boolean;
  claim: Claim | null;
  /** Times in a row that not even a claim was possible. */
  deferrals: number;
  attempts: ChargeAttempt[];
  /** Attempts that do not count towards the most there may be: a person let it go on. */
  attemptsForgiven: number;
  dunning: DunningProgress;
  /** Contract version of the subscription that this invoice follows. */
  version: number;
  /** The contract changed while a call was in flight. */
  behind: boolean;
  /** Cancelled while a call was in flight: what it brings is refunded. */
  stop: boolean;
  /** The subscription has not been told of the outcome yet. */
  followUp: boolean;
  capturedAmount: number;
  /** Captured and neither refunded nor reserved for a refund. */
  refundable: number;
  refunds: Refund[];
  /** The payment window it is paid in; null where it is paid otherwise. */
  window: PaymentWindow | null;
  createdAt: Date;
  idempotency: IdempotencyMark | null;
  /** Raised by every write; each write names the revision it read. */
  revision: number;
}

/** The id of a period's invoice: derived, so that a second opener meets the first one's. */
export function periodInvoiceId(subscriptionId: string, periodNumber: number): string {
  return `${subscriptionId}-p${periodNumber}`;
}

export interface NewInvoice {
  id: string;
  number: string;
  amount: number;
  productName: string;
  gateway: string;
  account: string;
  paidWith?: PaidWith;
  billingKeyId: string | null;
  customerId: string;
  customerName: string;
  dueAt: Date;
  at: Instants;
  by?: string | null;
}

function blankInvoice(input: NewInvoice): Omit<Invoice, "kind"> {
  const { at, by: _by, ...given } = input;
  return {
    ...given,
    paidWith: given.paidWith ?? "billing_key",
    subscriptionId: null,
    periodNumber: null,
    periodStartOn: null,
    periodEndOn: null,
    state: "open",
    step: "charge",
    held: null,
    nextActionAt: at.operational,
    recheckAt: null,
    urgent: false,
    claim: null,
    deferrals: 0,
    attempts: [],
    attemptsForgiven: 0,
    dunning: { step: 0, firstDeclinedAt: null },
    version: 0,
    behind: false,
    stop: false,
    followUp: false,
    capturedAmount: 0,
    refundable: 0,
    refunds: [],
    window: null,
    createdAt: at.business,
    idempotency: null,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
}

export interface PeriodOfInvoice {
  startOn: string;
  endOn: string;
  dueAt: Date;
  /** A whole period late: listed, held for a person, never charged by itself. */
  late: boolean;
}

/** The invoice of a subscription's period. */
export function openPeriodInvoice(
  subscription: Subscription,
  period: PeriodOfInvoice,
  input: { number: string; at: Instants },
): Invoice {
  const invoice: Invoice = {
    ...blankInvoice({
      id: periodInvoiceId(subscription.id, subscription.nextPeriod),
      number: input.number,
      amount: subscription.amount,
      productName: subscription.productName,
      gateway: subscription.gateway,
      account: subscription.account,
      billingKeyId: subscription.billingKeyId,
      customerId: subscription.customerId,
      customerName: subscription.customerName,
      dueAt: period.dueAt,
      at: input.at,
    }),
    kind: "period",
    subscriptionId: subscription.id,
    periodNumber: subscription.nextPeriod,
    periodStartOn: period.startOn,
    periodEndOn: period.endOn,
    version: subscription.version,
    ...(period.late ? { step: "none" as const, held: "late" as const } : {}),
  };
  return withEvent(invoice, {
    type: period.late ? "invoice.held" : "invoice.opened",
    at: input.at,
    actor: "sweep",
    after: "open",
    ...(period.late ? { reason: "late" } : {}),
    data: eventData(invoice),
  });
}

/** The invoice of a one-off payment. */
export function openPaymentInvoice(
  input: NewInvoice,
  idempotency: IdempotencyMark | null,
): Invoice {
  const invoice: Invoice = {
    ...blankInvoice(input),
    kind: "payment",
    urgent: true,
    idempotency,
  };
  return withEvent(invoice, {
    type: "payment.requested",
    at: input.at,
    actor: "api",
    by: input.by ?? null,
    after: "open",
    data: eventData(invoice),
  });
}

/** What every event about an invoice says. */
export function eventData(invoice: Invoice): Record<string, string | number | null> {
  return {
    invoiceId: invoice.id,
    subscriptionId: invoice.subscriptionId,
    customerId: invoice.customerId,
    periodNumber: invoice.periodNumber,
    amount: invoice.amount,
  };
}

/** The newest attempt, if there is one. */
export function lastAttempt(invoice: Invoice): ChargeAttempt | undefined {
  return invoice.attempts.at(-1);
}

/** The invoice with its newest attempt replaced. */
export function withLastAttempt(invoice: Invoice, attempt: ChargeAttempt): Invoice {
  return { ...invoice, attempts: [...invoice.attempts.slice(0, -1), attempt] };
}

/** Whether an attempt is open or took the money: no other may start. */
export function isBlocked(invoice: Invoice): boolean {
  return invoice.attempts.some((attempt) => BLOCKING_STATES.includes(attempt.state));
}

/** Whether a worker or a customer may be talking to the gateway, or nobody knows what came of it. */
export function isInFlight({ step }: Invoice): boolean {
  return step === "call" || step === "ask" || step === "window";
}

/** The earliest second look that is still to come. */
export function nextRecheckAt(attempts: readonly ChargeAttempt[]): Date | null {
  const times = attempts.flatMap((attempt) =>
    attempt.recheckAt ? [attempt.recheckAt.getTime()] : [],
  );
  return times.length === 0 ? null : new Date(Math.min(...times));
}
