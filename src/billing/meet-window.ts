/** A notice about an order whose payment window is still open: what it does before it is judged like any other. */
import { BillingError } from "../domain/errors.ts";
import { type Invoice, lastAttempt } from "../domain/invoice.ts";
import { leaveWindow, noteFailure } from "../domain/payment-window.ts";
import type { GatewayNotice } from "../gateways/notice.ts";
import { readInstants } from "./instants.ts";
import { readWindow } from "./read-window.ts";
import type { ReconcileDeps } from "./reconcile-attempt.ts";
import { updateDocument } from "./update-document.ts";

/**
 * A payment that is told becomes a question at once, a decline is kept for the customer's eyes, and of
 * a virtual account the gateway is asked for its number. None of it says that money moved.
 */
export async function meetWindow(
  deps: ReconcileDeps,
  { notice, invoice }: { notice: GatewayNotice; invoice: Invoice },
): Promise<void> {
  if (invoice.step !== "window") return;
  switch (notice.kind) {
    case "paid":
      return askNow(deps, invoice, notice);
    case "failed":
      return keepFailure(deps, invoice);
    case "pending":
      return readAccount(deps, invoice, notice);
    case "canceled":
      return;
  }
}

/** One that tells another amount is flagged where it is judged; the window stays. */
async function askNow(
  deps: ReconcileDeps,
  invoice: Invoice,
  { amount }: GatewayNotice,
): Promise<void> {
  if (amount !== null && amount !== lastAttempt(invoice)?.amount) return;
  const at = await readInstants(deps);
  await updateDocument(deps.invoices, invoice.id, (read) => leaveWindow(read, at));
}

async function keepFailure(deps: ReconcileDeps, invoice: Invoice): Promise<void> {
  await updateDocument(deps.invoices, invoice.id, (read) => noteFailure(read, "declined"));
}

async function readAccount(
  deps: ReconcileDeps,
  invoice: Invoice,
  { transactionId }: GatewayNotice,
): Promise<void> {
  const adapter = deps.gateways.get(invoice.gateway, invoice.account);
  if (transactionId === null || adapter.readWindow === undefined) return;
  try {
    await readWindow(deps, { invoice, adapter, transactionId });
  } catch (error) {
    // Another order's account is nothing of ours; out of reach, the page that came back asks again.
    if (!(error instanceof BillingError)) throw error;
  }
}
