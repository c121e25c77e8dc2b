import { type TProperties, Type } from "typebox";
import { EVENT_TYPES } from "../../domain/event-types.ts";
import { FIELD_TEXTS, type FieldName } from "./field-texts.ts";
import { fields } from "./fields.ts";

/** What is asked and answered about events and the endpoints that they go to. */

const instant = Type.String({ format: "date-time", examples: ["2027-03-15T01:00:00.000Z"] });
const nullableInstant = Type.Union([instant, Type.Null()]);
const nullableText = Type.Union([Type.String(), Type.Null()]);

function strict<P extends TProperties>(properties: P, example?: object) {
  return Type.Object(properties, {
    additionalProperties: false,
    ...(example === undefined ? {} : { examples: [example] }),
  });
}

function about(name: FieldName, example: unknown) {
  return { description: FIELD_TEXTS[name].en, examples: [example] };
}

/** An event's id: of its document, and its running number there. */
const EVENT_ID = "^[A-Za-z0-9_/-]{1,140}:[0-9]{1,9}$";
const eventId = (name: FieldName) =>
  Type.String({ ...about(name, "sub_4k2v9x7c1m3n5b8q-p3:2"), pattern: EVENT_ID });
const boundary = (name: "from" | "until", example: string) =>
  Type.String({ ...about(name, example), format: "instant" });
const eventType = (name: FieldName) => Type.Enum([...EVENT_TYPES], about(name, "invoice.paid"));
const endpointId = Type.String({
  ...about("endpointId", "we_4k2v9x7c1m3n5b8q"),
  pattern: "^[A-Za-z0-9_-]{1,64}$",
});

export const EndpointBody = strict(
  {
    url: Type.String({ ...about("url", "https://shop.example.com/hooks"), maxLength: 2000 }),
    types: Type.Optional(
      Type.Array(eventType("types"), {
        ...about("types", ["invoice.paid", "invoice.failed"]),
        minItems: 1,
        maxItems: EVENT_TYPES.length,
        uniqueItems: true,
      }),
    ),
    description: Type.Optional(
      Type.String({ ...about("description", "주문 서버"), maxLength: 100, format: "plain-text" }),
    ),
  },
  { url: "https://shop.example.com/hooks", types: ["invoice.paid", "invoice.failed"] },
);

const endpointFields = {
  id: Type.String({ examples: ["we_4k2v9x7c1m3n5b8q"] }),
  url: Type.String({ examples: ["https://shop.example.com/hooks"] }),
  types: Type.Union([
    Type.Array(Type.String({ examples: ["invoice.paid"] })),
    Type.Null({ description: "All of them." }),
  ]),
  description: Type.String(),
  source: Type.Enum(["api", "config"]),
  state: Type.Enum(["enabled", "disabled"]),
  disabledReason: nullableText,
  failures: Type.Integer({ description: "Failed tries since the last delivery.", examples: [0] }),
  failingSince: nullableInstant,
  oldSecretUntil: nullableInstant,
  createdAt: instant,
};

export const EndpointResponse = Type.Object(endpointFields);

/** The secret is told here and never again. */
export const EndpointWithSecretResponse = Type.Object({
  ...endpointFields,
  secret: Type.String({ examples: ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"] }),
});

export const EndpointListResponse = Type.Object({ items: Type.Array(EndpointResponse) });

export const TestSentResponse = Type.Object({
  eventId: Type.String({ examples: ["we_4k2v9x7c1m3n5b8q:2"] }),
});

export const EventsQuery = strict({
  type: Type.Optional(eventType("type")),
  subscriptionId: Type.Optional(fields.subscriptionId),
  from: Type.Optional(boundary("from", "2027-03-01T00:00:00+09:00")),
  until: Type.Optional(boundary("until", "2027-04-01T00:00:00+09:00")),
  limit: Type.Optional(fields.limit),
  after: Type.Optional(eventId("after")),
});

export const EventParams = strict({ id: eventId("eventId") });

const eventFields = {
  id: Type.String({ examples: ["sub_4k2v9x7c1m3n5b8q-p3:2"] }),
  type: Type.String({ examples: ["invoice.paid"] }),
  timestamp: instant,
  stream: Type.String({ examples: ["sub_4k2v9x7c1m3n5b8q"] }),
  sequence: Type.Integer({ examples: [7] }),
  subscriptionId: nullableText,
  data: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
};

export const EventListResponse = Type.Object({
  items: Type.Array(Type.Object(eventFields)),
  next: nullableText,
});

const DeliveryResponse = Type.Object({
  endpointId: Type.String({ examples: ["we_4k2v9x7c1m3n5b8q"] }),
  state: Type.Enum(["waiting", "delivered", "set_aside"]),
  tries: Type.Integer({ examples: [1] }),
  replays: Type.Integer({ examples: [0] }),
  lastTriedAt: nullableInstant,
  lastStatus: Type.Union([Type.Integer({ examples: [200] }), Type.Null()]),
  lastReason: nullableText,
  lastAnswer: nullableText,
  createdAt: instant,
  closedAt: nullableInstant,
});

export const EventResponse = Type.Object({
  ...eventFields,
  deliveries: Type.Array(DeliveryResponse),
});

/** Events by their ids, or of a range. */
export const ReplayBody = strict(
  {
    ids: Type.Optional(
      Type.Array(eventId("ids"), {
        ...about("ids", ["sub_4k2v9x7c1m3n5b8q-p3:2"]),
        minItems: 1,
        maxItems: 100,
        uniqueItems: true,
      }),
    ),
    from: Type.Optional(boundary("from", "2027-03-01T00:00:00+09:00")),
    until: Type.Optional(boundary("until", "2027-04-01T00:00:00+09:00")),
    type: Type.Optional(eventType("type")),
    subscriptionId: Type.Optional(fields.subscriptionId),
    endpointId: Type.Optional(endpointId),
    after: Type.Optional(eventId("after")),
  },
  { from: "2027-03-01T00:00:00+09:00", until: "2027-04-01T00:00:00+09:00" },
);

export const ReplayResponse = Type.Object({
  events: Type.Integer({ examples: [12] }),
  deliveries: Type.Integer({ examples: [12] }),
  next: Type.Union([
    Type.String({ description: "Ask again with this as after; null: that was all." }),
    Type.Null(),
  ]),
});
