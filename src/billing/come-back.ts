/** A customer's browser comes back from a payment window. Whatever it says, our record and the gateway decide. */
import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import { noteFailure, noteReturn, windowOrderNumber } from "../domain/payment-window.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import { approveWindow } from "./approve-window.ts";
import { readInstants } from "./instants.ts";
import type { WindowDeps } from "./prepare-window.ts";
import { readWindow } from "./read-window.ts";
import type { ReconcileDeps } from "./reconcile-attempt.ts";
import { updateDocument } from "./update-document.ts";

export type ComeBackDeps = WindowDeps & ReconcileDeps;

/**
 * Reads what came back and does what follows from it; a reload, a second tab and the back button meet
 * an order that has gone on. Answers the payment as it stands. Throws NOT_FOUND, WINDOW_MISMATCH
 * (nothing has changed), or GATEWAY_UNREACHABLE (nothing was sent; coming back again helps).
 */
export async function comeBack(
  deps: ComeBackDeps,
  input: { paymentId: string; fields: Readonly<Record<string, string>> },
): Promise<Invoice> {
  const { paymentId, fields } = input;
  const invoice = await deps.invoices.find(paymentId);
  if (invoice?.window == null) throw new BillingError("NOT_FOUND", { id: paymentId });
  const adapter = deps.gateways.get(invoice.gateway, invoice.account);
  const { orderId, gatewayOrderId } = invoice.window;
  const order = {
    orderNumber: windowOrderNumber(invoice, deps.policy.orderPrefix),
    amount: invoice.amount,
    gatewayOrderId,
  };
  const reading = adapter.readReturn?.(fields, order);
  if (reading === undefined || reading.kind === "mismatch") {
    const field = reading?.field ?? "";
    deps.log.warn(
      { paymentId, gateway: invoice.gateway, field },
      "a browser brought another order",
    );
    throw new BillingError("WINDOW_MISMATCH", { orderId });
  }
  switch (reading.kind) {
    case "authenticated":
      return approve(deps, adapter, { invoice, fields });
    case "claims_paid":
      return claimedPaid(deps, adapter, { invoice, transactionId: reading.transactionId });
    case "given_up":
      return givenUp(deps, invoice, reading.reason);
  }
}

async function approve(
  deps: ComeBackDeps,
  adapter: GatewayAdapter,
  returned: { invoice: Invoice; fields: Readonly<Record<string, string>> },
): Promise<Invoice> {
  const { step, claim } = returned.invoice;
  const isOurs = adapter.capabilities.windows === "merchant";
  if (step !== "window" || claim !== null || !isOurs) return returned.invoice;
  return approveWindow(deps, adapter, returned);
}

async function claimedPaid(
  deps: ComeBackDeps,
  adapter: GatewayAdapter,
  { invoice, transactionId }: { invoice: Invoice; transactionId: string | null },
): Promise<Invoice> {
  const at = await readInstants(deps);
  if (transactionId !== null && adapter.readWindow !== undefined) {
    try {
      return await readWindow(deps, { invoice, adapter, transactionId });
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      // Money may have moved: the claim is noted, and the sweep asks when the window's time is over.
    }
  }
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) =>
    noteReturn(read, at),
  );
  return document;
}

function isUnanswered(error: unknown): boolean {
  return error instanceof BillingError && error.code === "GATEWAY_UNANSWERED";
}

async function givenUp(deps: ComeBackDeps, invoice: Invoice, reason: string): Promise<Invoice> {
  const { document } = await updateDocument(deps.invoices, invoice.id, (read) =>
    noteFailure(read, reason),
  );
  return document;
}
