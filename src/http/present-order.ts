/** A payment in a window as callers and customers see it. */
import { factsOf } from "../domain/decline.ts";
import type { Invoice } from "../domain/invoice.ts";
import { orderStatusOf, refundedAmountOf } from "../domain/order-status.ts";
import { windowOrderNumber } from "../domain/payment-window.ts";
import type { Language, Text } from "./language.ts";
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

/** Why it is not paid, for the customer's eyes; null where it is or may be, or nothing was said. */
export function reasonOf(invoice: Invoice, language: Language): string | null {
  if (invoice.state === "paid" || orderStatusOf(invoice) === "confirming") return null;
  const declined = invoice.attempts.findLast((attempt) => attempt.decline !== null);
  if (declined?.decline != null) return factsOf(declined.decline.code).customer[language];
  const failure = invoice.window?.failure ?? null;
  return failure === null ? null : (FAILURES[failure]?.[language] ?? failure);
}

/** Where the window says no more than this. */
const FAILURES: Readonly<Record<string, Text | undefined>> = {
  declined: { en: "The payment was declined.", ko: "결제가 거절되었습니다." },
  closed: { en: "The payment window was closed.", ko: "결제창이 닫혔습니다." },
};

function accountOf({ window }: Invoice): OrderView["virtualAccount"] {
  if (window?.virtualAccount == null) return null;
  const { bankName, accountNumber, holder, endsAt } = window.virtualAccount;
  return { bankName, accountNumber, holder, endsAt: endsAt?.toISOString() ?? null };
}
