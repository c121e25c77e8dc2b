import {
  type BillingSchedule,
  addDays,
  dayOf,
  nextCycleDay,
  periodDueAt,
  periodStartOn,
} from "./calendar.ts";
import { type Cause, type HasOutbox, type Instants, withEvent } from "./events.ts";
import type { ChangeMark, IdempotencyMark } from "./idempotency.ts";

export type SubscriptionState =
  | "trialing"
  | "active"
  | "past_due"
  | "paused"
  | "canceled"
  | "unpaid";

/** States in which new periods are opened and open invoices are charged. */
export const BILLABLE_STATES: readonly SubscriptionState[] = ["trialing", "active", "past_due"];

/** The standing agreement. */
export interface Subscription extends HasOutbox {
  id: string;
  customerId: string;
  customerName: string;
  /** Where its messages go; null: where the saved card says. */
  customerEmail: string | null;
  customerPhone: string | null;
  locale: "ko" | "en" | null;
  /** Whether there is any address, its own or the saved card's. */
  reachable: boolean;
  /** Whether the customer has yet to be told of the charge at `nextPeriodAt`. */
  toNotice: boolean;
  billingKeyId: string;
  gateway: string;
  account: string;
  planId: string;
  productName: string;
  /** Won per period. */
  amount: number;
  schedule: BillingSchedule;
  state: SubscriptionState;
  /** Raised by every change of the contract. */
  version: number;
  /** A change has not reached every open invoice yet. */
  aligning: boolean;
  /** Id of an invoice that this change makes due at once; null when there is none. */
  payNow: string | null;
  /** Why it is stopped until a person releases it; null: it is not. */
  parked: string | null;
  /** Number of the period that is opened next. */
  nextPeriod: number;
  /** Business instant at which it is opened; null when none is. */
  nextPeriodAt: Date | null;
  /** Ends when the present period does, instead of opening the next. */
  cancelAtPeriodEnd: boolean;
  cancelReason: string | null;
  canceledAt: Date | null;
  metadata: Record<string, string>;
  createdAt: Date;
  idempotency: IdempotencyMark | null;
  /** Marks of the requests that changed it, newest last; bounded. */
  changes: ChangeMark[];
  revision: number;
}

type Reaching = Pick<Subscription, "customerEmail" | "customerPhone" | "locale" | "reachable">;

export interface NewSubscription extends Partial<Reaching> {
  id: string;
  customerId: string;
  customerName: string;
  billingKeyId: string;
  gateway: string;
  account: string;
  planId: string;
  productName: string;
  amount: number;
  cycleDay: number;
  zone: string;
  dueHour: number;
  trialDays: number;
  /** First day on which a period may begin; today where absent. */
  startOn?: string;
  /** `now`: period 0 begins today at the full amount and ends at the next cycle day. */
  firstCharge: "now" | "cycleDay";
  metadata: Record<string, string>;
  idempotency: IdempotencyMark | null;
  at: Instants;
  by?: string | null;
}

/** A new subscription. Period 0 begins on the first cycle day from the start (or the trial's end) on. */
export function createSubscription(input: NewSubscription): Subscription {
  const { cycleDay, zone, dueHour, trialDays, startOn, firstCharge, at, by, ...given } = input;
  const today = dayOf(at.business, zone);
  const fromOn = addDays(startOn ?? today, trialDays);
  const firstPeriodOn = firstCharge === "now" ? fromOn : nextCycleDay(fromOn, cycleDay);
  const schedule: BillingSchedule = { cycleDay, firstPeriodOn, zone, dueHour };
  const startsAtOnce = firstCharge === "now" && firstPeriodOn === today;
  const subscription: Subscription = {
    ...given,
    customerEmail: given.customerEmail ?? null,
    customerPhone: given.customerPhone ?? null,
    locale: given.locale ?? null,
    reachable: given.reachable ?? false,
    toNotice: given.reachable ?? false,
    schedule,
    state: trialDays > 0 ? "trialing" : "active",
    version: 1,
    aligning: false,
    payNow: null,
    parked: null,
    nextPeriod: 0,
    nextPeriodAt: startsAtOnce ? at.business : periodDueAt(schedule, 0),
    cancelAtPeriodEnd: false,
    cancelReason: null,
    canceledAt: null,
    changes: [],
    createdAt: at.business,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
  return withEvent(subscription, {
    type: "subscription.created",
    at,
    actor: "api",
    by: by ?? null,
    after: subscription.state,
    data: eventDataOf(subscription),
  });
}

/** The subscription once period `nextPeriod` has its invoice. */
export function advancePeriod(subscription: Subscription, at: Instants): Subscription {
  const nextPeriod = subscription.nextPeriod + 1;
  const advanced: Subscription = {
    ...subscription,
    nextPeriod,
    nextPeriodAt: periodDueAt(subscription.schedule, nextPeriod),
    toNotice: subscription.reachable,
  };
  if (subscription.state !== "trialing") return advanced;
  return moveSubscription(advanced, "active", { at, actor: "sweep", reason: "trial ended" });
}

interface Move extends Cause {
  reason: string;
}

/** What is agreed, without the traces of how it came about. */
export type Contract = Omit<Subscription, "changes" | "metadata" | "outbox" | "idempotency">;

/** Whether its periods are opened and its open invoices are charged. */
export function isBillable(subscription: Pick<Subscription, "state" | "parked">): boolean {
  return BILLABLE_STATES.includes(subscription.state) && subscription.parked === null;
}

/** The subscription in another state, with the event that says so. */
export function moveSubscription(
  subscription: Subscription,
  state: SubscriptionState,
  move: Move,
): Subscription {
  return withEvent(
    { ...subscription, state },
    {
      type: `subscription.${state === "active" ? "activated" : state}`,
      ...move,
      before: subscription.state,
      after: state,
      data: eventDataOf(subscription),
    },
  );
}

/** A contract that ends now: no period is opened any more, open invoices have yet to follow. */
export function endSubscription(
  subscription: Subscription,
  state: "canceled" | "unpaid",
  move: Move,
): Subscription {
  return moveSubscription(
    {
      ...subscription,
      version: subscription.version + 1,
      aligning: true,
      nextPeriodAt: null,
      canceledAt: state === "canceled" ? move.at.business : null,
      cancelReason: state === "canceled" ? move.reason : null,
    },
    state,
    move,
  );
}

/** A contract that ends when its present period does. */
export function cancelAtPeriodEnd(subscription: Subscription, move: Move): Subscription {
  return withEvent(
    { ...subscription, cancelAtPeriodEnd: true, cancelReason: move.reason },
    {
      type: "subscription.cancel_scheduled",
      ...move,
      before: subscription.state,
      after: subscription.state,
      data: { ...eventDataOf(subscription), endsOn: endOfPresentPeriod(subscription) },
    },
  );
}

/** A subscription with something wrong in it: only it stops, until a person releases it. */
export function parkSubscription(subscription: Subscription, move: Move): Subscription {
  return withEvent(
    { ...subscription, parked: move.reason, version: subscription.version + 1, aligning: true },
    { type: "subscription.parked", ...move, data: eventDataOf(subscription) },
  );
}

/** A parked subscription goes on where it stopped. */
export function releaseSubscription(subscription: Subscription, move: Move): Subscription {
  return withEvent(
    { ...subscription, parked: null, version: subscription.version + 1, aligning: true },
    {
      type: "subscription.released",
      ...move,
      before: subscription.parked,
      data: eventDataOf(subscription),
    },
  );
}

/**
 * The customer pays an open or failed invoice now. An unpaid subscription owes again; its next
 * period is opened once it has paid.
 */
export function payInvoiceNow(
  subscription: Subscription,
  invoiceId: string,
  cause: Cause,
): Subscription {
  const asked: Subscription = {
    ...subscription,
    version: subscription.version + 1,
    aligning: true,
    payNow: invoiceId,
  };
  if (subscription.state !== "unpaid") return asked;
  return withEvent<Subscription>(
    { ...asked, state: "past_due", nextPeriodAt: null },
    {
      type: "subscription.reopened",
      ...cause,
      before: "unpaid",
      after: "past_due",
      data: { ...eventDataOf(subscription), invoiceId },
    },
  );
}

/** Another saved card from now on; what was declined on the old one is tried on it at once. */
export function changeCard(
  subscription: Subscription,
  card: {
    billingKeyId: string;
    gateway: string;
    account: string;
    /** Whether there is an address, the subscription's or the new card's. */
    reachable?: boolean;
    invoiceId: string | null;
  },
  cause: Cause,
): Subscription {
  const { invoiceId, ...key } = card;
  const changed: Subscription = {
    ...subscription,
    ...key,
    version: subscription.version + 1,
    aligning: true,
  };
  const said = withEvent(changed, {
    type: "subscription.card_changed",
    ...cause,
    before: subscription.billingKeyId,
    after: card.billingKeyId,
    data: eventDataOf(subscription),
  });
  return invoiceId === null ? said : payInvoiceNow(said, invoiceId, cause);
}

/** First day that is not covered any more, if it is cancelled at its period's end. */
export function endOfPresentPeriod(subscription: Subscription): string {
  return periodStartOn(subscription.schedule, subscription.nextPeriod);
}

/** What every event about a subscription says. */
export function eventDataOf(subscription: Subscription): Record<string, string | number | null> {
  return {
    subscriptionId: subscription.id,
    customerId: subscription.customerId,
    planId: subscription.planId,
    amount: subscription.amount,
  };
}
