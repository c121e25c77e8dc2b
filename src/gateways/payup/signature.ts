import { createHash } from "node:crypto";
import type { PayupConfig } from "./account.ts";

type Signer = Pick<PayupConfig, "merchantId" | "apiCertKey">;

/** The signature of an order. Names and the return URL are not covered by it. */
export function signOrder(
  { merchantId, apiCertKey }: Signer,
  order: { orderNumber: string; amount: string; timestamp: string },
): string {
  return digest([merchantId, order.orderNumber, order.amount, apiCertKey, order.timestamp]);
}

/** The signature of a cancellation: the same one every time, since no time and no amount are in it. */
export function signCancel({ merchantId, apiCertKey }: Signer, transactionId: string): string {
  return digest([merchantId, transactionId, apiCertKey]);
}

function digest(fields: readonly string[]): string {
  const text = fields.map((field) => field.trim()).join("|");
  return createHash("sha256").update(text, "utf8").digest("hex");
}
