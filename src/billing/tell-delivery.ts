import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { EscrowDelivery } from "../gateways/window.ts";
import { unanswered } from "./gateway-unreachable.ts";
import { type ReconcileDeps, openCall } from "./reconcile-attempt.ts";

export interface TellDeliveryInput {
  orderId: string;
  delivery: EscrowDelivery;
  /** Whether it takes the place of what was told before. */
  change: boolean;
}

/**
 * Tells the gateway how goods paid for in escrow are delivered: without it nothing is settled. Throws
 * NOT_FOUND, NOT_ESCROW, NOT_PAID, DELIVERY_REFUSED, GATEWAY_UNREACHABLE (nothing was sent) or
 * GATEWAY_UNANSWERED: it may have arrived then, and telling it again does no harm.
 */
export async function tellDelivery(
  deps: ReconcileDeps,
  input: TellDeliveryInput,
): Promise<Invoice> {
  const { orderId, delivery, change } = input;
  const invoice = await deps.invoices.findByOrderId(orderId);
  if (invoice === null) throw new BillingError("NOT_FOUND", { id: orderId });
  const adapter: GatewayAdapter = deps.gateways.get(invoice.gateway, invoice.account);
  const { gateway } = adapter;
  if (invoice.window?.escrow !== true || adapter.tellDelivery === undefined) {
    throw new BillingError("NOT_ESCROW", { orderId });
  }
  const paidBy = invoice.attempts.find((attempt) => attempt.state === "approved");
  if (paidBy?.transaction == null) {
    throw new BillingError("NOT_PAID", { id: orderId, state: invoice.state });
  }
  const call = await openCall(deps, adapter);
  if (call === null) throw unanswered(gateway, "not_sent");
  const told = { transactionId: paidBy.transaction.id, delivery, change };
  const outcome = await adapter.tellDelivery(call, told);
  if (outcome.kind === "declined") {
    throw new BillingError("DELIVERY_REFUSED", { reason: outcome.message });
  }
  if (outcome.kind !== "done") throw unanswered(gateway, outcome.kind);
  deps.log.info({ paymentId: invoice.id, change }, "the gateway knows how it is delivered");
  return invoice;
}
