/** An e-mail as it is sent: subject, plain text, and HTML that needs nothing from elsewhere. */
import { OPERATOR_KINDS } from "../domain/message.ts";
import { type Markup, html } from "../lib/html.ts";
import { fillTemplate } from "./fill-template.ts";
import { FOOT, MAIL_TEXTS, ROW_LABELS } from "./mail-texts.ts";
import {
  type Merchant,
  NONE,
  type ToldMessage,
  type VariableName,
  variablesOf,
} from "./variables.ts";

export interface Mail {
  subject: string;
  text: string;
  html: string;
}

/** The mail of a message, every value escaped and on one line. */
export function renderMail(message: ToldMessage, merchant: Merchant): Mail {
  const { language } = message;
  const values = variablesOf(message, merchant);
  const words = MAIL_TEXTS[message.kind][language];
  const fill = (template: string) => fillTemplate(template, values);
  const rows = words.rows
    .filter((name) => values[name] !== NONE)
    .map((name) => ({ label: ROW_LABELS[name][language], value: values[name] }));
  const parts: Parts = {
    language,
    subject: fill(words.subject),
    heading: fill(words.heading),
    paragraphs: words.paragraphs.map(fill),
    rows,
    closing: words.closing.map(fill),
    foot: footOf(message, values).map(fill),
  };
  return { subject: parts.subject, text: toText(parts), html: toHtml(parts) };
}

interface Parts {
  language: string;
  subject: string;
  heading: string;
  paragraphs: string[];
  rows: { label: string; value: string }[];
  closing: string[];
  foot: string[];
}

function footOf(
  { kind, language }: ToldMessage,
  values: Readonly<Record<VariableName, string>>,
): string[] {
  if (OPERATOR_KINDS.some((one) => one === kind)) return [];
  const foot = FOOT[language];
  return values.contact === NONE ? [foot.by] : [foot.by, foot.contact];
}

function toText({ heading, paragraphs, rows, closing, foot }: Parts): string {
  const table = rows.map(({ label, value }) => `${label}: ${value}`).join("\n");
  const ending = foot.length === 0 ? "" : `-- \n${foot.join("\n")}`;
  const blocks = [heading, ...paragraphs, table, ...closing, ending];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

// Mail programs drop style sheets: every style stands at its element. Colours are legible on light
// and dark, the font is the reader's.
const STYLE = {
  body: "margin:0;padding:0;background:#f4f5f7;color:#222222",
  outer: "width:100%;background:#f4f5f7",
  cell: "padding:24px 12px",
  card: "width:100%;max-width:600px;margin:0 auto;background:#ffffff;border:1px solid #dddddd",
  inner:
    "padding:28px 24px;font-family:Arial,'Apple SD Gothic Neo','Malgun Gothic',sans-serif;font-size:15px;line-height:1.6;color:#222222;word-break:keep-all;overflow-wrap:break-word",
  heading: "margin:0 0 16px;font-size:20px;line-height:1.4;color:#111111",
  paragraph: "margin:0 0 16px",
  table: "width:100%;border-collapse:collapse;margin:0 0 16px",
  label:
    "padding:8px 12px 8px 0;border-top:1px solid #e5e5e5;text-align:left;vertical-align:top;font-weight:normal;color:#595959;white-space:nowrap",
  value:
    "padding:8px 0;border-top:1px solid #e5e5e5;text-align:left;vertical-align:top;color:#111111",
  foot: "margin:24px 0 0;padding:16px 0 0;border-top:1px solid #e5e5e5;font-size:13px;color:#595959",
} as const;

function toHtml({ language, subject, heading, paragraphs, rows, closing, foot }: Parts): string {
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${subject}</title>
</head>
<body style="${STYLE.body}">
<table role="presentation" cellpadding="0" cellspacing="0" style="${STYLE.outer}"><tr><td style="${STYLE.cell}">
<table role="presentation" cellpadding="0" cellspacing="0" align="center" style="${STYLE.card}"><tr><td style="${STYLE.inner}">
<h1 style="${STYLE.heading}">${heading}</h1>
${paragraphs.map(toParagraph)}
${toRows(rows)}
${closing.map(toParagraph)}
${foot.length === 0 ? "" : html`<p style="${STYLE.foot}">${foot.map((line, index) => html`${index === 0 ? "" : html`<br>`}${line}`)}</p>`}
</td></tr></table>
</td></tr></table>
</body>
</html>
`.markup;
}

function toParagraph(text: string): Markup {
  return html`<p style="${STYLE.paragraph}">${text}</p>`;
}

function toRows(rows: Parts["rows"]): Markup {
  const lines = rows.map(
    ({ label, value }) =>
      html`<tr><th scope="row" style="${STYLE.label}">${label}</th><td style="${STYLE.value}">${value}</td></tr>`,
  );
  return html`<table style="${STYLE.table}">${lines}</table>`;
}
