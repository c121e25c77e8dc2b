/** What customers pay with in the window, and what the payment then prints of it. */
import type { TestCard } from "../cards.ts";
import type { Text } from "../windows/window-page.ts";
import { printedCard } from "./cards-on-file.ts";

/** Something that can be paid with. */
export interface PayMethod {
  readonly name: string;
  readonly kind: "card" | "transfer" | "account" | "wallet" | "voucher";
  readonly text: Text;
}

const PAY_METHODS: readonly PayMethod[] = [
  method("card", "card", "신용카드", "Credit card"),
  method("trans", "transfer", "실시간 계좌이체", "Bank transfer"),
  method("vbank", "account", "가상계좌", "Virtual account"),
  method("kakaopay", "wallet", "카카오페이", "KakaoPay"),
  method("naverpay", "wallet", "네이버페이", "NaverPay"),
  method("payco", "wallet", "페이코", "Payco"),
  method("samsung", "wallet", "삼성페이", "Samsung Pay"),
  method("applepay", "wallet", "애플페이", "Apple Pay"),
  method("cultureland", "voucher", "컬쳐랜드 문화상품권", "Cultureland voucher"),
  method("smartculture", "voucher", "스마트문화상품권", "Smart culture voucher"),
  method("booknlife", "voucher", "도서문화상품권", "Book&Life voucher"),
];

function method(name: string, kind: PayMethod["kind"], ko: string, en: string): PayMethod {
  return { name, kind, text: { ko, en } };
}

/** The method with this name, if there is one. */
export function findPayMethod(name: string): PayMethod | undefined {
  return PAY_METHODS.find((one) => one.name === name);
}

/** What a payment by this method prints beside the order. */
export function printedMethod(
  { name, kind }: PayMethod,
  card: TestCard | null,
): Readonly<Record<string, string>> {
  return {
    payMethod: name,
    ...(kind === "wallet" && { wallet: name }),
    ...(kind === "transfer" && { bankCode: "004", bankName: "국민은행" }),
    ...(card && printedCard(card, { number: card.number, expiry: "" })),
  };
}
