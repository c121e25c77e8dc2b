import { toKoreaStamp } from "../korea-time.ts";
import type { Ledger } from "../ledger.ts";

/** Hands out transaction numbers: yyyyMMddHHmmss in Korea, KK, 4 digits; never one twice. */
export interface Numbers {
  next(at: Date): string;
}

/** While business time is frozen the 4 digits run out, so the second moves on until one is free. */
export function createNumbers(ledger: Ledger, isOrder: (id: string) => boolean): Numbers {
  let count = ledger.nextSeq();
  return {
    next(at) {
      count += 1;
      const digits = `${count % 10_000}`.padStart(4, "0");
      for (let ms = at.getTime(); ; ms += 1000) {
        const id = `${toKoreaStamp(new Date(ms))}KK${digits}`;
        if (!isOrder(id) && !ledger.books.isTransactionIdTaken(id)) return id;
      }
    },
  };
}

/** An approval number of 8 digits. */
export function newAuthNumber(ledger: Ledger): string {
  // A prime step spreads them; neighbours must not look alike.
  return `${(ledger.nextSeq() * 48_271_039) % 100_000_000}`.padStart(8, "0");
}
