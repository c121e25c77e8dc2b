/** What a customer sees after a payment window, where the shop named no page of its own. */
import { type Markup, html } from "../../lib/html.ts";
import type { Language, Text } from "../language.ts";
import { publicHeaders, publicPage } from "./public-page.ts";

/** The customer's side of a payment: no gateway's words but the reason, and nothing that is secret. */
export interface EasypayResultView {
  status:
    | "waiting"
    | "confirming"
    | "pending"
    | "paid"
    | "failed"
    | "expired"
    | "canceled"
    | "partially_refunded"
    | "refunded";
  /** Won. */
  amount: number;
  productName: string;
  orderId: string;
  /** Why it failed, in a sentence for the customer. */
  reason: string | null;
  /** Where the customer is to pay, while it is pending. */
  virtualAccount: {
    bankName: string;
    accountNumber: string;
    holder: string;
    /** As the customer reads it. */
    endsAt: string | null;
  } | null;
  /** After how many seconds the page asks again; null: it is settled. */
  refreshSeconds: number | null;
  /** Where the customer goes on; null: nowhere. */
  continueUrl: string | null;
}

type Status = EasypayResultView["status"];

const TITLES: Readonly<Record<Status, Text>> = {
  waiting: { en: "The payment is not finished", ko: "결제가 끝나지 않았습니다" },
  confirming: { en: "Confirming the payment", ko: "결제를 확인하고 있습니다" },
  pending: { en: "Waiting for your deposit", ko: "입금을 기다리고 있습니다" },
  paid: { en: "Paid", ko: "결제가 완료되었습니다" },
  failed: { en: "Not paid", ko: "결제되지 않았습니다" },
  expired: { en: "The time to pay is over", ko: "결제 시간이 지났습니다" },
  canceled: { en: "The payment was canceled", ko: "결제가 취소되었습니다" },
  partially_refunded: { en: "Part of it was refunded", ko: "일부 금액이 환불되었습니다" },
  refunded: { en: "Refunded", ko: "환불되었습니다" },
};

const SENTENCES: Readonly<Record<Status, Text>> = {
  waiting: {
    en: "Nothing has been paid so far; you can pay again from the shop. If you have paid already, this page tells you in a moment.",
    ko: "아직 결제되지 않았습니다. 쇼핑몰에서 다시 결제할 수 있습니다. 이미 결제했다면 잠시 후 이 페이지에 표시됩니다.",
  },
  confirming: {
    en: "This takes a moment. Please do not pay again: this page tells you how it ends.",
    ko: "잠시만 기다려 주세요. 다시 결제하지 마세요. 결과는 이 페이지에 표시됩니다.",
  },
  pending: {
    en: "The order is complete once the whole amount has arrived in this account.",
    ko: "아래 계좌로 전액을 입금하면 결제가 완료됩니다.",
  },
  paid: { en: "Thank you.", ko: "감사합니다." },
  failed: {
    en: "Nothing was charged. You can pay again with another order.",
    ko: "결제된 금액이 없습니다. 다시 주문하여 결제할 수 있습니다.",
  },
  expired: {
    en: "No payment arrived in time. Please order again.",
    ko: "제한 시간 안에 결제가 확인되지 않았습니다. 다시 주문해 주세요.",
  },
  canceled: { en: "The whole amount goes back to you.", ko: "결제 금액 전액이 취소됩니다." },
  partially_refunded: {
    en: "The rest of the payment stands.",
    ko: "나머지 금액의 결제는 그대로 유지됩니다.",
  },
  refunded: { en: "The whole amount went back to you.", ko: "결제 금액 전액이 환불되었습니다." },
};

const LABELS = {
  product: { en: "Product", ko: "상품" },
  amount: { en: "Amount", ko: "금액" },
  order: { en: "Order", ko: "주문번호" },
  reason: { en: "Reason", ko: "사유" },
  bank: { en: "Bank", ko: "은행" },
  account: { en: "Account", ko: "계좌번호" },
  holder: { en: "Holder", ko: "예금주" },
  until: { en: "Pay by", ko: "입금 기한" },
  goOn: { en: "Back to the shop", ko: "쇼핑몰로 돌아가기" },
} as const satisfies Record<string, Text>;

/** How the page looks at first sight. */
const LOOKS: Readonly<Record<Status, "good" | "bad" | "open">> = {
  waiting: "open",
  confirming: "open",
  pending: "open",
  paid: "good",
  failed: "bad",
  expired: "bad",
  canceled: "good",
  partially_refunded: "good",
  refunded: "good",
};

/** Headers of the page. The window may have been a frame of any shop's page: it may be shown in one. */
export function easypayResultHeaders(language: Language): Record<string, string> {
  return publicHeaders(language, { framedBy: "*" });
}

/** The page, for a customer who knows nothing of gateways. */
export function easypayResultPage(view: EasypayResultView, language: Language): string {
  const title = TITLES[view.status][language];
  const body = html`<main class="outcome" aria-live="polite" data-refresh="${view.refreshSeconds ?? ""}">
<h1 class="${LOOKS[view.status]}">${title}</h1>
<p>${SENTENCES[view.status][language]}</p>
<dl>${facts(view, language)}</dl>
${goOn(view, language)}
</main>`;
  return publicPage({
    title,
    language,
    body,
    scripts: ["leave-frame", "watch-result"],
    refreshSeconds: view.refreshSeconds,
  });
}

function facts(view: EasypayResultView, language: Language): Markup[] {
  const amount = view.amount.toLocaleString("en-US");
  const { virtualAccount: account } = view;
  const rows: [keyof typeof LABELS, string | null | undefined][] = [
    ["product", view.productName],
    ["amount", { en: `${amount} won`, ko: `${amount}원` }[language]],
    ["bank", account?.bankName],
    ["account", account?.accountNumber],
    ["holder", account?.holder],
    ["until", account?.endsAt],
    ["reason", view.reason],
    ["order", view.orderId],
  ];
  return rows.flatMap(([label, value]) =>
    value === null || value === undefined
      ? []
      : [html`<dt>${LABELS[label][language]}</dt><dd>${value}</dd>`],
  );
}

function goOn({ continueUrl }: EasypayResultView, language: Language): Markup {
  if (continueUrl === null) return html``;
  return html`<p><a class="button" href="${continueUrl}" target="_top">${LABELS.goOn[language]}</a></p>`;
}
