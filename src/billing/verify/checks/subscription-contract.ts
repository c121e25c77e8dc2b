/** The contract: what the subscription says and what its invoices say. */
import { standingOf } from "../../../domain/contract-rules.ts";
import { type Invoice, isInFlight, lastAttempt } from "../../../domain/invoice.ts";
import { BILLABLE_STATES } from "../../../domain/subscription.ts";
import { type Check, type Found, type SubscriptionScope, isOlder, when } from "../finding.ts";
import { problemOf } from "./documents.ts";
import { goesOn, isParked } from "./subscription-periods.ts";

/** Open invoices that nothing holds back. */
function openInvoices({ invoices }: SubscriptionScope): Invoice[] {
  return invoices.filter((invoice) => invoice.state === "open" && invoice.held === null);
}

function foundAt(invoice: Invoice, detail: string): Found {
  return { documentId: invoice.id, detail, since: invoice.createdAt };
}

const standing: Check<SubscriptionScope> = {
  name: "subscription-state",
  title: {
    en: "The subscription's state does not agree with its invoices",
    ko: "구독 상태가 청구 상태와 맞지 않음",
  },
  advice: {
    en: "Set followUp on one of its invoices: the sweep then derives the state anew.",
    ko: "청구 하나의 followUp을 설정하면 sweep이 상태를 다시 계산합니다.",
  },
  find({ subscription, invoices, events }) {
    const { state, aligning, nextPeriod } = subscription;
    if (!BILLABLE_STATES.includes(state) || aligning || isParked(subscription)) return [];
    if (state === "trialing") return when(nextPeriod > 0, "trialing after its first period");
    // Whoever has an outcome to tell says so by the mark, which is a check of its own.
    if (invoices.some((invoice) => invoice.followUp)) return [];
    const expected = standingOf(invoices);
    return when(expected !== state, `${state}, by its invoices ${expected}`, events.lastAt);
  },
};

const aligningStuck: Check<SubscriptionScope> = {
  name: "change-unfinished",
  title: {
    en: "A change of the contract has not reached all open invoices",
    ko: "계약 변경이 미결 청구에 모두 반영되지 않음",
  },
  advice: {
    en: "The sweep finishes it: see that a worker process is running and read its log.",
    ko: "sweep이 마무리합니다. 워커 실행 여부와 로그를 확인하십시오.",
  },
  find: ({ subscription, events }, moment) =>
    when(
      subscription.aligning &&
        !isParked(subscription) &&
        isOlder(events.lastAt, moment.bounds.sweepMs, moment),
      `aligning at version ${subscription.version}`,
      events.lastAt,
    ),
};

const versions: Check<SubscriptionScope> = {
  name: "version-differs",
  title: {
    en: "An open invoice follows another version of the contract",
    ko: "미결 청구가 다른 버전의 계약을 따름",
  },
  advice: {
    en: "Set aligning on the subscription: the sweep then brings its invoices up to the contract.",
    ko: "구독의 aligning을 설정하면 sweep이 청구를 현재 계약에 맞춥니다.",
  },
  find(scope, moment) {
    const { subscription, events } = scope;
    if (subscription.aligning || !goesOn(subscription)) return [];
    return openInvoices(scope)
      .filter(
        (invoice) =>
          invoice.version > subscription.version ||
          (invoice.version < subscription.version &&
            !invoice.behind &&
            isOlder(events.lastAt, moment.bounds.sweepMs, moment)),
      )
      .map((invoice) =>
        foundAt(invoice, `version ${invoice.version}, contract ${subscription.version}`),
      );
  },
};

const terms: Check<SubscriptionScope> = {
  name: "terms-differ",
  title: {
    en: "An open invoice has another amount or card than the contract",
    ko: "미결 청구의 금액 또는 카드가 계약과 다름",
  },
  advice: {
    en: "It would be charged as it stands: correct the invoice, or the contract by a proper change.",
    ko: "이대로 결제됩니다. 청구를 바로잡거나 정식 변경으로 계약을 수정하십시오.",
  },
  find(scope) {
    const { subscription } = scope;
    return openInvoices(scope)
      .filter(
        (invoice) =>
          invoice.step === "charge" &&
          !invoice.behind &&
          invoice.version === subscription.version &&
          (invoice.amount !== subscription.amount ||
            invoice.billingKeyId !== subscription.billingKeyId),
      )
      .map((invoice) =>
        foundAt(
          invoice,
          `${invoice.amount} won on ${invoice.billingKeyId}, contract ${subscription.amount} won on ${subscription.billingKeyId}`,
        ),
      );
  },
};

const openAfterEnd: Check<SubscriptionScope> = {
  name: "open-after-end",
  title: {
    en: "A subscription has ended and an invoice of it is still open",
    ko: "종료된 구독에 미결 청구가 남아 있음",
  },
  advice: {
    en: "Set aligning on the subscription: the sweep then ends its invoices.",
    ko: "구독의 aligning을 설정하면 sweep이 청구를 종료합니다.",
  },
  find(scope, moment) {
    const { subscription, events } = scope;
    const hasEnded = subscription.state === "canceled" || subscription.state === "unpaid";
    if (!hasEnded || subscription.aligning) return [];
    if (!isOlder(events.lastAt, moment.bounds.sweepMs, moment)) return [];
    return openInvoices(scope)
      .filter((invoice) => !isInFlight(invoice))
      .map((invoice) => foundAt(invoice, `open, step ${invoice.step}; ${subscription.state}`));
  },
};

const notStopped: Check<SubscriptionScope> = {
  name: "charge-not-stopped",
  title: {
    en: "A call in flight would not be refunded although its subscription has ended",
    ko: "구독이 종료되었으나 진행 중인 결제가 환불되지 않을 상태",
  },
  advice: {
    en: "Set behind and stop on the invoice before its outcome is known; else refund it by hand.",
    ko: "결과가 나오기 전에 청구의 behind와 stop을 설정하거나, 이후 직접 환불하십시오.",
  },
  find(scope) {
    const { subscription } = scope;
    const hasEnded = subscription.state === "canceled" || subscription.state === "unpaid";
    if (!hasEnded || subscription.aligning) return [];
    return openInvoices(scope)
      .filter((invoice) => isInFlight(invoice) && !(invoice.behind && invoice.stop))
      .map((invoice) =>
        foundAt(
          invoice,
          `${lastAttempt(invoice)?.orderNumber ?? "-"} is under way; behind ${invoice.behind}, stop ${invoice.stop}`,
        ),
      );
  },
};

const card: Check<SubscriptionScope> = {
  name: "subscription-card",
  title: {
    en: "A subscription cannot be charged: its card is not usable",
    ko: "구독의 카드를 사용할 수 없음",
  },
  advice: {
    en: "Restore the billing key or its encryption key, or ask the customer for another card.",
    ko: "빌링키 또는 암호화 키를 복구하거나 고객에게 다른 카드를 요청하십시오.",
  },
  find({ subscription, key }) {
    if (!goesOn(subscription)) return [];
    const problem = problemOf(key, subscription.customerId);
    return problem === null ? [] : [{ detail: `${subscription.billingKeyId}: ${problem}` }];
  },
};

export const CONTRACT_CHECKS: readonly Check<SubscriptionScope>[] = [
  standing,
  aligningStuck,
  versions,
  terms,
  openAfterEnd,
  notStopped,
  card,
];
