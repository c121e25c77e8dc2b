import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Dialect } from "../dialect.ts";
import type { Effect } from "../effects.ts";
import { NOTICE_OPERATION, type OperationCatalogue } from "../fault-rules.ts";
import type { SimulatorState } from "../state.ts";
import { type Processed, serveExchange } from "../wire.ts";
import { createAgainOperation } from "./again.ts";
import { createCancelOperation } from "./cancel.ts";
import {
  createCustomerIssueOperation,
  createCustomerListOperation,
  createCustomerReadOperation,
  createCustomerRevokeOperation,
} from "./customers.ts";
import { createDeliveries } from "./deliveries.ts";
import { GATEWAY, isRefusal, refusing } from "./envelope.ts";
import {
  createEscrowChangeOperation,
  createEscrowReadOperation,
  createEscrowTellOperation,
} from "./escrow.ts";
import { parseForm } from "./form.ts";
import { createGetTokenOperation } from "./get-token.ts";
import { PORTONE_GUIDE } from "./guide.ts";
import {
  createCustomerPaymentsOperation,
  createPaymentBatchOperation,
  createPaymentFindAllOperation,
  createPaymentFindOperation,
  createPaymentListOperation,
  createPaymentReadOperation,
} from "./look-ups.ts";
import { PORTONE_NOTICES } from "./notices.ts";
import { newCancelDetail } from "./numbers.ts";
import { createOnetimeOperation } from "./onetime.ts";
import { type Incoming, type Operation, type Portone, admit } from "./operation.ts";
import {
  createPrepareChangeOperation,
  createPrepareOperation,
  createPrepareReadOperation,
} from "./prepare.ts";
import { createPreparedAmounts } from "./prepared.ts";
import {
  createCustomerSchedulesOperation,
  createScheduleListOperation,
  createScheduleOperation,
  createScheduleReadOperation,
  createUnscheduleOperation,
} from "./schedule-operations.ts";
import { createSchedules } from "./schedules.ts";
import { createTokens } from "./tokens.ts";
import { registerWindow } from "./window-routes.ts";

const CREATORS = [
  createGetTokenOperation,
  createOnetimeOperation,
  createAgainOperation,
  createCustomerIssueOperation,
  createCustomerReadOperation,
  createCustomerRevokeOperation,
  createCustomerListOperation,
  createCustomerPaymentsOperation,
  createCustomerSchedulesOperation,
  createScheduleOperation,
  createUnscheduleOperation,
  createScheduleReadOperation,
  createScheduleListOperation,
  createCancelOperation,
  createPaymentReadOperation,
  createPaymentBatchOperation,
  createPaymentFindOperation,
  createPaymentFindAllOperation,
  createPaymentListOperation,
  createPrepareOperation,
  createPrepareChangeOperation,
  createPrepareReadOperation,
  createEscrowTellOperation,
  createEscrowChangeOperation,
  createEscrowReadOperation,
];

const NAMES = [
  "get_token",
  "onetime",
  "again",
  "customer_issue",
  "customer_read",
  "customer_revoke",
  "customer_list",
  "customer_payments",
  "customer_schedules",
  "schedule",
  "unschedule",
  "schedule_read",
  "schedule_list",
  "payment_cancel",
  "payment_read",
  "payment_batch",
  "payment_find",
  "payment_find_all",
  "payment_list",
  "prepare",
  "prepare_change",
  "prepare_read",
  "escrow_tell",
  "escrow_change",
  "escrow_read",
];

const IN_WINDOW = ["window_open", "window_pay"];

const CATALOGUE: OperationCatalogue = {
  names: [...NAMES, ...IN_WINDOW, NOTICE_OPERATION],
  charging: ["onetime", "again", "customer_issue", "window_pay"],
  sealed: [],
  tokened: NAMES,
};

/** PortOne v1 on the wire. */
export const PORTONE: Dialect = {
  gateway: GATEWAY,
  catalogue: CATALOGUE,
  guide: PORTONE_GUIDE,
  notices: PORTONE_NOTICES,
  newCancelDetail,
  account: { id: "sim_imp_key", secret: "sim_imp_secret" },
  register,
};

const FORM = "application/x-www-form-urlencoded";

function register(app: FastifyInstance, state: SimulatorState): readonly string[] {
  const gateway: Portone = {
    state,
    tokens: createTokens(state.clock.operational, () => state.switches.current().portone),
    schedules: createSchedules(),
    prepared: createPreparedAmounts(),
    deliveries: createDeliveries(),
  };
  const operations = CREATORS.map((create) => create(gateway));
  // A scope of its own: no other gateway here takes forms, or answers a bad body in this envelope.
  app.register((scope, _options, done) => {
    takeForms(scope);
    scope.setErrorHandler((error, _request, reply) => answerError(error, reply));
    for (const operation of operations) serve(scope, gateway, operation);
    done();
  });
  return [...operations.flatMap(({ paths }) => paths), ...registerWindow(app, gateway)];
}

function takeForms(scope: FastifyInstance): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  scope.addContentTypeParser(FORM, { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, parseForm(decoder.decode(body as Buffer)));
    } catch {
      done(Object.assign(new Error("the form is not UTF-8"), { statusCode: 400 }), undefined);
    }
  });
}

function answerError(
  error: unknown,
  reply: { code(status: number): { send(body: object): unknown } },
) {
  const { statusCode = 500, message = "" } = error as { statusCode?: number; message?: string };
  if (statusCode >= 500) process.stderr.write(`simulator: ${String(error)}\n`);
  return reply.code(statusCode).send({ code: -1, message, response: null });
}

function serve(scope: FastifyInstance, gateway: Portone, operation: Operation): void {
  for (const url of operation.paths) {
    scope.route({
      method: operation.method,
      url,
      handler: (request, reply) => {
        const incoming = toIncoming(request);
        const facts = {
          gateway: GATEWAY,
          operation: operation.name,
          ...merchantFacts(gateway, request),
          ...operation.facts(incoming),
        };
        const process = (effect: Effect | null) =>
          handle(gateway, operation, { request, incoming, effect });
        return serveExchange(gateway.state, { facts, process }, reply);
      },
    });
  }
}

function handle(
  gateway: Portone,
  operation: Operation,
  call: { request: FastifyRequest; incoming: Incoming; effect: Effect | null },
): Processed {
  const { request, incoming, effect } = call;
  const admitted = admit(gateway, operation, {
    ...incoming,
    authorization: request.headers.authorization,
    isForm: request.headers["content-type"]?.startsWith(FORM) ?? false,
    effect,
  });
  if (!isRefusal(admitted)) return operation.run(admitted);
  if (admitted.unknownField !== undefined) {
    gateway.state.notUnderstood.add({
      method: operation.method,
      path: request.routeOptions.url ?? "",
      reason: "unknown field",
      field: admitted.unknownField,
    });
  }
  return refusing(admitted);
}

function merchantFacts({ tokens }: Portone, { headers }: FastifyRequest) {
  const token = headers.authorization?.replace(/^Bearer\s+/i, "").trim();
  const merchant = token === undefined ? null : tokens.merchantOf(token);
  return merchant === null ? {} : { merchant };
}

function toIncoming({ params, query, body }: FastifyRequest): Incoming {
  return {
    params: params as Incoming["params"],
    query: query as Incoming["query"],
    body,
  };
}
