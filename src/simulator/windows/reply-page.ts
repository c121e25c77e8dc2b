/** Pages that stand in a payment window, and how they are sent. */
import { createHash } from "node:crypto";
import type { FastifyReply } from "fastify";
import { type Markup, html } from "../../lib/html.ts";

const STYLE = `*{box-sizing:border-box}
body{font:16px/1.5 system-ui,"Noto Sans KR",sans-serif;margin:0 auto;max-width:30rem;padding:.75rem 1rem;color:#222;background:#fff;word-break:keep-all}
h1{font-size:1.125rem;margin:.25rem 0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;margin:.75rem 0}
dt{color:#595959}
dd{margin:0;overflow-wrap:anywhere}
fieldset{border:1px solid #767676;margin:0 0 .75rem;padding:.25rem .75rem}
.choices{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:0 .5rem}
fieldset label{display:block;padding:.35rem 0}
select{font:inherit;width:100%;padding:.5rem;margin:.25rem 0 .5rem}
button{font:inherit;display:block;width:100%;padding:.6rem;margin:.4rem 0;border:1px solid #767676;background:#f3f4f6;color:#222;cursor:pointer}
button[value=pay]{background:#0b57d0;border-color:#0b57d0;color:#fff}
button:focus-visible,select:focus-visible,input:focus-visible{outline:3px solid #e37400;outline-offset:2px}
p.note{color:#595959;font-size:.875rem;margin:.5rem 0}`;

const STYLE_SOURCE = `'sha256-${createHash("sha256").update(STYLE).digest("base64")}'`;

/**
 * What answers a browser. Any page may frame it, and its forms may go anywhere: that is a payment
 * window's trade. Nothing runs in it but scripts of the simulator, where a page has one at all.
 */
export interface PageReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** A page of a payment window. */
export function toPage(
  title: string,
  body: Markup,
  { status = 200, runsScript = false } = {},
): PageReply {
  const script = runsScript ? "; script-src 'self'" : "";
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src ${STYLE_SOURCE}${script}; base-uri 'none'`,
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
  };
  return { status, headers, text: toDocument(title, body) };
}

/** A page that says one thing in both languages, for where a window has nowhere to go. */
export function toMessagePage(
  title: string,
  message: { readonly ko: string; readonly en: string; readonly code?: string },
  status = 200,
): PageReply {
  const code = message.code === undefined ? "" : html`<p>${message.code}</p>`;
  const body = html`<h1>${title}</h1>
${code}<p role="status">${both(message.ko, message.en)}</p>`;
  return toPage(title, body, { status });
}

/** Sends the browser to an address, with a GET. */
export function toRedirect(url: string): PageReply {
  return { status: 303, headers: { location: url, "cache-control": "no-store" }, text: "" };
}

/** Sends what `toPage` and its like made. */
export function sendPage(reply: FastifyReply, { status, headers, text }: PageReply): FastifyReply {
  return reply.code(status).headers(headers).send(text);
}

/** The same in Korean and in English. */
export function both(korean: string, english: string): Markup {
  return html`${korean} <span lang="en">${english}</span>`;
}

/** The address where a browser can be sent by it; null where it is none. */
export function readWebAddress(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.protocol === "http:" || url?.protocol === "https:" ? url.href : null;
}

function toDocument(title: string, body: Markup): string {
  return html`<!doctype html>
<html lang="ko">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.markup;
}
