/** Why something was charged, was not, or is not yet known to be. Reads only. */
import { type AccountName, type AccountPause, accountPauseId } from "../domain/account-pause.ts";
import { isCalendarDay } from "../domain/calendar.ts";
import { BillingError } from "../domain/errors.ts";
import type { Instants } from "../domain/events.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { Subscription } from "../domain/subscription.ts";
import { type Explanation, explainInvoice, explainPeriod, todayOf } from "../domain/why.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { type Clocks, readInstants } from "./instants.ts";

export interface ExplainDeps extends Clocks {
  pauses: Pick<AccountPauseStore, "find">;
  invoices: Pick<
    InvoiceStore,
    "find" | "findByOrderNumber" | "findByOrderId" | "listOfSubscription"
  >;
  subscriptions: Pick<SubscriptionStore, "find" | "list">;
}

/** Explains the period that covers a day; today where none is named. Throws NOT_FOUND. */
export async function explainSubscription(
  deps: ExplainDeps,
  input: { subscriptionId: string; on: string | null },
): Promise<Explanation> {
  const subscription = await deps.subscriptions.find(input.subscriptionId);
  if (subscription === null) throw new BillingError("NOT_FOUND", { id: input.subscriptionId });
  return explainOn(deps, subscription, { on: input.on, at: await readInstants(deps) });
}

/** Explains a one-off payment, or the period of an invoice's id. Throws NOT_FOUND. */
export async function explainPayment(
  deps: ExplainDeps,
  input: { paymentId: string; zone: string },
): Promise<Explanation> {
  const invoice = await deps.invoices.find(input.paymentId);
  if (invoice === null) throw new BillingError("NOT_FOUND", { id: input.paymentId });
  return explainFound(deps, invoice, input.zone);
}

/** Most subscriptions of one customer that are explained at once. */
const SUBSCRIPTIONS_MAX = 50;

/**
 * Explains whatever an id names: a subscription, a payment, an invoice, an order number, or all
 * subscriptions of a customer. A day can be named for subscriptions only. Throws NOT_FOUND, or
 * VALIDATION_FAILED where the day is none or cannot be named.
 */
export async function explainAny(
  deps: ExplainDeps,
  input: { id: string; on: string | null; zone: string },
): Promise<Explanation[]> {
  const { id, on, zone } = input;
  if (on !== null && !isBillingDay(on)) throw new BillingError("VALIDATION_FAILED", { on }, "/on");
  const subscription = await deps.subscriptions.find(id);
  const at = await readInstants(deps);
  if (subscription !== null) return [await explainOn(deps, subscription, { on, at })];
  const invoice =
    (await deps.invoices.find(id)) ??
    (await deps.invoices.findByOrderNumber(id)) ??
    (await deps.invoices.findByOrderId(id));
  if (invoice !== null) {
    if (on !== null) throw new BillingError("VALIDATION_FAILED", { on }, "/on");
    return [await explainFound(deps, invoice, zone)];
  }
  const ofCustomer = await deps.subscriptions.list({ customerId: id }, SUBSCRIPTIONS_MAX);
  if (ofCustomer.length === 0) throw new BillingError("NOT_FOUND", { id });
  return Promise.all(ofCustomer.map((one) => explainOn(deps, one, { on, at })));
}

/** Whether a text is a day of this century, as every day of ours is. */
export function isBillingDay(text: string): boolean {
  return text.startsWith("20") && isCalendarDay(text);
}

async function explainOn(
  deps: ExplainDeps,
  subscription: Subscription,
  asked: { on: string | null; at: Instants },
): Promise<Explanation> {
  const invoices = await deps.invoices.listOfSubscription(subscription.id);
  const on = asked.on ?? todayOf(subscription, asked.at);
  const pause = await findPause(deps, subscription);
  return explainPeriod(subscription, invoices, { on, at: asked.at, pause });
}

async function explainFound(
  deps: ExplainDeps,
  invoice: Invoice,
  zone: string,
): Promise<Explanation> {
  const at = await readInstants(deps);
  const pause = await findPause(deps, invoice);
  if (invoice.subscriptionId === null) return explainInvoice(invoice, { zone, at, pause });
  const subscription = await deps.subscriptions.find(invoice.subscriptionId);
  return explainInvoice(invoice, {
    at,
    pause,
    ...(subscription === null ? { zone } : { subscription }),
  });
}

function findPause(deps: ExplainDeps, account: AccountName): Promise<AccountPause | null> {
  return deps.pauses.find(accountPauseId(account, "charge"));
}
