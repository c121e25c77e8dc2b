import type { FastifyInstance } from "fastify";
import iconv from "iconv-lite";

type Fields = Readonly<Record<string, string>>;

/** More than any payment window's form has. */
const FIELDS_MAX = 200;

/** Makes every body of this scope be read as a browser's form, in that charset. */
export function readBodiesAsForms(scope: FastifyInstance, charset: "utf-8" | "euc-kr"): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(
    "application/x-www-form-urlencoded",
    { parseAs: "buffer" },
    (_request, body, done) => done(null, parseFormBytes(body as Buffer, charset)),
  );
}

/** The fields of a form; undefined where a byte is not of the charset, or a name comes twice. */
export function parseFormBytes(bytes: Buffer, charset: "utf-8" | "euc-kr"): Fields | undefined {
  const fields: Record<string, string> = {};
  const pairs = bytes.toString("latin1").split("&").filter(Boolean);
  if (pairs.length > FIELDS_MAX) return undefined;
  for (const pair of pairs) {
    const [name = "", ...rest] = pair.split("=");
    const [key, value] = [decode(name, charset), decode(rest.join("="), charset)];
    if (key === undefined || value === undefined || Object.hasOwn(fields, key)) return undefined;
    fields[key] = value;
  }
  return fields;
}

/** Escapes stand for bytes, and bytes for letters only together. */
function decode(text: string, charset: string): string | undefined {
  const latin = text
    .replaceAll("+", " ")
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  const bytes = Buffer.from(latin, "latin1");
  const decoded = iconv.decode(bytes, charset, { stripBOM: false });
  return iconv.encode(decoded, charset).equals(bytes) ? decoded : undefined;
}
