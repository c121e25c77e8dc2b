/** What the pages of the administration share: who asks, in which form, and by which form. */
import type { FastifyRequest } from "fastify";
import type { AppDeps } from "./app-deps.ts";
import type { HttpApp } from "./http-app.ts";

/** Whether a person's browser asks, and not a program. */
export function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes("text/html") === true;
}

/** Whose login it is. */
export function adminOf(deps: AppDeps): string {
  return deps.adminPassword?.user ?? "admin";
}

/** Forms are read here only: every other route takes JSON alone. An empty field was left out. */
export function readForms(app: HttpApp): void {
  app.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "string" },
    (_request, body, done) => {
      const filled = [...new URLSearchParams(String(body))].filter(([, value]) => value !== "");
      done(null, Object.fromEntries(filled));
    },
  );
}
