/**
 * What a gateway's notice says, in our words. Anybody can send one: nothing of it is believed before
 * our own record and, where it can be asked, the gateway agree (billing/apply-notice.ts).
 */
export interface GatewayNotice {
  /** `pending`: a virtual account was issued, nothing is paid yet. */
  kind: "paid" | "canceled" | "failed" | "pending";
  /** The gateway's own id of the merchant account; null where the notice does not say. */
  merchantId: string | null;
  orderNumber: string;
  transactionId: string | null;
  /** Won: what was paid, or what this cancellation gave back; null where the notice does not say. */
  amount: number | null;
  /** What the gateway calls this one cancellation; null where it has no name for it. */
  cancellationId: string | null;
  /** What it was paid with, as the gateway calls it; absent where the notice does not say. */
  payMethod?: string;
  /** Null where the notice carries no readable time. */
  at: Date | null;
}
