import { CODES, type Refusal, refuse } from "./codes.ts";
import { isWallet } from "./window-methods.ts";

/** The two contracts, of which each has pay methods of its own. */
export type CardFamily = "CARD" | "CARDK";

/** What one step-2 address serves. */
export type StepTwo = "keygen" | "batch" | "sugi" | "pay_cancel";

/** A pay method that is simulated. */
export interface PayMethod {
  readonly family: CardFamily;
  readonly step: StepTwo;
}

/** Known to the gateway, not to the simulator: as if the merchant had no contract for it. */
const NOT_OPENED: ReadonlySet<string> = new Set([
  "MOBILE-BATCH",
  "PMOBILE-BATCH",
  "KT-BATCH",
  "CULTURE",
  "BOOKNLIFE",
  "TEENCASH",
  "EGGMONEY",
  "GAMECARD",
  "CASHREC",
  "VACCOUNT-ISSUE",
  "VACCOUNT-ASSIGN",
  "VACCOUNT-ISSUECAN",
]);

const PAYING = /^(CARDK?)-(KEYGEN|BATCH|SUGI)$/;
const CANCELLING = /^(CARDK?)(-BATCH)?$/;

/** What a PAYMETHOD asks for; it has other names when it cancels. */
export function findPayMethod(name: string, cancels: boolean): PayMethod | Refusal {
  // A wallet is paid in a window, and given back like anything else.
  if (cancels && isWallet(name)) return { family: "CARD", step: "pay_cancel" };
  const [, family, kind] = (cancels ? CANCELLING : PAYING).exec(name) ?? [];
  if (family === "CARD" || family === "CARDK") {
    return { family, step: cancels ? "pay_cancel" : toStep(kind) };
  }
  return refuse(NOT_OPENED.has(name) ? CODES.notOpened : CODES.badPayMethod);
}

/** The PAYMETHOD that cancels what was paid with this one. */
export function cancellingMethod(paidWith: string): string {
  return paidWith.endsWith("-BATCH") ? paidWith : (paidWith.split("-")[0] ?? paidWith);
}

function toStep(kind: string | undefined): StepTwo {
  return kind === "KEYGEN" ? "keygen" : kind === "BATCH" ? "batch" : "sugi";
}
