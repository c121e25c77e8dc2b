/** What the pages for trying things out have in common: head, steps, fields, and where answers appear. */
import { type Markup, html } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { FIELD_TEXTS, type FieldName } from "../schemas/field-texts.ts";
import { publicPage } from "./public-page.ts";

export interface TestedGateway {
  name: string;
  isSimulated: boolean;
  /** Whether it has billing keys. */
  savesCards: boolean;
}

/** What such a page is made of. */
export interface TestPageFacts {
  language: Language;
  /** The page's own path. */
  url: string;
  gateways: readonly TestedGateway[];
  /** Whether callers of the API need a key. */
  needsKey: boolean;
}

const STEPS = [
  { url: "/test.html", text: { en: "Save a card", ko: "카드 등록" } },
  { url: "/test-pay.html", text: { en: "Charge it", ko: "결제" } },
  { url: "/test-refund.html", text: { en: "Refund", ko: "환불" } },
  { url: "/easypay/sdk-example", text: { en: "Payment window", ko: "결제창" } },
] as const;

const TEXTS = {
  simulated: {
    en: "Test page with the simulator: no money moves. Not there in production.",
    ko: "시뮬레이터 시험 페이지: 실제로 결제되지 않습니다. 운영 환경에는 없습니다.",
  },
  real: {
    en: "Test page with a real gateway: money may move. Not there in production.",
    ko: "실제 결제사 시험 페이지: 실제로 결제될 수 있습니다. 운영 환경에는 없습니다.",
  },
  steps: { en: "Test pages", ko: "시험 페이지" },
  apiKey: { en: "API key", ko: "API 키" },
  apiKeyHint: {
    en: "One of API_KEYS. It stays on this page only and is not stored.",
    ko: "API_KEYS에 설정된 키. 이 페이지에서만 쓰이며 저장되지 않습니다.",
  },
  needsScript: {
    en: "This page needs JavaScript.",
    ko: "이 페이지는 JavaScript가 필요합니다.",
  },
  result: { en: "Result", ko: "결과" },
  simulator: { en: "simulator", ko: "시뮬레이터" },
} as const satisfies Record<string, Text>;

/** The page around a form; `script` sends the form. */
export function testPage(
  facts: TestPageFacts,
  shown: { title: string; script: string; body: Markup },
): string {
  const { language, gateways } = facts;
  const isReal = gateways.some((gateway) => !gateway.isSimulated);
  const simulated = gateways.filter((one) => one.isSimulated).map(({ name }) => name);
  const body = html`<header>
<p class="brand">kiwoom-billing</p>
${languageSwitch(facts)}
<nav aria-label="${TEXTS.steps[language]}"><ol>${STEPS.map((step) => stepLink(facts, step))}</ol></nav>
</header>
<main data-simulated="${simulated.join(" ")}" data-gateways="${gateways.map(({ name }) => name).join(" ")}">
<h1>${shown.title}</h1>
<p class="${isReal ? "notice real" : "notice"}">${TEXTS[isReal ? "real" : "simulated"][language]}</p>
<noscript><p class="notice real">${TEXTS.needsScript[language]}</p></noscript>
${shown.body}
</main>`;
  return publicPage({
    title: `${shown.title} · kiwoom-billing`,
    language,
    body,
    scripts: [shown.script],
  });
}

function stepLink({ url, language }: TestPageFacts, step: (typeof STEPS)[number]): Markup {
  const current = step.url === url ? html` aria-current="page"` : html``;
  return html`<li><a href="${step.url}?lang=${language}"${current}>${step.text[language]}</a></li>`;
}

/** The scripts carry the address's other parts over, so that nothing that was entered is lost. */
function languageSwitch({ url, language }: TestPageFacts): Markup {
  const [other, name] = language === "ko" ? ["en", "English"] : ["ko", "한국어"];
  return html`<p class="language"><a id="language" href="${url}?lang=${other}" lang="${other}" hreflang="${other}">${name}</a></p>`;
}

export interface FieldOptions {
  label: string;
  /** What is right in it; else what the API's documentation says. */
  hint?: string;
  value?: string;
  isNumber?: boolean;
  /** Kept out of what the browser remembers, and emptied after it was sent. */
  isSecret?: boolean;
  type?: "text" | "password";
  isOptional?: boolean;
  lengthMax?: number;
}

/** A labelled field, with its hint and the place where a problem with it is said. */
export function field(
  name: FieldName | "apiKey" | "orderId",
  language: Language,
  options: FieldOptions,
): Markup {
  const hint = options.hint ?? FIELD_TEXTS[name as FieldName][language];
  const attributes = [
    html`type="${options.type ?? "text"}" id="${name}" name="${name}"`,
    html` autocomplete="off" autocapitalize="none" spellcheck="false"`,
    html` aria-describedby="${name}-hint ${name}-fault"`,
    options.value === undefined ? html`` : html` value="${options.value}"`,
    options.isNumber === true ? html` inputmode="numeric"` : html``,
    options.isSecret === true ? html` data-secret` : html``,
    options.isOptional === true ? html`` : html` required`,
    options.lengthMax === undefined ? html`` : html` maxlength="${options.lengthMax}"`,
  ];
  return wrap(name, { label: options.label, hint }, html`<input ${attributes}>`);
}

/** A choice, labelled alike. */
export function choice(
  name: string,
  texts: { label: string; hint: string },
  options: readonly { value: string; text: string }[],
): Markup {
  const items = options.map(({ value, text }) => html`<option value="${value}">${text}</option>`);
  const select = html`<select id="${name}" name="${name}" aria-describedby="${name}-hint ${name}-fault">${items}</select>`;
  return wrap(name, texts, select);
}

function wrap(
  name: string,
  { label, hint }: { label: string; hint: string },
  input: Markup,
): Markup {
  return html`<div class="field">
<label for="${name}">${label}</label>
${input}
<p class="hint" id="${name}-hint">${hint}</p>
<p class="fault" id="${name}-fault" role="alert"></p>
</div>`;
}

/** The gateway's name, and whether it is the simulator. */
export function gatewayName({ name, isSimulated }: TestedGateway, language: Language): string {
  return isSimulated ? `${name} (${TEXTS.simulator[language]})` : name;
}

/** The field for the API key, where one is needed. */
export function apiKeyField({ needsKey, language }: TestPageFacts): Markup {
  if (!needsKey) return html``;
  const hint = TEXTS.apiKeyHint[language];
  return field("apiKey", language, { label: TEXTS.apiKey[language], hint, type: "password" });
}

/** A form that its script sends. It is no GET, so that even without the script no address holds a card. */
export function sentForm(fields: readonly Markup[], buttonText: string): Markup {
  return html`<form id="form" method="post" novalidate>
${fields}
<p id="effect" class="effect"></p>
<p class="buttons"><button type="submit" disabled>${buttonText}</button></p>
</form>`;
}

/** Where a refusal and an answer are said; both are read out. */
export function answers(language: Language): Markup {
  return html`<div id="problem" class="problem" role="alert" tabindex="-1"></div>
<section id="result" class="result" aria-live="polite" aria-label="${TEXTS.result[language]}" tabindex="-1"></section>`;
}
