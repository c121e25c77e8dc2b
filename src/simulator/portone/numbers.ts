import { toKoreaStamp } from "../korea-time.ts";
import type { Ledger } from "../ledger.ts";

/** A prime step spreads the digits: neighbours must not look alike, and no two are the same. */
const STEP = 448_280_090_639n;
const TWELVE_DIGITS = 1_000_000_000_000n;

/** A payment's id: `imp_` and 12 digits, unique by the number of its entry. */
export function newImpUid(ledger: Ledger): string {
  return `imp_${spread(ledger)}`;
}

/** The numbers of a cancellation: the company's, and the id that its webhook names. */
export function newCancelDetail(ledger: Ledger, at: Date): Record<string, string> {
  return {
    cancelTransactionId: newPgTid(ledger, at),
    cancellationId: `cancel_${spread(ledger)}`,
  };
}

/** The number of the company behind: cTS, yyMMddHHmmss in Korea, 5 digits. */
export function newPgTid(ledger: Ledger, at: Date): string {
  const digits = `${ledger.nextSeq() % 100_000}`.padStart(5, "0");
  return `cTS${toKoreaStamp(at).slice(2)}${digits}`;
}

/** An approval number of 8 digits. */
export function newApplyNum(ledger: Ledger): string {
  return spread(ledger).slice(-8);
}

/** The number of a virtual account: 14 digits. */
export function newAccountNumber(ledger: Ledger): string {
  return `56${spread(ledger)}`;
}

function spread(ledger: Ledger): string {
  return `${(BigInt(ledger.nextSeq()) * STEP) % TWELVE_DIGITS}`.padStart(12, "0");
}
