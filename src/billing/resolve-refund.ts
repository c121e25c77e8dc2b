/** A person says what became of a refund that nobody knows about. */
import { BillingError } from "../domain/errors.ts";
import type { Invoice } from "../domain/invoice.ts";
import { resolveRefund as resolve } from "../domain/release-rules.ts";
import { type Clocks, readInstants } from "./instants.ts";
import type { Logger } from "../lib/logger.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { updateDocument } from "./update-document.ts";

export interface ResolveRefundInput {
  refundId: string;
  /** `not_refunded`: it is sent again. */
  kind: "refunded" | "not_refunded";
  reason: string;
  by: string;
}

/** Settles an unknown refund. Throws NOT_FOUND, or ATTEMPT_NOT_OPEN where its outcome is known. */
export async function resolveRefund(
  deps: Clocks & { invoices: InvoiceStore; log: Logger },
  input: ResolveRefundInput,
): Promise<Invoice> {
  const found = await deps.invoices.findByRefundId(input.refundId);
  if (found === null) throw new BillingError("NOT_FOUND", { id: input.refundId });
  const { by, ...resolution } = input;
  const at = await readInstants(deps);
  const recording = { at, actor: "operator" as const, by, random: 0, refundId: "" };
  const { document } = await updateDocument(deps.invoices, found.id, (read) =>
    resolve(read, resolution, recording),
  );
  deps.log.warn({ invoiceId: document.id, ...input }, "a refund is resolved by an operator");
  return document;
}
