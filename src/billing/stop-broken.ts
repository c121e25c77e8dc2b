/** A document that contradicts itself stops alone: everything else goes on. */
import { BrokenInvariantError } from "../domain/errors.ts";
import { brokenInvariantOf } from "../domain/invariants.ts";
import type { Invoice } from "../domain/invoice.ts";
import { holdBroken } from "../domain/release-rules.ts";
import { type AlignDeps, parkSubscription } from "./align-invoices.ts";
import { readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

/**
 * Does the work of one invoice. Where a rule finds that the invoice contradicts itself, it is held,
 * its subscription is parked, and `null` is returned; any other error is the caller's.
 */
export async function stopWhenBroken<T>(
  deps: AlignDeps,
  invoiceId: string,
  work: () => Promise<T>,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof BrokenInvariantError)) throw error;
    await stopInvoice(deps, invoiceId, error.message);
    return null;
  }
}

async function stopInvoice(deps: AlignDeps, invoiceId: string, reason: string): Promise<void> {
  const at = await readInstants(deps);
  const { document, changed } = await updateDocument(deps.invoices, invoiceId, (invoice) =>
    holdBroken(invoice, reason, { at, actor: "sweep" }),
  );
  if (changed) {
    deps.log.error(
      { alarm: "invoice_broken", invoiceId, reason },
      "an invoice contradicts itself and waits for a person",
    );
  }
  if (document.subscriptionId !== null) {
    await parkSubscription(deps, document.subscriptionId, `${invoiceId}: ${reason}`);
  }
}

/** Throws where an invoice contradicts itself: no rule may be applied to it. */
export function assertSound(invoice: Invoice): void {
  const broken = brokenInvariantOf(invoice);
  if (broken !== null) throw new BrokenInvariantError(broken);
}
