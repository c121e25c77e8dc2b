/** The environment variables that are about messages to customers and to the operator. */
import type { ConfigKey } from "./config-keys.ts";

export const MESSAGE_KEYS = {
  MERCHANT_NAME: {
    default: "",
    text: "Name of the shop in messages to customers; must be set where messages are sent.",
  },
  MERCHANT_CONTACT: {
    default: "",
    text: "Where customers can ask: an address, a telephone number or a page; stands at the foot of messages.",
  },
  SMTP_URL: {
    default: "",
    text: "Mail server, smtp://user:password@host:587 or smtps://…:465; empty: messages are recorded and not sent.",
  },
  MAIL_FROM: {
    default: "",
    text: "Sender of e-mails, billing@example.com or Shop <billing@example.com>; must be set where SMTP_URL is.",
  },
  OPERATOR_EMAIL: {
    default: "",
    text: "Who is written to when an endpoint is disabled, an account stops or a subscription is parked; empty: nobody.",
  },
  OPERATOR_LOCALE: { default: "ko", text: "Language of e-mails to the operator: ko or en." },
  NOTICE_DAYS_BEFORE: {
    default: "7",
    text: "Days before a period's charge on which the customer is told of it; 0 never tells.",
  },
  CARD_EXPIRY_NOTICES: {
    default: "true",
    text: "Tell customers that a saved card ends soon; a reminder's day is drawn when a card is saved, the expiry is not kept.",
  },
  MESSAGE_TRIED_HOURS: {
    default: "48",
    text: "How long a message is tried again that nobody takes.",
  },
  HTTP_SENDER_URL: {
    default: "",
    text: "Service that takes messages to telephone numbers (AlimTalk, SMS) as a JSON POST; empty: none.",
  },
  HTTP_SENDER_KEY: { default: "", text: "Key of that service, sent as Authorization: Bearer." },
  HTTP_SENDER_TEMPLATES: {
    default: "",
    text: "JSON file with that service's templates, by kind and language; must be set where HTTP_SENDER_URL is.",
  },
} as const satisfies Record<string, ConfigKey>;
