import { scrub } from "../../lib/scrub.ts";
import type { ReturnReading, ReturnedOrder } from "../window.ts";

/**
 * Reads what a browser brought back: which of the three addresses it came to (`?result=`), and any
 * field that the window put beside it. Only a notice tells whether money moved.
 */
export function readKiwoompayReturn(
  given: Readonly<Record<string, string>>,
  { orderNumber, amount }: ReturnedOrder,
): ReturnReading {
  const field = (name: string) => (Object.hasOwn(given, name) ? (given[name] ?? "").trim() : "");
  if (!["", orderNumber].includes(field("ORDERNO"))) return { kind: "mismatch", field: "ORDERNO" };
  if (!["", String(amount)].includes(field("AMOUNT"))) return { kind: "mismatch", field: "AMOUNT" };
  switch (field("result")) {
    case "home":
      return { kind: "claims_paid", transactionId: field("DAOUTRX") || null };
    case "fail":
      return { kind: "given_up", reason: wordsOf(field) || "declined" };
    case "close":
      return { kind: "given_up", reason: "closed" };
    default:
      return { kind: "mismatch", field: "result" };
  }
}

function wordsOf(field: (name: string) => string): string {
  const said = [field("RESULTCODE"), field("ERRORMESSAGE") || field("RESULTMSG")];
  return scrub(said.join(" ").trim(), { lengthMax: 100 });
}
