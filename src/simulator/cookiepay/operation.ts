import type { Effect } from "../effects.ts";
import type { RequestFacts } from "../faults.ts";
import type { SimulatorState } from "../state.ts";
import type { Processed } from "../wire.ts";
import { CODES, GATEWAY, type Refusal } from "./codes.ts";
import type { EncData } from "./enc-data.ts";
import { type CheckedBody, type FieldTable, checkFields, isRefusal } from "./fields.ts";
import type { Tokens } from "./tokens.ts";

/** What every operation of this gateway works with. */
export interface Cookiepay {
  readonly state: SimulatorState;
  readonly tokens: Tokens;
  readonly encData: EncData;
}

/** A request that was let in. */
export interface AdmittedCall {
  readonly merchant: string;
  readonly body: CheckedBody;
  /** What a fault rule wants done while processing. */
  readonly effect: Effect | null;
}

/** One endpoint of the gateway. */
export interface Operation {
  readonly name: string;
  readonly path: string;
  readonly needs: { readonly apiKey: boolean; readonly token: boolean };
  readonly fields: FieldTable;
  /** The names under which this endpoint reports its code and message. */
  readonly codeFields: readonly [code: string, message: string];
  /** What fault rules can see of a body that was not checked yet. */
  facts(body: unknown): Partial<RequestFacts>;
  run(call: AdmittedCall): Processed;
}

/** The usual names of code and message. */
export const RESULT_FIELDS = ["RESULTCODE", "RESULTMSG"] as const;

/** The reply that refuses, under the endpoint's own field names. */
export function refusing(operation: Pick<Operation, "codeFields">, refusal: Refusal): Processed {
  const [codeField, messageField] = operation.codeFields;
  const body = { [codeField]: refusal.code, [messageField]: refusal.message };
  return { reply: { status: refusal.status ?? 200, body } };
}

/** The headers and the body of a request, as they came. */
export interface IncomingCall {
  readonly apiKey: string | undefined;
  readonly token: string | undefined;
  readonly body: unknown;
  readonly effect: Effect | null;
}

/** Lets a request in: token, key, fields, and all of one merchant; or says why not. */
export function admit(
  gateway: Cookiepay,
  operation: Operation,
  call: IncomingCall,
): AdmittedCall | Refusal {
  const tokenMerchant = operation.needs.token ? readToken(gateway, call) : null;
  if (tokenMerchant !== null && typeof tokenMerchant !== "string") return tokenMerchant;

  const body = checkFields(call.body, operation.fields);
  if (isRefusal(body)) return body;

  const merchant = tokenMerchant ?? body.API_ID ?? body.pay2_id ?? "";
  const secret = gateway.state.merchants.secretOf(GATEWAY, merchant);
  if (body.API_ID !== undefined && (body.API_ID !== merchant || secret === undefined)) {
    return { code: CODES.wrongAccount, message: "API_ID가 올바르지 않습니다" };
  }
  if (operation.needs.apiKey && (call.apiKey === undefined || call.apiKey !== secret)) {
    return { code: CODES.wrongAccount, message: "ApiKey가 올바르지 않습니다" };
  }
  return { merchant, body, effect: call.effect };
}

function readToken(gateway: Cookiepay, call: IncomingCall): string | Refusal {
  const refusedByRule = call.effect?.kind === "token_refused";
  const merchant = call.token && !refusedByRule ? gateway.tokens.merchantOf(call.token) : null;
  if (merchant !== null) return merchant;
  const httpError = gateway.state.switches.current().cookiepay.tokenError === "http401";
  return {
    code: CODES.tokenRefused,
    message: "토큰이 유효하지 않거나 만료되었습니다",
    ...(httpError && { status: 401 }),
  };
}
