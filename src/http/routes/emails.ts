import { Type } from "typebox";
import { listMessages } from "../../billing/messages/list-messages.ts";
import { BillingError } from "../../domain/errors.ts";
import {
  CUSTOMER_KINDS,
  MESSAGE_LANGUAGES,
  type MessageKind,
  type MessageLanguage,
  OPERATOR_KINDS,
} from "../../domain/message.ts";
import { FRAMED_HEADERS, FRAMING_HEADERS, PAGE_HEADERS } from "../../lib/html.ts";
import type { Mail } from "../../notify/render-mail.ts";
import { wantsPage } from "../admin-forms.ts";
import type { AppDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { languageOf } from "../language.ts";
import { emailPage, emailsPage } from "../pages/emails-page.ts";

const ExampleParams = Type.Object({
  kind: Type.Enum([...CUSTOMER_KINDS, ...OPERATOR_KINDS]),
  language: Type.Enum([...MESSAGE_LANGUAGES]),
});
const MessageParams = Type.Object({ id: Type.String({ maxLength: 200 }) });

/** Messages behind the administrator's login; their texts with example data outside production only. */
export function addEmailRoutes(app: HttpApp, deps: AppDeps): void {
  app.get("/emails", { schema: { hide: true } }, async (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    const messages = await listMessages(deps);
    reply.headers({ "content-language": language, vary: "accept, accept-language" });
    if (!wantsPage(request)) return { messages };
    const reader = { language, zone: deps.config.zone };
    const body = emailsPage(messages, reader, deps.mails.examples !== null);
    return reply.headers(PAGE_HEADERS).send(body);
  });
  addOne(app, deps);
  addExamples(app, deps);
}

/** A recorded e-mail as it was or would be sent. */
function addOne(app: HttpApp, deps: AppDeps): void {
  const find = async (id: string): Promise<Mail> => {
    const message = await deps.messages.find(id);
    if (message?.channel !== "email") throw new BillingError("NOT_FOUND", { id });
    return deps.mails.render(message);
  };
  const schema = { hide: true, params: MessageParams };
  app.get("/emails/:id", { schema }, async (request, reply) => {
    const { id } = request.params;
    const mail = await find(id);
    if (!wantsPage(request)) return mail;
    const language = languageOf(request.headers["accept-language"]);
    const frame = `/admin/emails/${encodeURIComponent(id)}/html`;
    return reply.headers(FRAMING_HEADERS).send(emailPage(mail, frame, language));
  });
  app.get("/emails/:id/html", { schema }, async (request, reply) => {
    const mail = await find(request.params.id);
    return reply.headers(FRAMED_HEADERS).send(mail.html);
  });
}

function addExamples(app: HttpApp, deps: AppDeps): void {
  const { examples } = deps.mails;
  if (examples === null) return;
  const example = (kind: MessageKind, language: MessageLanguage): Mail =>
    deps.mails.render({ kind, language, facts: examples[kind] });
  const schema = { hide: true, params: ExampleParams };
  app.get("/emails/preview/:kind/:language", { schema }, async (request, reply) => {
    const { kind, language } = request.params;
    const mail = example(kind, language);
    if (!wantsPage(request)) return mail;
    const frame = `/admin/emails/preview/${kind}/${language}/html`;
    const reader = languageOf(request.headers["accept-language"]);
    return reply.headers(FRAMING_HEADERS).send(emailPage(mail, frame, reader));
  });
  app.get("/emails/preview/:kind/:language/html", { schema }, async (request, reply) => {
    const { kind, language } = request.params;
    return reply.headers(FRAMED_HEADERS).send(example(kind, language).html);
  });
}
