/** `/admin/emails` as people read it: the newest messages, and every text with example data. */
import type { MessageRow } from "../../billing/messages/list-messages.ts";
import type { Reader } from "../../billing/list-unresolved.ts";
import { saySecond } from "../../billing/texts/instant-words.ts";
import {
  CUSTOMER_KINDS,
  MESSAGE_LANGUAGES,
  type MessageKind,
  type MessageState,
  OPERATOR_KINDS,
} from "../../domain/message.ts";
import { type Markup, html, page, table } from "../../lib/html.ts";
import type { Mail } from "../../notify/render-mail.ts";
import type { Language, Text } from "../language.ts";
import { adminLinks } from "./admin-links.ts";

const TEXTS = {
  title: { en: "Messages", ko: "메시지" },
  recent: { en: "Newest messages", ko: "최근 메시지" },
  nothing: { en: "No message yet.", ko: "아직 메시지가 없습니다." },
  examples: { en: "Every text, with example data", ko: "예시 데이터로 보는 문구" },
  text: { en: "Text", ko: "텍스트" },
  page: { en: "HTML", ko: "HTML" },
} as const satisfies Record<string, Text>;

const HEADINGS: Readonly<Record<Language, readonly string[]>> = {
  en: ["Recorded", "Kind", "Channel", "Language", "To", "State", "Why", "Tries", "Next try"],
  ko: ["기록 시각", "종류", "채널", "언어", "수신", "상태", "사유", "시도", "다음 시도"],
};

const KINDS: Readonly<Record<MessageKind, Text>> = {
  receipt: { en: "receipt", ko: "결제 완료" },
  upcoming_charge: { en: "charge coming up", ko: "결제 예정" },
  payment_failed: { en: "payment failed", ko: "결제 실패" },
  last_warning: { en: "last warning", ko: "마지막 시도 예고" },
  card_expiring: { en: "card ends soon", ko: "카드 만료 예정" },
  ended_declined: { en: "ended: declined", ko: "종료(결제 실패)" },
  ended_canceled: { en: "ended: canceled", ko: "종료(해지)" },
  refund: { en: "refund", ko: "환불" },
  webhook_disabled: { en: "endpoint disabled (operator)", ko: "웹훅 비활성화(담당자)" },
  account_paused: { en: "account stopped (operator)", ko: "계정 중지(담당자)" },
  subscription_parked: { en: "subscription parked (operator)", ko: "구독 중지(담당자)" },
};

const STATES: Readonly<Record<MessageState, Text>> = {
  waiting: { en: "waiting", ko: "대기" },
  sent: { en: "sent", ko: "발송됨" },
  failed: { en: "failed", ko: "실패" },
  set_aside: { en: "set aside", ko: "수신 거부됨" },
  not_sent: { en: "not sent", ko: "발송 안 함" },
};

/** The list, and in development the examples; addresses are masked already. */
export function emailsPage(
  rows: readonly MessageRow[],
  { language, zone }: Reader,
  showsExamples: boolean,
): string {
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const cells = rows.map((row) => [
    row.channel === "email"
      ? html`<a href="/admin/emails/${row.id}">${saySecond(new Date(row.createdAt), zone)}</a>`
      : saySecond(new Date(row.createdAt), zone),
    KINDS[row.kind][language],
    row.channel,
    row.language,
    row.to,
    STATES[row.state][language],
    row.reason ?? "",
    row.tries,
    row.nextTryAt === null ? "" : saySecond(new Date(row.nextTryAt), zone),
  ]);
  const body = html`<h1>${say("title")}</h1>
${adminLinks(language)}
<h2>${say("recent")}</h2>
${rows.length === 0 ? html`<p>${say("nothing")}</p>` : table(HEADINGS[language], cells)}
${showsExamples ? exampleLinks(language) : ""}`;
  return page(say("title"), body, language);
}

function exampleLinks(language: Language): Markup {
  const rows = [...CUSTOMER_KINDS, ...OPERATOR_KINDS].map((kind) => [
    KINDS[kind][language],
    ...MESSAGE_LANGUAGES.map(
      (one) => html`<a href="/admin/emails/preview/${kind}/${one}">${one}</a>`,
    ),
  ]);
  return html`<h2>${TEXTS.examples[language]}</h2>${table(["", ...MESSAGE_LANGUAGES], rows)}`;
}

/** One mail: its subject, its text, and its HTML in a frame in which nothing can run. */
export function emailPage(mail: Mail, frame: string, language: Language): string {
  const body = html`<h1>${mail.subject}</h1>
${adminLinks(language)}
<p><a href="/admin/emails">${TEXTS.title[language]}</a></p>
<h2>${TEXTS.text[language]}</h2>
<pre>${mail.text}</pre>
<h2>${TEXTS.page[language]}</h2>
<iframe sandbox src="${frame}" title="${mail.subject}" width="100%" height="720"></iframe>`;
  return page(mail.subject, body, language);
}
