/** What the control's worker and its supervisor have in common. */
export const NAIVE_QUEUE = "naive-charges";

export interface NaiveInvoice {
  /** Its number, which is its order number at the gateway too. */
  _id: string;
  customerId: string;
  billingKey: string;
  amount: number;
  status: "due" | "paid" | "failed";
  transactionId: string | null;
}

export interface NaiveSettings {
  mongoUrl: string;
  redisUrl: string;
  /** What the configuration of gateways is read from. */
  environment: Record<string, string>;
  concurrency: number;
  lockMs: number;
  stalledMs: number;
}
