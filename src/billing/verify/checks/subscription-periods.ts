/** Periods: each once, without gap or overlap, and the next one when it is due. */
import { dayOf, periodDueAt, periodStartOn } from "../../../domain/calendar.ts";
import { BILLABLE_STATES, type Subscription } from "../../../domain/subscription.ts";
import { type Check, type SubscriptionScope, when } from "../finding.ts";
import { hasDerivedId } from "./documents.ts";

/** Whether its periods are opened; a parked one waits for a person. */
export function goesOn({ state, parked }: Subscription): boolean {
  return BILLABLE_STATES.includes(state) && !isParked({ parked });
}

/** Documents of an older release have no such field. */
export function isParked({ parked }: { parked?: string | null }): boolean {
  return (parked ?? null) !== null;
}

/** Most periods that one finding names. */
const NAMED_MAX = 12;

const gap: Check<SubscriptionScope> = {
  name: "period-missing",
  title: { en: "A period has no invoice", ko: "청구가 없는 결제 주기" },
  advice: {
    en: "The period was forgotten or its invoice removed: restore it, or bill the customer by hand.",
    ko: "누락되었거나 삭제된 주기입니다. 청구를 복구하거나 직접 청구하십시오.",
  },
  find({ subscription, invoices }) {
    const have = new Set(invoices.map((invoice) => invoice.periodNumber));
    const missing: number[] = [];
    for (let number = 0; number < subscription.nextPeriod; number += 1) {
      if (!have.has(number)) missing.push(number);
      if (missing.length >= NAMED_MAX) break;
    }
    const [first] = missing;
    return when(
      first !== undefined,
      `no invoice of ${missing.map((number) => `p${number} (${periodStartOn(subscription.schedule, number)})`).join(", ")}`,
      first === undefined ? null : periodDueAt(subscription.schedule, first),
    );
  },
};

const twice: Check<SubscriptionScope> = {
  name: "period-twice",
  title: { en: "A period has two invoices", ko: "한 주기에 청구가 둘 이상" },
  advice: {
    en: "Void the one whose id does not derive from subscription and period; refund it if it was paid.",
    ko: "id가 구독·주기에서 만들어지지 않은 청구를 무효 처리하고, 결제되었으면 환불하십시오.",
  },
  find: ({ invoices }) =>
    invoices
      .filter((invoice) => !hasDerivedId(invoice))
      .map((invoice) => ({
        documentId: invoice.id,
        detail: `period ${invoice.periodNumber ?? "-"} under an id of its own, ${invoice.state}`,
        since: invoice.createdAt,
      })),
};

const dates: Check<SubscriptionScope> = {
  name: "period-days",
  title: {
    en: "A period's days do not follow the schedule",
    ko: "주기의 날짜가 일정과 맞지 않음",
  },
  advice: {
    en: "Periods overlap or leave a gap: correct the days, and see whether a day was paid twice.",
    ko: "주기가 겹치거나 비어 있습니다. 날짜를 바로잡고 중복 청구된 날이 있는지 확인하십시오.",
  },
  find({ subscription, invoices }) {
    const { schedule } = subscription;
    return invoices.flatMap((invoice) => {
      const number = invoice.periodNumber ?? 0;
      const [startOn, endOn] = [
        periodStartOn(schedule, number),
        periodStartOn(schedule, number + 1),
      ];
      const isRight = invoice.periodStartOn === startOn && invoice.periodEndOn === endOn;
      if (isRight || !hasDerivedId(invoice)) return [];
      const detail =
        `${invoice.periodStartOn ?? "-"} to ${invoice.periodEndOn ?? "-"}, ` +
        `by the schedule ${startOn} to ${endOn}`;
      return [{ documentId: invoice.id, detail, since: invoice.createdAt }];
    });
  },
};

const ahead: Check<SubscriptionScope> = {
  name: "period-ahead",
  title: {
    en: "An invoice lies beyond the subscription's next period",
    ko: "다음 주기보다 앞선 청구가 있음",
  },
  advice: {
    en: "The subscription was set back: set nextPeriod to the number after the newest invoice.",
    ko: "nextPeriod가 뒤로 돌아갔습니다. 최신 청구 다음 번호로 바로잡으십시오.",
  },
  find({ subscription, invoices }) {
    return (
      invoices
        .filter((invoice) => (invoice.periodNumber ?? -1) >= subscription.nextPeriod)
        .filter((invoice) => hasDerivedId(invoice))
        // Opened in the moment in which the subscription ended: it was given up with it.
        .filter((invoice) => invoice.state !== "void" || goesOn(subscription))
        .map((invoice) => ({
          documentId: invoice.id,
          detail: `period ${invoice.periodNumber ?? "-"}, next period ${subscription.nextPeriod}`,
          since: invoice.createdAt,
        }))
    );
  },
};

const nextInstant: Check<SubscriptionScope> = {
  name: "next-period",
  title: {
    en: "The next period is not opened on its day",
    ko: "다음 주기의 예정 시각이 일정과 다름",
  },
  advice: {
    en: "Set nextPeriodAt to what the schedule says for nextPeriod; null where it has ended.",
    ko: "nextPeriodAt을 일정에 맞게 바로잡으십시오. 종료된 구독은 null이어야 합니다.",
  },
  find({ subscription }) {
    const { nextPeriodAt, state } = subscription;
    const actual = nextPeriodAt?.toISOString() ?? "none";
    const wanted = expectedInstants(subscription);
    return when(
      wanted !== null && !wanted.includes(actual),
      `period ${subscription.nextPeriod} of a subscription ${state}: ${actual}, expected ${wanted?.[0] ?? "-"}`,
    );
  },
};

/** The instants that are right; null where any is. */
function expectedInstants(subscription: Subscription): string[] | null {
  const { schedule, nextPeriod, state, createdAt } = subscription;
  if (state === "canceled" || state === "unpaid") return ["none"];
  if (state === "paused") return null;
  const onSchedule = periodDueAt(schedule, nextPeriod).toISOString();
  // Begun at once: due in the moment of its creation.
  const atOnce = nextPeriod === 0 && dayOf(createdAt, schedule.zone) === schedule.firstPeriodOn;
  // What was unpaid and is being paid opens no period until it is.
  const coming = state === "past_due" ? ["none"] : [];
  return [onSchedule, ...(atOnce ? [createdAt.toISOString()] : []), ...coming];
}

const notOpened: Check<SubscriptionScope> = {
  name: "period-not-opened",
  title: { en: "A due period has not been opened", ko: "도래한 주기의 청구가 생성되지 않음" },
  advice: {
    en: "The sweep opens it: see that a worker process is running and read its log.",
    ko: "청구는 sweep이 생성합니다. 워커 실행 여부와 로그를 확인하십시오.",
  },
  find({ subscription, invoices }, { at, bounds }) {
    const { nextPeriodAt, nextPeriod } = subscription;
    if (nextPeriodAt === null || !goesOn(subscription)) return [];
    // Opened, and the subscription does not know it: a check of its own.
    if (invoices.some((invoice) => invoice.periodNumber === nextPeriod)) return [];
    return when(
      at.business.getTime() - nextPeriodAt.getTime() > bounds.openMs,
      `period ${nextPeriod} was due ${nextPeriodAt.toISOString()}`,
      nextPeriodAt,
    );
  },
};

export const PERIOD_CHECKS: readonly Check<SubscriptionScope>[] = [
  gap,
  twice,
  dates,
  ahead,
  nextInstant,
  notOpened,
];
