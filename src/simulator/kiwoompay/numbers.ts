import { randomBytes } from "node:crypto";
import { toKoreaStamp } from "../korea-time.ts";
import type { Ledger } from "../ledger.ts";
import { GATEWAY } from "./codes.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/**
 * DAOUTRX, 20 characters: cTS, yyMMddHHmmss in Korea, 5 digits. While business time is frozen the 5
 * digits run out, so the second moves on until the number is free.
 */
export function newTransactionId(ledger: Ledger, at: Date): string {
  const digits = `${ledger.nextSeq() % 100_000}`.padStart(5, "0");
  for (let ms = at.getTime(); ; ms += 1000) {
    const id = `cTS${toKoreaStamp(new Date(ms)).slice(2)}${digits}`;
    if (!ledger.books.isTransactionIdTaken(id)) return id;
  }
}

/** AUTHNO, 8 digits. */
export function newAuthNumber(ledger: Ledger): string {
  // A prime step spreads them; neighbours must not look alike.
  return `${(ledger.nextSeq() * 48_271_039) % 100_000_000}`.padStart(8, "0");
}

/** A billing key of 13 characters: C, the year in Korea, capitals and digits. */
export function newBillingKey(ledger: Ledger, at: Date): string {
  for (;;) {
    const tail = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
    const key = `C${toKoreaStamp(at).slice(0, 4)}${tail}`;
    if (ledger.books.billingKey(GATEWAY, key) === undefined) return key;
  }
}
