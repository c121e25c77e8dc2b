import { randomBytes } from "node:crypto";
import { toKoreaStamp } from "../korea-time.ts";
import type { Ledger } from "../ledger.ts";

const BILLING_KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * A transaction id of 20 characters: cTS, yyMMddHHmmss in Korea, 5 digits. While business time is
 * frozen the 5 digits run out, so the second moves on until the id is free.
 */
export function newTransactionId(ledger: Ledger, at: Date): string {
  const digits = `${ledger.nextSeq() % 100_000}`.padStart(5, "0");
  for (let ms = at.getTime(); ; ms += 1000) {
    const id = `cTS${toKoreaStamp(new Date(ms)).slice(2)}${digits}`;
    if (!ledger.books.isTransactionIdTaken(id)) return id;
  }
}

/** An approval number of 8 digits. */
export function newAcceptNumber(ledger: Ledger): string {
  // A prime step spreads them; neighbours must not look alike.
  return `${(ledger.nextSeq() * 48_271_039) % 100_000_000}`.padStart(8, "0");
}

/** A billing key of 20 lower-case letters and digits. */
export function newBillingKey(): string {
  return [...randomBytes(20)]
    .map((byte) => BILLING_KEY_LETTERS[byte % BILLING_KEY_LETTERS.length])
    .join("");
}
