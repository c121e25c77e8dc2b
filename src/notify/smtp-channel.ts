/** E-mail by SMTP. */
import { createTransport } from "nodemailer";
import { type Delivery, type Message, NO_SMTP, OPERATOR_KINDS } from "../domain/message.ts";
import type { Channel } from "./channel.ts";
import { renderMail } from "./render-mail.ts";
import type { Merchant } from "./variables.ts";

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte; else by STARTTLS. */
  secure: boolean;
  user: string | null;
  password: string | null;
  /** Nothing is sent, the login least of all, before the connection is encrypted. */
  requireTls: boolean;
  /** This machine: no certificate could name it. */
  isLoopback: boolean;
}

export interface Sender {
  name: string;
  address: string;
}

export interface SmtpChannelOptions {
  /** Null: messages are recorded and not sent. */
  server: SmtpServer | null;
  from: Sender | null;
  merchant: Merchant;
  /** Where messages to the operator go; null: nowhere. */
  operatorEmail: string | null;
  /** Longest time of one delivery. */
  deadlineMs: number;
}

/** The e-mail channel. */
export function createSmtpChannel(options: SmtpChannelOptions): Channel {
  const { server, from, operatorEmail, deadlineMs } = options;
  const transport = server === null ? null : openTransport(server, deadlineMs);
  return {
    name: "email",
    closed: transport === null ? NO_SMTP : null,
    addressOf(kind, { email }) {
      return OPERATOR_KINDS.some((one) => one === kind) ? operatorEmail : email;
    },
    async deliver(message) {
      if (transport === null || from === null) return { kind: "not_taken", reason: NO_SMTP };
      const mail = toMail(message, from, options.merchant);
      return within(
        deadlineMs,
        transport.sendMail(mail).then(() => SENT, deliveryOf),
      );
    },
    close: () => transport?.close(),
  };
}

const SENT: Delivery = { kind: "sent" };
const LATE: Delivery = { kind: "not_taken", reason: "deadline" };

/** A server that answers byte by byte keeps no worker: after the deadline the message is tried again. */
async function within(deadlineMs: number, delivery: Promise<Delivery>): Promise<Delivery> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Delivery>((resolve) => {
    timer = setTimeout(() => resolve(LATE), deadlineMs);
  });
  try {
    return await Promise.race([delivery, late]);
  } finally {
    clearTimeout(timer);
  }
}

type Transport = ReturnType<typeof openTransport>;

function openTransport(server: SmtpServer, deadlineMs: number) {
  const { host, port, secure, user, password, requireTls, isLoopback } = server;
  const timeoutMs = Math.max(1, Math.round(deadlineMs / 3));
  return createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    ignoreTLS: isLoopback && !secure,
    ...(user === null ? {} : { auth: { user, pass: password ?? "" } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // A template or a value that names a file or an address is text like any other.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function toMail(
  message: Message,
  from: Sender,
  merchant: Merchant,
): Parameters<Transport["sendMail"]>[0] {
  const mail = renderMail(message, merchant);
  return {
    from,
    // An address by itself, never a text in which a comma would begin another.
    to: { name: "", address: message.to },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    // The same at every try: who gets it twice can tell.
    messageId: messageIdOf(message.id, from.address),
    headers: { "Auto-Submitted": "auto-generated" },
  };
}

/** `<id@domain of the sender>`. */
export function messageIdOf(id: string, from: string): string {
  const local = id.replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return `<${local}@${from.slice(from.lastIndexOf("@") + 1)}>`;
}

/** What the mailer's error says about it. */
interface MailError {
  code?: unknown;
  responseCode?: unknown;
  command?: unknown;
}

/** They are about our login and not about the message: every other one would be refused as well. */
const LOGIN_REPLIES = [530, 534, 535, 538];
/** Where the message itself is judged. */
const MESSAGE_COMMANDS = ["MAIL FROM", "RCPT TO", "DATA"];

function deliveryOf(error: unknown): Delivery {
  const { code, responseCode, command } = (error ?? {}) as MailError;
  const parts = [code, responseCode, command].filter(
    (part) => typeof part === "number" || typeof part === "string",
  );
  // The server's own words are left out: they repeat the address, and may repeat the text.
  const reason = parts.join(" ").slice(0, 80) || "unknown error";
  const isFinal =
    typeof responseCode === "number" &&
    responseCode >= 500 &&
    !LOGIN_REPLIES.includes(responseCode) &&
    MESSAGE_COMMANDS.includes(String(command));
  return isFinal ? { kind: "refused", reason } : { kind: "not_taken", reason };
}
