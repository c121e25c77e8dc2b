import type { Option } from "../windows/window-page.ts";
import { CODES, type Refusal, refuse } from "./codes.ts";

/** What can be paid with in the window; the names serve for its cancellation, too. */
const METHODS: readonly Option[] = [
  { value: "KAKAOPAY", text: { ko: "카카오페이", en: "KakaoPay" } },
  { value: "NAVERPAY", text: { ko: "네이버페이", en: "Naver Pay" } },
  { value: "SAMSUNGPAY", text: { ko: "삼성페이", en: "Samsung Pay" } },
  { value: "PAYCO", text: { ko: "페이코", en: "PAYCO" } },
  { value: "CARD", text: { ko: "신용카드", en: "Card" } },
];

/** The window that offers all of them. */
const ALL = "TOTAL";

/** Known to the gateway, not to the simulator: as if the merchant had no contract for it. */
const NOT_OPENED =
  /^(CARDK|BANK|VACCOUNT|MOBILE|PHONEBILL|BOOK|CULTURE|HAPPY|GAMECARD|TEENCASH|EGGMONEY|TMONEY|APPLEPAY)$/;

/** Notices of cancellations name wallets differently, as integrations recorded it. */
const CANCEL_NAMES: Readonly<Record<string, string>> = {
  KAKAOPAY: "KAKAOCANCEL",
  NAVERPAY: "NAVERPAYCANCEL",
  SAMSUNGPAY: "SAMSUNGPAY_CANCEL",
  PAYCO: "PAYCOCANCEL",
};

/** A pay method of a window, or why it is refused. */
export function findWindowMethod(name: string): string | Refusal {
  if (name === ALL || METHODS.some(({ value }) => value === name)) return name;
  return refuse(NOT_OPENED.test(name) ? CODES.notOpened : CODES.badPayMethod);
}

/** What the customer can choose from in a window of this pay method. */
export function methodsOf(payMethod: string): readonly Option[] {
  return payMethod === ALL ? METHODS : METHODS.filter(({ value }) => value === payMethod);
}

/** Whether it is a wallet; a card is a card, wherever it was entered. */
export function isWallet(payMethod: string): boolean {
  return Object.hasOwn(CANCEL_NAMES, payMethod);
}

/** How a notice of its cancellation calls what was paid with. */
export function cancelNoticeName(payMethod: string): string {
  return CANCEL_NAMES[payMethod] ?? "CARD_CANCEL";
}
