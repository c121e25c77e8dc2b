/** The fields of a notice, out of whatever it came in: JSON, a form, or a query, in either charset. */
import iconv from "iconv-lite";

/** What came in, with what is needed to read it. */
export interface RawNotice {
  /** Without the question mark, as it was sent. */
  query: string;
  body: Buffer;
  contentType: string;
}

/**
 * Values by their names in lower case without `_`: gateways write `ORDERNO`, `orderno` and `PAY_METHOD`
 * for `PAYMETHOD`. Null where one name came with two values: whoever reads it must not choose.
 */
export type NoticeFields = ReadonlyMap<string, string | null>;

/** Charset in which a gateway writes where it does not say. */
export type RouteCharset = "cp949" | "utf-8";

/** More than any notice has. */
const FIELDS_MAX = 200;

/** The fields of the body, or, where it has none, of the query. Empty where nothing can be read. */
export function readFields(raw: RawNotice, routeCharset: RouteCharset): NoticeFields {
  const charset = charsetOf(raw.contentType) ?? routeCharset;
  if (raw.body.length === 0) return readForm(raw.query, charset);
  return isJson(raw) ? readJson(raw, routeCharset) : readForm(raw.body.toString("latin1"), charset);
}

/** Whether a body is JSON, by its look: some senders name no type, or the wrong one. */
export function isJson({ body, contentType }: Pick<RawNotice, "body" | "contentType">): boolean {
  if (/\bjson\b/i.test(contentType)) return true;
  const first = body
    .toString("latin1", 0, 64)
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
  return first.startsWith("{") || first.startsWith("[");
}

function charsetOf(contentType: string): string | null {
  const [, name] = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType) ?? [];
  if (name === undefined || !iconv.encodingExists(name)) return null;
  // What everybody in Korea calls EUC-KR has all 11,172 syllables.
  return /^(euc[-_]?kr|ks[-_]?c[-_]?5601.*|ms949)$/i.test(name) ? "cp949" : name;
}

/** JSON is UTF-8; a sender that knows EUC-KR alone writes that. */
function readJson(raw: RawNotice, routeCharset: RouteCharset): NoticeFields {
  const charset = charsetOf(raw.contentType) ?? (isUtf8(raw.body) ? "utf-8" : routeCharset);
  let parsed: unknown;
  try {
    parsed = JSON.parse(iconv.decode(raw.body, charset));
  } catch {
    return new Map();
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return new Map();
  return collect(
    Object.entries(parsed).flatMap(([name, value]: [string, unknown]) => {
      const text = typeof value === "number" ? String(value) : value;
      return typeof text === "string" ? [[name, text] as const] : [];
    }),
  );
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** A form, or a query, byte by byte: the text of each is decoded only once its percent signs are. */
function readForm(latin: string, charset: string): NoticeFields {
  const pairs = latin.split("&").slice(0, FIELDS_MAX + 1);
  return collect(
    pairs.map((pair) => {
      const [name = "", ...value] = pair.split("=");
      return [decode(name, charset), decode(value.join("="), charset)] as const;
    }),
  );
}

function decode(latin: string, charset: string): string {
  const bytes = latin
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return iconv.decode(Buffer.from(bytes, "latin1"), charset);
}

function collect(pairs: readonly (readonly [string, string])[]): NoticeFields {
  const fields = new Map<string, string | null>();
  for (const [name, value] of pairs.slice(0, FIELDS_MAX)) {
    const key = name.trim().toLowerCase().replaceAll("_", "");
    const text = value.trim();
    if (key === "") continue;
    const known = fields.get(key);
    fields.set(key, known === undefined || known === text ? text : null);
  }
  return fields;
}
