/** A payment in a window as callers and customers see it. */
import { factsOf } from "../domain/decline.ts";
import type { Invoice } from "../domain/invoice.ts";
import { orderStatusOf, refundedAmountOf } from "../domain/order-status.ts";
import { windowOrderNumber } from "../domain/payment-window.ts";
import type { Language } from "./language.ts";
import type { OrderView } from "./schemas/easypay.ts";

export function presentOrder(
  invoice: Invoice,
  { language, orderPrefix }: { language: Language; orderPrefix: string },
): OrderView {
  const { window } = invoice;
  const paidBy = invoice.attempts.find((attempt) => attempt.state === "approved");
  return {
    orderId: window?.orderId ?? "",
    paymentId: invoice.id,
    orderNumber: windowOrderNumber(invoice, orderPrefix),
    provider: invoice.gateway,
    device: window?.device ?? "pc",
    productName: invoice.productName,
    amount: invoice.amount,
    refundedAmount: refundedAmountOf(invoice),
    status: orderStatusOf(invoice),
    reason: reasonOf(invoice, language),
    method: paidBy?.transaction?.payMethod ?? window?.wallet ?? null,
    virtualAccount: accountOf(invoice),
    expiresAt: (window?.endsAt ?? invoice.nextActionAt).toISOString(),
    paidAt: paidBy?.transaction?.approvedAt.toISOString() ?? null,
  };
}

/** Why it is not paid, for the customer's eyes; null where it is, or nothing was said. */
export function reasonOf(invoice: Invoice, language: Language): string | null {
  if (invoice.state === "paid") return null;
  const declined = invoice.attempts.findLast((attempt) => attempt.decline !== null);
  if (declined?.decline != null) return factsOf(declined.decline.code).customer[language];
  return invoice.window?.failure ?? null;
}

function accountOf({ window }: Invoice): OrderView["virtualAccount"] {
  if (window?.virtualAccount == null) return null;
  const { bankName, accountNumber, holder, endsAt } = window.virtualAccount;
  return { bankName, accountNumber, holder, endsAt: endsAt?.toISOString() ?? null };
}
