import type { Effect } from "../effects.ts";
import type { RequestFacts } from "../faults.ts";
import type { SimulatorState } from "../state.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal, SUCCESS_TEXT, isRefusal, refuse } from "./codes.ts";
import { type CheckedBody, type FieldTable, checkFields, optional, textOf } from "./fields.ts";
import { type CardFamily, type StepTwo, findPayMethod } from "./pay-methods.ts";
import { cancelAtEvening } from "./sandbox.ts";
import { type Spelling, spellingOf } from "./spelling.ts";
import type { Tokens } from "./tokens.ts";

/** What every operation of this gateway works with. */
export interface Kiwoompay {
  readonly state: SimulatorState;
  readonly tokens: Tokens;
}

/** The headers and the body of a request, as they came. */
export interface IncomingCall {
  readonly linkKey: string | undefined;
  readonly token: string | undefined;
  readonly body: unknown;
  /** What a fault rule wants done while processing. */
  readonly effect: Effect | null;
}

/** A second step that was let in. */
export interface AdmittedCall {
  readonly merchant: string;
  readonly payMethod: string;
  readonly family: CardFamily;
  readonly token: string;
  readonly body: CheckedBody;
  readonly effect: Effect | null;
  readonly spelling: Spelling;
}

/** One address of the second step. */
export interface Operation {
  readonly name: StepTwo;
  readonly path: string;
  fields(spelling: Spelling, family: CardFamily): FieldTable;
  /** What fault rules can see of a body that was not checked yet. */
  facts(body: unknown): Partial<RequestFacts>;
  run(call: AdmittedCall): Processed;
}

/** Lets a second step in: account, rate, token, pay method, fields; or says why not. */
export function admit(
  gateway: Kiwoompay,
  operation: Operation,
  call: IncomingCall,
): AdmittedCall | Refusal {
  const { state, tokens } = gateway;
  const { tokenIn, sandboxHabit } = state.switches.current().kiwoompay;
  const merchant = findMerchant(state, textOf(call.body, "CPID"), call.linkKey);
  if (typeof merchant !== "string") return merchant;

  const inBody = tokenIn === "header_or_body" ? textOf(call.body, "TOKEN") : undefined;
  const token = call.token ?? inBody;
  // Two live integrations leave PAYMETHOD out where they cancel: then the token tells it.
  const payMethod = textOf(call.body, "PAYMETHOD") ?? tokens.grantOf(token)?.payMethod ?? "";
  const cancels = operation.name === "pay_cancel";
  const refusal =
    refuseRate(state, `call/${merchant}/${payMethod}`) ??
    refuseToken(gateway, { token, effect: call.effect }, { merchant, payMethod, cancels });
  if (refusal) return refusal;

  const method = findPayMethod(payMethod, cancels);
  if (isRefusal(method)) return method;
  if (method.step !== operation.name) return refuse(CODES.badPayMethod);
  const spelling = spellingOf(state);
  const body = checkFields(call.body, {
    ...operation.fields(spelling, method.family),
    ...(tokenIn === "header_or_body" && { TOKEN: optional(100) }),
  });
  if (isRefusal(body)) return body;
  if (sandboxHabit === "on") cancelAtEvening(state);
  const { family } = method;
  const { effect } = call;
  return { merchant, payMethod, family, token: token ?? "", body, effect, spelling };
}

/** The merchant whose key this is. */
export function findMerchant(
  state: SimulatorState,
  id: string | undefined,
  linkKey: string | undefined,
): string | Refusal {
  if (id === undefined) return { code: CODES.missingField, message: "필수 항목 누락: CPID" };
  const secret = state.merchants.secretOf(GATEWAY, id);
  if (secret === undefined) return refuse(CODES.unknownMerchant);
  return linkKey === secret ? id : refuse(CODES.wrongKey);
}

/** No document tells the code of a call too many. */
export function refuseRate(state: SimulatorState, sharedBy: string): Refusal | null {
  const { callsPerSecond, rateRefusal } = state.switches.current().kiwoompay;
  if (state.callRate.admits(`${GATEWAY}/${sharedBy}`, callsPerSecond)) return null;
  const refusal = refuse(CODES.tooManyCalls);
  return rateRefusal === "http429" ? { ...refusal, status: 429 } : refusal;
}

/** The reply of success; its token is the one that let the call in. */
export function succeeding(
  { spelling, token }: Pick<AdmittedCall, "spelling" | "token">,
  printed: Readonly<Record<string, string>>,
): Processed {
  const body = {
    RESULTCODE: CODES.success,
    [spelling.message]: SUCCESS_TEXT,
    ...printed,
    TOKEN: token,
  };
  return { reply: { status: 200, body } };
}

/** The reply that refuses. */
export function refusing(spelling: Spelling, refusal: Refusal): Processed {
  const body = { RESULTCODE: refusal.code, [spelling.message]: refusal.message };
  return { reply: { status: refusal.status ?? 200, body } };
}

function refuseToken(
  { tokens }: Kiwoompay,
  { token, effect }: { token: string | undefined; effect: Effect | null },
  wanted: Parameters<Tokens["use"]>[1],
): Refusal | null {
  if (effect?.kind === "token_refused") return refuse(CODES.tokenInvalid);
  return tokens.use(token, wanted);
}
