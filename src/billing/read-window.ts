/**
 * Somebody names a payment that was made in a window: a browser that came back, the merchant's server,
 * a notice. The gateway is asked, and its answer compared with our own record, before anything moves.
 */
import { BillingError } from "../domain/errors.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { awaitDeposit, leaveWindow, noteFailure } from "../domain/payment-window.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { WindowReading } from "../gateways/window.ts";
import { newId } from "../lib/ids.ts";
import { readInstants } from "./instants.ts";
import { adoptLate } from "./recheck-attempts.ts";
import { followUp } from "./follow-up.ts";
import { type ReconcileDeps, lookUp, openCall, reconcileAttempt } from "./reconcile-attempt.ts";
import { stopWhenBroken } from "./stop-broken.ts";
import { updateDocument } from "./update-document.ts";

export interface NamedPayment {
  invoice: Invoice;
  adapter: GatewayAdapter;
  /** The gateway's number of the payment, as somebody says. */
  transactionId: string;
}

/**
 * Asks and applies. Answers the invoice as it then stands. Throws WINDOW_MISMATCH where the payment is
 * another order's, or of another amount, or not there, and GATEWAY_UNANSWERED: nothing has changed then.
 */
export async function readWindow(deps: ReconcileDeps, named: NamedPayment): Promise<Invoice> {
  const { invoice, adapter } = named;
  // It is the payment that paid it: however often that is said, there is nothing to ask.
  if (lastAttempt(invoice)?.transaction?.id === named.transactionId) return invoice;
  const reading = await askGateway(deps, named);
  if (reading.kind === "failed") {
    throw new BillingError("GATEWAY_UNANSWERED", { gateway: adapter.gateway });
  }
  const problem = mismatchOf(invoice, reading);
  if (problem !== null) {
    const { id: paymentId, gateway } = invoice;
    deps.log.warn({ paymentId, gateway, problem }, "a payment that was named is not this order's");
    throw new BillingError("WINDOW_MISMATCH", { orderId: invoice.window?.orderId ?? "" });
  }
  if (reading.kind !== "found") return invoice;
  switch (reading.state) {
    case "paid":
    case "refunded":
      return settle(deps, invoice, adapter);
    case "pending":
      return keepAccount(deps, invoice, reading);
    case "failed":
      return keepFailure(deps, invoice, reading.reason ?? "declined");
  }
}

async function askGateway(
  deps: ReconcileDeps,
  { adapter, transactionId }: NamedPayment,
): Promise<WindowReading> {
  const call = await openCall(deps, adapter);
  if (call === null || adapter.readWindow === undefined) {
    return { kind: "failed", reason: "gateway out of reach" };
  }
  return adapter.readWindow(call, transactionId);
}

/** What does not fit; null where the payment is this order's. */
function mismatchOf(invoice: Invoice, reading: WindowReading): string | null {
  if (reading.kind !== "found") return "not there";
  const attempt = lastAttempt(invoice);
  if (reading.orderNumber !== attempt?.orderNumber) return "another order number";
  return reading.amount === attempt.amount ? null : "another amount";
}

/** It was paid: from here on the ordinary question about its order number decides. */
async function settle(
  deps: ReconcileDeps,
  invoice: Invoice,
  adapter: GatewayAdapter,
): Promise<Invoice> {
  const at = await readInstants(deps);
  await updateDocument(deps.invoices, invoice.id, (read) => leaveWindow(read, at));
  const result = await reconcileAttempt(deps, { invoiceId: invoice.id, prompted: true });
  if (result === "not asking") await adoptClosed(deps, invoice.id, adapter);
  return (await deps.invoices.find(invoice.id)) ?? invoice;
}

/** The order had been given up: what was paid all the same is adopted, or goes back. */
async function adoptClosed(
  deps: ReconcileDeps,
  invoiceId: string,
  adapter: GatewayAdapter,
): Promise<void> {
  await stopWhenBroken(deps, invoiceId, async () => {
    const invoice = await deps.invoices.find(invoiceId);
    const attempt = invoice === null ? undefined : lastAttempt(invoice);
    if (attempt === undefined || attempt.state === "approved") return;
    const call = await openCall(deps, adapter);
    const zone = deps.policy.dunning.zone;
    const reading = await lookUp(deps, { adapter, call, attempt, zone });
    const refundId = newId("ref");
    const at = await readInstants(deps);
    const recording = { at, actor: "reconcile" as const, random: deps.random(), refundId };
    const { orderNumber } = attempt;
    const { document } = await updateDocument(deps.invoices, invoiceId, (read) =>
      adoptLate(read, { orderNumber, reading }, recording),
    );
    await followUp(deps, document);
  });
}

async function keepAccount(
  deps: ReconcileDeps,
  invoice: Invoice,
  { virtualAccount }: Extract<WindowReading, { kind: "found" }>,
): Promise<Invoice> {
  if (virtualAccount === null) return invoice;
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) =>
    awaitDeposit(read, virtualAccount),
  );
  return document;
}

async function keepFailure(
  deps: ReconcileDeps,
  invoice: Invoice,
  reason: string,
): Promise<Invoice> {
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) =>
    noteFailure(read, reason),
  );
  return document;
}
