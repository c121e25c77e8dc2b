import type { FastifyReply, FastifyRequest } from "fastify";
import { listUnresolved } from "../../billing/list-unresolved.ts";
import { releaseHeld } from "../../billing/release-held.ts";
import { resolveAttempt } from "../../billing/resolve-attempt.ts";
import { resolveRefund } from "../../billing/resolve-refund.ts";
import { PAGE_HEADERS } from "../../lib/html.ts";
import { adminOf, readForms, wantsPage } from "../admin-forms.ts";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { unresolvedPage } from "../pages/unresolved-page.ts";
import { ProblemError } from "../problem-error.ts";
import { FIELD_TEXTS } from "../schemas/field-texts.ts";
import { ReleaseBody, ResolveBody } from "../schemas/requests.ts";
import { asRequired } from "../validation.ts";

/** What waits for a person, behind the administrator's login: as a page with forms, or as JSON. */
export function addUnresolvedRoutes(app: HttpApp, deps: AppDeps): void {
  readForms(app);
  app.get("/unresolved", { schema: { hide: true } }, async (request, reply) => {
    const { zone } = deps.config;
    const isPage = wantsPage(request);
    const language = isPage ? languageOf(request.headers["accept-language"]) : "en";
    const rows = await listUnresolved(deps, { language, zone });
    if (!isPage) return { items: rows };
    return reply.headers(PAGE_HEADERS).send(unresolvedPage(rows, { language, zone }));
  });
  app.post(
    "/unresolved/release",
    { schema: { hide: true, body: ReleaseBody } },
    async (request, reply) => {
      const released = await releaseHeld(deps, { ...request.body, by: adminOf(deps) });
      return answer(request, reply, released);
    },
  );
  app.post(
    "/unresolved/resolve",
    { schema: { hide: true, body: ResolveBody } },
    async (request, reply) => {
      const invoice = await resolve(deps, request.body);
      return answer(request, reply, { id: invoice.id, state: invoice.state });
    },
  );
}

interface Said {
  id: string;
  outcome: "approved" | "not_charged" | "refunded" | "not_refunded";
  transactionId?: string;
  reason: string;
}

function resolve(deps: AppDeps, { id, outcome, transactionId, reason }: Said) {
  const by = adminOf(deps);
  if (outcome === "refunded" || outcome === "not_refunded") {
    return resolveRefund(deps, { refundId: id, kind: outcome, reason, by });
  }
  if (outcome === "not_charged") {
    const resolution = { kind: "not_charged" as const, reason };
    return resolveAttempt(deps, { orderNumber: id, resolution, by });
  }
  if (transactionId === undefined) {
    const expected = asRequired(FIELD_TEXTS.transactionId);
    throw new ProblemError("VALIDATION_FAILED", {
      faults: [{ pointer: "/transactionId", expected }],
    });
  }
  const resolution = { kind: "approved" as const, transactionId, reason };
  return resolveAttempt(deps, { orderNumber: id, resolution, by });
}

/** A form of ours leads back to the list; a program is told what became of it. */
function answer(request: FastifyRequest, reply: FastifyReply, result: object) {
  return wantsPage(request) ? reply.redirect("/admin/unresolved", 303) : result;
}
