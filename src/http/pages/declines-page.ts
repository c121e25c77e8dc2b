/** `/admin/declines` as people read it: what is stopped, what nobody knows, and the whole table. */
import type {
  DeclineOverview,
  DeclineRow,
  PausedRow,
  UnrecognizedRow,
} from "../../billing/list-declines.ts";
import type { Reader } from "../../billing/list-unresolved.ts";
import { saySecond } from "../../billing/texts/instant-words.ts";
import type { DeclineKind } from "../../domain/decline.ts";
import { type Markup, html, page, table } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { adminLinks } from "./admin-links.ts";

const TEXTS = {
  title: { en: "Declines", ko: "거절 코드" },
  paused: { en: "Stopped accounts", ko: "중지된 계정" },
  pausedIntro: {
    en: "The gateway refuses the account as a whole. What is due there waits: no customer is told, no dunning step is used.",
    ko: "결제사가 계정 전체를 거절하고 있습니다. 해당 계정의 건은 대기하며, 고객 안내와 재청구 단계 소진은 없습니다.",
  },
  nothingPaused: { en: "No account is stopped.", ko: "중지된 계정이 없습니다." },
  unrecognized: { en: "Codes that no map knows", ko: "매핑되지 않은 코드" },
  unrecognizedIntro: {
    en: "Each was tried once more and then given up. Find out what it means and add it to the gateway's map.",
    ko: "한 번만 더 시도한 뒤 최종 실패로 처리됩니다. 의미를 확인해 해당 결제사의 매핑에 추가하십시오.",
  },
  nothingUnrecognized: {
    en: "Every code that came is known.",
    ko: "매핑되지 않은 코드가 없습니다.",
  },
  codes: { en: "Our codes", ko: "정규화 코드" },
  map: { en: "The gateway's own codes", ko: "결제사 원본 코드" },
  stopsAccount: { en: "stops the account", ko: "계정 중지" },
  reason: { en: "Reason", ko: "사유" },
  release: { en: "Let it go on", ko: "해제하고 계속" },
} as const satisfies Record<string, Text>;

const KINDS: Readonly<Record<DeclineKind, Text>> = {
  soft: { en: "soft: may later succeed", ko: "일시 거절" },
  hard: { en: "hard: never on this card", ko: "영구 거절" },
  customer: { en: "customer: only the customer can change it", ko: "고객 조치 필요" },
  merchant: { en: "merchant-side", ko: "가맹점 사유" },
  gateway: { en: "gateway down", ko: "결제사 장애" },
};

const QUEUES: Readonly<Record<PausedRow["queue"], Text>> = {
  charge: { en: "charges", ko: "결제" },
  refund: { en: "refunds", ko: "환불" },
};

const HEADINGS = {
  paused: {
    en: ["Account", "What", "Why", "Order", "Since", "Tried again", "What a person can do"],
    ko: ["계정", "대상", "사유", "주문번호", "시점", "다음 시도", "처리"],
  },
  unrecognized: {
    en: ["Gateway", "Code", "Times", "First", "Last", "Order"],
    ko: ["결제사", "코드", "횟수", "최초", "최근", "주문번호"],
  },
  codes: {
    en: [
      "Code",
      "Kind",
      "The customer is told",
      "What it means for you",
      "Since, and why",
      "Times",
    ],
    ko: ["코드", "구분", "고객 안내", "담당자 안내", "등록일·근거", "횟수"],
  },
  map: { en: ["Code", "Means", "Source"], ko: ["코드", "의미", "출처"] },
} as const satisfies Record<string, Record<Language, readonly string[]>>;

/** The page, with everything from documents and gateways escaped. */
export function declinesPage(overview: DeclineOverview, reader: Reader): string {
  const { language } = reader;
  const say = (text: keyof typeof TEXTS) => TEXTS[text][language];
  const body = html`<h1>${say("title")}</h1>
${adminLinks(language)}
<h2>${say("paused")}</h2>
${overview.paused.length === 0 ? html`<p>${say("nothingPaused")}</p>` : pausedTable(overview.paused, reader)}
<h2>${say("unrecognized")}</h2>
${overview.unrecognized.length === 0 ? html`<p>${say("nothingUnrecognized")}</p>` : unrecognizedTable(overview.unrecognized, reader)}
<h2>${say("codes")}</h2>
${codesTable(overview.codes, language)}
${overview.maps.map(
  ({ gateway, codes }) => html`<h2>${say("map")}: ${gateway}</h2>
${table(
  HEADINGS.map[language],
  codes.map(({ rawCode, means, source }) => [rawCode, means, source]),
)}`,
)}`;
  return page(say("title"), body, language);
}

function pausedTable(rows: readonly PausedRow[], { language, zone }: Reader): Markup {
  const cells = rows.map((row) => [
    html`<strong>${row.account}</strong>`,
    QUEUES[row.queue][language],
    `${row.code}: ${row.rawCode} ${row.rawMessage}`,
    row.orderNumber,
    saySecond(new Date(row.since), zone),
    row.pausedUntil === null ? "" : saySecond(new Date(row.pausedUntil), zone),
    releaseForm(row, language),
  ]);
  return html`<p>${TEXTS.pausedIntro[language]}</p>${table(HEADINGS.paused[language], cells)}`;
}

function releaseForm({ account }: PausedRow, language: Language): Markup {
  return html`<form method="post" action="/admin/declines/release">
<input type="hidden" name="id" value="${account}">
<label>${TEXTS.reason[language]} <input name="reason" required maxlength="100"></label>
<button>${TEXTS.release[language]}</button>
</form>`;
}

function unrecognizedTable(rows: readonly UnrecognizedRow[], { language, zone }: Reader): Markup {
  const cells = rows.map((row) => [
    row.gateway,
    row.rawCode,
    row.count,
    saySecond(new Date(row.firstSeenAt), zone),
    saySecond(new Date(row.lastSeenAt), zone),
    row.orderNumber,
  ]);
  return html`<p>${TEXTS.unrecognizedIntro[language]}</p>${table(HEADINGS.unrecognized[language], cells)}`;
}

function codesTable(rows: readonly DeclineRow[], language: Language): Markup {
  return table(
    HEADINGS.codes[language],
    rows.map((row) => [
      row.code,
      row.stopsAccount
        ? `${KINDS[row.kind][language]}, ${TEXTS.stopsAccount[language]}`
        : KINDS[row.kind][language],
      row.customer,
      row.operator,
      `${row.since}: ${row.grounds}`,
      row.count,
    ]),
  );
}
