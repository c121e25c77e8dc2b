import { Type } from "typebox";
import { escapeHtml } from "../../lib/html.ts";
import type { HttpApp } from "../http-app.ts";
import { type Language, languageOf } from "../language.ts";
import { ProblemError } from "../problem-error.ts";
import {
  PROBLEMS,
  type Problem,
  type ProblemCode,
  codeOfProblemName,
  presentProblem,
  problemType,
} from "../problems.ts";

interface Explanation {
  type: string;
  code: ProblemCode;
  status: number;
  title: string;
  cause: string;
  fix: string;
  example: Problem;
}

/** What the `type` of a problem leads to: cause, fix and example, in the reader's language. */
export function addProblemRoutes(app: HttpApp): void {
  const tags = ["operation"];
  app.get("/problems", { schema: { tags, summary: "Every problem" } }, async (request, reply) => {
    const language = languageOf(request.headers["accept-language"]);
    reply.headers(languageHeaders(language));
    return (Object.keys(PROBLEMS) as ProblemCode[]).map((code) => ({
      type: problemType(code),
      code,
      status: PROBLEMS[code].status,
      title: PROBLEMS[code].title[language],
    }));
  });
  app.route({
    method: "GET",
    url: "/problems/:name",
    schema: {
      tags,
      summary: "Cause, fix and an example of one problem, as a page or as JSON",
      params: Type.Object({ name: Type.String({ examples: ["validation-failed"] }) }),
    },
    handler: async (request, reply) => {
      const code = codeOfProblemName(request.params.name);
      if (code === undefined) {
        throw new ProblemError("ROUTE_NOT_FOUND", {
          params: { path: "/problems/…", nearest: "/problems" },
        });
      }
      const language = languageOf(request.headers["accept-language"]);
      const explanation = explain(code, language);
      reply.headers(languageHeaders(language));
      const wantsPage = request.headers.accept?.includes("text/html") === true;
      return wantsPage
        ? reply.type("text/html; charset=utf-8").send(toPage(explanation, language))
        : explanation;
    },
  });
}

function languageHeaders(language: Language): Record<string, string> {
  return { "content-language": language, vary: "accept, accept-language" };
}

function explain(code: ProblemCode, language: Language): Explanation {
  const text = PROBLEMS[code];
  return {
    type: problemType(code),
    code,
    status: text.status,
    title: text.title[language],
    cause: text.cause[language],
    fix: text.fix[language],
    example: presentProblem(
      { code, params: text.example, faults: [] },
      { language, requestId: "req_4K2V9X7C1M3N" },
    ),
  };
}

const HEADINGS = {
  en: { cause: "Cause", fix: "What to do", example: "Example" },
  ko: { cause: "원인", fix: "해결 방법", example: "예시" },
} as const;

function toPage(explanation: Explanation, language: Language): string {
  const { title, code, status, cause, fix, example } = explanation;
  const heading = HEADINGS[language];
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}pre{background:#f4f4f4;color:#222;padding:1rem;overflow:auto}</style>
<h1>${escapeHtml(title)}</h1>
<p><code>${code}</code> · HTTP ${status}</p>
<h2>${heading.cause}</h2>
<p>${escapeHtml(cause)}</p>
<h2>${heading.fix}</h2>
<p>${escapeHtml(fix)}</p>
<h2>${heading.example}</h2>
<pre>${escapeHtml(JSON.stringify(example, null, 2))}</pre>
</html>
`;
}
