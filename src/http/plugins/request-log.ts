import type { Logger } from "../../lib/logger.ts";
import type { HttpApp } from "../http-app.ts";

/** One line per request: never its body, its headers, its query, or the ids in its path. */
export function logRequests(app: HttpApp, log: Logger): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  app.addHook("onResponse", (request, reply, done) => {
    log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? "unknown",
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        requestId: request.id,
      },
      "request",
    );
    done();
  });
}
