/** Invoices as charges leave them, written straight into the store: quicker than charging. */
import type { Invoice } from "../../src/domain/invoice.ts";
import type { InvoiceStore } from "../../src/stores/invoices.ts";
import {
  approved,
  claimed,
  newest,
  paymentInvoice,
  recorded,
  unknownInvoice,
} from "../domain/fixtures.ts";

/** An order that a notice could be about. */
export interface Target {
  gateway: "kiwoompay" | "cookiepay" | "portone";
  orderNumber: string;
  transactionId: string;
  /** Won. */
  amount: number;
  merchantId: string;
  isUnknown: boolean;
}

export interface Planted {
  ids: readonly string[];
  targets: readonly Target[];
}

const MERCHANTS = {
  kiwoompay: "CTSIM001",
  cookiepay: "sim_merchant",
  portone: "sim_imp_key",
} as const;

/** A paid and an unknown payment at each gateway, of which no gateway knows anything. */
export async function plantInvoices(store: InvoiceStore): Promise<Planted> {
  const targets: Target[] = [];
  const ids: string[] = [];
  for (const gateway of ["kiwoompay", "cookiepay", "portone"] as const) {
    for (const isUnknown of [true, false]) {
      const index = ids.length;
      const transactionId = `imp_00000000000${index}`;
      const open = paymentInvoice({ id: `pay_${index}`, number: `FUZZ0000000${index}`, gateway });
      const invoice: Invoice = isUnknown
        ? unknownInvoice(open)
        : recorded(claimed(open), approved(transactionId));
      await store.insert(invoice);
      const { orderNumber, amount } = newest(invoice);
      const merchantId = MERCHANTS[gateway];
      targets.push({ gateway, orderNumber, transactionId, amount, merchantId, isUnknown });
      ids.push(invoice.id);
    }
  }
  return { ids, targets };
}
