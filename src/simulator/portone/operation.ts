import type { Effect } from "../effects.ts";
import type { RequestFacts } from "../faults.ts";
import type { SimulatorState } from "../state.ts";
import type { Processed } from "../wire.ts";
import {
  GATEWAY,
  MESSAGES,
  OWN_MESSAGES,
  type Refusal,
  isRefusal,
  refuseWith,
} from "./envelope.ts";
import { type CheckedBody, type FieldTable, checkFields } from "./fields.ts";
import type { Deliveries } from "./deliveries.ts";
import type { PreparedAmounts } from "./prepared.ts";
import type { Schedules } from "./schedules.ts";
import type { Tokens } from "./tokens.ts";

/** What every operation of this gateway works with. */
export interface Portone {
  readonly state: SimulatorState;
  readonly tokens: Tokens;
  readonly schedules: Schedules;
  readonly prepared: PreparedAmounts;
  readonly deliveries: Deliveries;
}

/** Where a request says what. */
export interface Incoming {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** A request that was let in. */
export interface AdmittedCall {
  readonly merchant: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body: CheckedBody;
  /** In a form every value is a text. */
  readonly isForm: boolean;
  /** What a fault rule wants done while processing. */
  readonly effect: Effect | null;
}

/** One endpoint of the gateway. */
export interface Operation {
  readonly name: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly paths: readonly string[];
  /** False for the one that gives tokens. */
  readonly needsToken: boolean;
  /** Whether it counts for the limit of calls a second. */
  readonly isPaced?: boolean;
  /** What the body may hold; absent where there is none. */
  readonly fields?: FieldTable;
  /** What fault rules can see of a request that was not checked yet. */
  facts(incoming: Incoming): Partial<RequestFacts>;
  run(call: AdmittedCall): Processed;
}

/** A request as it came, with its header and the charset of its fields. */
export interface IncomingCall extends Incoming {
  readonly authorization: string | undefined;
  readonly isForm: boolean;
  readonly effect: Effect | null;
}

/** Lets a request in: token, pace, fields; or says why not. */
export function admit(
  gateway: Portone,
  operation: Operation,
  call: IncomingCall,
): AdmittedCall | Refusal {
  const merchant = operation.needsToken ? merchantOf(gateway, call) : "";
  if (merchant === null) return refuseWith(401, MESSAGES.unauthorized);
  if (operation.isPaced === true && !isAdmitted(gateway, merchant)) {
    return refuseWith(429, OWN_MESSAGES.tooManyCalls);
  }
  const body = checkFields(operation.fields ? call.body : {}, operation.fields ?? {}, call.isForm);
  if (isRefusal(body)) return body;
  const { params, query, isForm, effect } = call;
  return { merchant, params, query, body, isForm, effect };
}

function merchantOf({ tokens }: Portone, { authorization, effect }: IncomingCall): string | null {
  if (authorization === undefined || effect?.kind === "token_refused") return null;
  return tokens.merchantOf(authorization.replace(/^Bearer\s+/i, "").trim());
}

function isAdmitted({ state }: Portone, merchant: string): boolean {
  const { callsPerSecond } = state.switches.current().portone;
  return state.callRate.admits(`${GATEWAY}/${merchant}`, callsPerSecond);
}
