/** `/easypay/sdk-example`: opens a gateway's payment window as a shop would, and shows the code that did. */
import { html } from "../../lib/html.ts";
import type { Text } from "../language.ts";
import {
  type TestPageFacts,
  answers,
  apiKeyField,
  choice,
  field,
  sentForm,
  testPage,
} from "./test-page.ts";

const TEXTS = {
  title: { en: "Open a payment window", ko: "결제창 열기" },
  note: {
    en: "The customer pays in the gateway's own window. What the browser brings back is only a hint: the order is paid once our own record and the gateway agree.",
    ko: "고객은 결제사의 결제창에서 결제합니다. 브라우저가 가져온 값은 참고일 뿐이며, 자체 기록과 결제사 확인이 일치할 때 결제 완료가 됩니다.",
  },
  method: { en: "Pay with", ko: "결제수단" },
  methodHint: { en: "What GET /easypay/methods offers.", ko: "GET /easypay/methods 응답의 목록." },
  device: { en: "Device", ko: "기기" },
  deviceHint: {
    en: "Which of the gateway's windows is opened.",
    ko: "어떤 결제창을 여는지 정합니다.",
  },
  pc: { en: "PC", ko: "PC" },
  mobile: { en: "Phone", ko: "모바일" },
  orderId: { en: "Order id", ko: "주문번호 (orderId)" },
  orderIdHint: {
    en: "Yours: 1 to 40 letters, digits, _ . or -. The same order is never prepared twice.",
    ko: "가맹점 주문번호: 영문자, 숫자, _ . - 로 된 1~40자. 같은 주문은 두 번 준비되지 않습니다.",
  },
  productName: { en: "Product", ko: "상품 이름" },
  amount: { en: "Amount (won)", ko: "금액 (원)" },
  customerName: { en: "Customer's name", ko: "고객 이름" },
  product: { en: "Premium plan", ko: "프리미엄 구독" },
  customer: { en: "Hong Gildong", ko: "홍길동" },
  textHint: { en: "At most 50 characters.", ko: "50자 이내." },
  amountHint: { en: "A whole number of won.", ko: "원 단위 정수." },
  button: { en: "Open the window", ko: "결제창 열기" },
  code: { en: "The code that does this", ko: "실행된 코드" },
  codeHint: {
    en: "It appears here once the order is prepared.",
    ko: "주문이 준비되면 여기에 표시됩니다.",
  },
  copy: { en: "Copy", ko: "복사" },
} as const satisfies Record<string, Text>;

export function windowExamplePage(facts: TestPageFacts): string {
  const { language } = facts;
  const say = (name: keyof typeof TEXTS) => TEXTS[name][language];
  const devices = [
    { value: "pc", text: say("pc") },
    { value: "mobile", text: say("mobile") },
  ];
  const fields = [
    apiKeyField(facts),
    html`<div class="pair">${[
      choice("method", { label: say("method"), hint: say("methodHint") }, []),
      choice("device", { label: say("device"), hint: say("deviceHint") }, devices),
    ]}</div>`,
    field("orderId", language, { label: say("orderId"), hint: say("orderIdHint") }),
    html`<div class="pair">${[
      field("productName", language, {
        label: say("productName"),
        hint: say("textHint"),
        value: say("product"),
      }),
      field("amount", language, {
        label: say("amount"),
        hint: say("amountHint"),
        value: "9900",
        isNumber: true,
      }),
    ]}</div>`,
    field("customerName", language, {
      label: say("customerName"),
      hint: say("textHint"),
      value: say("customer"),
    }),
  ];
  const body = html`<p>${say("note")}</p>
${sentForm(fields, say("button"))}
${answers(language)}
<section aria-labelledby="code-title">
<h2 id="code-title">${say("code")}</h2>
<p class="buttons"><button type="button" id="copy" class="small" hidden>${say("copy")}</button></p>
<pre id="code" tabindex="0" aria-labelledby="code-title">${say("codeHint")}</pre>
</section>`;
  return testPage(facts, { title: say("title"), script: "window-example", body });
}
