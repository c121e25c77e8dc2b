import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Effect } from "../effects.ts";
import { NOTICE_OPERATION, type OperationCatalogue } from "../fault-rules.ts";
import type { Dialect } from "../dialect.ts";
import type { SimulatorState } from "../state.ts";
import { type Processed, serveExchange } from "../wire.ts";
import { createBillingKeyCancelOperation } from "./billingkeycancel.ts";
import { createBillkeygenOperation } from "./billkeygen.ts";
import { createCancelOperation } from "./cancel.ts";
import { GATEWAY } from "./codes.ts";
import { createDecryptOperation } from "./decrypt.ts";
import { COOKIEPAY_GUIDE } from "./guide.ts";
import { createEncData } from "./enc-data.ts";
import { createKeyInOperation } from "./keyin.ts";
import { isRefusal } from "./fields.ts";
import { createPaycertOperation, createPaysearchOperation } from "./lookup.ts";
import { COOKIEPAY_NOTICES } from "./notices.ts";
import { newTransactionId } from "./numbers.ts";
import { type Cookiepay, type Operation, admit, refusing } from "./operation.ts";
import { createPaymentsOperation } from "./payments.ts";
import { createTokenOperation } from "./token.ts";
import { createTokens } from "./tokens.ts";

const CREATORS = [
  createTokenOperation,
  createBillkeygenOperation,
  createPaymentsOperation,
  createKeyInOperation,
  createBillingKeyCancelOperation,
  createCancelOperation,
  createPaycertOperation,
  createPaysearchOperation,
  createDecryptOperation,
];

const CATALOGUE: OperationCatalogue = {
  names: [
    "token",
    "billkeygen",
    "payments",
    "keyin",
    "billingkeycancel",
    "cancel",
    "paycert",
    "paysearch",
    "decrypt",
    NOTICE_OPERATION,
  ],
  charging: ["billkeygen", "payments", "keyin"],
  sealed: ["billkeygen", "payments", "keyin"],
  tokened: [
    "token",
    "billkeygen",
    "payments",
    "keyin",
    "billingkeycancel",
    "cancel",
    "paycert",
    "paysearch",
  ],
};

/** CookiePayments on the wire. */
export const COOKIEPAY: Dialect = {
  gateway: GATEWAY,
  catalogue: CATALOGUE,
  guide: COOKIEPAY_GUIDE,
  notices: COOKIEPAY_NOTICES,
  newCancelDetail: (ledger, at) => ({ cancelTransactionId: newTransactionId(ledger, at) }),
  account: { id: "sim_merchant", secret: "sim_secret" },
  register,
};

function register(app: FastifyInstance, state: SimulatorState): readonly string[] {
  const gateway: Cookiepay = {
    state,
    tokens: createTokens(state.keys.token, state.clock.operational),
    encData: createEncData(state.keys.data),
  };
  const operations = CREATORS.map((create) => create(gateway));
  for (const operation of operations) {
    app.post(operation.path, (request, reply) =>
      serveExchange(
        state,
        {
          facts: {
            gateway: GATEWAY,
            operation: operation.name,
            ...operation.facts(request.body),
          },
          process: (effect) => handle(gateway, operation, { request, effect }),
        },
        reply,
      ),
    );
  }
  return operations.map(({ path }) => path);
}

function handle(
  gateway: Cookiepay,
  operation: Operation,
  { request, effect }: { request: FastifyRequest; effect: Effect | null },
): Processed {
  const call = admit(gateway, operation, {
    apiKey: headerOf(request, "apikey"),
    token: headerOf(request, "token"),
    body: request.body,
    effect,
  });
  if (!isRefusal(call)) return operation.run(call);
  if (call.unknownField !== undefined) {
    gateway.state.notUnderstood.add({
      method: "POST",
      path: operation.path,
      reason: "unknown field",
      field: call.unknownField,
    });
  }
  return refusing(operation, call);
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
