import { type Markup, html } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";

const PAGES = {
  unresolved: { en: "Waiting for a person", ko: "담당자 확인 대기" },
  declines: { en: "Declines", ko: "거절 코드" },
  notices: { en: "Gateway notices", ko: "결제사 통지" },
  audit: { en: "Verification", ko: "정합성 점검" },
  emails: { en: "Messages", ko: "메시지" },
  queues: { en: "Queues", ko: "작업 큐" },
} as const satisfies Record<string, Text>;

/** Links to every page of the administration, for the head of each. */
export function adminLinks(language: Language): Markup {
  const links = Object.entries(PAGES).map(
    ([name, text]) => html`<a href="/admin/${name}">${text[language]}</a> `,
  );
  return html`<p>${links}</p>`;
}
