import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Order } from "./orders.ts";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What stands inside `enc_data`: the order, and what the customer chose to pay it with. */
export interface Authenticated {
  readonly order: Order;
  /** The test card behind the wallet; null: the wallet's own money. */
  readonly cardId: string | null;
}

/** Seals what the customer authenticated, as KCP would. */
export function sealAuthentication(data: Authenticated, key: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(data), "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

/** What was sealed, or null when this is not of our making. */
export function openAuthentication(encData: string, key: Buffer): Authenticated | null {
  const bytes = Buffer.from(encData, "base64");
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    const text = Buffer.concat([opened, decipher.final()]).toString("utf8");
    return JSON.parse(text) as Authenticated;
  } catch {
    return null;
  }
}
