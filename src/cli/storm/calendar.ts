/**
 * What is due, by plain arithmetic and on purpose without the product's own rules: the ledger is
 * checked against it. Every subscription has one day of the month, from 1 to 20, so that each month
 * ends with days on which nothing new falls due and a ladder of declines can be climbed to its end.
 */

/** Business time at which the storm begins: 1 January 2026, 09:00 in Korea. */
export const STORM_START = new Date("2026-01-01T00:00:00Z");

const START_YEAR = 2026;
const DAY_MS = 86_400_000;
/** Renewals fall due at 10:00 in Korea. */
const DUE_MS = 3_600_000;
const CYCLE_DAYS = 20;

const PLANS = [
  { planId: "basic", productName: "베이직 월간 구독", amount: 4900 },
  { planId: "standard", productName: "스탠다드 월간 구독", amount: 9900 },
  { planId: "pro", productName: "프로 월간 구독", amount: 19_900 },
] as const;

export interface StormSubscription {
  index: number;
  customerId: string;
  customerName: string;
  planId: string;
  productName: string;
  amount: number;
  cycleDay: number;
  firstCharge: "cycleDay";
  startOn: string;
  /** Months after January 2026. */
  firstMonth: number;
}

export interface StormCalendar {
  subscriptions: readonly StormSubscription[];
  months: number;
  /** Periods due in all, which is the number of charges. */
  charges: number;
  /** Instants at which business time stops, one a day, until the last month is over. */
  days(): Date[];
  dueAt(subscription: StormSubscription, month: number): Date;
  /** First day of a period, YYYY-MM-DD. */
  startsOn(subscription: StormSubscription, month: number): string;
  /** The month whose period an instant belongs to; null before the first one. */
  monthOf(subscription: StormSubscription, at: Date): number | null;
  indexOf(customerId: string): number | null;
  /** Periods due by an instant, in the order in which they fall due. */
  dueBy(at: Date): number;
  /** The last instant of a month at which nothing of the next one is due. */
  endOfMonth(month: number): Date;
}

/** So many charges: few customers for few charges, at most 2,000 with many months each. */
export function createCalendar(charges: number): StormCalendar {
  const count = Math.min(charges, Math.max(400, Math.min(2000, Math.ceil(charges / 25))));
  const months = Math.ceil(charges / count);
  const inFirstMonth = charges - count * (months - 1);
  const subscriptions = Array.from({ length: count }, (_none, index) =>
    createSubscription(index, count, index < inFirstMonth ? 0 : 1),
  );
  return {
    subscriptions,
    months,
    charges,
    dueAt,
    days: () => daysUntil(months),
    startsOn: ({ cycleDay }, month) =>
      new Date(Date.UTC(START_YEAR, month, cycleDay)).toISOString().slice(0, 10),
    monthOf(subscription, at) {
      const shifted = new Date(at.getTime() - DUE_MS - (subscription.cycleDay - 1) * DAY_MS);
      const month = (shifted.getUTCFullYear() - START_YEAR) * 12 + shifted.getUTCMonth();
      return month < subscription.firstMonth || month >= months ? null : month;
    },
    indexOf(customerId) {
      const index = Number(/^storm-(\d{5})$/.exec(customerId)?.[1] ?? "0") - 1;
      return index >= 0 && index < count ? index : null;
    },
    dueBy: (at) => countDue(subscriptions, months, (one, month) => dueAt(one, month) <= at),
    endOfMonth: (month) => new Date(Date.UTC(START_YEAR, month + 1, 1) - DAY_MS + 12 * DUE_MS),
  };
}

function dueAt({ cycleDay }: StormSubscription, month: number): Date {
  return new Date(Date.UTC(START_YEAR, month, cycleDay) + DUE_MS);
}

function createSubscription(index: number, count: number, firstMonth: number): StormSubscription {
  return {
    index,
    customerId: `storm-${String(index + 1).padStart(5, "0")}`,
    customerName: "김하늘",
    ...(PLANS[index % PLANS.length] ?? PLANS[0]),
    cycleDay: 1 + Math.floor((index * CYCLE_DAYS) / count),
    firstCharge: "cycleDay",
    startOn: firstMonth === 0 ? "2026-01-01" : "2026-02-01",
    firstMonth,
  };
}

function daysUntil(months: number): Date[] {
  const first = Date.UTC(START_YEAR, 0, 1);
  const count = Math.round((Date.UTC(START_YEAR, months, 1) - first) / DAY_MS);
  return Array.from({ length: count }, (_none, day) => new Date(first + day * DAY_MS + DUE_MS));
}

/** Days of one month rise with the index, so that counting can end at the first one not due. */
function countDue(
  subscriptions: readonly StormSubscription[],
  months: number,
  isDue: (subscription: StormSubscription, month: number) => boolean,
): number {
  let due = 0;
  for (let month = 0; month < months; month += 1) {
    for (const subscription of subscriptions) {
      if (subscription.firstMonth > month) continue;
      if (!isDue(subscription, month)) return due;
      due += 1;
    }
  }
  return due;
}
