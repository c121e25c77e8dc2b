import type { Invoice } from "../domain/invoice.ts";
import type { DocumentQueue } from "./names.ts";

/** What a hint is about: enough to find the queue and to give the job an id of its own. */
export type HintedInvoice = Pick<
  Invoice,
  "id" | "step" | "revision" | "urgent" | "gateway" | "account"
>;

/**
 * Tells the workers that there is work. A hint may be lost, doubled or late without harm: the sweep
 * finds all work in the database. None of these ever throws.
 */
export interface WorkHints {
  charge(invoice: HintedInvoice): Promise<void>;
  document(queue: DocumentQueue, document: { id: string; revision: number }): Promise<void>;
  sweep(): Promise<void>;
}
