/** A person decides about a period that was found a whole period late. */
import { BillingError } from "../domain/errors.ts";
import { withEvent } from "../domain/events.ts";
import { type Invoice, eventData } from "../domain/invoice.ts";
import { voidInvoice } from "../domain/settle-rules.ts";
import type { Logger } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { updateDocument } from "./update-document.ts";

export interface DecideLatePeriodDeps extends Clocks {
  invoices: InvoiceStore;
  log: Logger;
}

export interface LateDecision {
  invoiceId: string;
  decision: "charge" | "waive";
  reason: string;
}

/** Has a late period charged now, or gives it up. Throws NOT_FOUND or ATTEMPT_NOT_OPEN. */
export async function decideLatePeriod(
  deps: DecideLatePeriodDeps,
  input: LateDecision,
): Promise<Invoice> {
  const at = await readInstants(deps);
  const { document } = await updateDocument(deps.invoices, input.invoiceId, (invoice) => {
    if (invoice.held !== "late" || invoice.state !== "open") {
      throw new BillingError("ATTEMPT_NOT_OPEN", {
        orderNumber: invoice.id,
        state: invoice.held ?? invoice.state,
      });
    }
    if (input.decision === "waive") {
      return voidInvoice(invoice, { at, actor: "operator" }, input.reason);
    }
    return withEvent<Invoice>(
      { ...invoice, held: null, step: "charge", nextActionAt: at.operational },
      {
        type: "invoice.released",
        at,
        actor: "operator",
        reason: input.reason,
        data: eventData(invoice),
      },
    );
  });
  deps.log.info({ invoiceId: document.id, decision: input.decision }, "late period is decided");
  return document;
}
