/** What an entry of the ledger can record. */
export const ENTRY_KINDS = [
  "billing_key_issued",
  "billing_key_revoked",
  "virtual_account_issued",
  "approval",
  "decline",
  "refund",
] as const;

/** One of the things that a gateway remembers. Money moves in an approval and in a refund alone. */
type EntryKind = (typeof ENTRY_KINDS)[number];

/**
 * One line of the ledger. Never changed once written; never holds a card number. `at` is business
 * time, `realAt` the real instant of writing; `detail` holds what only that gateway prints.
 */
export interface LedgerEntry {
  readonly seq: number;
  readonly at: string;
  readonly realAt: string;
  readonly gateway: string;
  readonly merchant: string;
  readonly kind: EntryKind;
  readonly billingKey?: string | undefined;
  readonly buyerId?: string | undefined;
  readonly orderNumber?: string | undefined;
  /** Of a refund: the approval that it gives back. Of a virtual account: the approval that its deposit becomes. */
  readonly transactionId?: string | undefined;
  readonly amount?: number | undefined;
  readonly code?: string | undefined;
  readonly cardLast4?: string | undefined;
  readonly fault?: string | undefined;
  readonly detail?: Readonly<Record<string, string>> | undefined;
}

/** An entry before the ledger numbered it. */
export type EntryDraft = Omit<LedgerEntry, "seq" | "realAt">;

/** A payment request that was accepted and never processed: no entry, yet the card remembers it. */
export interface SwallowedNote {
  readonly note: "swallowed";
  readonly gateway: string;
  readonly billingKey: string;
}
