/** The simulator's test cards, as its documentation lists them, to be picked from. */
import { type Markup, html } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";

interface OfferedCard {
  number: string;
  does: Text;
}

/** What people try first. */
const OFTEN: readonly OfferedCard[] = [
  { number: "4111111111111111", does: { en: "approves always", ko: "항상 승인" } },
  { number: "4000000000010118", does: { en: "declines: no funds", ko: "거절: 잔액부족" } },
  { number: "4000000000010126", does: { en: "declines: over the limit", ko: "거절: 한도초과" } },
  { number: "4000000000010134", does: { en: "declines: lost or stolen", ko: "거절: 도난분실" } },
  {
    number: "4000000000010217",
    does: { en: "declines once, then approves", ko: "1회 거절 후 승인" },
  },
];

const SELDOM: readonly OfferedCard[] = [
  { number: "4000000000010001", does: { en: "approves until it expires", ko: "유효기간 내 승인" } },
  { number: "4000000000010142", does: { en: "declines: issuer is down", ko: "거절: 카드사 점검" } },
  {
    number: "4000000000010159",
    does: { en: "declines: over the shop's limit", ko: "거절: 가맹점 한도초과" },
  },
  { number: "4000000000010225", does: { en: "declines twice", ko: "2회 거절 후 승인" } },
  { number: "4000000000010233", does: { en: "declines three times", ko: "3회 거절 후 승인" } },
  { number: "4000000000010316", does: { en: "answers after 1 second", ko: "1초 뒤 응답" } },
  {
    number: "4000000000010415",
    does: { en: "approves, the reply is lost", ko: "승인 후 연결 끊김" },
  },
  {
    number: "4000000000010423",
    does: { en: "approves, then HTTP 500", ko: "승인 후 HTTP 500 응답" },
  },
  {
    number: "4000000000010431",
    does: { en: "approves, the reply is unreadable", ko: "승인, 해독할 수 없는 응답" },
  },
  {
    number: "4000000000010449",
    does: { en: "never answers, nothing is charged", ko: "무응답 (미승인)" },
  },
];

/** Every number that the page offers. */
export const OFFERED_CARDS: readonly OfferedCard[] = [...OFTEN, ...SELDOM];

const TEXTS = {
  title: { en: "Test cards of the simulator", ko: "시뮬레이터 테스트 카드" },
  more: { en: "More: limits, outages, lost replies", ko: "더 보기: 한도, 장애, 응답 유실" },
  number: { en: "Number", ko: "카드번호" },
  does: { en: "What it does", ko: "동작" },
  use: { en: "Use", ko: "사용" },
} as const satisfies Record<string, Text>;

/** The cards, each with a button that fills the form. */
export function testCards(language: Language): Markup {
  return html`<section aria-labelledby="cards">
<h2 id="cards">${TEXTS.title[language]}</h2>
${cardTable(OFTEN, language)}
<details>
<summary>${TEXTS.more[language]}</summary>
${cardTable(SELDOM, language)}
</details>
</section>`;
}

function cardTable(cards: readonly OfferedCard[], language: Language): Markup {
  const use = TEXTS.use[language];
  const rows = cards.map(({ number, does }) => {
    const shown = number.replace(/(.{4})(?=.)/g, "$1 ");
    return html`<tr><td class="digits">${shown}</td><td>${does[language]}</td>
<td><button type="button" class="small" data-card="${number}" aria-label="${use}: ${does[language]}">${use}</button></td></tr>`;
  });
  return html`<table>
<thead><tr><th scope="col">${TEXTS.number[language]}</th><th scope="col">${TEXTS.does[language]}</th><td></td></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}
