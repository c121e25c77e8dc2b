import type { FastifyReply, FastifyRequest } from "fastify";
import { payOpenInvoice } from "../../billing/pay-open-invoice.ts";
import { payWithCard } from "../../billing/pay-with-card.ts";
import { requestPayment } from "../../billing/request-payment.ts";
import { requestRefund } from "../../billing/request-refund.ts";
import { BillingError } from "../../domain/errors.ts";
import type { IdempotencyMark } from "../../domain/idempotency.ts";
import { DEFAULT_ACCOUNT } from "../../domain/merchant-account.ts";
import type { Invoice } from "../../domain/invoice.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { markReplay, readIdempotencyMark } from "../idempotency-key.ts";
import { languageOf } from "../language.ts";
import { type PayOrder, readPayOrder } from "../pay-order.ts";
import { presentInvoice, presentRefund } from "../present.ts";
import { WaitHeaders, keyed, problemAnswers } from "../schemas/documentation.ts";
import { IdParams, NoQuery, PayBody, RefundBody } from "../schemas/requests.ts";
import { InvoiceResponse, RefundResponse } from "../schemas/responses.ts";
import { isCallerGone, readWaitS, waitUntilSettled } from "../wait.ts";

/** One-off payments and refunds: accepted at once, made by a worker. */
export function addPaymentRoutes(app: HttpApp, deps: RouteDeps): void {
  addPay(app, deps);
  addRefund(app, deps);
  addOne(app, deps);
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

function addPay(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/billing/pay",
    schema: {
      tags: ["payments"],
      summary: "Charge a card once, or what a subscription owes (단건 결제)",
      description:
        "Takes billingKey, amount and productName; or card in place of billingKey, with customerId and customerName, for a card that is keyed in (saveCard saves it too); or subscriptionId alone: then the oldest open invoice of the subscription is paid now. Answers 202 once the payment is accepted and durable, or 200 with Prefer: wait=N once it is settled. A card that is keyed in is charged before the answer: 200, or 202 while the outcome is not known.",
      security: keyed,
      headers: WaitHeaders,
      querystring: NoQuery,
      body: PayBody,
      response: { 200: InvoiceResponse, 202: InvoiceResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const idempotency = readIdempotencyMark(deps.secrets, "pay", request);
      const order = readPayOrder(request.body);
      const accepted = await accept(deps, order, { idempotency, by: request.caller });
      markReplay(reply, idempotency, accepted.idempotency);
      const payment = await settle(deps, { request, reply }, accepted, isPaymentSettled);
      const isAnswered = order.kind === "card" && isPaymentSettled(payment);
      return reply
        .code(isAnswered ? 200 : successCode(request, isPaymentSettled(payment)))
        .headers(answerHeaders(request, payment, isPaymentSettled(payment)))
        .send(presentInvoice(payment, languageOf(request.headers["accept-language"])));
    },
  });
}

interface Asked {
  idempotency: IdempotencyMark | null;
  by: string;
}

function accept(deps: RouteDeps, order: PayOrder, asked: Asked): Promise<Invoice> {
  switch (order.kind) {
    case "subscription":
      return payOpenInvoice(deps, { subscriptionId: order.subscriptionId, ...asked });
    case "saved-card":
      return requestPayment(deps, {
        billingKeyId: order.billingKey,
        customerId: order.customerId?.normalize("NFC") ?? null,
        amount: order.amount,
        productName: order.productName.normalize("NFC"),
        ...asked,
      });
    case "card":
      return chargeNow(deps, order, asked);
  }
}

/** The call is made here and now: a card cannot wait in a queue. */
function chargeNow(
  deps: RouteDeps,
  order: Extract<PayOrder, { kind: "card" }>,
  asked: Asked,
): Promise<Invoice> {
  const { card } = order;
  return payWithCard(
    { ...deps, ...deps.direct, defaultGateway: deps.config.defaultGateway },
    {
      gateway: order.gateway,
      account: order.account ?? DEFAULT_ACCOUNT,
      card: {
        number: card.cardNumber,
        expiry: card.expireDate,
        password: card.cardPassword,
        holderId: card.birthDate,
      },
      saveCard: order.saveCard,
      customerId: order.customerId.normalize("NFC"),
      customerName: order.customerName.normalize("NFC"),
      amount: order.amount,
      productName: order.productName.normalize("NFC"),
      ...asked,
    },
  );
}

function addRefund(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/billing/refund",
    schema: {
      tags: ["payments"],
      summary: "Give back a payment, whole or in part (환불)",
      description:
        "Reserves the amount at once, so that refunds can never pass what was captured; a worker gives it back.",
      security: keyed,
      headers: WaitHeaders,
      querystring: NoQuery,
      body: RefundBody,
      response: { 200: RefundResponse, 202: RefundResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { body } = request;
      const idempotency = readIdempotencyMark(deps.secrets, "refund", request);
      const { invoice: accepted, refundId } = await requestRefund(deps, {
        paymentId: body.paymentId,
        amount: body.amount ?? null,
        reason: body.reason.normalize("NFC"),
        idempotency,
        by: request.caller,
      });
      markReplay(reply, idempotency, refundOf(accepted, refundId).idempotency);
      const isSettled = (invoice: Invoice) =>
        ["done", "failed"].includes(refundOf(invoice, refundId).state);
      const invoice = await settle(deps, { request, reply }, accepted, isSettled);
      const language = languageOf(request.headers["accept-language"]);
      return reply
        .code(successCode(request, isSettled(invoice)))
        .headers(answerHeaders(request, invoice, isSettled(invoice)))
        .send(presentRefund(refundOf(invoice, refundId), invoice, language));
    },
  });
}

function addOne(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "GET",
    url: "/billing/payment/:id",
    schema: {
      tags: ["payments"],
      summary: "A payment, or a period's invoice, with its attempts and refunds",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: InvoiceResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { id } = request.params;
      const invoice = await deps.invoices.find(id);
      if (invoice === null) throw new BillingError("NOT_FOUND", { id });
      return presentInvoice(invoice, languageOf(request.headers["accept-language"]));
    },
  });
}

function isPaymentSettled(payment: Invoice): boolean {
  return payment.state !== "open";
}

function refundOf(invoice: Invoice, refundId: string) {
  const refund = invoice.refunds.find((one) => one.id === refundId);
  if (refund === undefined) throw new Error(`${invoice.id} has no refund ${refundId}`);
  return refund;
}

/** The invoice as it is when it is settled, or when the caller has waited as long as it wished. */
function settle(
  deps: RouteDeps,
  { request, reply }: Exchange,
  first: Invoice,
  isSettled: (invoice: Invoice) => boolean,
): Promise<Invoice> {
  return waitUntilSettled(deps.clock, {
    first,
    seconds: readWaitS(request),
    read: () => deps.invoices.find(first.id),
    isSettled,
    isGone: () => deps.isClosing() || isCallerGone(reply),
  });
}

function successCode(request: FastifyRequest, settled: boolean): 200 | 202 {
  return readWaitS(request) > 0 && settled ? 200 : 202;
}

function answerHeaders(
  request: FastifyRequest,
  payment: Invoice,
  settled: boolean,
): Record<string, string> {
  const location = `/billing/payment/${payment.id}`;
  return successCode(request, settled) === 200
    ? { location, "preference-applied": `wait=${readWaitS(request)}` }
    : { location };
}
