/** `/admin/notices` as people read it: what gateways have told us, and what became of it. */
import type { Reader } from "../../billing/list-unresolved.ts";
import { saySecond } from "../../billing/texts/instant-words.ts";
import { sayNoticeReason, sayNoticeState } from "../../billing/texts/notice-words.ts";
import type { ShownNotice } from "../../compose-notices.ts";
import { NOTICE_GATEWAYS } from "../../config-notices.ts";
import { INBOX_STATES, type InboxEntry } from "../../domain/inbox.ts";
import { type Markup, html, page, table } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { adminLinks } from "./admin-links.ts";

const TEXTS = {
  title: { en: "Gateway notices", ko: "결제사 통지" },
  intro: {
    en: "What gateways have told us, newest first. A flagged notice moved nothing: compare it with the gateway's console.",
    ko: "결제사가 보낸 통지를 최신순으로 표시합니다. 확인 필요 통지는 아무것도 변경하지 않았으니 결제사 관리자 화면과 대조하십시오.",
  },
  none: { en: "There is no such notice.", ko: "해당하는 통지가 없습니다." },
  gateway: { en: "Gateway", ko: "결제사" },
  state: { en: "State", ko: "상태" },
  all: { en: "all", ko: "전체" },
  show: { en: "Show", ko: "조회" },
  reason: { en: "Reason", ko: "사유" },
  replay: { en: "Look at it once more", ko: "다시 처리" },
  seen: { en: "I have seen it", ko: "확인 완료" },
  isSeen: { en: "seen", ko: "확인됨" },
  fields: { en: "What it says", ko: "통지 내용" },
  headers: { en: "Headers", ko: "요청 헤더" },
  transaction: { en: "transaction", ko: "거래번호" },
  gone: {
    en: "Its bytes were removed for their age.",
    ko: "보관 기간이 지나 원문이 삭제되었습니다.",
  },
  doubled: { en: "(two values)", ko: "(값 중복)" },
} as const satisfies Record<string, Text>;

const HEADINGS = {
  list: {
    en: ["Notice", "Gateway", "Came", "Times", "State", "Why", "Says", "Order", "Won", "Invoice"],
    ko: [
      "통지",
      "결제사",
      "수신",
      "횟수",
      "상태",
      "사유",
      "내용",
      "주문번호",
      "금액(원)",
      "청구서",
    ],
  },
  fields: { en: ["Name", "Value"], ko: ["이름", "값"] },
} as const satisfies Record<string, Record<Language, readonly string[]>>;

const KINDS: Readonly<Record<NonNullable<InboxEntry["facts"]>["kind"], Text>> = {
  paid: { en: "paid", ko: "승인" },
  canceled: { en: "cancelled", ko: "취소" },
  failed: { en: "failed", ko: "실패" },
  pending: { en: "not paid yet", ko: "입금 대기" },
};

type Listed = Omit<InboxEntry, "raw">;

/** The list, with everything from notices escaped. */
export function noticesPage(
  entries: readonly Listed[],
  filter: { gateway?: string; state?: string },
  reader: Reader,
): string {
  const { language } = reader;
  const title = TEXTS.title[language];
  const rows = entries.map((entry) => rowOf(entry, reader));
  const body = html`<h1>${title}</h1>
${adminLinks(language)}
<p>${TEXTS.intro[language]}</p>
<form method="get" action="/admin/notices">
${choice("gateway", NOTICE_GATEWAYS, filter.gateway, language)}
${choice("state", INBOX_STATES, filter.state, language)}
<button>${TEXTS.show[language]}</button>
</form>
${rows.length === 0 ? html`<p>${TEXTS.none[language]}</p>` : table(HEADINGS.list[language], rows)}`;
  return page(title, body, language);
}

function choice(
  name: "gateway" | "state",
  values: readonly string[],
  chosen: string | undefined,
  language: Language,
): Markup {
  const options = values.map((value) => {
    const known = INBOX_STATES.find((state) => state === value);
    const text = known === undefined ? value : sayNoticeState(known, language);
    return value === chosen
      ? html`<option value="${value}" selected>${text}</option>`
      : html`<option value="${value}">${text}</option>`;
  });
  return html`<label>${TEXTS[name][language]} <select name="${name}"><option value="">${TEXTS.all[language]}</option>${options}</select></label>`;
}

function rowOf(entry: Listed, { language, zone }: Reader): (string | number | Markup)[] {
  const { facts } = entry;
  return [
    html`<a href="/admin/notices/${entry.id}">${entry.id.slice(0, 16)}</a>`,
    entry.gateway,
    saySecond(entry.receivedAt, zone),
    entry.timesSeen,
    sayNoticeState(entry.state, language) + (entry.seen ? ` (${TEXTS.isSeen[language]})` : ""),
    sayNoticeReason(entry.reason, language),
    facts === null ? "" : KINDS[facts.kind][language],
    facts?.orderNumber ?? "",
    facts?.amount ?? "",
    entry.invoiceId ?? "",
  ];
}

/** One notice, with what can be done about it. */
export function noticePage(entry: InboxEntry, shown: ShownNotice | null, reader: Reader): string {
  const { language } = reader;
  const title = `${TEXTS.title[language]}: ${entry.id}`;
  const body = html`<h1>${title}</h1>
${adminLinks(language)}
${table(HEADINGS.list[language], [rowOf(entry, reader)])}
<p>${entry.method} · ${entry.address}${transactionOf(entry, language)}</p>
${form(entry, "replay", language)}
${entry.seen ? html`` : form(entry, "seen", language)}
<h2>${TEXTS.fields[language]}</h2>
${shown === null ? html`<p>${TEXTS.gone[language]}</p>` : contents(shown, language)}`;
  return page(title, body, language);
}

/** As we read it. Below, where a stranger may have written anything, long numbers are taken out. */
function transactionOf({ facts }: InboxEntry, language: Language): string {
  const id = facts?.transactionId ?? null;
  return id === null ? "" : ` · ${TEXTS.transaction[language]} ${id}`;
}

function contents({ fields, headers }: ShownNotice, language: Language): Markup {
  const values = fields.map(([name, value]) => [name, value ?? TEXTS.doubled[language]]);
  return html`${table(HEADINGS.fields[language], values)}
<h2>${TEXTS.headers[language]}</h2>
${table(HEADINGS.fields[language], headers)}`;
}

function form(entry: InboxEntry, kind: "replay" | "seen", language: Language): Markup {
  return html`<form method="post" action="/admin/notices/${kind}">
<input type="hidden" name="id" value="${entry.id}">
<label>${TEXTS.reason[language]} <input name="reason" required maxlength="100"></label>
<button>${TEXTS[kind][language]}</button>
</form>`;
}
