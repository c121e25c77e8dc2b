import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Dialect } from "../dialect.ts";
import type { Effect } from "../effects.ts";
import type { OperationCatalogue } from "../fault-rules.ts";
import type { SimulatorState } from "../state.ts";
import { type Processed, serveExchange } from "../wire.ts";
import { authenticate } from "./authenticate.ts";
import { createCancelOperation } from "./cancel.ts";
import { GATEWAY } from "./codes.ts";
import { isRefusal } from "./fields.ts";
import { PAYUP_GUIDE } from "./guide.ts";
import { createNumbers } from "./numbers.ts";
import { type Operation, type Payup, admit, refusing } from "./operation.ts";
import { createOrderOperation } from "./order.ts";
import { createOrders } from "./orders.ts";
import { createPayOperation } from "./pay.ts";
import { createWalletCards } from "./wallet-cards.ts";
import { registerWindow } from "./window.ts";

const CREATORS = [createOrderOperation, createPayOperation, createCancelOperation];
const AUTHENTICATE_PATH = "/_sim/payup/authenticate";

/** Every operation can be refused by a rule; only a payment is declined by a card. */
const CATALOGUE: OperationCatalogue = {
  names: ["kakao_order", "kakao_pay", "kakao_cancel"],
  charging: ["kakao_order", "kakao_pay", "kakao_cancel"],
  sealed: [],
  tokened: [],
};

/** PayUp's KakaoPay (KCP) on the wire. */
export const PAYUP: Dialect = {
  gateway: GATEWAY,
  catalogue: CATALOGUE,
  guide: PAYUP_GUIDE,
  account: { id: "sim_payup", secret: "sim_cert_key" },
  register,
};

function register(app: FastifyInstance, state: SimulatorState): readonly string[] {
  const orders = createOrders();
  const gateway: Payup = {
    state,
    orders,
    numbers: createNumbers(state.ledger, (id) => orders.find(id) !== undefined),
    cards: createWalletCards(),
  };
  const paths = CREATORS.map((create) => registerOperation(app, gateway, create(gateway)));
  app.post(AUTHENTICATE_PATH, (request) => authenticate(gateway, request.body));
  return [...paths, AUTHENTICATE_PATH, ...registerWindow(app, gateway)];
}

function registerOperation(app: FastifyInstance, gateway: Payup, operation: Operation): string {
  const path = `/ep/api/kakao/:merchant/${operation.step}`;
  app.post<{ Params: { merchant: string } }>(path, (request, reply) => {
    const { merchant } = request.params;
    const facts = { ...operation.facts(request.body), gateway: GATEWAY, merchant };
    return serveExchange(
      gateway.state,
      {
        facts: { ...facts, operation: operation.name },
        process: (effect) => handle(gateway, operation, { request, merchant, effect }),
      },
      reply,
    );
  });
  return path.replace(":merchant", PAYUP.account.id);
}

function handle(
  gateway: Payup,
  operation: Operation,
  { request, merchant, effect }: Incoming,
): Processed {
  const call = admit(gateway, operation, {
    merchant,
    userAgent: request.headers["user-agent"] ?? "",
    baseUrl: `${request.protocol}://${request.host}`,
    body: request.body,
    effect,
  });
  return isRefusal(call) ? refusing(gateway, call) : operation.run(call);
}

interface Incoming {
  readonly request: FastifyRequest;
  readonly merchant: string;
  readonly effect: Effect | null;
}
