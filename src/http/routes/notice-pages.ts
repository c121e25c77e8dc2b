import { Type } from "typebox";
import { findNotice, reviewNotice } from "../../billing/review-notice.ts";
import { NOTICE_GATEWAYS } from "../../config-notices.ts";
import { INBOX_STATES, type InboxEntry } from "../../domain/inbox.ts";
import { PAGE_HEADERS } from "../../lib/html.ts";
import { adminOf, readForms, wantsPage } from "../admin-forms.ts";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { noticePage, noticesPage } from "../pages/notices-page.ts";
import { ReleaseBody } from "../schemas/requests.ts";

/** Most notices of one page. */
const ROWS_MAX = 200;

const Filter = Type.Object(
  {
    gateway: Type.Optional(Type.Enum([...NOTICE_GATEWAYS, ""])),
    state: Type.Optional(Type.Enum([...INBOX_STATES, ""])),
  },
  { additionalProperties: false },
);
const Id = Type.Object({ id: Type.String({ maxLength: 60 }) });

/** What gateways have told us, behind the administrator's login: as pages or as JSON. */
export function addNoticePages(app: HttpApp, deps: AppDeps): void {
  readForms(app);
  app.get("/notices", { schema: { hide: true, querystring: Filter } }, async (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    const { gateway, state } = request.query;
    const filter = { ...(gateway && { gateway }), ...(state && { state }) };
    const entries = await deps.inbox.list(filter, ROWS_MAX);
    reply.headers({ "content-language": language, vary: "accept, accept-language" });
    if (!wantsPage(request)) return { items: entries.map(toJson) };
    const reader = { language, zone: deps.config.zone };
    return reply.headers(PAGE_HEADERS).send(noticesPage(entries, filter, reader));
  });
  app.get("/notices/:id", { schema: { hide: true, params: Id } }, async (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    const entry = await findNotice(deps, request.params.id);
    const shown = deps.notices.show(entry);
    reply.headers({ "content-language": language, vary: "accept, accept-language" });
    if (!wantsPage(request)) return { ...toJson(entry), shown };
    const reader = { language, zone: deps.config.zone };
    return reply.headers(PAGE_HEADERS).send(noticePage(entry, shown, reader));
  });
  for (const kind of ["replay", "seen"] as const) {
    app.post(
      `/notices/${kind}`,
      { schema: { hide: true, body: ReleaseBody } },
      async (request, reply) => {
        const entry = await reviewNotice(deps, { ...request.body, kind, by: adminOf(deps) });
        if (!wantsPage(request)) return toJson(entry);
        return reply.redirect(`/admin/notices/${entry.id}`, 303);
      },
    );
  }
}

/** Without the sealed bytes, and without what is the store's own business. */
function toJson(entry: Omit<InboxEntry, "raw">) {
  const { id, gateway, method, address, receivedAt, lastSeenAt, timesSeen } = entry;
  const { state, reason, facts, invoiceId, nextActionAt, tries, seen } = entry;
  const came = { id, gateway, method, address, receivedAt, lastSeenAt, timesSeen };
  return { ...came, state, reason, facts, invoiceId, nextActionAt, tries, seen };
}
