/** Which windows there are, and which one a request means. */
import { BillingError } from "../domain/errors.ts";
import { DEFAULT_ACCOUNT } from "../domain/merchant-account.ts";
import type { GatewayAdapter } from "../gateways/gateway.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import type { Wallet } from "../domain/wallet.ts";
import type { Text } from "./language.ts";
import { type FieldFault, ProblemError } from "./problem-error.ts";

interface Method {
  provider: string;
  /** What a request to prepare names it by: PortOne's is a `pay_method`. */
  method: string;
  name: Text;
}

const nameOf = (method: string): Text => PORTONE_NAMES[method] ?? { en: method, ko: method };

const WALLET_NAMES: Readonly<Record<Wallet, Text>> = {
  kakaopay: { en: "KakaoPay", ko: "카카오페이" },
  naverpay: { en: "NaverPay", ko: "네이버페이" },
  samsungpay: { en: "Samsung Pay", ko: "삼성페이" },
  payco: { en: "Payco", ko: "페이코" },
};

/** Gateways with a window, the first one first where a request names none. */
const PROVIDERS = ["kiwoompay", "payup", "portone"] as const;

/** PayUp's product is KakaoPay alone. */
const PAYUP_WALLETS: readonly Wallet[] = ["kakaopay"];
const PAYUP_NAME: Text = { en: "KakaoPay (PayUp)", ko: "카카오페이 (페이업)" };
const PORTONE_NAMES: Readonly<Record<string, Text>> = {
  card: { en: "Card (PortOne)", ko: "신용카드 (포트원)" },
  trans: { en: "Bank transfer (PortOne)", ko: "실시간 계좌이체 (포트원)" },
  vbank: { en: "Virtual account (PortOne)", ko: "가상계좌 (포트원)" },
  kakaopay: { en: "KakaoPay (PortOne)", ko: "카카오페이 (포트원)" },
  naverpay: { en: "NaverPay (PortOne)", ko: "네이버페이 (포트원)" },
  payco: { en: "Payco (PortOne)", ko: "페이코 (포트원)" },
  samsung: { en: "Samsung Pay (PortOne)", ko: "삼성페이 (포트원)" },
  applepay: { en: "Apple Pay (PortOne)", ko: "애플페이 (포트원)" },
  cultureland: { en: "Cultureland voucher (PortOne)", ko: "컬쳐랜드 문화상품권 (포트원)" },
  smartculture: { en: "Smart Culture voucher (PortOne)", ko: "스마트문화상품권 (포트원)" },
  booknlife: { en: "Book & Life voucher (PortOne)", ko: "도서문화상품권 (포트원)" },
};

/** What customers can pay with, as it is configured. */
export function listMethods(gateways: GatewayRegistry, wallets: readonly Wallet[]): Method[] {
  return PROVIDERS.filter((provider) => isOffered(gateways, wallets, provider)).flatMap(
    (provider): Method[] => {
      if (provider === "payup") return [{ provider, method: "kakaopay", name: PAYUP_NAME }];
      if (provider === "kiwoompay") {
        return wallets.map((method) => ({ provider, method, name: WALLET_NAMES[method] }));
      }
      const methods = gateways.find(provider, DEFAULT_ACCOUNT)?.windowMethods ?? [];
      return methods.map((method) => ({ provider, method, name: nameOf(method) }));
    },
  );
}

function isOffered(
  gateways: GatewayRegistry,
  wallets: readonly Wallet[],
  provider: (typeof PROVIDERS)[number],
): boolean {
  const adapter = gateways.find(provider, DEFAULT_ACCOUNT);
  const hasWindow = adapter !== undefined && adapter.capabilities.windows !== "none";
  return hasWindow && (provider !== "kiwoompay" || wallets.length > 0);
}

export interface WindowWish {
  provider?: (typeof PROVIDERS)[number];
  account?: string;
  method?: Wallet;
  portone?: object;
}

const EXPECTED = {
  otherMethod: {
    en: "left out: pay_method stands in portone",
    ko: "portone.pay_method로 정하므로 함께 쓸 수 없음",
  },
  otherOptions: {
    en: "left out: it belongs to provider portone",
    ko: "provider가 portone일 때만 쓰는 필드",
  },
  missingOptions: {
    en: "the parameters of IMP.request_pay, pay_method among them",
    ko: "IMP.request_pay의 파라미터 (pay_method 필수)",
  },
} as const satisfies Record<string, Text>;

/** The adapter and the wallet that a request means. Throws with the field at fault. */
export function chooseWindow(
  gateways: GatewayRegistry,
  wallets: readonly Wallet[],
  wish: WindowWish,
): { adapter: GatewayAdapter; wallet: Wallet | null } {
  const provider =
    wish.provider ??
    (wish.portone === undefined
      ? (PROVIDERS.find((one) => isOffered(gateways, wallets, one)) ?? "kiwoompay")
      : "portone");
  refuseForeignFields(provider, wish);
  const account = wish.account ?? DEFAULT_ACCOUNT;
  const adapter = gateways.find(provider, account);
  if (adapter === undefined) {
    const isKnown = gateways.all().some((one) => one.gateway === provider);
    const pointer = isKnown ? "/account" : "/provider";
    throw new BillingError("GATEWAY_NOT_CONFIGURED", { gateway: provider, account }, pointer);
  }
  const offered = provider === "payup" ? PAYUP_WALLETS : wallets;
  if (provider === "portone") return { adapter, wallet: null };
  const [only] = offered;
  if (only === undefined || (wish.method !== undefined && !offered.includes(wish.method))) {
    const pointer = wish.method === undefined ? "/provider" : "/method";
    throw new BillingError("WINDOW_UNSUPPORTED", { gateway: provider }, pointer);
  }
  // Where one wallet alone is enabled, the window opens for that one.
  return { adapter, wallet: wish.method ?? (offered.length === 1 ? only : null) };
}

function refuseForeignFields(provider: string, wish: WindowWish): void {
  const faults: FieldFault[] = [];
  const isPortone = provider === "portone";
  if (wish.method !== undefined && isPortone) {
    faults.push({ pointer: "/method", expected: EXPECTED.otherMethod });
  }
  if (wish.portone !== undefined && !isPortone) {
    faults.push({ pointer: "/portone", expected: EXPECTED.otherOptions });
  }
  if (wish.portone === undefined && isPortone) {
    faults.push({ pointer: "/portone", expected: EXPECTED.missingOptions });
  }
  if (faults.length > 0) throw new ProblemError("VALIDATION_FAILED", { faults });
}
