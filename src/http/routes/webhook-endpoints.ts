import {
  type EndpointDeps,
  addEndpoint,
  disableByRequest,
  enableByRequest,
  rotateEndpoint,
  sendTest,
} from "../../billing/webhooks/manage-endpoints.ts";
import { BillingError } from "../../domain/errors.ts";
import type { WebhookEndpoint } from "../../domain/webhook-endpoint.ts";
import { faultOfUrl } from "../../lib/addresses.ts";
import type { HttpConfig } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { ProblemError } from "../problem-error.ts";
import { keyed, problemAnswers } from "../schemas/documentation.ts";
import { FIELD_TEXTS } from "../schemas/field-texts.ts";
import { IdParams, NoQuery } from "../schemas/requests.ts";
import {
  EndpointBody,
  EndpointListResponse,
  EndpointResponse,
  EndpointWithSecretResponse,
  TestSentResponse,
} from "../schemas/webhooks.ts";

export interface EndpointRouteDeps extends EndpointDeps {
  config: Pick<HttpConfig, "webhooks">;
}

/** Endpoints that events are delivered to. */
export function addWebhookEndpointRoutes(app: HttpApp, deps: EndpointRouteDeps): void {
  addAdd(app, deps);
  addList(app, deps);
  addOne(app, deps);
  addRotate(app, deps);
  addSwitch(app, deps, "disable");
  addSwitch(app, deps, "enable");
  addTest(app, deps);
}

function addAdd(app: HttpApp, deps: EndpointRouteDeps): void {
  app.route({
    method: "POST",
    url: "/webhook-endpoints",
    schema: {
      tags: ["events"],
      summary: "Add an endpoint for events (이벤트 엔드포인트 추가)",
      description: "The secret that signs is told in this answer and never again.",
      security: keyed,
      querystring: NoQuery,
      body: EndpointBody,
      response: { 201: EndpointWithSecretResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { url, types = null, description = "" } = request.body;
      if (faultOfUrl(url, deps.config.webhooks.addresses) !== null) {
        throw new ProblemError("VALIDATION_FAILED", {
          faults: [{ pointer: "/url", expected: FIELD_TEXTS.url }],
        });
      }
      const { endpoint, secret } = await addEndpoint(deps, {
        url,
        types,
        description: description.normalize("NFC"),
        by: request.caller,
      });
      return reply
        .code(201)
        .header("location", `/webhook-endpoints/${endpoint.id}`)
        .header("cache-control", "no-store")
        .send({ ...presentEndpoint(endpoint), secret });
    },
  });
}

function addList(app: HttpApp, deps: EndpointRouteDeps): void {
  app.route({
    method: "GET",
    url: "/webhook-endpoints",
    schema: {
      tags: ["events"],
      summary: "All endpoints, disabled ones too",
      security: keyed,
      querystring: NoQuery,
      response: { 200: EndpointListResponse, ...problemAnswers },
    },
    handler: async () => ({ items: (await deps.endpoints.listAll()).map(presentEndpoint) }),
  });
}

function addOne(app: HttpApp, deps: EndpointRouteDeps): void {
  app.route({
    method: "GET",
    url: "/webhook-endpoints/:id",
    schema: {
      tags: ["events"],
      summary: "An endpoint and how its deliveries go",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: EndpointResponse, ...problemAnswers },
    },
    handler: async (request) => {
      const { id } = request.params;
      const endpoint = await deps.endpoints.find(id);
      if (endpoint === null) throw new BillingError("NOT_FOUND", { id });
      return presentEndpoint(endpoint);
    },
  });
}

function addRotate(app: HttpApp, deps: EndpointRouteDeps): void {
  app.route({
    method: "POST",
    url: "/webhook-endpoints/:id/rotate",
    schema: {
      tags: ["events"],
      summary: "Give an endpoint a new secret (시크릿 교체)",
      description:
        "The new secret is told in this answer alone. Both sign until oldSecretUntil; one before them signs no more.",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: EndpointWithSecretResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { endpoint, secret } = await rotateEndpoint(deps, {
        id: request.params.id,
        by: request.caller,
        overlapMs: deps.config.webhooks.secretOverlapMs,
      });
      return reply
        .header("cache-control", "no-store")
        .send({ ...presentEndpoint(endpoint), secret });
    },
  });
}

const SWITCHES = {
  disable: {
    summary: "Deliver nothing to an endpoint any more (비활성화)",
    description:
      "What waits goes on waiting. Events from now on are not kept for it; POST /events/replay brings them.",
    run: disableByRequest,
  },
  enable: {
    summary: "Deliver to an endpoint again (활성화)",
    description: "What has waited is delivered at once, in its order.",
    run: enableByRequest,
  },
};

function addSwitch(app: HttpApp, deps: EndpointRouteDeps, name: keyof typeof SWITCHES): void {
  const { summary, description, run } = SWITCHES[name];
  app.route({
    method: "POST",
    url: `/webhook-endpoints/:id/${name}`,
    schema: {
      tags: ["events"],
      summary,
      description,
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 200: EndpointResponse, ...problemAnswers },
    },
    handler: async (request) =>
      presentEndpoint(await run(deps, { id: request.params.id, by: request.caller })),
  });
}

function addTest(app: HttpApp, deps: EndpointRouteDeps): void {
  app.route({
    method: "POST",
    url: "/webhook-endpoints/:id/test",
    schema: {
      tags: ["events"],
      summary: "Send an endpoint a test event (시험 전송)",
      description: "It goes the way of all events; GET /events/:id shows what came of it.",
      security: keyed,
      params: IdParams,
      querystring: NoQuery,
      response: { 202: TestSentResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const eventId = await sendTest(deps, { id: request.params.id, by: request.caller });
      return reply.code(202).header("location", `/events/${eventId}`).send({ eventId });
    },
  });
}

function presentEndpoint(endpoint: WebhookEndpoint) {
  const { id, url, types, description, source, state, disabledReason, failures } = endpoint;
  const old = endpoint.secrets.find(({ expiresAt }) => expiresAt !== null);
  const told = { id, url, types, description, source, state, disabledReason, failures };
  return {
    ...told,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    oldSecretUntil: old?.expiresAt?.toISOString() ?? null,
    createdAt: endpoint.createdAt.toISOString(),
  };
}
