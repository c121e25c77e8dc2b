import { type Markup, html } from "../../lib/html.ts";
import { TEST_CARDS, type TestCard, findCardById } from "../cards.ts";
import { ControlInputError, readChoice } from "../strict-input.ts";
import { scriptPath } from "./browser-scripts.ts";
import { type PageReply, both, toPage } from "./reply-page.ts";

/** What a customer can do in every payment window; `vanish`: pay, and never come back. */
export const ACTS = ["pay", "decline", "close", "vanish"] as const;
export type Act = (typeof ACTS)[number];

/** A text in both languages. */
export interface Text {
  readonly ko: string;
  readonly en: string;
}

/** Something to choose from. */
export interface Option {
  readonly value: string;
  readonly text: Text;
}

/** What stands in a payment window. */
export interface WindowContent {
  readonly title: string;
  /** Where its form goes, and the window's number that the form carries. */
  readonly action: string;
  readonly windowId: string;
  readonly facts: {
    readonly merchant: string;
    readonly goods: string;
    /** Won. */
    readonly amount: number;
    readonly orderNumber: string;
  };
  /** What can be paid with; one alone is not asked for. */
  readonly methods: readonly Option[];
  /** What is paid with where no test card is chosen. */
  readonly withoutCard: Text;
  /** What the last button says and does, where no money moves in the window. */
  readonly vanishing?: { readonly button: Text; readonly note: Text };
}

/** What a customer did in a window. */
export interface WindowChoice {
  readonly windowId: string;
  readonly act: Act;
  readonly method: string;
  /** Null: without a test card. */
  readonly card: TestCard | null;
}

const MONEY_VANISHES = {
  button: { ko: "결제 후 돌아가지 않기", en: "Pay, then lose the way back" },
  note: {
    ko: "마지막 버튼: 결제는 승인되고 브라우저는 돌아가지 않습니다.",
    en: "The last button: the money moves, and the browser never returns.",
  },
};

/** A payment window: a form that needs no script, whose buttons are the same for every gateway. */
export function toWindowPage(content: WindowContent): PageReply {
  const { title, action, windowId, methods, withoutCard } = content;
  const { button, note } = content.vanishing ?? MONEY_VANISHES;
  // The script comes first: no button is there before it.
  const body = html`<script src="${scriptPath("press-once")}"></script>
<h1>${title}</h1>
<p class="note">${both("시뮬레이터이며 실제 결제가 아닙니다.", "A simulator: no money moves.")}</p>
${factList(content)}
<form method="post" action="${action}">
<input type="hidden" name="window" value="${windowId}">
${methodChoice(methods)}
<label for="card">${both("테스트 카드", "Test card")}</label>
<select id="card" name="card">
<option value="">${withoutCard.ko} ${withoutCard.en}</option>
${TEST_CARDS.map(cardOption)}
</select>
<button name="act" value="pay">${both("결제하기", "Pay")}</button>
<button name="act" value="decline">${both("거절되기", "Be declined")}</button>
<button name="act" value="close">${both("결제창 닫기", "Close the window")}</button>
<button name="act" value="vanish">${both(button.ko, button.en)}</button>
<p class="note">${both(note.ko, note.en)}</p>
</form>`;
  return toPage(title, body, { runsScript: true });
}

/** Reads what a window's form brought. */
export function readWindowChoice(fields: Readonly<Record<string, string>>): WindowChoice {
  const card = fields.card ? findCardById(fields.card) : null;
  if (card === undefined)
    throw new ControlInputError("card must be the id of a test card, or empty");
  return {
    windowId: fields.window ?? "",
    act: readChoice(fields.act, "act", ACTS),
    method: fields.method ?? "",
    card,
  };
}

function factList({ facts }: WindowContent): Markup {
  return html`<dl>
<dt>${both("가맹점", "Merchant")}</dt><dd>${facts.merchant}</dd>
<dt>${both("상품", "Goods")}</dt><dd>${facts.goods}</dd>
<dt>${both("금액", "Amount")}</dt><dd>${facts.amount.toLocaleString("en-US")} ${both("원", "won")}</dd>
<dt>${both("주문번호", "Order number")}</dt><dd>${facts.orderNumber}</dd>
</dl>`;
}

function methodChoice(methods: readonly Option[]): Markup {
  const [first] = methods;
  if (first === undefined || methods.length === 1) {
    return html`<input type="hidden" name="method" value="${first?.value ?? ""}">`;
  }
  const options = methods.map(({ value, text }) => {
    const checked = value === first.value ? { markup: " checked" } : "";
    return html`<label><input type="radio" name="method" value="${value}"${checked}> ${both(text.ko, text.en)}</label>
`;
  });
  return html`<fieldset><legend>${both("결제수단", "Pay with")}</legend>
<div class="choices">
${options}</div></fieldset>`;
}

function cardOption({ id, number, korean, english }: TestCard): Markup {
  return html`<option value="${id}">…${number.slice(-4)} ${korean} ${english}</option>
`;
}
