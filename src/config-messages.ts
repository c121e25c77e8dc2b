/** The part of the configuration that is about messages to customers and to the operator. */
import { readFileSync } from "node:fs";
import type { Reader } from "./config-reader.ts";
import { CUSTOMER_KINDS, MESSAGE_LANGUAGES, type MessageLanguage } from "./domain/message.ts";
import { unknownPlaces } from "./notify/fill-template.ts";
import type { HttpSender, HttpTemplate, HttpTemplates } from "./notify/http-channel.ts";
import type { Sender, SmtpServer } from "./notify/smtp-channel.ts";

export interface MessagesConfig {
  /** As customers know the merchant, and where they can ask. */
  merchant: { name: string; contact: string };
  /** Null: nothing is sent by e-mail. */
  smtp: SmtpServer | null;
  from: Sender | null;
  /** Null: the operator is told nothing by e-mail. */
  operatorEmail: string | null;
  operatorLanguage: MessageLanguage;
  /** Null: there is no other channel. */
  httpSender: HttpSender | null;
  /** Days before a charge on which it is announced; 0: it is not. */
  noticeDays: number;
  cardReminders: boolean;
  /** How long a message is tried that nobody takes. */
  triedForMs: number;
}

/** Reads what is sent to whom; every fault is told to the reader, no secret is repeated. */
export function readMessages(read: Reader, isProduction: boolean): MessagesConfig {
  const smtp = readSmtp(read, isProduction);
  const from = readSender(read);
  const httpSender = readHttpSender(read, isProduction);
  const merchant = { name: read.text("MERCHANT_NAME"), contact: read.text("MERCHANT_CONTACT") };
  if (smtp !== null && read.text("MAIL_FROM") === "") {
    read.fault(
      "MAIL_FROM",
      "must be set where SMTP_URL is, for example 상점 <billing@example.com>",
    );
  }
  if ((smtp !== null || httpSender !== null) && merchant.name === "") {
    read.fault("MERCHANT_NAME", "must be set where messages are sent; customers read it");
  }
  return {
    merchant: { ...merchant, name: merchant.name || "kiwoom-billing" },
    smtp,
    from,
    operatorEmail: readOperator(read),
    operatorLanguage: read.oneOf("OPERATOR_LOCALE", ["ko", "en"]),
    httpSender,
    noticeDays: read.integer("NOTICE_DAYS_BEFORE", 0, 27),
    cardReminders: read.flag("CARD_EXPIRY_NOTICES"),
    triedForMs: read.integer("MESSAGE_TRIED_HOURS", 1, 240) * 3_600_000,
  };
}

const LOOPBACK = ["127.0.0.1", "[::1]", "::1", "localhost"];
const SMTP_PORTS: Readonly<Record<string, number>> = { "smtp:": 587, "smtps:": 465 };

function readSmtp(read: Reader, isProduction: boolean): SmtpServer | null {
  const text = read.url("SMTP_URL", ["smtp:", "smtps:"]);
  if (text === null || !URL.canParse(text)) return null;
  const url = new URL(text);
  const login = readLogin(url);
  if (url.hostname === "" || login === null || !["", "/"].includes(url.pathname)) {
    read.fault(
      "SMTP_URL",
      "must be smtp://user:password@host:port, with user and password percent-encoded",
    );
    return null;
  }
  const isLoopback = LOOPBACK.includes(url.hostname);
  const secure = url.protocol === "smtps:";
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ""),
    port: url.port === "" ? (SMTP_PORTS[url.protocol] ?? 587) : Number(url.port),
    secure,
    ...login,
    requireTls: isProduction && !isLoopback && !secure,
    isLoopback,
  };
}

function readLogin(url: URL): Pick<SmtpServer, "user" | "password"> | null {
  try {
    const [user, password] = [url.username, url.password].map(decodeURIComponent);
    return user ? { user, password: password ?? "" } : { user: null, password: null };
  } catch {
    return null;
  }
}

const ADDRESS = /^[^\s<>@,;:"()\\]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/;

function readSender(read: Reader): Sender | null {
  const text = read.text("MAIL_FROM");
  if (text === "") return null;
  const [, name = "", inner] = /^(?:"?([^"<>]*?)"?\s*)<([^<>]+)>$/.exec(text) ?? [];
  const address = inner ?? text;
  if (ADDRESS.test(address) && !/\p{Cc}/u.test(name)) return { name, address };
  read.fault(
    "MAIL_FROM",
    "must be one address, or a name and an address: 상점 <billing@example.com>",
  );
  return null;
}

function readOperator(read: Reader): string | null {
  const text = read.text("OPERATOR_EMAIL");
  if (text === "") return null;
  if (!ADDRESS.test(text)) read.fault("OPERATOR_EMAIL", "must be one address, ops@example.com");
  return text;
}

function readHttpSender(read: Reader, isProduction: boolean): HttpSender | null {
  const url = read.url("HTTP_SENDER_URL", ["https:", "http:"]);
  if (url === null || !URL.canParse(url)) return null;
  const { protocol, hostname } = new URL(url);
  if (isProduction && protocol === "http:" && !LOOPBACK.includes(hostname)) {
    read.fault("HTTP_SENDER_URL", "must begin with https:// in production");
  }
  const templates = readTemplates(read);
  const key = read.text("HTTP_SENDER_KEY") || null;
  return templates === null ? null : { url, key, templates };
}

function readTemplates(read: Reader): HttpTemplates | null {
  const fault = (sentence: string) => read.fault("HTTP_SENDER_TEMPLATES", sentence);
  const file = read.text("HTTP_SENDER_TEMPLATES");
  if (file === "") {
    fault("must name a JSON file with the templates where HTTP_SENDER_URL is set");
    return null;
  }
  const given = readJson(file);
  if (given === null) {
    fault(`${file} cannot be read as a JSON object`);
    return null;
  }
  const strangers = Object.keys(given).filter(
    (kind) => !CUSTOMER_KINDS.some((one) => one === kind),
  );
  if (strangers.length > 0) {
    fault(`knows no kind ${strangers.join(", ")}; there are ${CUSTOMER_KINDS.join(", ")}`);
  }
  const templates = CUSTOMER_KINDS.map((kind) => {
    const ofKind = given[kind];
    // Said explicitly: a kind that was forgotten is a fault.
    if (ofKind === null) return [kind, null];
    const byLanguage = MESSAGE_LANGUAGES.map((language) => {
      const template = toTemplate(ofKind, language);
      const places = template === null ? [] : unknownPlaces(template.text, kind);
      if (template === null) fault(`has no code and text for ${kind} in ${language}`);
      if (places.length > 0) fault(`${kind} in ${language} has no ${places.join(", ")}`);
      return [language, template];
    });
    return [kind, Object.fromEntries(byLanguage)];
  });
  return Object.fromEntries(templates) as HttpTemplates;
}

function toTemplate(ofKind: unknown, language: MessageLanguage): HttpTemplate | null {
  const template = isRecord(ofKind) ? ofKind[language] : undefined;
  if (!isRecord(template)) return null;
  const { code, text } = template;
  const isWhole = typeof code === "string" && typeof text === "string" && text !== "";
  return isWhole ? { code, text } : null;
}

function readJson(file: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isRecord(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
