import {
  type ExplainDeps,
  explainPayment,
  explainSubscription,
} from "../../billing/explain-period.ts";
import { type HistoryDeps, tellHistory } from "../../billing/tell-history.ts";
import { presentExplanation } from "../../billing/texts/present-explanation.ts";
import { presentHistory } from "../../billing/texts/present-history.ts";
import type { HttpConfig } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { readWholeNumbers } from "../query-numbers.ts";
import { keyed, problemAnswers } from "../schemas/documentation.ts";
import {
  ExplanationResponse,
  HistoryQuery,
  HistoryResponse,
  WhyQuery,
} from "../schemas/explanations.ts";
import { IdParams, NoQuery } from "../schemas/requests.ts";

export interface ExplanationRouteDeps extends ExplainDeps, Pick<HistoryDeps, "businessClock"> {
  config: Pick<HttpConfig, "zone">;
  events: HistoryDeps["events"];
}

/** Why something was charged or not, and everything that happened to a subscription. */
export function addExplanationRoutes(app: HttpApp, deps: ExplanationRouteDeps): void {
  addWhyOfSubscription(app, deps);
  addWhyOfPayment(app, deps);
  addHistory(app, deps);
}

function addWhyOfSubscription(app: HttpApp, deps: ExplanationRouteDeps): void {
  app.route({
    method: "GET",
    url: "/billing/subscription/:id/why",
    schema: {
      tags: ["subscriptions"],
      summary: "Why a period was charged, was not, or is not yet known to be (청구 사유)",
      description:
        "One sentence in the language of Accept-Language, with the reason, what comes next and the attempts.",
      security: keyed,
      params: IdParams,
      querystring: WhyQuery,
      response: { 200: ExplanationResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { on = null } = request.query;
      const explanation = await explainSubscription(deps, {
        subscriptionId: request.params.id,
        on,
      });
      const language = languageOf(request.headers["accept-language"]);
      return reply.headers(inLanguage(language)).send(presentExplanation(explanation, language));
    },
  });
}

function addWhyOfPayment(app: HttpApp, deps: ExplanationRouteDeps): void {
  app.route({
    method: "GET",
    url: "/billing/payment/:id/why",
    schema: {
      tags: ["payments"],
      summary: "Why a payment was charged, was not, or is not yet known to be (청구 사유)",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: ExplanationResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const explanation = await explainPayment(deps, {
        paymentId: request.params.id,
        zone: deps.config.zone,
      });
      const language = languageOf(request.headers["accept-language"]);
      return reply.headers(inLanguage(language)).send(presentExplanation(explanation, language));
    },
  });
}

const LIMIT_DEFAULT = 20;

function addHistory(app: HttpApp, deps: HistoryDeps): void {
  app.route({
    method: "GET",
    url: "/billing/subscription/:id/history",
    schema: {
      tags: ["subscriptions"],
      summary: "Everything that happened to a subscription, newest last (이력)",
      description:
        "When, who or what, what, why, before and after: each entry as one sentence in the language of Accept-Language.",
      security: keyed,
      params: IdParams,
      querystring: HistoryQuery,
      response: { 200: HistoryResponse, ...problemAnswers },
    },
    preValidation: readWholeNumbers(["limit"]),
    handler: async (request, reply) => {
      const { limit = LIMIT_DEFAULT, after = null } = request.query;
      const page = await tellHistory(deps, { subscriptionId: request.params.id, after, limit });
      const language = languageOf(request.headers["accept-language"]);
      return reply.headers(inLanguage(language)).send(presentHistory(page, language));
    },
  });
}

function inLanguage(language: string): Record<string, string> {
  return { "content-language": language, vary: "accept-language" };
}
