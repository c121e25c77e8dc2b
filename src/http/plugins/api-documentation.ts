import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { HttpApp } from "../http-app.ts";
import { eventWebhooks } from "../schemas/event-webhooks.ts";

/** Collects the routes that are registered after it; `/docs` shows them, `/docs/json` is OpenAPI 3.1. */
export async function addApiDocumentation(app: HttpApp): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "kiwoom-billing",
        version: "0.1.0",
        description: [
          "Recurring billing for Korean card payments.",
          "Amounts are whole won. Writes take an Idempotency-Key.",
          "Errors are application/problem+json, in Korean where Accept-Language prefers it.",
        ].join(" "),
        license: { name: "MIT", identifier: "MIT" },
      },
      tags: [
        { name: "cards", description: "Saved cards (빌링키)" },
        { name: "subscriptions", description: "Standing agreements (정기결제)" },
        { name: "payments", description: "One-off payments and refunds (단건 결제, 환불)" },
        { name: "events", description: "What is told to the merchant's endpoints (이벤트, 웹훅)" },
        { name: "test clock", description: "Moving business time, outside production" },
        { name: "operation", description: "Probes, metrics and explanations" },
      ],
      webhooks: eventWebhooks(),
      components: {
        securitySchemes: {
          apiKey: {
            type: "http",
            scheme: "bearer",
            description: "A key of API_KEYS; not needed on loopback where none is configured.",
          },
        },
      },
    },
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json.$id === "string" ? json.$id : `schema-${index}`,
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    uiConfig: { docExpansion: "list", deepLinking: false },
  });
}
