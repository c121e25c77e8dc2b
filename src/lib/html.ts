/** Pages: a template that escapes its values, and headers under which nothing can run. */
import { createHash } from "node:crypto";

const STYLE = `body{font:15px/1.5 system-ui,"Noto Sans KR",sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#222;background:#fff;word-break:keep-all}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}
th,td{border:1px solid #ccc;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f3f4f6;overflow-wrap:normal}
td.number{text-align:right;white-space:nowrap}
pre{background:#f3f4f6;padding:.8rem;overflow-x:auto}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
a{color:#0b57d0}
label{margin-right:1rem}
form{margin:.3rem 0}
td:first-child{min-width:11rem}
td p{margin:0 0 .4rem}
td label{display:block;margin-bottom:.2rem}`;

/** Text that was made safe, or written by us, to stand in a page. */
export interface Markup {
  readonly markup: string;
}

/** The headers of a page: no script at all, our one style sheet, nothing from elsewhere. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** The headers of a page that shows another page of ours in a frame. */
export const FRAMING_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  "content-security-policy": `${PAGE_HEADERS["content-security-policy"]}; frame-src 'self'`,
};

/** The headers of what stands in that frame: styles at its elements, and nothing that runs or loads. */
export const FRAMED_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
};

/** A template whose values are escaped, unless they are markup already. */
export function html(
  strings: TemplateStringsArray,
  ...values: readonly (string | number | Markup | readonly Markup[])[]
): Markup {
  const parts = strings.map((text, position) => text + toMarkup(values[position] ?? ""));
  return { markup: parts.join("") };
}

/** A whole page. */
export function page(title: string, body: Markup, language = "ko"): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
${body}
</body>
</html>
`.markup;
}

/** A table with a row of headings; cells are escaped. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | Markup)[])[],
): Markup {
  const head = headings.map((heading) => html`<th scope="col">${heading}</th>`);
  const body = rows.map((cells) => {
    const line = cells.map((cell) =>
      typeof cell === "number"
        ? html`<td class="number">${cell.toLocaleString("en-US")}</td>`
        : html`<td>${cell}</td>`,
    );
    return html`<tr>${line}</tr>`;
  });
  return html`<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function toMarkup(value: string | number | Markup | readonly Markup[]): string {
  if (typeof value === "string") return escapeHtml(value);
  if (typeof value === "number") return `${value}`;
  if ("markup" in value) return value.markup;
  return value.map(({ markup }) => markup).join("");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** The text as it may stand in a page. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (letter) => ESCAPES[letter] ?? letter);
}
