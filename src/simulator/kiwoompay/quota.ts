import { CODES, type Refusal } from "./codes.ts";
import type { CheckedBody } from "./fields.ts";

/** Card companies split no smaller payment. */
const INSTALMENTS_FROM_WON = 50_000;

/** The refusal of instalments for a small amount. */
export function refuseInstalments({ QUOTA, AMOUNT }: CheckedBody): Refusal | null {
  const isSingle = QUOTA === undefined || QUOTA === "" || QUOTA === "00";
  if (isSingle || Number(AMOUNT) >= INSTALMENTS_FROM_WON) return null;
  return { code: CODES.badValue, message: `항목 오류: QUOTA needs ${INSTALMENTS_FROM_WON} won` };
}
