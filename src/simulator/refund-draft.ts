import type { EntryDraft, LedgerEntry } from "./ledger-entry.ts";

/** The ledger's entry of money given back: whose it was stands in the approval. */
export function refundDraft(
  approval: LedgerEntry,
  given: Pick<EntryDraft, "amount" | "fault" | "detail"> & { readonly at: Date },
): EntryDraft {
  const { gateway, merchant, billingKey, buyerId, orderNumber, transactionId, cardLast4 } =
    approval;
  return {
    at: given.at.toISOString(),
    gateway,
    merchant,
    kind: "refund",
    billingKey,
    buyerId,
    orderNumber,
    transactionId,
    cardLast4,
    amount: given.amount,
    fault: given.fault,
    detail: given.detail,
  };
}
