import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Dialect } from "../dialect.ts";
import type { Effect } from "../effects.ts";
import { NOTICE_OPERATION, type OperationCatalogue } from "../fault-rules.ts";
import type { SimulatorState } from "../state.ts";
import { type Processed, serveExchange } from "../wire.ts";
import { createBatchOperation } from "./batch.ts";
import { GATEWAY, type Refusal, isRefusal } from "./codes.ts";
import { readBodiesAsEucKr } from "./euc-kr.ts";
import { KIWOOMPAY_GUIDE } from "./guide.ts";
import { HASH_PATH, getHash, hashFacts } from "./hash.ts";
import { createKeygenOperation } from "./keygen.ts";
import { KIWOOMPAY_NOTICES } from "./notices.ts";
import { newTransactionId } from "./numbers.ts";
import { type IncomingCall, type Kiwoompay, type Operation, admit, refusing } from "./operation.ts";
import { createPayCancelOperation } from "./pay-cancel.ts";
import type { StepTwo } from "./pay-methods.ts";
import { READY_PATH, getReady, readyFacts } from "./ready.ts";
import { spellingOf } from "./spelling.ts";
import { createSugiOperation } from "./sugi.ts";
import { createTokens } from "./tokens.ts";
import { registerWindow } from "./window-routes.ts";

const CREATORS = [
  createKeygenOperation,
  createBatchOperation,
  createSugiOperation,
  createPayCancelOperation,
];

const CATALOGUE: OperationCatalogue = {
  names: [
    "ready",
    "keygen",
    "batch",
    "sugi",
    "pay_cancel",
    "hash",
    "window_open",
    "window_pay",
    NOTICE_OPERATION,
  ],
  charging: ["keygen", "batch", "sugi", "window_pay"],
  sealed: [],
  tokened: ["ready", "keygen", "batch", "sugi", "pay_cancel", "hash"],
};

/** KiwoomPay direct on the wire. */
export const KIWOOMPAY: Dialect = {
  gateway: GATEWAY,
  catalogue: CATALOGUE,
  guide: KIWOOMPAY_GUIDE,
  notices: KIWOOMPAY_NOTICES,
  newCancelDetail: (ledger, at) => ({ cancelTransactionId: newTransactionId(ledger, at) }),
  account: { id: "CTSIM001", secret: "sim_kiwoom_key" },
  register,
};

function register(app: FastifyInstance, state: SimulatorState): readonly string[] {
  const gateway: Kiwoompay = { state, tokens: createTokens(state) };
  const operations = CREATORS.map((create) => create(gateway));
  // A scope of its own: its bodies are read in another charset than everybody else's.
  void app.register((scope, _options, done) => {
    readBodiesAsEucKr(scope);
    registerReady(scope, gateway, operations);
    registerHash(scope, gateway);
    for (const operation of operations) registerStepTwo(scope, gateway, operation);
    done();
  });
  const paths = [READY_PATH, HASH_PATH, ...operations.map(({ path }) => path)];
  return [...paths, ...registerWindow(app, gateway)];
}

function registerReady(
  scope: FastifyInstance,
  gateway: Kiwoompay,
  operations: readonly Operation[],
): void {
  scope.post(READY_PATH, (request, reply) => {
    const addressOf = (step: StepTwo): string => {
      const path = operations.find(({ name }) => name === step)?.path ?? "";
      return `http://${request.headers.host ?? ""}${path}`;
    };
    const exchange = {
      facts: { gateway: GATEWAY, operation: "ready", ...readyFacts(request.body) },
      charset: "euc-kr" as const,
      process: (effect: Effect | null) =>
        answer(gateway, READY_PATH, getReady(gateway, toCall(request, effect), addressOf)),
    };
    return serveExchange(gateway.state, exchange, reply);
  });
}

function registerHash(scope: FastifyInstance, gateway: Kiwoompay): void {
  scope.post(HASH_PATH, (request, reply) => {
    const exchange = {
      facts: { gateway: GATEWAY, operation: "hash", ...hashFacts(request.body) },
      charset: "euc-kr" as const,
      process: (effect: Effect | null) =>
        answer(gateway, HASH_PATH, getHash(gateway, toCall(request, effect))),
    };
    return serveExchange(gateway.state, exchange, reply);
  });
}

function registerStepTwo(scope: FastifyInstance, gateway: Kiwoompay, operation: Operation): void {
  const { name, path } = operation;
  scope.post(path, (request, reply) => {
    const exchange = {
      facts: { gateway: GATEWAY, operation: name, ...operation.facts(request.body) },
      charset: "euc-kr" as const,
      process(effect: Effect | null) {
        const call = admit(gateway, operation, toCall(request, effect));
        return isRefusal(call) ? answer(gateway, path, call) : operation.run(call);
      },
    };
    return serveExchange(gateway.state, exchange, reply);
  });
}

function answer({ state }: Kiwoompay, path: string, result: Processed | Refusal): Processed {
  if (!isRefusal(result)) return result;
  const { unknownField } = result;
  if (unknownField !== undefined) {
    const reason = "unknown field";
    state.notUnderstood.add({ method: "POST", path, reason, field: unknownField });
  }
  return refusing(spellingOf(state), result);
}

function toCall(request: FastifyRequest, effect: Effect | null): IncomingCall {
  const { authorization } = request.headers;
  const { token } = request.headers;
  return {
    linkKey: authorization,
    token: typeof token === "string" ? token : undefined,
    body: request.body,
    effect,
  };
}
