import { TextDecoder } from "node:util";
import type { HttpApp } from "../http-app.ts";
import { ProblemError } from "../problem-error.ts";

/**
 * Bodies are JSON in UTF-8 and nothing else. A body in EUC-KR is refused as a whole: read as UTF-8
 * it would become other names, some of which look valid.
 */
export function readJsonOnly(app: HttpApp): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    const text = decode(body as Buffer);
    if (text === null) done(new ProblemError("MALFORMED_BODY"));
    else void parseJson(request, text, done);
  });
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
