/** Why a period has no invoice: pure rules. */
import { instantOn, periodDueAt } from "./calendar.ts";
import type { Instants } from "./events.ts";
import { type Subscription, endOfPresentPeriod } from "./subscription.ts";
import type { Finding, NextStep } from "./why-reason.ts";

interface ComingPeriod {
  number: number;
  dueAt: Date;
}

/** The finding about a period without an invoice; `period` is null for a day before the first one. */
export function findUnopened(
  subscription: Subscription,
  period: ComingPeriod | null,
  at: Instants,
): Finding {
  const ended = findEnd(subscription, period);
  if (ended !== null) return ended;
  if (period === null) return findBeforeFirst(subscription);
  // Opened again and not paid yet: what follows waits for that.
  if (subscription.nextPeriodAt === null) {
    return { reason: "ended_unpaid", at: period.dueAt, next: null };
  }
  const endsAt = endOfScheduled(subscription);
  if (endsAt !== null) {
    return {
      reason: "ends_before",
      at: period.dueAt,
      otherAt: endsAt,
      next: { what: "end", at: endsAt },
    };
  }
  const isDue = period.dueAt <= at.business;
  return {
    reason: isDue ? "due_not_opened" : "not_due_yet",
    at: period.dueAt,
    next: { what: "charge", at: isDue ? at.business : period.dueAt },
  };
}

/** A contract that has ended, rests or is parked opens no period. */
function findEnd(subscription: Subscription, period: ComingPeriod | null): Finding | null {
  const at = period?.dueAt ?? firstPeriodAt(subscription);
  if (subscription.state === "canceled") {
    const { canceledAt, cancelReason } = subscription;
    return {
      reason: "canceled",
      at,
      next: null,
      ...(canceledAt === null ? {} : { otherAt: canceledAt }),
      ...(cancelReason === null ? {} : { note: cancelReason }),
    };
  }
  if (subscription.state === "unpaid") return { reason: "ended_unpaid", at, next: null };
  if (subscription.state === "paused") return { reason: "paused", at, next: decision };
  if (subscription.parked !== null) {
    return { reason: "parked", at, next: decision, note: subscription.parked };
  }
  return null;
}

const decision: NextStep = { what: "decision", at: null };

function findBeforeFirst(subscription: Subscription): Finding {
  const firstAt = firstPeriodAt(subscription);
  return {
    reason: subscription.state === "trialing" ? "in_trial" : "before_first_period",
    at: firstAt,
    next: subscription.nextPeriod === 0 ? { what: "charge", at: firstAt } : null,
  };
}

function firstPeriodAt(subscription: Subscription): Date {
  const { nextPeriod, nextPeriodAt, schedule } = subscription;
  return nextPeriod === 0 && nextPeriodAt !== null ? nextPeriodAt : periodDueAt(schedule, 0);
}

/** When a subscription ends that was cancelled for the end of its period. */
function endOfScheduled(subscription: Subscription): Date | null {
  if (!subscription.cancelAtPeriodEnd) return null;
  return instantOn(endOfPresentPeriod(subscription), 0, subscription.schedule.zone);
}

/** The next renewal, where this period is the newest one and the contract goes on. */
export function renewalAfter(
  subscription: Subscription | null,
  periodNumber: number | null,
): NextStep | null {
  if (subscription === null || periodNumber !== subscription.nextPeriod - 1) return null;
  const endsAt = endOfScheduled(subscription);
  if (endsAt !== null && subscription.nextPeriodAt !== null) return { what: "end", at: endsAt };
  const goesOn = findEnd(subscription, null) === null && subscription.nextPeriodAt !== null;
  return goesOn ? { what: "renewal", at: subscription.nextPeriodAt } : null;
}
