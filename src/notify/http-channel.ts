/** A sender behind HTTP: AlimTalk or text messages, by whatever service takes a JSON POST. */
import {
  type CustomerKind,
  type Delivery,
  type Message,
  type MessageKind,
  type MessageLanguage,
  CUSTOMER_KINDS,
} from "../domain/message.ts";
import { type HttpResult, createHttpClient } from "../lib/http-client.ts";
import type { Channel } from "./channel.ts";
import { fillTemplate } from "./fill-template.ts";
import { type Merchant, VARIABLES_OF, variablesOf } from "./variables.ts";

/** A text as it is registered with the service: sent to the letter, its variables aside. */
export interface HttpTemplate {
  /** What the service calls it. */
  code: string;
  text: string;
}

/** Null: this kind is not sent on this channel. */
export type HttpTemplates = Readonly<
  Record<CustomerKind, Record<MessageLanguage, HttpTemplate> | null>
>;

export interface HttpSender {
  url: string;
  /** Sent as a bearer token; null: none. */
  key: string | null;
  templates: HttpTemplates;
}

/** Longest time until a connection stands, as a part of the deadline. */
const CONNECT_PART = 0.3;
const ANSWER_BYTES_MAX = 65_536;

/** The channel of an HTTP sender, to the customer's telephone number. */
export function createHttpChannel(
  sender: HttpSender,
  { merchant, deadlineMs }: { merchant: Merchant; deadlineMs: number },
): Channel {
  const url = new URL(sender.url);
  const client = createHttpClient({
    baseUrl: url.origin,
    connectTimeoutMs: Math.round(deadlineMs * CONNECT_PART),
    totalTimeoutMs: deadlineMs,
    maxResponseBytes: ANSWER_BYTES_MAX,
  });
  return {
    name: "http",
    closed: null,
    addressOf: (kind, { phone }) => (templatesOf(sender, kind) === null ? null : phone),
    async deliver(message) {
      const body = toBody(sender, message, merchant);
      if (body === null) return { kind: "refused", reason: "no template" };
      const result = await client.post({
        path: `${url.pathname}${url.search}`,
        headers: {
          "content-type": "application/json; charset=utf-8",
          accept: "application/json",
          // The same at every try.
          "idempotency-key": message.id,
          ...(sender.key === null ? {} : { authorization: `Bearer ${sender.key}` }),
        },
        body: JSON.stringify(body),
        maySend: () => true,
      });
      return deliveryOf(result);
    },
    close: () => client.close(),
  };
}

function templatesOf({ templates }: HttpSender, kind: MessageKind) {
  const known = CUSTOMER_KINDS.find((one) => one === kind);
  return known === undefined ? null : templates[known];
}

function toBody(sender: HttpSender, message: Message, merchant: Merchant): object | null {
  const template = templatesOf(sender, message.kind)?.[message.language];
  if (template === undefined) return null;
  const values = variablesOf(message, merchant);
  return {
    id: message.id,
    to: message.to,
    kind: message.kind,
    language: message.language,
    template: template.code,
    text: fillTemplate(template.text, values),
    variables: Object.fromEntries(VARIABLES_OF[message.kind].map((name) => [name, values[name]])),
  };
}

/** They are about us or about the moment, and not about the message. */
const PASSING_STATUSES = [401, 403, 404, 408, 425, 429];

function deliveryOf(result: HttpResult): Delivery {
  if (result.kind !== "answered") return { kind: "not_taken", reason: result.reason };
  const { status } = result;
  if (status >= 200 && status < 300) return { kind: "sent" };
  const isFinal = status >= 400 && status < 500 && !PASSING_STATUSES.includes(status);
  return { kind: isFinal ? "refused" : "not_taken", reason: `HTTP ${status}` };
}
