/** `/admin/unresolved` as people read it: a table with the evidence and a form beside each row. */
import type { Reader, Remedy, UnresolvedRow } from "../../billing/list-unresolved.ts";
import { saySecond } from "../../billing/texts/instant-words.ts";
import { type Markup, html, page, table } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { adminLinks } from "./admin-links.ts";

const TEXTS = {
  title: { en: "Waiting for a person", ko: "담당자 확인 대기" },
  intro: {
    en: "What no rule may decide. Nothing here is charged again by itself; every use of a button is on record with its reason.",
    ko: "자동으로 판단하지 않는 항목입니다. 여기 있는 건은 저절로 다시 결제되지 않으며, 버튼을 누른 기록과 사유가 남습니다.",
  },
  none: { en: "Nothing waits for a person.", ko: "대기 중인 항목이 없습니다." },
  reason: { en: "Reason", ko: "사유" },
  transaction: { en: "Transaction number", ko: "거래번호" },
  late: {
    en: "A whole period late: npx billing late {id} --charge or --waive",
    ko: "한 주기 이상 늦게 발견됨: npx billing late {id} --charge 또는 --waive",
  },
} as const satisfies Record<string, Text>;

const HEADINGS: Readonly<Record<Language, readonly string[]>> = {
  en: ["What", "Waits because", "Since", "Won", "Evidence", "What a person can do"],
  ko: ["대상", "대기 사유", "시점", "금액(원)", "근거", "처리"],
};

const BUTTONS = {
  release: { en: "Let it go on", ko: "해제하고 계속" },
  approved: { en: "It was charged", ko: "결제됨" },
  not_charged: {
    en: "It was not charged: charge it under a new order number",
    ko: "결제 안 됨: 새 주문번호로 다시 결제",
  },
  refunded: { en: "It was refunded", ko: "환불됨" },
  not_refunded: { en: "It was not refunded: send it again", ko: "환불 안 됨: 다시 환불" },
} as const satisfies Record<string, Text>;

/** The page, with everything from documents escaped. */
export function unresolvedPage(rows: readonly UnresolvedRow[], reader: Reader): string {
  const { language } = reader;
  const body = html`<h1>${TEXTS.title[language]}</h1>
${adminLinks(language)}
<p>${TEXTS.intro[language]}</p>
${rows.length === 0 ? html`<p>${TEXTS.none[language]}</p>` : rowsTable(rows, reader)}`;
  return page(TEXTS.title[language], body, language);
}

function rowsTable(rows: readonly UnresolvedRow[], { language, zone }: Reader): Markup {
  return table(
    HEADINGS[language],
    rows.map((row) => [
      html`<strong>${row.id}</strong><br>${row.customerId}<br>${row.invoiceId ?? ""}`,
      row.why,
      saySecond(new Date(row.since), zone),
      row.amount ?? "",
      html`${row.evidence.map((line) => html`<p>${line}</p>`)}`,
      remedyOf(row, language),
    ]),
  );
}

function remedyOf(row: UnresolvedRow, language: Language): Markup {
  const forms: Record<Remedy, () => Markup> = {
    release: () => form(row, "release", null, language),
    resolve_charge: () =>
      html`${form(row, "resolve", "approved", language)}${form(row, "resolve", "not_charged", language)}`,
    resolve_refund: () =>
      html`${form(row, "resolve", "refunded", language)}${form(row, "resolve", "not_refunded", language)}`,
    decide_late: () => html`<p>${TEXTS.late[language].replace("{id}", row.id)}</p>`,
  };
  return forms[row.remedy]();
}

function form(
  row: UnresolvedRow,
  action: "release" | "resolve",
  outcome: Exclude<keyof typeof BUTTONS, "release"> | null,
  language: Language,
): Markup {
  const transaction =
    outcome === "approved"
      ? html`<label>${TEXTS.transaction[language]} <input name="transactionId" required></label>`
      : html``;
  const said =
    outcome === null ? html`` : html`<input type="hidden" name="outcome" value="${outcome}">`;
  return html`<form method="post" action="/admin/unresolved/${action}">
<input type="hidden" name="id" value="${row.id}">${said}${transaction}
<label>${TEXTS.reason[language]} <input name="reason" required maxlength="100"></label>
<button>${BUTTONS[outcome ?? "release"][language]}</button>
</form>`;
}
