import type { FastifyReply, FastifyRequest } from "fastify";
import type { AppDeps, TestPages } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { type Language, languageOf } from "../language.ts";
import { type PagePolicy, publicHeaders } from "../pages/public-page.ts";
import { payTestPage, refundTestPage, registerTestPage } from "../pages/test-pages.ts";
import type { TestPageFacts, TestedGateway } from "../pages/test-page.ts";
import { windowExamplePage } from "../pages/window-example-page.ts";
import { DEFAULT_ACCOUNT } from "../../domain/merchant-account.ts";

/** Pages on which people try the product; never in production. */
export function addTestPages(app: HttpApp, deps: AppDeps, testPages: TestPages): void {
  const facts = { gateways: gatewaysOf(deps, testPages), needsKey: deps.config.apiKeys.length > 0 };
  const add = (url: string, write: (facts: TestPageFacts) => string, policy: PagePolicy = {}) => {
    app.get(url, { schema: { hide: true } }, (request, reply: FastifyReply) => {
      const language = readLanguage(request);
      return reply
        .headers(publicHeaders(language, policy))
        .send(write({ ...facts, language, url }));
    });
  };
  add("/test.html", registerTestPage);
  add("/test-pay.html", payTestPage);
  add("/test-refund.html", refundTestPage);
  add("/easypay/sdk-example", windowExamplePage, { origins: testPages.windowOrigins });
}

/** The gateways that are used, the default one first. */
function gatewaysOf(deps: AppDeps, testPages: TestPages): TestedGateway[] {
  const adapters = deps.gateways.all().filter(({ account }) => account === DEFAULT_ACCOUNT);
  return adapters
    .map(({ gateway, capabilities }) => ({
      name: gateway,
      isSimulated: testPages.simulated.includes(gateway),
      savesCards: capabilities.billingKeys,
    }))
    .sort((a, b) => rank(deps, a) - rank(deps, b));
}

function rank(deps: AppDeps, { name }: TestedGateway): number {
  return name === deps.config.defaultGateway ? 0 : 1;
}

/** The language that the address asks for, else the browser. */
function readLanguage(request: FastifyRequest): Language {
  const { lang } = request.query as { lang?: unknown };
  return lang === "ko" || lang === "en" ? lang : languageOf(request.headers["accept-language"]);
}
