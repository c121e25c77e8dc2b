import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const CIPHER = "aes-256-cbc";
const IV_BYTES = 16;
const REMEMBERED_MAX = 100_000;

/** What stands inside ENC_DATA. */
interface SealedData {
  readonly merchant: string;
  readonly decryptData: Readonly<Record<string, string>>;
  /** How often the decrypt call still has to refuse it. */
  readonly failures?: number;
}

/** Seals replies and opens them again; the cipher is nobody's business but the gateway's. */
export interface EncData {
  seal(data: SealedData): string;
  /** Looks as if it were sealed, but nothing opens it. */
  sealBroken(data: SealedData): string;
  /** What was sealed, or null when this is not of our making or has to fail once more. */
  open(encData: string): SealedData | null;
}

/** Sealing with this key; what was sealed can be opened as long as the key is kept. */
export function createEncData(key: Buffer): EncData {
  const refusals = new Map<string, number>();

  const mustFail = (encData: string, failures: number): boolean => {
    const refused = refusals.get(encData) ?? 0;
    if (refused >= failures) return false;
    if (refusals.size >= REMEMBERED_MAX) refusals.clear();
    refusals.set(encData, refused + 1);
    return true;
  };

  return {
    seal: (data) => encrypt(data, key),
    sealBroken: (data) => encrypt(data, randomBytes(key.length)),
    open(encData) {
      const data = decrypt(encData, key);
      return data && !mustFail(encData, data.failures ?? 0) ? data : null;
    },
  };
}

function encrypt(data: SealedData, key: Buffer): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, key, iv);
  return Buffer.concat([iv, cipher.update(JSON.stringify(data), "utf8"), cipher.final()]).toString(
    "base64",
  );
}

function decrypt(encData: string, key: Buffer): SealedData | null {
  const bytes = Buffer.from(encData, "base64");
  try {
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
    return JSON.parse(text.toString("utf8")) as SealedData;
  } catch {
    return null;
  }
}
