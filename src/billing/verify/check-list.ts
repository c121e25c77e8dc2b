/** Every check. A new one is a function in `checks/` and a name in one of these lists. */
import { BELONGING_CHECKS, CARD_CHECKS, eventChecks } from "./checks/documents.ts";
import { DELIVERY_CHECKS, EVENT_NUMBERS } from "./checks/events.ts";
import { ATTEMPT_CHECKS } from "./checks/invoice-attempts.ts";
import { MONEY_CHECKS } from "./checks/invoice-money.ts";
import { PROGRESS_CHECKS } from "./checks/invoice-progress.ts";
import { CONTRACT_CHECKS } from "./checks/subscription-contract.ts";
import { PERIOD_CHECKS, isParked } from "./checks/subscription-periods.ts";
import type {
  BillingKeyScope,
  Check,
  InvoiceScope,
  LaneScope,
  SubscriptionScope,
} from "./finding.ts";

export const INVOICE_CHECKS: readonly Check<InvoiceScope>[] = [
  ...MONEY_CHECKS,
  ...ATTEMPT_CHECKS,
  ...PROGRESS_CHECKS,
  ...BELONGING_CHECKS,
  ...eventChecks<InvoiceScope>((scope) => scope.invoice),
];

export const SUBSCRIPTION_CHECKS: readonly Check<SubscriptionScope>[] = [
  ...PERIOD_CHECKS,
  ...CONTRACT_CHECKS,
  ...eventChecks<SubscriptionScope>((scope) => scope.subscription),
  EVENT_NUMBERS,
];

export const LANE_CHECKS: readonly Check<LaneScope>[] = DELIVERY_CHECKS;

export const BILLING_KEY_CHECKS: readonly Check<BillingKeyScope>[] = [
  ...CARD_CHECKS,
  ...eventChecks<BillingKeyScope>((scope) => scope.billingKey),
];

/** What waits for a person: listed with its reason, and no damage. */
export const HELD: Check<InvoiceScope> = {
  name: "held",
  title: { en: "Held until a person decides", ko: "담당자의 결정을 기다리는 청구" },
  advice: {
    en: "npx billing release lists what a person can do",
    ko: "npx billing release 로 목록과 조치를 확인하십시오.",
  },
  find: ({ invoice, events }) =>
    invoice.held === null ? [] : [{ detail: invoice.held, since: events.lastAt }],
};

export const PARKED: Check<SubscriptionScope> = {
  name: "parked",
  title: { en: "Parked until a person releases it", ko: "담당자의 해제를 기다리는 구독" },
  advice: {
    en: "Mend what the reason names, then: npx billing release SUBSCRIPTION --reason R",
    ko: "사유를 확인하고 문제를 해결한 뒤: npx billing release SUBSCRIPTION --reason R",
  },
  find: ({ subscription, events }) =>
    isParked(subscription) ? [{ detail: subscription.parked ?? "", since: events.lastAt }] : [],
};
