import { BillingError } from "../domain/errors.ts";
import type { IdempotencyMark } from "../domain/idempotency.ts";
import { type Invoice, openPaymentInvoice } from "../domain/invoice.ts";
import { newId, randomText } from "../lib/ids.ts";
import type { Logger } from "../lib/logger.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import { getUsableBillingKey } from "./billing-key-checks.ts";
import { type Clocks, readInstants } from "./instants.ts";
import { findPayment } from "./idempotency.ts";
import type { WorkHints } from "../queues/work-hints.ts";

export interface RequestPaymentDeps extends Clocks {
  invoices: InvoiceStore;
  billingKeys: BillingKeyStore;
  hints: WorkHints;
  log: Logger;
}

export interface PaymentInput {
  billingKeyId: string;
  customerId: string | null;
  amount: number;
  productName: string;
  idempotency: IdempotencyMark | null;
  /** Which API key or operator asked for it. */
  by?: string | null;
}

/** Accepts a one-off charge. It is durable when this answers; a worker makes the call. */
export async function requestPayment(
  deps: RequestPaymentDeps,
  input: PaymentInput,
): Promise<Invoice> {
  const earlier = await findPayment(deps.invoices, input.idempotency);
  if (earlier !== null) return earlier;
  const key = await getUsableBillingKey(deps.billingKeys, input.billingKeyId, input.customerId);
  const at = await readInstants(deps);
  const payment = openPaymentInvoice(
    {
      id: newId("pay"),
      number: randomText(12),
      amount: input.amount,
      productName: input.productName,
      gateway: key.gateway,
      account: key.account,
      billingKeyId: key.id,
      customerId: key.customerId,
      customerName: key.customerName,
      dueAt: at.business,
      at,
      by: input.by ?? null,
    },
    input.idempotency,
  );
  if (!(await deps.invoices.insert(payment))) {
    // Two requests with one key at once: the other one was first.
    const first = await findPayment(deps.invoices, input.idempotency);
    if (first !== null) return first;
    throw new BillingError("CONFLICT", { id: payment.id });
  }
  deps.log.info({ paymentId: payment.id, amount: payment.amount }, "payment is accepted");
  await deps.hints.charge(payment);
  return payment;
}
