import type { RequestFacts } from "../faults.ts";
import { GATEWAY } from "./envelope.ts";
import type { Portone } from "./operation.ts";

/** What fault rules can see of a request that names a payment: the payment behind it. */
export function paymentFacts(
  { state }: Portone,
  impUid: string | undefined,
): Partial<RequestFacts> {
  const approval =
    state.ledger.books.payment(GATEWAY, impUid ?? "")?.approval ??
    state.ledger.having("transactionId", impUid ?? "").find(({ gateway }) => gateway === GATEWAY);
  return {
    transactionId: impUid,
    merchant: approval?.merchant,
    orderNumber: approval?.orderNumber,
    billingKey: approval?.billingKey,
    buyerId: approval?.buyerId,
    amount: approval?.amount,
  };
}
