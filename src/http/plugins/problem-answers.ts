/** Everything that goes wrong ends here and is answered as a problem in the reader's language. */
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { BillingError } from "../../domain/errors.ts";
import { describeError } from "../../lib/logger.ts";
import { findNearest } from "../../lib/nearest.ts";
import { scrub } from "../../lib/scrub.ts";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { ProblemError } from "../problem-error.ts";
import { PROBLEMS, type ProblemCode, type ProblemFacts, presentProblem } from "../problems.ts";
import type { RouteList } from "../route-list.ts";
import { toFaults } from "../validation.ts";

export interface ProblemAnswerDeps extends Pick<AppDeps, "log" | "isDatabaseUnavailable"> {
  routes: RouteList;
}

/** Answers errors and unknown addresses of the whole app. */
export function answerProblems(app: HttpApp, deps: ProblemAnswerDeps): void {
  app.setErrorHandler((error, request, reply) => answerError(deps, error, { request, reply }));
  app.setNotFoundHandler((request, reply) => {
    answerError(deps, unknownAddress(deps.routes, request), { request, reply });
  });
}

/** Answers one error. Also used where Fastify meets an error outside any route. */
export function answerError(
  deps: Pick<ProblemAnswerDeps, "log" | "isDatabaseUnavailable">,
  error: unknown,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): void {
  const facts = factsOf(deps, error, request);
  if (facts.code === "INTERNAL" || facts.code === "DATABASE_UNAVAILABLE") {
    deps.log[facts.code === "INTERNAL" ? "error" : "warn"](
      { requestId: request.id, err: describeError(error), at: framesOf(error) },
      "a request failed",
    );
  }
  const language = languageOf(request.headers["accept-language"]);
  const problem = presentProblem(facts, { language, requestId: request.id });
  // Where it is known when it is worth another try, that is told; else what holds for its kind.
  const retryAfterS = facts.params["retryAfterS"] ?? PROBLEMS[facts.code].retryAfterS;
  if (retryAfterS !== undefined) reply.header("retry-after", String(retryAfterS));
  if (error instanceof ProblemError) reply.headers(error.headers);
  void reply
    .code(problem.status)
    .header("content-language", language)
    .header("vary", "accept-language")
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

function factsOf(
  deps: Pick<ProblemAnswerDeps, "isDatabaseUnavailable">,
  error: unknown,
  request: FastifyRequest,
): ProblemFacts {
  if (error instanceof ProblemError) {
    return { code: error.code, params: error.params, faults: error.faults };
  }
  if (error instanceof BillingError) return factsOfBillingError(error);
  if (deps.isDatabaseUnavailable(error)) return bare("DATABASE_UNAVAILABLE");
  return isFastifyError(error) ? factsOfFastifyError(error, request) : bare("INTERNAL");
}

function bare(code: ProblemCode): ProblemFacts {
  return { code, params: {}, faults: [] };
}

function factsOfBillingError(error: BillingError): ProblemFacts {
  const { code, params, pointer } = error;
  const faults = pointer === null ? [] : [{ pointer, expected: PROBLEMS[code].fix }];
  return { code, params, faults };
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && "statusCode" in error;
}

const FASTIFY_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "BODY_TOO_LARGE",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "UNSUPPORTED_MEDIA_TYPE",
  FST_ERR_CTP_EMPTY_JSON_BODY: "MALFORMED_BODY",
  FST_ERR_CTP_INVALID_JSON_BODY: "MALFORMED_BODY",
  FST_ERR_BAD_URL: "MALFORMED_URL",
};

function factsOfFastifyError(error: FastifyError, request: FastifyRequest): ProblemFacts {
  if (error.validation !== undefined) return factsOfValidation(error, request);
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return bare(code);
  const callersFault = error.statusCode !== undefined && error.statusCode < 500;
  return bare(callersFault ? "MALFORMED_REQUEST" : "INTERNAL");
}

/** Where the validator looked, by Fastify's name for it. */
const PARTS = { body: "body", querystring: "query", params: "params" } as const;

function factsOfValidation(error: FastifyError, request: FastifyRequest): ProblemFacts {
  const context = (error.validationContext ?? "body") as keyof typeof PARTS;
  const schema = request.routeOptions.schema?.[context] as { properties?: object } | undefined;
  const faults = toFaults(error.validation ?? [], {
    value: request[PARTS[context]],
    known: Object.keys(schema?.properties ?? {}),
  });
  return { code: "VALIDATION_FAILED", params: {}, faults };
}

function unknownAddress(routes: RouteList, request: FastifyRequest): ProblemError {
  const [rawPath = ""] = request.url.split("?");
  const path = scrub(rawPath, { lengthMax: 80 });
  const allowed = routes.methodsOf(rawPath);
  if (allowed.length === 0) {
    const nearest = findNearest(rawPath, routes.paths()) ?? "/docs";
    return new ProblemError("ROUTE_NOT_FOUND", { params: { path, nearest } });
  }
  const list = allowed.join(", ");
  return new ProblemError("METHOD_NOT_ALLOWED", {
    params: { path, allowed: list, method: request.method },
    headers: { allow: list },
  });
}

/** Where an unexpected error came from: the frames only, since a message may carry data. */
function framesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const lines = (error.stack ?? "").split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).slice(0, 6);
}
