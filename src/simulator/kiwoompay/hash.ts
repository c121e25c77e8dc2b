import type { RequestFacts } from "../faults.ts";
import { openValue, sealValue } from "../sealed.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, isRefusal, refuse } from "./codes.ts";
import { type FieldTable, amountOf, checkFields, required, textOf, words } from "./fields.ts";
import { type IncomingCall, type Kiwoompay, findMerchant } from "./operation.ts";
import { AMOUNT_FIELD, always } from "./order-fields.ts";
import { findWindowMethod } from "./window-methods.ts";

/** Where a merchant's server asks for the KIWOOM_ENC of a payment window. */
export const HASH_PATH = "/pay/hash";

const PURPOSE = "kiwoompay KIWOOM_ENC";

/** What KIWOOM_ENC stands for: a window with anything else is refused. */
export const HASHED_FIELDS: FieldTable = {
  CPID: required(20),
  PAYMETHOD: required(30),
  TYPE: required(1, /^[PMW]$/, "P (PC), M (phone) or W (web view)"),
  ORDERNO: words(required(50)),
  AMOUNT: always(AMOUNT_FIELD),
};

/** What was hashed, by the names of its fields. */
export type Hashed = Readonly<Record<string, string>>;

/** What fault rules can see of it. */
export function hashFacts(body: unknown): Partial<RequestFacts> {
  return {
    merchant: textOf(body, "CPID"),
    orderNumber: textOf(body, "ORDERNO"),
    amount: amountOf(body, "AMOUNT"),
  };
}

/** POST /pay/hash: what lets a payment window open for this order. No money moves. */
export function getHash({ state }: Kiwoompay, call: IncomingCall): Processed | Refusal {
  const body = checkFields(call.body, HASHED_FIELDS);
  if (isRefusal(body)) return body;
  // Two working clients send no key here; one that is sent must be right.
  const isOptional = state.switches.current().kiwoompay.hashKey === "optional";
  const own = state.merchants.secretOf(GATEWAY, body.CPID ?? "");
  const key = call.linkKey === undefined && isOptional ? own : call.linkKey;
  const merchant = findMerchant(state, body.CPID, key);
  if (typeof merchant !== "string") return merchant;
  if (call.effect?.kind === "token_refused") return refuse(CODES.wrongKey);
  const method = findWindowMethod(body.PAYMETHOD ?? "");
  if (typeof method !== "string") return method;
  const KIWOOM_ENC = sealValue(body, { key: state.keys.data, purpose: PURPOSE });
  return { reply: { status: 200, body: { RESULTCODE: CODES.success, KIWOOM_ENC } } };
}

/** What a KIWOOM_ENC stands for, or null where it is not of our making. */
export function openHash({ state }: Kiwoompay, kiwoomEnc: string): Hashed | null {
  return openValue(kiwoomEnc, { key: state.keys.data, purpose: PURPOSE }) as Hashed | null;
}
