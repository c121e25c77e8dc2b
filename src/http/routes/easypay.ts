/** Payments that a customer makes once, in a gateway's window. */
import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { cancelOrder } from "../../billing/cancel-order.ts";
import type { ComeBackDeps } from "../../billing/come-back.ts";
import { prepareWindow } from "../../billing/prepare-window.ts";
import { readWindow } from "../../billing/read-window.ts";
import { tellDelivery } from "../../billing/tell-delivery.ts";
import { BillingError } from "../../domain/errors.ts";
import type { Invoice } from "../../domain/invoice.ts";
import type { JsonObject } from "../../gateways/window.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { markReplay, readIdempotencyMark, toCanonicalJson } from "../idempotency-key.ts";
import { languageOf } from "../language.ts";
import { chooseWindow, listMethods } from "../payment-methods.ts";
import { presentOrder } from "../present-order.ts";
import { ProblemError } from "../problem-error.ts";
import { WriteHeaders, keyed, problemAnswers } from "../schemas/documentation.ts";
import {
  CancelOrderBody,
  CanceledResponse,
  ConfirmBody,
  DeliveryBody,
  MethodsResponse,
  OrderParams,
  OrderResponse,
  type OrderView,
  PrepareBody,
  PrepareResponse,
} from "../schemas/easypay.ts";
import { NoQuery } from "../schemas/requests.ts";

const tags = ["payment windows"];

export function addEasypayRoutes(app: HttpApp, deps: RouteDeps): void {
  addMethods(app, deps);
  addPrepare(app, deps);
  addStatus(app, deps);
  addConfirm(app, deps);
  addCancel(app, deps);
  addDelivery(app, deps);
}

/** What the use cases of windows are given. */
export function windowDepsOf(deps: RouteDeps): ComeBackDeps {
  return { ...deps, ...deps.direct, windows: deps.config.windows };
}

function addMethods(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "GET",
    url: "/easypay/methods",
    schema: {
      tags,
      summary: "What customers can pay with in a window (결제수단 조회)",
      security: keyed,
      querystring: NoQuery,
      response: { 200: MethodsResponse, ...problemAnswers },
    },
    handler: () => ({ methods: listMethods(deps.gateways, deps.config.windows.wallets) }),
  });
}

function addPrepare(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/easypay/prepare",
    schema: {
      tags,
      summary: "Make a payment window ready for an order (간편결제 준비)",
      description:
        "Answers what the page hands to the gateway's script, or posts as a form. The amount is the one of this request, whatever a browser says later. The same order again gets the same answer; other contents under its number are refused.",
      security: keyed,
      querystring: NoQuery,
      body: PrepareBody,
      response: { 200: PrepareResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { body } = request;
      const { adapter, wallet } = chooseWindow(deps.gateways, deps.config.windows.wallets, body);
      const base = publicUrlOf(deps, request, adapter.gateway);
      const backUrl = (paymentId: string) => `${base}/easypay/return/${paymentId}`;
      const prepared = await prepareWindow(windowDepsOf(deps), adapter, {
        ...toOrder(body),
        requestHash: deps.secrets.hash(`easypay\n${toCanonicalJson(body)}`),
        wallet,
        backUrl,
        by: request.caller,
      });
      if (prepared.kind === "faults") {
        const faults = prepared.faults.map(({ pointer, expected }) => ({
          pointer: `/portone${pointer}`,
          expected,
        }));
        throw new ProblemError("VALIDATION_FAILED", { faults });
      }
      const { fields, script, init, url } = prepared.opened;
      return {
        ...present(deps, request, prepared.invoice),
        sdkData: { ...fields },
        script,
        init: [...init],
        action: url,
        returnUrl: backUrl(prepared.invoice.id),
      };
    },
  });
}

function toOrder(body: Static<typeof PrepareBody>) {
  return {
    orderId: body.orderId,
    amount: body.amount,
    productName: body.productName.normalize("NFC"),
    customerName: body.customerName.normalize("NFC"),
    customerId: (body.customerId ?? body.orderId).normalize("NFC"),
    customerEmail: body.customerEmail ?? null,
    customerPhone: body.customerPhone ?? null,
    device: body.device ?? ("pc" as const),
    options: (body.portone as JsonObject | undefined) ?? null,
    returnUrl: body.returnUrl ?? null,
  };
}

/** Where customers' browsers reach us: never taken from a request in production. */
function publicUrlOf(deps: RouteDeps, request: FastifyRequest, gateway: string): string {
  const { publicUrl } = deps.config.windows;
  if (publicUrl !== null) return publicUrl;
  if (deps.config.environment === "production") {
    throw new BillingError("WINDOW_UNSUPPORTED", { gateway });
  }
  return `${request.protocol}://${request.host}`;
}

function addStatus(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "GET",
    url: "/easypay/status/:orderId",
    schema: {
      tags,
      summary: "How an order stands (결제 상태 조회)",
      security: keyed,
      params: OrderParams,
      querystring: NoQuery,
      response: { 200: OrderResponse, ...problemAnswers },
    },
    handler: async (request) =>
      present(deps, request, await findOrder(deps, request.params.orderId)),
  });
}

function addConfirm(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/easypay/confirm",
    schema: {
      tags,
      summary: "Have the gateway asked about an order after its window (결제 확인)",
      description:
        "With impUid the payment is looked up at PortOne and compared with the order: another order's number or another amount changes nothing and is refused. Where a gateway cannot be asked, its notice decides; the answer is how the order stands.",
      security: keyed,
      querystring: NoQuery,
      body: ConfirmBody,
      response: { 200: OrderResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { orderId, impUid } = request.body;
      const invoice = await findOrder(deps, orderId);
      const adapter = deps.gateways.get(invoice.gateway, invoice.account);
      if (impUid === undefined || adapter.readWindow === undefined) {
        return present(deps, request, invoice);
      }
      const named = { invoice, adapter, transactionId: impUid };
      return present(deps, request, await readWindow(windowDepsOf(deps), named));
    },
  });
}

function addCancel(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/easypay/cancel",
    schema: {
      tags,
      summary: "Cancel an order: give it back, or give it up (결제 취소)",
      description:
        "A paid order is refunded, whole or in part (amount). An unpaid one cannot be paid any more; what a gateway still takes in its open window goes straight back.",
      security: keyed,
      headers: WriteHeaders,
      querystring: NoQuery,
      body: CancelOrderBody,
      response: { 202: CanceledResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { orderId, amount, reason } = request.body;
      const idempotency = readIdempotencyMark(deps.secrets, "easypay-cancel", request);
      const { invoice, refundId } = await cancelOrder(deps, {
        orderId,
        amount: amount ?? null,
        reason: (reason ?? "고객 요청").normalize("NFC"),
        idempotency,
        by: request.caller,
      });
      const refund = invoice.refunds.find((one) => one.id === refundId);
      markReplay(reply, idempotency, refund?.idempotency ?? idempotency);
      return reply.code(202).send({ ...present(deps, request, invoice), refundId });
    },
  });
}

function addDelivery(app: HttpApp, deps: RouteDeps): void {
  const url = "/easypay/delivery/:orderId";
  const schema = {
    tags,
    description: "Without it an escrow payment is not settled. PortOne alone.",
    security: keyed,
    params: OrderParams,
    querystring: NoQuery,
    body: DeliveryBody,
    response: { 200: OrderResponse, ...problemAnswers },
  };
  for (const method of ["POST", "PUT"] as const) {
    const what = method === "POST" ? "Tell" : "Change";
    const summary = `${what} how goods paid for in escrow are delivered (에스크로 배송정보)`;
    app.route({
      method,
      url,
      schema: { ...schema, summary },
      handler: async (request) => {
        const delivery = request.body as {
          logis: JsonObject;
          receiver: JsonObject;
          sender: JsonObject;
        };
        const told = { orderId: request.params.orderId, delivery, change: method === "PUT" };
        return present(deps, request, await tellDelivery(windowDepsOf(deps), told));
      },
    });
  }
}

async function findOrder(deps: RouteDeps, orderId: string): Promise<Invoice> {
  const invoice = await deps.invoices.findByOrderId(orderId);
  if (invoice === null) throw new BillingError("NOT_FOUND", { id: orderId });
  return invoice;
}

function present(deps: RouteDeps, request: FastifyRequest, invoice: Invoice): OrderView {
  const language = languageOf(request.headers["accept-language"]);
  return presentOrder(invoice, { language, orderPrefix: deps.config.orderPrefix });
}
