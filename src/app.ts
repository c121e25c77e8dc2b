/** The HTTP interface, put together. Nothing is opened and nothing listens here. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import fastify from "fastify";
import type { AppDeps, RouteDeps } from "./http/app-deps.ts";
import type { HttpApp } from "./http/http-app.ts";
import { requireAdminLogin } from "./http/plugins/admin-login.ts";
import { addApiDocumentation } from "./http/plugins/api-documentation.ts";
import { requireApiKey } from "./http/plugins/api-key.ts";
import { readJsonOnly } from "./http/plugins/json-bodies.ts";
import { answerBrokenRequest } from "./http/plugins/broken-requests.ts";
import { answerError, answerProblems } from "./http/plugins/problem-answers.ts";
import { addQueueBoard } from "./http/plugins/queue-board.ts";
import { logRequests } from "./http/plugins/request-log.ts";
import { addSecurityHeaders } from "./http/plugins/security-headers.ts";
import { type RouteList, listRoutes } from "./http/route-list.ts";
import { addAssetRoutes } from "./http/routes/assets.ts";
import { addAuditRoutes } from "./http/routes/audit.ts";
import { addCardRoutes } from "./http/routes/cards.ts";
import { addDeclineRoutes } from "./http/routes/declines.ts";
import { addEasypayReturnRoutes } from "./http/routes/easypay-return.ts";
import { addEasypayRoutes } from "./http/routes/easypay.ts";
import { addEventRoutes } from "./http/routes/events.ts";
import { addEmailRoutes } from "./http/routes/emails.ts";
import { addExplanationRoutes } from "./http/routes/explanations.ts";
import { addNoticePages } from "./http/routes/notice-pages.ts";
import { addNoticeRoutes } from "./http/routes/notices.ts";
import { addMetricsRoute, addOpenRoutes } from "./http/routes/operation.ts";
import { addPaymentRoutes } from "./http/routes/payments.ts";
import { addProblemRoutes } from "./http/routes/problems.ts";
import { addSubscriptionRoutes } from "./http/routes/subscriptions.ts";
import { addTestClockRoutes } from "./http/routes/test-clock.ts";
import { addTestPages } from "./http/routes/test-pages.ts";
import { addUnresolvedRoutes } from "./http/routes/unresolved.ts";
import { addWebhookEndpointRoutes } from "./http/routes/webhook-endpoints.ts";
import { FORMATS } from "./http/schemas/formats.ts";
import { ProblemResponse } from "./http/schemas/responses.ts";
import { newId } from "./lib/ids.ts";

/** Largest body that is read, bytes. */
const BODY_LIMIT = 65_536;
/** Longest time in which a request must have arrived, milliseconds. */
const REQUEST_TIMEOUT_MS = 30_000;

/** The app with all its plugins and routes, ready to listen or to be injected into. */
export async function createApp(deps: AppDeps): Promise<HttpApp> {
  const app = createServer(deps);
  const routes = listRoutes(app);
  const routeDeps = followClosing(app, deps);
  readJsonOnly(app);
  app.addSchema(ProblemResponse);
  logRequests(app, deps.log);
  answerProblems(app, { ...deps, routes });
  await addSecurityHeaders(app);
  await addApiDocumentation(app);
  await app.register(async (scope: HttpApp) => {
    addOpenRoutes(scope, routeDeps);
    addProblemRoutes(scope);
    await addAssetRoutes(scope);
    if (deps.testPages !== null) addTestPages(scope, deps, deps.testPages);
  });
  // Customers come back from payment windows without a key.
  await app.register(async (scope: HttpApp) => addEasypayReturnRoutes(scope, routeDeps));
  // Gateways have no key of ours: their addresses are looked at instead.
  await app.register(async (scope: HttpApp) => addNoticeRoutes(scope, deps));
  await app.register(async (scope: HttpApp) => {
    requireApiKey(scope, { apiKeys: deps.config.apiKeys });
    addCardRoutes(scope, routeDeps);
    addSubscriptionRoutes(scope, routeDeps);
    addExplanationRoutes(scope, routeDeps);
    addPaymentRoutes(scope, routeDeps);
    addEasypayRoutes(scope, routeDeps);
    addEventRoutes(scope, routeDeps);
    addWebhookEndpointRoutes(scope, routeDeps);
    addTestClockRoutes(scope, routeDeps);
  });
  await app.register(async (scope: HttpApp) => {
    requireApiKey(scope, { apiKeys: deps.config.apiKeys, localIsEnough: true });
    addMetricsRoute(scope, routeDeps);
  });
  await app.register((scope: HttpApp) => addAdministration(scope, deps, routes), {
    prefix: "/admin",
  });
  await app.ready();
  return app;
}

function createServer(deps: AppDeps): HttpApp {
  const { trustProxy } = deps.config;
  return fastify({
    // The framework takes a bare number for nobody; the socket's own address is hop 0.
    trustProxy:
      typeof trustProxy === "number"
        ? (_address: string, hop: number) => hop < trustProxy
        : [...trustProxy],
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => newId("req"),
    // A client that keeps a connection idle does not keep a stopping server.
    forceCloseConnections: "idle",
    ajv: {
      customOptions: {
        coerceTypes: false,
        removeAdditional: false,
        useDefaults: false,
        allErrors: true,
        formats: { ...FORMATS },
      },
    },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => answerError(deps, error, { request, reply }),
  }).withTypeProvider<TypeBoxTypeProvider>();
}

function followClosing(app: HttpApp, deps: AppDeps): RouteDeps {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  return { ...deps, isClosing: () => closing };
}

/** Everything below /admin: what is not there asks for the login too. */
async function addAdministration(app: HttpApp, deps: AppDeps, routes: RouteList): Promise<void> {
  await requireAdminLogin(app, deps);
  answerProblems(app, { ...deps, routes });
  app.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/admin/queues/"));
  await app.register(async (scope: HttpApp) => addUnresolvedRoutes(scope, deps));
  await app.register(async (scope: HttpApp) => addDeclineRoutes(scope, deps));
  await app.register(async (scope: HttpApp) => addNoticePages(scope, deps));
  await app.register(async (scope: HttpApp) => addAuditRoutes(scope, deps));
  await app.register(async (scope: HttpApp) => addEmailRoutes(scope, deps));
  await addQueueBoard(app, deps, { prefix: "/queues", basePath: "/admin/queues" });
}
