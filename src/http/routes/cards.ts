import { DEFAULT_ACCOUNT } from "../../domain/merchant-account.ts";
import { registerCard } from "../../billing/register-card.ts";
import type { RouteDeps } from "../app-deps.ts";
import type { HttpApp } from "../http-app.ts";
import { readIdempotencyMark } from "../idempotency-key.ts";
import { presentBillingKey } from "../present.ts";
import { WriteHeaders, keyed, problemAnswers } from "../schemas/documentation.ts";
import { NoQuery, RegisterBody } from "../schemas/requests.ts";
import { BillingKeyResponse } from "../schemas/responses.ts";

/** Saving cards. */
export function addCardRoutes(app: HttpApp, deps: RouteDeps): void {
  const { defaultGateway, orderPrefix } = deps.config;
  app.route({
    method: "POST",
    url: "/billing/register",
    schema: {
      tags: ["cards"],
      summary: "Save a card (빌링키 등록)",
      description:
        "Issues a billing key at the gateway. Number, expiry, password and birth date pass through and are kept nowhere.",
      security: keyed,
      headers: WriteHeaders,
      querystring: NoQuery,
      body: RegisterBody,
      response: { 201: BillingKeyResponse, ...problemAnswers },
    },
    handler: async (request, reply) => {
      const { body } = request;
      const key = await registerCard(
        { ...deps, defaultGateway, orderPrefix },
        {
          gateway: body.gateway ?? null,
          account: body.account ?? DEFAULT_ACCOUNT,
          card: {
            number: body.cardNumber,
            expiry: body.expireDate,
            password: body.cardPassword,
            holderId: body.birthDate,
          },
          customerId: body.customerId.normalize("NFC"),
          customerName: body.customerName.normalize("NFC"),
          customerEmail: body.customerEmail ?? null,
          customerPhone: body.customerPhone ?? null,
          locale: body.locale ?? "ko",
          idempotency: readIdempotencyMark(deps.secrets, "register", request),
          by: request.caller,
        },
      );
      return reply.code(201).send(presentBillingKey(key));
    },
  });
}
