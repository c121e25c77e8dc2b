import { scrub } from "../../lib/scrub.ts";
import type { ReturnReading, ReturnedOrder } from "../window.ts";

/**
 * Reads what a browser brought back to `m_redirect_url`. Its flag of success may be false though the
 * payment was made (the vendor's page on KiwoomPay), so that a payment number is always asked about.
 */
export function readPortoneReturn(
  given: Readonly<Record<string, string>>,
  { orderNumber }: ReturnedOrder,
): ReturnReading {
  const field = (name: string) => (Object.hasOwn(given, name) ? (given[name] ?? "").trim() : "");
  const merchantUid = field("merchant_uid");
  if (merchantUid !== "" && merchantUid !== orderNumber) {
    return { kind: "mismatch", field: "merchant_uid" };
  }
  const impUid = field("imp_uid");
  if (impUid !== "") return { kind: "claims_paid", transactionId: impUid };
  const words = scrub(`${field("error_code")} ${field("error_msg")}`.trim(), { lengthMax: 100 });
  return { kind: "given_up", reason: words || "closed" };
}
