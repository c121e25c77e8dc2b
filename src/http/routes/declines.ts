import { listDeclines } from "../../billing/list-declines.ts";
import { releaseHeld } from "../../billing/release-held.ts";
import { PAGE_HEADERS } from "../../lib/html.ts";
import type { AppDeps } from "../app-deps.ts";
import { adminOf, readForms, wantsPage } from "../admin-forms.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { declinesPage } from "../pages/declines-page.ts";
import { ReleaseBody } from "../schemas/requests.ts";

/** What gateways refuse and what it means, behind the administrator's login: as a page or as JSON. */
export function addDeclineRoutes(app: HttpApp, deps: AppDeps): void {
  readForms(app);
  app.get("/declines", { schema: { hide: true } }, async (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    const overview = await listDeclines(deps, language);
    reply.headers({ "content-language": language, vary: "accept, accept-language" });
    if (!wantsPage(request)) return overview;
    const { zone } = deps.config;
    return reply.headers(PAGE_HEADERS).send(declinesPage(overview, { language, zone }));
  });
  app.post(
    "/declines/release",
    { schema: { hide: true, body: ReleaseBody } },
    async (request, reply) => {
      const released = await releaseHeld(deps, { ...request.body, by: adminOf(deps) });
      return wantsPage(request) ? reply.redirect("/admin/declines", 303) : released;
    },
  );
}
