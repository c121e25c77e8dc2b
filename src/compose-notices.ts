/** How notices are read: the one place that knows which gateway writes how. */
import type { NoticeReader } from "./billing/apply-notice.ts";
import { type SentNotice, unpackRaw } from "./billing/raw-notice.ts";
import { NOTICE_GATEWAYS, type NoticeGateway } from "./config-notices.ts";
import type { Config } from "./config.ts";
import type { InboxEntry } from "./domain/inbox.ts";
import { readCookiepayNotice } from "./gateways/cookiepay/notice.ts";
import { readKiwoompayNotice } from "./gateways/kiwoompay/notice.ts";
import {
  type NoticeFields,
  type RouteCharset,
  isJson,
  readFields,
} from "./gateways/notice-fields.ts";
import { readPortoneNotice } from "./gateways/portone/notice.ts";
import type { NoticeReading } from "./gateways/read-notice.ts";
import { scrub } from "./lib/scrub.ts";
import type { SecretBox } from "./lib/secret-box.ts";

const READERS: Readonly<
  Record<NoticeGateway, { charset: RouteCharset; read: (fields: NoticeFields) => NoticeReading }>
> = {
  kiwoompay: { charset: "cp949", read: readKiwoompayNotice },
  cookiepay: { charset: "utf-8", read: readCookiepayNotice },
  portone: { charset: "utf-8", read: readPortoneNotice },
};

/** A stored notice as people may see it. */
export interface ShownNotice {
  query: string;
  headers: readonly (readonly [string, string])[];
  /** By name; null where one name came with two values. */
  fields: readonly (readonly [string, string | null])[];
}

export interface NoticeDesk extends NoticeReader {
  /** What the gateway wants to hear once its notice is durable; anything else makes it send again. */
  answer(sent: SentNotice): { type: string; text: string };
  /** Fields and headers without secrets and without digits that look like a card's; null once they are gone. */
  show(entry: InboxEntry): ShownNotice | null;
}

export function createNoticeDesk(
  config: Pick<Config, NoticeGateway>,
  secrets: Pick<SecretBox, "open">,
): NoticeDesk {
  return {
    read(entry) {
      const gateway = NOTICE_GATEWAYS.find((one) => one === entry.gateway);
      if (gateway === undefined) return { kind: "unreadable", reason: "no_fields" };
      const reading = readAgain(secrets, gateway, entry);
      if (reading.kind === "unreadable") return reading;
      const { merchantId } = reading.notice;
      const named = config[gateway].accounts.find(({ id }) => id === merchantId);
      return {
        ...reading,
        account: named?.name ?? null,
        // PortOne names none. The guide's dialect of KiwoomPay does not either; and a cancel of
        // CookiePayments: there the gateway is asked before anything moves.
        mayLackMerchant: gateway !== "kiwoompay" || config.kiwoompay.dialect === "guide",
      };
    },
    answer: (sent) => answerOf(config, sent),
    show(entry) {
      if (entry.raw === null) return null;
      const { query, headers, fields } = open(secrets, entry);
      const hidden = [...fields].flatMap(([name, value]) =>
        SECRET_NAMES.test(name) && value ? [value] : [],
      );
      const clean = (text: string) => scrub(text, { secrets: hidden });
      return {
        // What cannot be told apart from a secret while it is encoded is not shown.
        query: query === "" ? "" : `${query.length} bytes`,
        headers: headers.map(([name, value]) => [clean(name), clean(value)] as const),
        fields: [...fields].map(
          ([name, value]) =>
            [clean(name), value === null ? null : shown(name, value, clean)] as const,
        ),
      };
    },
  };
}

const HTML = {
  type: "text/html; charset=utf-8",
  text: "<html><body><RESULT>SUCCESS</RESULT></body></html>",
};
const JSON_OK = {
  type: "application/json; charset=utf-8",
  text: '{"RESULTCODE":"0000","RESULTMSG":"OK"}',
};
const PLAIN = { type: "text/plain; charset=utf-8", text: "OK" };

/** JSON is answered in JSON, a query in HTML; what a form wants to hear its dialect says. */
function answerOf(config: Pick<Config, "kiwoompay">, { gateway, headers, body }: SentNotice) {
  if (gateway === "portone") return PLAIN;
  if (gateway === "cookiepay") return HTML;
  if (body.length === 0) return HTML;
  if (isJson({ body, contentType: contentTypeOf(headers) })) return JSON_OK;
  return config.kiwoompay.dialect === "guide" ? JSON_OK : HTML;
}

function contentTypeOf(headers: SentNotice["headers"]): string {
  return headers.find(([name]) => name === "content-type")?.[1] ?? "";
}

/** Where the bytes are gone, what was read of them at the time stands in for them. */
function readAgain(
  secrets: Pick<SecretBox, "open">,
  gateway: NoticeGateway,
  entry: InboxEntry,
): NoticeReading | { kind: "unreadable"; reason: "raw_gone" } {
  if (entry.raw !== null) return READERS[gateway].read(open(secrets, entry).fields);
  return entry.facts === null
    ? { kind: "unreadable", reason: "raw_gone" }
    : { kind: "notice", notice: entry.facts };
}

function open(secrets: Pick<SecretBox, "open">, entry: InboxEntry) {
  if (entry.raw === null) throw new Error(`notice ${entry.id} has no bytes any more`);
  const { query, headers, body } = unpackRaw(secrets.open(entry.raw, entry.id));
  const contentType = contentTypeOf(headers);
  const charset = NOTICE_GATEWAYS.find((one) => one === entry.gateway);
  return {
    query,
    headers,
    fields: readFields({ query, body, contentType }, READERS[charset ?? "kiwoompay"].charset),
  };
}

/** Names under which a billing key, a token or a part of a card comes. */
const SECRET_NAMES =
  /key|token|secret|pass|pwd|auth(?!date|no)|cvc|cvv|expire|birth|cardno|customeruid/;
/** Fourteen digits of a date and time; no card's number begins like one. */
const STAMP = /^20\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])([01]\d|2[0-3])([0-5]\d){2}$/;
const HIDDEN = "[removed]";

function shown(name: string, value: string, clean: (text: string) => string): string {
  if (SECRET_NAMES.test(name)) return HIDDEN;
  return STAMP.test(value) ? value : clean(value);
}
