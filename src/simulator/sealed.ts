/** What a gateway hands out as opaque text, and reads again when it comes back. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** How a value is sealed: what was sealed for one purpose opens for no other. */
export interface Seal {
  readonly key: Buffer;
  readonly purpose: string;
}

/** Seals a value as base64. */
export function sealValue(value: unknown, { key, purpose }: Seal): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64");
}

/** The value that was sealed, or null where the text is not of our making. */
export function openValue(text: string, { key, purpose }: Seal): unknown {
  const bytes = Buffer.from(text, "base64");
  if (bytes.length <= IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const opened = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
    return JSON.parse(Buffer.concat([opened, decipher.final()]).toString("utf8")) as unknown;
  } catch {
    return null;
  }
}
