import type { RequestFacts } from "../faults.ts";
import type { Processed } from "../wire.ts";
import { CODES, type Refusal, SUCCESS_TEXT, isRefusal, refuse } from "./codes.ts";
import { CANCEL_FIELDS } from "./pay-cancel.ts";
import { type FieldTable, checkFields, optional, required, textOf } from "./fields.ts";
import { type IncomingCall, type Kiwoompay, findMerchant, refuseRate } from "./operation.ts";
import { type StepTwo, findPayMethod } from "./pay-methods.ts";
import { spellingOf } from "./spelling.ts";

/** Where the first step is asked. */
export const READY_PATH = "/pay/ready";

const READY_FIELDS: FieldTable = {
  CPID: required(20),
  PAYMETHOD: required(30),
  CANCELREQ: optional(1, /^Y$/, "Y"),
};

/** The vendor's sample sends its whole cancel body to the first step, too. */
const READY_TO_CANCEL_FIELDS: FieldTable = {
  ...Object.fromEntries(
    Object.entries(CANCEL_FIELDS).map(([name, rule]) => [name, { ...rule, required: false }]),
  ),
  ...READY_FIELDS,
};

/** What fault rules can see of the first step. */
export function readyFacts(body: unknown): Partial<RequestFacts> {
  return { merchant: textOf(body, "CPID") };
}

/** POST /pay/ready: where one call of this pay method goes, and the token that lets it in. */
export function getReady(
  gateway: Kiwoompay,
  call: IncomingCall,
  addressOf: (step: StepTwo) => string,
): Processed | Refusal {
  const { state, tokens } = gateway;
  const cancels = textOf(call.body, "CANCELREQ") !== undefined;
  const body = checkFields(call.body, cancels ? READY_TO_CANCEL_FIELDS : READY_FIELDS);
  if (isRefusal(body)) return body;
  const merchant = findMerchant(state, body.CPID, call.linkKey);
  if (typeof merchant !== "string") return merchant;
  if (call.effect?.kind === "token_refused") return refuse(CODES.wrongKey);
  const payMethod = body.PAYMETHOD ?? "";
  const method = findPayMethod(payMethod, cancels);
  if (isRefusal(method)) return method;
  const tooFast = refuseRate(state, `ready/${merchant}/${payMethod}`);
  if (tooFast) return tooFast;

  const hasCode = state.switches.current().kiwoompay.readyResultCode === "present";
  const reply = {
    ...(hasCode && { RESULTCODE: CODES.success, [spellingOf(state).message]: SUCCESS_TEXT }),
    RETURNURL: addressOf(method.step),
    TOKEN: tokens.issue({ merchant, payMethod, cancels }),
  };
  return { reply: { status: 200, body: reply } };
}
