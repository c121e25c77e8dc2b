import { openValue, sealValue } from "../sealed.ts";
import type { Order } from "./orders.ts";

const PURPOSE = "payup enc_data";

/** What stands inside `enc_data`: the order, and what the customer chose to pay it with. */
export interface Authenticated {
  readonly order: Order;
  /** The test card behind the wallet; null: the wallet's own money. */
  readonly cardId: string | null;
}

/** Seals what the customer authenticated, as KCP would. */
export function sealAuthentication(data: Authenticated, key: Buffer): string {
  return sealValue(data, { key, purpose: PURPOSE });
}

/** What was sealed, or null when this is not of our making. */
export function openAuthentication(encData: string, key: Buffer): Authenticated | null {
  return openValue(encData, { key, purpose: PURPOSE }) as Authenticated | null;
}
