import { Type } from "typebox";
import { sleep } from "../../lib/clock.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";

/** Where everything else is found. */
const LINKS = {
  documentation: "/docs",
  openapi: "/docs/json",
  problems: "/problems",
  health: "/health/ready",
  metrics: "/metrics",
  queues: "/admin/queues",
} as const;

const tags = ["operation"];

/** The front page and the probes: open to everybody, and telling nothing. */
export function addOpenRoutes(app: HttpApp, deps: RouteDeps): void {
  app.get("/", { schema: { tags, summary: "Where everything else is found" } }, async () => ({
    name: "kiwoom-billing",
    links: { ...LINKS, ...(deps.testPages === null ? {} : { tryIt: "/test.html" }) },
  }));
  app.get(
    "/health/live",
    { schema: { tags, summary: "Whether the process answers" } },
    async () => ({
      status: "ok",
    }),
  );
  app.route({
    method: "GET",
    url: "/health/ready",
    schema: {
      tags,
      summary: "Whether database and Redis answer",
      response: { 200: ReadyResponse, 503: ReadyResponse },
    },
    handler: async (_request, reply) => {
      const [database, redis] = await Promise.all([
        answersSoon(() => deps.health.database()),
        answersSoon(() => deps.health.redis()),
      ]);
      const missing = [...(database ? [] : ["database"]), ...(redis ? [] : ["redis"])];
      return reply
        .code(missing.length === 0 ? 200 : 503)
        .header("cache-control", "no-store")
        .send({ status: missing.length === 0 ? "ok" : "unavailable", missing });
    },
  });
}

const ReadyResponse = Type.Object({
  status: Type.Enum(["ok", "unavailable"]),
  missing: Type.Array(Type.String()),
});

/** Longest time that a probe waits for one service, milliseconds. */
const PROBE_MS = 2500;

async function answersSoon(probe: () => Promise<boolean>): Promise<boolean> {
  const late = sleep(PROBE_MS).then(() => false);
  return Promise.race([probe().catch(() => false), late]);
}

/** Metrics for Prometheus. */
export function addMetricsRoute(app: HttpApp, deps: RouteDeps): void {
  app.get(
    "/metrics",
    { schema: { tags, summary: "Prometheus metrics" } },
    async (_request, reply) =>
      reply.type(deps.metrics.contentType).send(await deps.metrics.metrics()),
  );
}
