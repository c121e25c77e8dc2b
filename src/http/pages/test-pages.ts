/** The three pages that save a card, charge it and give the money back, as a caller of the API would. */
import { type Markup, html } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { testCards } from "./test-cards.ts";
import {
  type TestPageFacts,
  answers,
  apiKeyField,
  choice,
  field,
  gatewayName,
  sentForm,
  testPage,
} from "./test-page.ts";

const TEXTS = {
  register: { en: "Save a card", ko: "카드 등록" },
  registerNote: {
    en: "Number, expiry, password and birth date pass through to the gateway and are kept nowhere.",
    ko: "카드번호, 유효기간, 비밀번호, 생년월일은 결제사로만 전달되고 어디에도 저장되지 않습니다.",
  },
  registerButton: { en: "Save this card", ko: "이 카드 등록" },
  pay: { en: "Charge a saved card", ko: "등록한 카드로 결제" },
  payButton: { en: "Charge now", ko: "지금 결제" },
  refund: { en: "Refund a payment", ko: "결제 환불" },
  refundButton: { en: "Refund now", ko: "지금 환불" },
  gateway: { en: "Gateway", ko: "결제사" },
  gatewayHint: { en: "Where the billing key is issued.", ko: "빌링키를 발급할 결제사." },
  card: { en: "Card", ko: "카드 정보" },
  cardNumber: { en: "Card number", ko: "카드번호" },
  cardNumberHint: {
    en: "13 to 19 digits; spaces and dashes are left out.",
    ko: "숫자 13~19자리. 공백과 하이픈은 빼고 보냅니다.",
  },
  expireDate: { en: "Expiry, year first (YYMM)", ko: "유효기간, 연도 먼저 (YYMM)" },
  expireDateHint: {
    en: "12/28 on the card is 2812 here.",
    ko: "카드에 12/28이면 2812로 입력합니다.",
  },
  cardPassword: { en: "First two digits of the password", ko: "비밀번호 앞 두 자리" },
  birthDate: { en: "Birth date or business number", ko: "생년월일 또는 사업자등록번호" },
  birthDateHint: {
    en: "Six digits (YYMMDD), or ten of a business.",
    ko: "숫자 6자리(YYMMDD) 또는 사업자번호 10자리.",
  },
  cardPasswordHint: { en: "Two digits.", ko: "숫자 2자리." },
  textHint: { en: "At most 50 characters.", ko: "50자 이내." },
  reasonHint: { en: "At most 100 characters.", ko: "100자 이내." },
  amountHint: { en: "A whole number of won.", ko: "원 단위 정수." },
  customerName: { en: "Customer's name", ko: "고객 이름" },
  customerId: { en: "Customer id", ko: "고객 ID" },
  customerIdPayHint: {
    en: "Optional: then the card must be this customer's.",
    ko: "선택 항목. 입력하면 이 고객의 카드인지 확인합니다.",
  },
  billingKey: { en: "Billing key", ko: "빌링키 (billingKey)" },
  productName: { en: "Product", ko: "상품 이름" },
  amount: { en: "Amount (won)", ko: "금액 (원)" },
  paymentId: { en: "Payment id", ko: "결제 ID" },
  refundAmount: { en: "Amount to give back (won)", ko: "환불 금액 (원)" },
  refundAmountHint: {
    en: "Empty: all that is left.",
    ko: "비워 두면 남은 금액을 모두 환불합니다.",
  },
  reason: { en: "Reason", ko: "환불 사유" },
} as const satisfies Record<string, Text>;

const SAMPLES = {
  customerName: { en: "Hong Gildong", ko: "홍길동" },
  customerId: { en: "user123", ko: "user123" },
  productName: { en: "Premium plan", ko: "프리미엄 구독" },
  reason: { en: "The customer asked for it", ko: "고객 요청" },
} as const satisfies Record<string, Text>;

type Say = (name: keyof typeof TEXTS) => string;

function sayIn(language: Language): Say {
  return (name) => TEXTS[name][language];
}

/** `/test.html` */
export function registerTestPage(facts: TestPageFacts): string {
  const { language, gateways } = facts;
  const say = sayIn(language);
  const savers = gateways.filter(({ savesCards }) => savesCards);
  const offered = savers.map((one) => ({ value: one.name, text: gatewayName(one, language) }));
  const fields = [
    apiKeyField(facts),
    choice("gateway", { label: say("gateway"), hint: say("gatewayHint") }, offered),
    cardFields(language),
    html`<div class="pair">${[
      field("customerName", language, {
        label: say("customerName"),
        hint: say("textHint"),
        value: SAMPLES.customerName[language],
      }),
      field("customerId", language, {
        label: say("customerId"),
        hint: say("textHint"),
        value: SAMPLES.customerId[language],
      }),
    ]}</div>`,
  ];
  const body = html`<p>${say("registerNote")}</p>
${savers.some(({ isSimulated }) => isSimulated) ? testCards(language) : html``}
<h2>${say("card")}</h2>
${sentForm(fields, say("registerButton"))}
${answers(language)}`;
  return testPage(facts, { title: say("register"), script: "save-card", body });
}

function cardFields(language: Language): Markup {
  const say = sayIn(language);
  const digits = { isNumber: true, isSecret: true } as const;
  return html`${field("cardNumber", language, { label: say("cardNumber"), hint: say("cardNumberHint"), ...digits })}
<div class="pair">${[
    field("expireDate", language, {
      label: say("expireDate"),
      hint: say("expireDateHint"),
      ...digits,
      lengthMax: 4,
    }),
    field("cardPassword", language, {
      label: say("cardPassword"),
      hint: say("cardPasswordHint"),
      ...digits,
      type: "password",
      lengthMax: 2,
    }),
  ]}</div>
${field("birthDate", language, { label: say("birthDate"), hint: say("birthDateHint"), ...digits })}`;
}

/** `/test-pay.html` */
export function payTestPage(facts: TestPageFacts): string {
  const { language } = facts;
  const say = sayIn(language);
  const fields = [
    apiKeyField(facts),
    field("billingKey", language, { label: say("billingKey") }),
    field("customerId", language, {
      label: say("customerId"),
      hint: say("customerIdPayHint"),
      isOptional: true,
    }),
    html`<div class="pair">${[
      field("productName", language, {
        label: say("productName"),
        hint: say("textHint"),
        value: SAMPLES.productName[language],
      }),
      field("amount", language, {
        label: say("amount"),
        hint: say("amountHint"),
        value: "9900",
        isNumber: true,
      }),
    ]}</div>`,
  ];
  const body = html`${sentForm(fields, say("payButton"))}${answers(language)}`;
  return testPage(facts, { title: say("pay"), script: "pay", body });
}

/** `/test-refund.html` */
export function refundTestPage(facts: TestPageFacts): string {
  const { language } = facts;
  const say = sayIn(language);
  const fields = [
    apiKeyField(facts),
    field("paymentId", language, { label: say("paymentId") }),
    field("amount", language, {
      label: say("refundAmount"),
      hint: say("refundAmountHint"),
      isNumber: true,
      isOptional: true,
    }),
    field("reason", language, {
      label: say("reason"),
      hint: say("reasonHint"),
      value: SAMPLES.reason[language],
    }),
  ];
  const body = html`${sentForm(fields, say("refundButton"))}${answers(language)}`;
  return testPage(facts, { title: say("refund"), script: "refund", body });
}
