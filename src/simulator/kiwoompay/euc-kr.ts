import type { FastifyInstance } from "fastify";
import iconv from "iconv-lite";

/**
 * Makes every body of this scope be read as JSON in EUC-KR, whatever its label says. One that is
 * something else is no body: the gateway answers it in its own words.
 */
export function readBodiesAsEucKr(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) =>
    done(null, parse(body as Buffer)),
  );
}

/** How many bytes the text takes on the wire. */
export function byteLength(text: string): number {
  return iconv.encode(text, "euc-kr").length;
}

function parse(bytes: Buffer): unknown {
  const text = iconv.decode(bytes, "euc-kr");
  if (!iconv.encode(text, "euc-kr").equals(bytes)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
