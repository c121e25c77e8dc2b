/** A person decides about a period that was found a whole period late. */
import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import { releaseInvoice } from "../domain/release-rules.ts";
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
  by: string;
}

/** Has a late period charged now, or gives it up. Throws NOT_FOUND or ATTEMPT_NOT_OPEN. */
export async function decideLatePeriod(
  deps: DecideLatePeriodDeps,
  input: LateDecision,
): Promise<Invoice> {
  const at = await readInstants(deps);
  const cause = { at, actor: "operator" as const, by: input.by };
  const { document } = await updateDocument(deps.invoices, input.invoiceId, (invoice) => {
    if (invoice.held !== "late" || invoice.state !== "open") {
      throw new BillingError("ATTEMPT_NOT_OPEN", {
        orderNumber: invoice.id,
        state: invoice.held ?? invoice.state,
      });
    }
    if (input.decision === "waive") {
      return voidInvoice(invoice, cause, input.reason);
    }
    return releaseInvoice(invoice, { ...cause, reason: input.reason });
  });
  deps.log.info({ invoiceId: document.id, decision: input.decision }, "late period is decided");
  return document;
}
