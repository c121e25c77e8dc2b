import { BillingError } from "../domain/errors.ts";
import type { ChangeMark, IdempotencyMark } from "../domain/idempotency.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";

/**
 * The document that an earlier request with the same key made, or null where there is none. Throws
 * IDEMPOTENCY_KEY_REUSED when that request had another body.
 */
export function replayOf<T>(
  earlier: T | null,
  earlierMark: IdempotencyMark | null,
  mark: IdempotencyMark,
): T | null {
  if (earlier === null) return null;
  if (earlierMark?.bodyHash !== mark.bodyHash) throw new BillingError("IDEMPOTENCY_KEY_REUSED");
  return earlier;
}

/** The payment that an earlier request with the same key made, by whatever it was paid. */
export async function findPayment(
  invoices: Pick<InvoiceStore, "findByIdempotencyKey">,
  mark: IdempotencyMark | null,
): Promise<Invoice | null> {
  if (mark === null) return null;
  const earlier = await invoices.findByIdempotencyKey(mark.key);
  return replayOf(earlier, earlier?.idempotency ?? null, mark);
}

/**
 * The mark that an earlier request with the same key left on a subscription, or null where there is
 * none. Throws IDEMPOTENCY_KEY_REUSED when it had another body or meant another subscription.
 */
export async function findChanged(
  subscriptions: Pick<SubscriptionStore, "findByChangeKey">,
  input: { subscriptionId: string; idempotency: IdempotencyMark | null },
): Promise<ChangeMark | null> {
  const mark = input.idempotency;
  if (mark === null) return null;
  const earlier = await subscriptions.findByChangeKey(mark.key);
  const change = earlier?.changes.find((one) => one.key === mark.key) ?? null;
  if (earlier === null || change === null) return null;
  if (earlier.id !== input.subscriptionId) throw new BillingError("IDEMPOTENCY_KEY_REUSED");
  return replayOf(change, change, mark);
}
