/** Checks of every document with an outbox, and of the cards. */
import type { HasOutbox } from "../../../domain/events.ts";
import { periodInvoiceId } from "../../../domain/invoice.ts";
import {
  type BillingKeyScope,
  type Check,
  type EventTrace,
  type InvoiceScope,
  type KeyStanding,
  isOlder,
  when,
} from "../finding.ts";

/** What every scope with events has in common. */
interface WithEvents {
  events: EventTrace;
}

/** The two checks of events, for the document that `documentOf` takes out of a scope. */
export function eventChecks<Scope extends WithEvents>(
  documentOf: (scope: Scope) => HasOutbox,
): Check<Scope>[] {
  return [
    {
      name: "outbox-stuck",
      title: { en: "Events have not been passed on", ko: "이벤트가 전달되지 않음" },
      advice: {
        en: "The sweep passes them on: see that a worker process is running and read its log.",
        ko: "이벤트는 sweep이 전달합니다. 워커 실행 여부와 로그를 확인하십시오.",
      },
      find(scope, moment) {
        const { outbox } = documentOf(scope);
        const oldest = outbox[0]?.recordedAt ?? null;
        return when(
          outbox.length > 0 && isOlder(oldest, moment.bounds.sweepMs, moment),
          `${outbox.length} in the outbox`,
          oldest,
        );
      },
    },
    {
      name: "event-missing",
      title: { en: "Events are missing", ko: "이벤트 기록이 누락됨" },
      advice: {
        en: "The history of this document has a hole: restore the events from a backup.",
        ko: "이 문서의 이력에 빈 곳이 있습니다. 백업에서 이벤트를 복구하십시오.",
      },
      find(scope) {
        const { outboxNumber } = documentOf(scope);
        const { numbers } = scope.events;
        const missing = [];
        for (let number = 1; number <= outboxNumber && missing.length < 10; number += 1) {
          if (!numbers.has(number)) missing.push(number);
        }
        const beyond = [...numbers].filter((number) => number > outboxNumber);
        return [
          ...when(missing.length > 0, `of ${outboxNumber}: no ${missing.join(", ")}`),
          ...when(beyond.length > 0, `of ${outboxNumber}: unexpected ${beyond.join(", ")}`),
        ];
      },
    },
  ];
}

const orphan: Check<InvoiceScope> = {
  name: "invoice-without-subscription",
  title: { en: "An invoice belongs to no subscription", ko: "구독이 없는 청구" },
  advice: {
    en: "Restore the subscription, or void the invoice: it would never be charged or ended.",
    ko: "구독을 복구하거나 청구를 무효 처리하십시오. 결제도 종료도 되지 않습니다.",
  },
  find({ invoice, hasSubscription }) {
    const { kind, subscriptionId, periodNumber } = invoice;
    const isPeriod = kind === "period";
    const isNamed = subscriptionId !== null && periodNumber !== null;
    if (isPeriod !== isNamed)
      return [{ detail: `${kind} of subscription ${subscriptionId ?? "none"}` }];
    return when(!hasSubscription, `${subscriptionId ?? "-"} does not exist`, invoice.createdAt);
  },
};

const paymentKey: Check<InvoiceScope> = {
  name: "payment-card",
  title: {
    en: "An open payment cannot be charged: its card is not usable",
    ko: "진행 중인 결제의 카드를 사용할 수 없음",
  },
  advice: {
    en: "Restore the billing key or its encryption key, or ask the customer for another card.",
    ko: "빌링키 또는 암호화 키를 복구하거나 고객에게 다른 카드를 요청하십시오.",
  },
  find({ invoice, key }) {
    if (invoice.kind !== "payment" || invoice.state !== "open" || invoice.held !== null) return [];
    if (invoice.paidWith !== "billing_key") return [];
    const problem = problemOf(key, invoice.customerId);
    return problem === null ? [] : [{ detail: `${invoice.billingKeyId}: ${problem}` }];
  },
};

/** Why a key cannot be charged; null where it can. */
export function problemOf(key: KeyStanding, customerId: string): string | null {
  if (key.state !== "active") return `it is ${key.state}`;
  if (!key.opens) return "it cannot be decrypted";
  return key.customerId === customerId ? null : `it belongs to ${key.customerId ?? "nobody"}`;
}

const keySecret: Check<BillingKeyScope> = {
  name: "card-unreadable",
  title: { en: "A saved card cannot be decrypted", ko: "저장된 카드를 복호화할 수 없음" },
  advice: {
    en: "Put the key that encrypted it back into BILLING_KEY_ENCRYPTION_KEYS.",
    ko: "암호화에 사용된 키를 BILLING_KEY_ENCRYPTION_KEYS에 다시 추가하십시오.",
  },
  find: ({ billingKey, opens }) =>
    when(
      billingKey.state === "active" && !opens,
      billingKey.secret === null
        ? "active without a secret"
        : `sealed with key ${billingKey.secret.keyId}`,
    ),
};

export const CARD_CHECKS: readonly Check<BillingKeyScope>[] = [keySecret];
export const BELONGING_CHECKS: readonly Check<InvoiceScope>[] = [orphan, paymentKey];

/** Whether the id is the one that the period's invoice is made under. */
export function hasDerivedId(invoice: {
  id: string;
  subscriptionId: string | null;
  periodNumber: number | null;
}): boolean {
  const { id, subscriptionId, periodNumber } = invoice;
  return id === periodInvoiceId(subscriptionId ?? "", periodNumber ?? -1);
}
