/** The `webhooks` of the OpenAPI document: what is sent to the merchant's endpoints. */
import type { TSchema } from "typebox";
import { EVENT_TYPES, type EventType } from "../../domain/event-types.ts";
import { EVENT_CATALOG, payloadSchema } from "./event-catalog.ts";

const HEADERS = [
  { name: "webhook-id", description: "Id of the event; a repetition has the same." },
  { name: "webhook-timestamp", description: "Seconds since 1970 of this very delivery." },
  {
    name: "webhook-signature",
    description: "v1,base64 of HMAC-SHA256 over id.timestamp.body; several, apart by a blank.",
  },
] as const;

/** One entry for each type of event. */
export function eventWebhooks(): Record<string, object> {
  return Object.fromEntries(EVENT_TYPES.map((type) => [type, { post: operationOf(type) }]));
}

function operationOf(type: EventType): object {
  const schema = payloadSchema(type);
  return {
    tags: ["events"],
    summary: EVENT_CATALOG[type].text,
    operationId: type,
    parameters: HEADERS.map((header) => ({
      ...header,
      in: "header",
      required: true,
      schema: { type: "string" },
    })),
    requestBody: {
      required: true,
      content: { "application/json": { schema, example: exampleOf(schema) } },
    },
    responses: {
      "2XX": { description: "Taken. Anything else, or no answer, is delivered again later." },
      "410": { description: "The endpoint is gone: it is disabled." },
    },
  };
}

/** Put together from the examples of the fields. */
export function exampleOf(schema: TSchema): unknown {
  const { type, properties, examples, const: only, anyOf, enum: values } = schema as Parts;
  if (type === "object") {
    return Object.fromEntries(
      Object.entries(properties ?? {}).map(([name, part]) => [name, exampleOf(part)]),
    );
  }
  if (anyOf?.[0] !== undefined) return exampleOf(anyOf[0]);
  return only ?? examples?.[0] ?? values?.[0] ?? null;
}

interface Parts {
  type?: string;
  properties?: Record<string, TSchema>;
  examples?: unknown[];
  const?: unknown;
  anyOf?: TSchema[];
  enum?: unknown[];
}
