import { BillingError } from "../domain/errors.ts";
import { OUTBOX_FULL } from "../domain/events.ts";
import { type IdempotencyMark, withMark } from "../domain/idempotency.ts";
import { type Subscription, cancelAtPeriodEnd, endSubscription } from "../domain/subscription.ts";
import type { Logger } from "../lib/logger.ts";
import { type AlignDeps, finishContractChange } from "./align-invoices.ts";
import { findChanged } from "./idempotency.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface CancelInput {
  subscriptionId: string;
  atPeriodEnd: boolean;
  reason: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Ends a subscription, now or with its period. When this has answered no new call starts; a call in
 * flight is refunded if it brings money. Cancelling again changes nothing.
 */
export async function cancelSubscription(
  deps: AlignDeps & { log: Logger },
  input: CancelInput,
): Promise<Subscription> {
  const { idempotency } = input;
  await findChanged(deps.subscriptions, input);
  const at = await readInstants(deps);
  const move = { at, actor: "api" as const, by: input.by ?? null, reason: input.reason };
  const { document, changed } = await updateDocument(
    deps.subscriptions,
    input.subscriptionId,
    (subscription) => {
      if (subscription.state === "canceled") return null;
      if (input.atPeriodEnd && subscription.cancelAtPeriodEnd) return null;
      if (subscription.outbox.length >= OUTBOX_FULL) throw new BillingError("OUTBOX_FULL");
      const ended = input.atPeriodEnd
        ? cancelAtPeriodEnd(subscription, move)
        : endSubscription(subscription, "canceled", move);
      const mark = idempotency && { ...idempotency, invoiceId: null };
      return { ...ended, changes: withMark(subscription.changes, mark) };
    },
  );
  if (changed) {
    deps.log.info(
      { subscriptionId: document.id, state: document.state, atPeriodEnd: input.atPeriodEnd },
      "subscription is cancelled",
    );
  }
  return document.aligning ? finishContractChange(deps, document, "api") : document;
}
