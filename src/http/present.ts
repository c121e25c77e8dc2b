/** Documents as callers see them: no claims, no secrets, no revisions. */
import type { BillingKey } from "../domain/billing-key.ts";
import type { ChargeAttempt } from "../domain/charge-attempt.ts";
import { type Decline, factsOf } from "../domain/decline.ts";
import type { Invoice } from "../domain/invoice.ts";
import { refundedAmountOf } from "../domain/order-status.ts";
import type { Refund } from "../domain/refund.ts";
import { type Subscription, endOfPresentPeriod, isBillable } from "../domain/subscription.ts";
import type { Language } from "./language.ts";
import type {
  AttemptView,
  BillingKeyView,
  DeclineView,
  InvoiceView,
  RefundView,
  SubscriptionView,
} from "./schemas/responses.ts";

export function presentBillingKey(key: BillingKey): BillingKeyView {
  return {
    billingKey: key.id,
    gateway: key.gateway,
    cardName: key.cardName,
    maskedNumber: key.maskedNumber,
    customerId: key.customerId,
    state: key.state,
    createdAt: key.createdAt.toISOString(),
  };
}

/** `invoices` are left out where a list shows many subscriptions. */
export function presentSubscription(
  subscription: Subscription,
  language: Language,
  invoices?: readonly Invoice[],
): SubscriptionView {
  const goesOn = isBillable(subscription) && !subscription.cancelAtPeriodEnd;
  return {
    id: subscription.id,
    state: subscription.state,
    parked: subscription.parked,
    customerId: subscription.customerId,
    planId: subscription.planId,
    productName: subscription.productName,
    amount: subscription.amount,
    currency: "KRW",
    cycleDay: subscription.schedule.cycleDay,
    billingKey: subscription.billingKeyId,
    gateway: subscription.gateway,
    nextPeriod: subscription.nextPeriod,
    nextChargeAt: goesOn ? iso(subscription.nextPeriodAt) : null,
    cancelAtPeriodEnd: subscription.cancelAtPeriodEnd,
    ...(subscription.cancelAtPeriodEnd ? { endsOn: endOfPresentPeriod(subscription) } : {}),
    canceledAt: iso(subscription.canceledAt),
    metadata: subscription.metadata,
    createdAt: subscription.createdAt.toISOString(),
    ...(invoices === undefined
      ? {}
      : { invoices: invoices.map((invoice) => presentInvoice(invoice, language)) }),
  };
}

/** A one-off payment or a period's invoice, with its attempts and refunds. */
export function presentInvoice(invoice: Invoice, language: Language): InvoiceView {
  return {
    id: invoice.id,
    kind: invoice.kind,
    state: invoice.state,
    held: invoice.held,
    customerId: invoice.customerId,
    subscriptionId: invoice.subscriptionId,
    billingKey: invoice.billingKeyId,
    gateway: invoice.gateway,
    productName: invoice.productName,
    amount: invoice.amount,
    currency: "KRW",
    refundedAmount: refundedAmountOf(invoice),
    refundable: invoice.refundable,
    ...periodOf(invoice),
    dueAt: invoice.dueAt.toISOString(),
    nextAttemptAt: nextAttemptAt(invoice),
    attempts: invoice.attempts.map((attempt) => presentAttempt(attempt, language)),
    refunds: invoice.refunds.map((refund) => presentRefund(refund, invoice, language)),
    createdAt: invoice.createdAt.toISOString(),
  };
}

/** A refund with the payment that it belongs to. */
export function presentRefund(refund: Refund, invoice: Invoice, language: Language): RefundView {
  return {
    refundId: refund.id,
    paymentId: invoice.id,
    amount: refund.amount,
    state: refund.state,
    reason: refund.reason,
    requestedAt: refund.requestedAt.toISOString(),
    refundedAt: iso(refund.refundedAt),
    ...(refund.decline === null ? {} : { decline: presentDecline(refund.decline, language) }),
  };
}

function presentAttempt(attempt: ChargeAttempt, language: Language): AttemptView {
  return {
    number: attempt.number,
    orderNumber: attempt.orderNumber,
    state: attempt.state,
    initiatedAt: attempt.initiatedAt.toISOString(),
    ...(attempt.decline === null ? {} : { decline: presentDecline(attempt.decline, language) }),
    ...(attempt.transaction === null
      ? {}
      : {
          transactionId: attempt.transaction.id,
          approvedAt: attempt.transaction.approvedAt.toISOString(),
        }),
  };
}

function presentDecline(decline: Decline, language: Language): DeclineView {
  return {
    code: decline.code,
    kind: decline.kind,
    rawCode: decline.rawCode,
    message: factsOf(decline.code).customer[language],
  };
}

function periodOf(invoice: Invoice): Pick<InvoiceView, "period"> {
  const { periodNumber, periodStartOn, periodEndOn } = invoice;
  if (periodNumber === null || periodStartOn === null || periodEndOn === null) return {};
  return { period: { number: periodNumber, startOn: periodStartOn, endOn: periodEndOn } };
}

/** Business time of the next charge; null while none is planned: settled, held, under way or unknown. */
function nextAttemptAt(invoice: Invoice): string | null {
  const waits = invoice.state === "open" && invoice.step === "charge" && invoice.held === null;
  return waits ? invoice.dueAt.toISOString() : null;
}

function iso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
