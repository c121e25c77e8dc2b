import type { RequestFacts } from "../faults.ts";
import { GATEWAY } from "./codes.ts";
import type { Cookiepay } from "./operation.ts";

/** What fault rules can see of a request that names a transaction: the payment behind it. */
export function paymentFacts(
  { state }: Cookiepay,
  transactionId: string | undefined,
): Partial<RequestFacts> {
  const approval = state.ledger.books.payment(GATEWAY, transactionId ?? "")?.approval;
  return {
    transactionId,
    merchant: approval?.merchant,
    orderNumber: approval?.orderNumber,
    billingKey: approval?.billingKey,
    buyerId: approval?.buyerId,
    amount: approval?.amount,
  };
}
