import type { ForgedField } from "../effects.ts";
import type { LedgerEntry } from "../ledger-entry.ts";
import type { Told } from "./gateway-notices.ts";

const FORGED_WON = 1_000;

/** What a notice can be made to say instead of the truth. */
export interface Overrides {
  readonly amount?: number;
  readonly orderNumber?: string;
  readonly transactionId?: string;
  readonly merchant?: string;
}

/** The same notice with another amount, or another order number. */
export function forge(told: Told, field: ForgedField): Told {
  const { amount = 0, orderNumber = "" } = told.entry;
  return field === "amount"
    ? override(told, { amount: amount + FORGED_WON })
    : override(told, { orderNumber: otherThan(orderNumber) });
}

/** What would be told if the entry said this; the ledger stays as it is. */
export function override(told: Told, overrides: Overrides): Told {
  const { transactionId } = overrides;
  const entry: LedgerEntry = {
    ...told.entry,
    ...overrides,
    ...(transactionId !== undefined && {
      detail: { ...told.entry.detail, cancelTransactionId: transactionId },
    }),
  };
  return { ...told, entry };
}

/** As long, and of the same signs. */
function otherThan(orderNumber: string): string {
  return `${orderNumber.slice(0, -1)}${orderNumber.endsWith("0") ? "1" : "0"}`;
}
