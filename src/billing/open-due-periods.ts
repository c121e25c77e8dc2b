/** Subscriptions whose next period has come get its invoice. */
import { periodDueAt, periodStartOn } from "../domain/calendar.ts";
import type { Instants } from "../domain/events.ts";
import { type PeriodOfInvoice, openPeriodInvoice, periodInvoiceId } from "../domain/invoice.ts";
import { brokenSuccession } from "../domain/invariants.ts";
import {
  type Subscription,
  advancePeriod,
  endSubscription,
  isBillable,
} from "../domain/subscription.ts";
import { randomText } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { finishContractChange, parkSubscription } from "./align-invoices.ts";
import { type Clocks, readInstants } from "./instants.ts";

export interface OpenDuePeriodsDeps extends Clocks {
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  /** What is done with a period that is found a whole period late. */
  catchUp: "hold" | "charge";
  log: Logger;
}

/** Most subscriptions one call looks at, and most periods it opens for one of them. */
const SUBSCRIPTIONS_MAX = 500;
const PERIODS_MAX = 36;

/** Opens what is due. Returns how many invoices were opened; repeating it is harmless. */
export async function openDuePeriods(deps: OpenDuePeriodsDeps): Promise<number> {
  const at = await readInstants(deps);
  const due = await deps.subscriptions.listDue(at.business, SUBSCRIPTIONS_MAX);
  const counts = await Promise.all(due.map((subscription) => openPeriods(deps, subscription, at)));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function openPeriods(
  deps: OpenDuePeriodsDeps,
  due: Subscription,
  at: Instants,
): Promise<number> {
  let subscription: Subscription | null = due;
  for (let opened = 0; opened < PERIODS_MAX; opened += 1) {
    const isDue =
      subscription?.nextPeriodAt != null &&
      subscription.nextPeriodAt <= at.business &&
      isBillable(subscription);
    if (subscription === null) return opened;
    if (!isDue) {
      // It ended while a period was being opened: that one ends too.
      if (!isBillable(subscription)) await finishContractChange(deps, subscription, "sweep");
      return opened;
    }
    const broken = await findBrokenSuccession(deps, subscription);
    if (broken !== null) {
      await parkSubscription(deps, subscription.id, broken);
      return opened;
    }
    if (subscription.cancelAtPeriodEnd) {
      await endNow(deps, subscription, at);
      return opened;
    }
    await insertInvoice(deps, subscription, at);
    // Insert first, advance second: the other order would skip a period if the process died between.
    const advanced = advancePeriod(subscription, at);
    subscription =
      (await deps.subscriptions.write(subscription, advanced)) ??
      (await deps.subscriptions.find(subscription.id));
  }
  return PERIODS_MAX;
}

/** A period must follow the one before: a gap or an overlap is a person's business. */
async function findBrokenSuccession(
  deps: OpenDuePeriodsDeps,
  subscription: Subscription,
): Promise<string | null> {
  const { id, nextPeriod } = subscription;
  const previous =
    nextPeriod === 0 ? null : await deps.invoices.find(periodInvoiceId(id, nextPeriod - 1));
  return brokenSuccession(subscription, previous);
}

async function insertInvoice(
  deps: OpenDuePeriodsDeps,
  subscription: Subscription,
  at: Instants,
): Promise<void> {
  const period = periodOf(subscription, at.business, deps.catchUp);
  for (;;) {
    const invoice = openPeriodInvoice(subscription, period, { number: randomText(12), at });
    if (await deps.invoices.insert(invoice)) {
      deps.log.info(
        { subscriptionId: subscription.id, invoiceId: invoice.id, held: invoice.held },
        "period is opened",
      );
      return;
    }
    // Either somebody opened the period already, or the random number was taken: only then again.
    if ((await deps.invoices.find(invoice.id)) !== null) return;
  }
}

function periodOf(
  subscription: Subscription,
  businessNow: Date,
  catchUp: "hold" | "charge",
): PeriodOfInvoice {
  const { schedule, nextPeriod, nextPeriodAt } = subscription;
  const isLate = periodDueAt(schedule, nextPeriod + 1) <= businessNow;
  return {
    startOn: periodStartOn(schedule, nextPeriod),
    endOn: periodStartOn(schedule, nextPeriod + 1),
    dueAt: nextPeriodAt ?? periodDueAt(schedule, nextPeriod),
    late: isLate && catchUp === "hold",
  };
}

async function endNow(
  deps: OpenDuePeriodsDeps,
  subscription: Subscription,
  at: Instants,
): Promise<void> {
  const reason = subscription.cancelReason ?? "period ended";
  const ended = endSubscription(subscription, "canceled", { at, actor: "sweep", reason });
  const written = await deps.subscriptions.write(subscription, ended);
  if (written === null) return;
  deps.log.info({ subscriptionId: subscription.id }, "subscription has ended with its period");
  await finishContractChange(deps, written, "sweep");
}
