import { changeCard } from "../../billing/change-card.ts";
import { cancelSubscription } from "../../billing/cancel-subscription.ts";
import { subscribe } from "../../billing/subscribe.ts";
import { BillingError } from "../../domain/errors.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { markReplay, readIdempotencyMark } from "../idempotency-key.ts";
import { languageOf } from "../language.ts";
import { presentSubscription } from "../present.ts";
import { readWholeNumbers } from "../query-numbers.ts";
import { WriteHeaders, keyed, problemAnswers } from "../schemas/documentation.ts";
import {
  CancelBody,
  CardBody,
  IdParams,
  ListQuery,
  NoQuery,
  SubscribeBody,
} from "../schemas/requests.ts";
import { SubscriptionListResponse, SubscriptionResponse } from "../schemas/responses.ts";

/** Subscriptions: begin, end, look at. */
export function addSubscriptionRoutes(app: HttpApp, deps: RouteDeps): void {
  addSubscribe(app, deps);
  addCancel(app, deps);
  addChangeCard(app, deps);
  addOne(app, deps);
  addList(app, deps);
}

function addSubscribe(app: HttpApp, deps: RouteDeps): void {
  const { zone, billingHour } = deps.config;
  app.route({
    method: "POST",
    url: "/billing/subscribe",
    schema: {
      tags: ["subscriptions"],
      summary: "Begin a subscription on a saved card (정기결제 등록)",
      security: keyed,
      headers: WriteHeaders,
      querystring: NoQuery,
      body: SubscribeBody,
      response: { 201: SubscriptionResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { body } = request;
      const idempotency = readIdempotencyMark(deps.secrets, "subscribe", request);
      const subscription = await subscribe(
        { ...deps, zone, billingHour },
        {
          billingKeyId: body.billingKey,
          customerId: body.customerId.normalize("NFC"),
          planId: body.planId.normalize("NFC"),
          amount: body.amount,
          productName: body.productName.normalize("NFC"),
          customerEmail: body.customerEmail ?? null,
          customerPhone: body.customerPhone ?? null,
          locale: body.locale ?? null,
          cycleDay: body.cycleDay,
          trialDays: body.trialDays ?? 0,
          startOn: body.startOn ?? null,
          firstCharge: body.firstCharge ?? "cycleDay",
          metadata: body.metadata ?? {},
          idempotency,
          by: request.caller,
        },
      );
      markReplay(reply, idempotency, subscription.idempotency);
      return reply
        .code(201)
        .header("location", `/billing/subscription/${subscription.id}`)
        .send(presentSubscription(subscription, languageOf(request.headers["accept-language"])));
    },
  });
}

/** Reason on record where the caller gives none. */
const NO_REASON = "canceled by the merchant";

function addCancel(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/billing/cancel",
    schema: {
      tags: ["subscriptions"],
      summary: "End a subscription now or with its period (정기결제 해지)",
      description:
        "Once this has answered no new charge starts. One in flight is refunded if it brings money.",
      security: keyed,
      headers: WriteHeaders,
      querystring: NoQuery,
      body: CancelBody,
      response: { 200: SubscriptionResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { body } = request;
      const subscription = await cancelSubscription(deps, {
        subscriptionId: body.subscriptionId,
        atPeriodEnd: body.atPeriodEnd ?? false,
        reason: body.reason?.normalize("NFC") ?? NO_REASON,
        idempotency: readIdempotencyMark(deps.secrets, "cancel", request),
        by: request.caller,
      });
      return presentSubscription(subscription, languageOf(request.headers["accept-language"]));
    },
  });
}

function addChangeCard(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "POST",
    url: "/billing/card",
    schema: {
      tags: ["subscriptions"],
      summary: "Pay a subscription with another saved card (카드 변경)",
      description:
        "Swaps the billing key. What was declined on the old card is tried on the new one at once; an unpaid subscription owes again.",
      security: keyed,
      headers: WriteHeaders,
      querystring: NoQuery,
      body: CardBody,
      response: { 200: SubscriptionResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { body } = request;
      const subscription = await changeCard(deps, {
        subscriptionId: body.subscriptionId,
        billingKeyId: body.billingKey,
        idempotency: readIdempotencyMark(deps.secrets, "card", request),
        by: request.caller,
      });
      return presentSubscription(subscription, languageOf(request.headers["accept-language"]));
    },
  });
}

function addOne(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "GET",
    url: "/billing/subscription/:id",
    schema: {
      tags: ["subscriptions"],
      summary: "A subscription with its invoices and their attempts",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: SubscriptionResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { id } = request.params;
      const subscription = await deps.subscriptions.find(id);
      if (subscription === null) throw new BillingError("NOT_FOUND", { id });
      const invoices = await deps.invoices.listOfSubscription(id);
      const language = languageOf(request.headers["accept-language"]);
      return presentSubscription(subscription, language, invoices);
    },
  });
}

const LIMIT_DEFAULT = 20;

function addList(app: HttpApp, deps: RouteDeps): void {
  app.route({
    method: "GET",
    url: "/billing/subscriptions",
    schema: {
      tags: ["subscriptions"],
      summary: "Subscriptions, page by page",
      security: keyed,
      querystring: ListQuery,
      response: { 200: SubscriptionListResponse, ...problemAnswers },
    },
    preValidation: readWholeNumbers(["limit"]),
    handler: async (request) => {
      const { limit = LIMIT_DEFAULT, ...query } = request.query;
      const filter = Object.fromEntries(
        Object.entries(query).map(([name, value]) => [name, value.normalize("NFC")]),
      );
      // One more than asked for tells whether there is another page.
      const found = await deps.subscriptions.list(filter, limit + 1);
      const page = found.slice(0, limit);
      const language = languageOf(request.headers["accept-language"]);
      return {
        items: page.map((subscription) => presentSubscription(subscription, language)),
        next: found.length > limit ? (page.at(-1)?.id ?? null) : null,
      };
    },
  });
}
