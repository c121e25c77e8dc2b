import type { ChargeAttempt } from "../../src/domain/charge-attempt.ts";
import type { ChargePolicy, Recording } from "../../src/domain/charge-policy.ts";
import { claimCharge, expireClaim } from "../../src/domain/claim-rules.ts";
import { type DeclineCode, createDecline } from "../../src/domain/decline.ts";
import type { Instants } from "../../src/domain/events.ts";
import {
  type Invoice,
  lastAttempt,
  openPaymentInvoice,
  openPeriodInvoice,
} from "../../src/domain/invoice.ts";
import type { ChargeOutcome } from "../../src/domain/outcome.ts";
import type { FoundTransaction } from "../../src/domain/ask-rules.ts";
import { recordOutcome } from "../../src/domain/outcome-rules.ts";
import {
  type PaymentWindow,
  type WindowTaking,
  openWindowInvoice,
} from "../../src/domain/payment-window.ts";
import type { RefundPolicy } from "../../src/domain/refund-rules.ts";
import {
  type NewSubscription,
  type Subscription,
  createSubscription,
} from "../../src/domain/subscription.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** 10:00 in Korea on 5 January 2026, as business and as operational time. */
export const START = new Date("2026-01-05T01:00:00Z");

/** Both times, some milliseconds after the start. */
export function after(ms: number): Instants {
  const at = new Date(START.getTime() + ms);
  return { business: at, operational: at };
}

export const POLICY: ChargePolicy = {
  dunning: { stepDays: [1, 3, 5, 7], hour: 10, zone: "Asia/Seoul", finalState: "unpaid" },
  resendBackoff: { firstMs: 1000, maxMs: 600_000, jitter: 0.5 },
  lookUpBackoff: { firstMs: 3000, maxMs: HOUR_MS, jitter: 0.2 },
  pauseBackoff: { firstMs: HOUR_MS, maxMs: DAY_MS, jitter: 0 },
  settleDelayMs: 90_000,
  attemptsMax: 30,
  recheckDelaysMs: [HOUR_MS, DAY_MS, 3 * DAY_MS],
  orderPrefix: "KB",
};

export const REFUND_POLICY: RefundPolicy = {
  resendBackoff: POLICY.resendBackoff,
  lookUpBackoff: POLICY.lookUpBackoff,
  settleDelayMs: POLICY.settleDelayMs,
  repeatableFullRefund: true,
};

export const LEASE_MS = 45_000;
export const CREDENTIAL_MS = 600_000;
export const AMOUNT = 9900;

export function recordingAt(ms: number, changes: Partial<Recording> = {}): Recording {
  return { at: after(ms), actor: "charge", random: 0, refundId: `ref_${ms}`, ...changes };
}

export function newSubscription(changes: Partial<NewSubscription> = {}): Subscription {
  return createSubscription({
    id: "sub_1",
    customerId: "customer-1",
    customerName: "김하늘",
    billingKeyId: "bk_1",
    gateway: "cookiepay",
    account: "default",
    planId: "standard",
    productName: "스탠다드 월간 구독",
    amount: AMOUNT,
    cycleDay: 5,
    zone: "Asia/Seoul",
    dueHour: 10,
    trialDays: 0,
    firstCharge: "cycleDay",
    metadata: {},
    idempotency: null,
    at: after(0),
    ...changes,
  });
}

/** A period's invoice, due at the start. */
export function periodInvoice(changes: Partial<Invoice> = {}): Invoice {
  const period = { startOn: "2026-01-05", endOn: "2026-02-05", dueAt: START, late: false };
  const input = { number: "A1B2C3D4E5F6", at: after(0) };
  return { ...openPeriodInvoice(newSubscription(), period, input), ...changes };
}

/** The invoice of a one-off payment, due at the start. */
export function paymentInvoice(changes: Partial<Invoice> = {}): Invoice {
  const input = {
    id: "pay_1",
    number: "P1B2C3D4E5F6",
    amount: AMOUNT,
    productName: "머그컵",
    gateway: "cookiepay",
    account: "default",
    billingKeyId: "bk_1",
    customerId: "customer-1",
    customerName: "김하늘",
    dueAt: START,
    at: after(0),
  };
  return { ...openPaymentInvoice(input, null), ...changes };
}

/** A payment in a window that closes half an hour after the start. */
export function windowInvoice(
  by: "merchant" | "gateway",
  changes: Partial<PaymentWindow> = {},
): Invoice {
  const window: PaymentWindow = {
    orderId: "ORDER-1",
    requestHash: "hash",
    device: "pc",
    wallet: null,
    escrow: false,
    returnUrl: null,
    endsAt: after(HOUR_MS / 2).operational,
    askable: true,
    gatewayOrderId: null,
    opened: "{}",
    returnedAt: null,
    failure: null,
    virtualAccount: null,
    ...changes,
  };
  const taking: WindowTaking =
    by === "merchant" ? { by } : { by, token: "token-1", worker: "api", orderPrefix: "KB" };
  const input = {
    id: "pay_1",
    number: "W1B2C3D4E5F6",
    amount: AMOUNT,
    productName: "머그컵",
    gateway: by === "merchant" ? "payup" : "portone",
    account: "default",
    billingKeyId: null,
    customerId: "customer-1",
    customerName: "김하늘",
    dueAt: START,
    at: after(0),
  };
  return openWindowInvoice(input, { window, taking, closesAt: window.endsAt });
}

export function claimRequest(ms: number, token: string, version: number) {
  return {
    token,
    worker: "worker-1",
    leaseUntil: after(ms + LEASE_MS).operational,
    credentialEndsAt: after(ms + CREDENTIAL_MS).operational,
    version,
    at: after(ms),
  };
}

/** The invoice with its charge claimed. */
export function claimed(invoice: Invoice, ms = 0, token = "token-1"): Invoice {
  return given(claimCharge(invoice, claimRequest(ms, token, invoice.version), POLICY));
}

/** The invoice once the outcome of its claimed charge is recorded. */
export function recorded(
  invoice: Invoice,
  outcome: ChargeOutcome,
  ms = 1000,
  policy = POLICY,
): Invoice {
  const token = invoice.claim?.token ?? "none";
  return given(recordOutcome(invoice, { token, outcome }, policy, recordingAt(ms)));
}

/** Claimed at the start; its worker never came back and the lease ran out. */
export function expired(invoice: Invoice = periodInvoice()): Invoice {
  return given(expireClaim(claimed(invoice), after(LEASE_MS)));
}

/** Claimed at the start; after a second its worker said that nobody knows. */
export function unknownInvoice(invoice: Invoice = periodInvoice()): Invoice {
  return recorded(claimed(invoice), { kind: "unknown", reason: "timeout" });
}

export function approved(id = "T1"): ChargeOutcome {
  return { kind: "approved", transaction: { id, approvedAt: START } };
}

export function declined(code: DeclineCode): ChargeOutcome {
  return { kind: "declined", decline: createDecline(code, { code: "2002", message: "잔액부족" }) };
}

/** An approval as the gateway lists it. */
export function foundOf(id: string, changes: Partial<FoundTransaction> = {}): FoundTransaction {
  return { id, approvedAt: START, amount: AMOUNT, refunded: false, ...changes };
}

/** The newest attempt; throws where there is none. */
export function newest(invoice: Invoice): ChargeAttempt {
  const attempt = lastAttempt(invoice);
  if (attempt === undefined) throw new Error("the invoice has no attempt");
  return attempt;
}

/** The value of a rule that was expected to apply. */
export function given<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("the rule did not apply");
  return value;
}

export function statesOf(invoice: Invoice): string[] {
  return invoice.attempts.map((attempt) => attempt.state);
}

export function eventsOf(document: { outbox: { type: string }[] }): string[] {
  return document.outbox.map((entry) => entry.type);
}
