/** How a payment in a window stands, in one word: a pure rule. */
import type { Invoice } from "./invoice.ts";

export const ORDER_STATUSES = [
  /** The customer has not finished. */
  "waiting",
  /** Somebody says that it was paid; it is being found out. */
  "confirming",
  /** A virtual account waits for its deposit. */
  "pending",
  "paid",
  "partially_refunded",
  "refunded",
  "failed",
  /** Nobody finished it in time. */
  "expired",
  "canceled",
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** The status of an invoice that is paid in a window. */
export function orderStatusOf(invoice: Invoice): OrderStatus {
  switch (invoice.state) {
    case "open":
      return openStatus(invoice);
    case "paid":
      return paidStatus(invoice);
    case "void":
      return "canceled";
    case "failed":
      return isExpired(invoice) ? "expired" : "failed";
  }
}

function openStatus({ step, stop, window }: Invoice): OrderStatus {
  if (stop) return "canceled";
  if (step !== "window") return "confirming";
  if (window?.virtualAccount != null) return "pending";
  return window?.returnedAt == null ? "waiting" : "confirming";
}

function paidStatus(invoice: Invoice): OrderStatus {
  const refunded = refundedAmountOf(invoice);
  if (refunded === 0) return "paid";
  return refunded < invoice.capturedAmount ? "partially_refunded" : "refunded";
}

/** Won that have gone back of the captured amount; a surplus was never part of it. */
export function refundedAmountOf(invoice: Invoice): number {
  return invoice.refunds
    .filter((refund) => refund.state === "done" && !refund.surplus)
    .reduce((sum, refund) => sum + refund.amount, 0);
}

/** Nobody declined it, nothing was tried in vain, and the gateway had opened its window. */
function isExpired({ attempts, window }: Invoice): boolean {
  const wasTried = attempts.some((one) => one.decline !== null || one.state === "abandoned");
  return !wasTried && window?.opened != null;
}
