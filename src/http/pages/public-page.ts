/** Pages without a login: their style and scripts are files of ours, and nothing else may run. */
import { type Markup, html } from "../../lib/html.ts";
import type { Language } from "../language.ts";

export interface PublicPage {
  title: string;
  language: Language;
  body: Markup;
  /** Scripts of `src/http/browser` that the page runs, without their ending. */
  scripts: readonly string[];
  /** Seconds after which a browser without scripts loads the page again; null: never. */
  refreshSeconds?: number | null;
}

/** What a page may do beside loading our own files. */
export interface PagePolicy {
  /** Origins, other than ours, of scripts, frames, forms and calls. */
  origins?: readonly string[];
  /** Who may show the page in a frame. */
  framedBy?: "'none'" | "*";
}

/** The headers of such a page. */
export function publicHeaders(language: Language, policy: PagePolicy = {}): Record<string, string> {
  const { origins = [], framedBy = "'none'" } = policy;
  return {
    "content-type": "text/html; charset=utf-8",
    "content-language": language,
    vary: "accept-language",
    "content-security-policy": [
      "default-src 'none'",
      ...directives(origins),
      "base-uri 'none'",
      `frame-ancestors ${framedBy}`,
    ].join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": origins.length === 0 ? "no-referrer" : "strict-origin-when-cross-origin",
    // A payment window may be one of its own, which tells this one how it ended.
    ...(origins.length === 0 ? {} : { "cross-origin-opener-policy": "same-origin-allow-popups" }),
    "cache-control": "no-store",
  };
}

function directives(origins: readonly string[]): string[] {
  const own = ["script-src", "connect-src", "form-action"];
  if (origins.length === 0) {
    return [...own, "style-src"].map((directive) => `${directive} 'self'`);
  }
  const list = ["'self'", ...origins].join(" ");
  return [
    ...[...own, "frame-src"].map((directive) => `${directive} ${list}`),
    // A gateway's script lays its window over the page, with styles at the elements it adds.
    `style-src ${list} 'unsafe-inline'`,
    `img-src ${list} data:`,
  ];
}

/** The whole page. */
export function publicPage(shown: PublicPage): string {
  const { title, language, body, scripts, refreshSeconds = null } = shown;
  const refresh =
    refreshSeconds === null
      ? html``
      : html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>
`;
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
${refresh}<title>${title}</title>
<link rel="stylesheet" href="/assets/page.css">
${scripts.map((name) => html`<script type="module" src="/assets/${name}.js"></script>`)}
</head>
<body>
${body}
</body>
</html>
`.markup;
}
