/** Where payment windows send customers' browsers. Nothing that they bring is proof (billing/come-back.ts). */
import iconv from "iconv-lite";
import type { FastifyReply, FastifyRequest } from "fastify";
import { comeBack } from "../../billing/come-back.ts";
import { saySecond } from "../../billing/texts/instant-words.ts";
import { BillingError } from "../../domain/errors.ts";
import type { Invoice } from "../../domain/invoice.ts";
import { type OrderStatus, orderStatusOf } from "../../domain/order-status.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { type Language, languageOf } from "../language.ts";
import { easypayResultHeaders, easypayResultPage } from "../pages/easypay-result-page.ts";
import { reasonOf } from "../present-order.ts";
import { ReturnParams } from "../schemas/easypay.ts";
import { windowDepsOf } from "./easypay.ts";

/** Sealed fields of a window are a few thousand bytes. */
const BODY_LIMIT = 65_536;
const FIELDS_MAX = 100;
/** How often a page asks while the outcome is on its way. */
const REFRESH_S = 3;
/** A deposit takes its time. */
const DEPOSIT_REFRESH_S = 15;

/** The bytes of a form: which charset they are in shows only when they are read. */
type Sent = Buffer | undefined;

/** Public: a customer has no key. An order's id is random, and names nothing but how it stands. */
export function addEasypayReturnRoutes(app: HttpApp, deps: RouteDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    "*",
    { parseAs: "buffer", bodyLimit: BODY_LIMIT },
    (_request, body, done) => done(null, body),
  );
  app.route({
    method: ["GET", "POST"],
    url: "/easypay/return/:paymentId",
    exposeHeadRoute: false,
    schema: { hide: true, params: ReturnParams },
    handler: (request, reply) => takeBack(deps, request.params.paymentId, { request, reply }),
  });
  app.get(
    "/easypay/result/:paymentId",
    { schema: { hide: true, params: ReturnParams } },
    async (request, reply) => {
      const { paymentId: id } = request.params;
      const invoice = await deps.invoices.find(id);
      if (invoice?.window == null) throw new BillingError("NOT_FOUND", { id });
      return answerPage(deps, invoice, { request, reply });
    },
  );
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
}

/** Answers 303, so that a reload asks for a page and sends nothing again. */
async function takeBack(deps: RouteDeps, paymentId: string, exchange: Exchange) {
  const { request, reply } = exchange;
  try {
    const fields = readReturned(request);
    const invoice = await comeBack(windowDepsOf(deps), { paymentId, fields });
    return reply.redirect(goOnUrl(invoice) ?? `/easypay/result/${invoice.id}`, 303);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    if (error.code === "WINDOW_MISMATCH") {
      // Nothing has changed: the browser is shown how the order itself stands.
      return reply.redirect(`/easypay/result/${paymentId}`, 303);
    }
    if (error.code !== "GATEWAY_UNREACHABLE") throw error;
    const invoice = await deps.invoices.find(paymentId);
    if (invoice === null) throw error;
    return answerPage(deps, invoice, exchange, UNREACHABLE);
  }
}

/** Nothing was sent: what the browser brought is sent again by a reload. */
const UNREACHABLE = {
  en: "The payment company cannot be reached. Nothing was charged; reload this page to try again.",
  ko: "결제사에 연결할 수 없습니다. 결제되지 않았으며, 이 페이지를 새로고침하면 다시 시도합니다.",
};

function answerPage(
  deps: RouteDeps,
  invoice: Invoice,
  { request, reply }: Exchange,
  problem?: Record<Language, string>,
) {
  const language = languageOf(request.headers["accept-language"]);
  const status = orderStatusOf(invoice);
  const account = invoice.window?.virtualAccount ?? null;
  const body = easypayResultPage(
    {
      status,
      amount: invoice.amount,
      productName: invoice.productName,
      orderId: invoice.window?.orderId ?? "",
      reason: problem?.[language] ?? reasonOf(invoice, language),
      virtualAccount: account && {
        ...account,
        endsAt: account.endsAt && saySecond(account.endsAt, deps.config.zone),
      },
      refreshSeconds: problem === undefined ? refreshOf(status) : null,
      continueUrl: goOnUrl(invoice),
    },
    language,
  );
  return reply
    .code(problem === undefined ? 200 : 503)
    .headers(easypayResultHeaders(language))
    .send(body);
}

/** What may still become something else by itself is asked again. */
function refreshOf(status: OrderStatus): number | null {
  if (status === "pending") return DEPOSIT_REFRESH_S;
  return status === "waiting" || status === "confirming" ? REFRESH_S : null;
}

/** The shop's own page with how the order stands, for its eyes; the shop asks before it believes. */
function goOnUrl(invoice: Invoice): string | null {
  const { window } = invoice;
  if (window?.returnUrl == null) return null;
  const url = new URL(window.returnUrl);
  url.searchParams.set("orderId", window.orderId);
  url.searchParams.set("status", orderStatusOf(invoice));
  return url.href;
}

/** The fields of the query and of the form; of a name that comes twice the first counts. */
function readReturned(request: FastifyRequest): Record<string, string> {
  const [, query = ""] = request.url.split("?", 2);
  const body = (request.body as Sent)?.toString("latin1") ?? "";
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const pair of [...query.split("&"), ...body.split("&")].slice(0, FIELDS_MAX)) {
    const [name = "", value = ""] = pair.split("=", 2).map(decodePart);
    if (name !== "") fields[name] ??= value;
  }
  return fields;
}

const PERCENT = /%([0-9A-Fa-f]{2})/g;
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** KCP's forms are EUC-KR, other windows' queries UTF-8: what is no UTF-8 is read as the other. */
function decodePart(part: string): string {
  const bytes = Buffer.from(
    part
      .replaceAll("+", " ")
      .replaceAll(PERCENT, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  try {
    return UTF8.decode(bytes);
  } catch {
    return iconv.decode(bytes, "cp949");
  }
}
