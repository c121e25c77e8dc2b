/** A change of the contract reaches the open invoices: subscription first, invoices second. */
import { alignInvoice } from "../domain/contract-rules.ts";
import { BrokenInvariantError } from "../domain/errors.ts";
import type { Actor, Cause } from "../domain/events.ts";
import { holdBroken } from "../domain/release-rules.ts";
import { type Subscription, parkSubscription as park } from "../domain/subscription.ts";
import type { Logger } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface AlignDeps extends Clocks {
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  log: Logger;
}

/**
 * Aligns every open invoice and says so on the subscription, unless its contract changed again
 * meanwhile. Returns the subscription as it then stands.
 */
export async function finishContractChange(
  deps: AlignDeps,
  subscription: Subscription,
  actor: Actor,
): Promise<Subscription> {
  const cause = { at: await readInstants(deps), actor };
  const open = await deps.invoices.listOpenOfSubscription(subscription.id);
  const ids = new Set(open.map((invoice) => invoice.id));
  if (subscription.payNow !== null) ids.add(subscription.payNow);
  let broken: string | null = null;
  for (const id of ids) broken = (await alignOne(deps, id, subscription, cause)) ?? broken;
  const { document } = await updateDocument(deps.subscriptions, subscription.id, (read) =>
    read.aligning && read.version === subscription.version
      ? { ...read, aligning: false, payNow: null }
      : null,
  );
  return broken === null ? document : parkSubscription(deps, subscription.id, broken);
}

/** Aligns one invoice. One that contradicts itself is held instead; returns what is wrong with it. */
async function alignOne(
  deps: AlignDeps,
  id: string,
  subscription: Subscription,
  cause: Cause,
): Promise<string | null> {
  try {
    await updateDocument(deps.invoices, id, (read) => alignInvoice(read, subscription, cause));
    return null;
  } catch (error) {
    if (!(error instanceof BrokenInvariantError)) throw error;
    const { message } = error;
    await updateDocument(deps.invoices, id, (read) => holdBroken(read, message, cause));
    return message;
  }
}

/**
 * Stops a subscription that contradicts itself, and no other, until a person releases it. Parking it
 * again changes nothing.
 */
export async function parkSubscription(
  deps: AlignDeps,
  subscriptionId: string,
  reason: string,
): Promise<Subscription> {
  const at = await readInstants(deps);
  const { document, changed } = await updateDocument(deps.subscriptions, subscriptionId, (read) =>
    read.parked === null ? park(read, { at, actor: "sweep", reason }) : null,
  );
  if (changed) {
    deps.log.error(
      { alarm: "subscription_parked", subscriptionId, reason },
      "a subscription contradicts itself and is stopped until a person releases it",
    );
  }
  return document.aligning ? finishContractChange(deps, document, "sweep") : document;
}
