/** Another saved card for a subscription. */
import { BillingError } from "../domain/errors.ts";
import { OUTBOX_FULL } from "../domain/events.ts";
import { type IdempotencyMark, withMark } from "../domain/idempotency.ts";
import { isReachable } from "../domain/message-plan.ts";
import { type Subscription, changeCard as change } from "../domain/subscription.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import { type AlignDeps, finishContractChange } from "./align-invoices.ts";
import { getUsableBillingKey } from "./billing-key-checks.ts";
import { type ScheduleDeps, assertNoSchedule } from "./gateway-schedules.ts";
import { findChanged } from "./idempotency.ts";
import { readInstants } from "./instants.ts";
import { assertOpenToChange, findPayableInvoices } from "./payable-invoice.ts";
import { updateDocument } from "./update-document.ts";

export interface ChangeCardInput {
  subscriptionId: string;
  billingKeyId: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/**
 * Swaps the billing key of a subscription and tries it at once on what was declined. A call in
 * flight on the old card comes back first. Throws NOT_FOUND, SUBSCRIPTION_ENDED,
 * SUBSCRIPTION_PARKED or what is wrong with the key.
 */
export async function changeCard(
  deps: AlignDeps & ScheduleDeps & { billingKeys: BillingKeyStore; hints: WorkHints },
  input: ChangeCardInput,
): Promise<Subscription> {
  const found = await deps.subscriptions.find(input.subscriptionId);
  if (found === null) {
    throw new BillingError("NOT_FOUND", { id: input.subscriptionId }, "/subscriptionId");
  }
  if ((await findChanged(deps.subscriptions, input)) !== null) return found;
  assertOpenToChange(found);
  const key = await getUsableBillingKey(deps.billingKeys, input.billingKeyId, found.customerId);
  await assertNoSchedule(deps, key);
  const { failed } = await findPayableInvoices(deps.invoices, found.id);
  const card = { billingKeyId: key.id, gateway: key.gateway, account: key.account };
  const cause = { at: await readInstants(deps), actor: "api" as const, by: input.by ?? null };
  const mark = input.idempotency && { ...input.idempotency, invoiceId: failed?.id ?? null };
  const becameUnpaid = (read: Subscription) => read.state === "unpaid" && failed === null;
  const { document, changed } = await updateDocument(
    deps.subscriptions,
    input.subscriptionId,
    (read) => {
      assertOpenToChange(read);
      if (becameUnpaid(read)) return null;
      if (read.billingKeyId === key.id && failed === null) return null;
      if (read.outbox.length >= OUTBOX_FULL) throw new BillingError("OUTBOX_FULL");
      const reachable = isReachable(read, key);
      const swapped = change(read, { ...card, reachable, invoiceId: failed?.id ?? null }, cause);
      return { ...swapped, changes: withMark(read.changes, mark) };
    },
  );
  // It became unpaid between the two reads: there is a failed invoice to be found now.
  if (!changed && becameUnpaid(document)) return changeCard(deps, input);
  if (!changed) return document;
  deps.log.info({ subscriptionId: document.id, billingKeyId: key.id }, "the card is changed");
  const aligned = await finishContractChange(deps, document, "api");
  await deps.hints.sweep();
  return aligned;
}
