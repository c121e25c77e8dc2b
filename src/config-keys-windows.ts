import type { ConfigKey } from "./config-keys.ts";

/** Payment windows: what is offered in them, and how customers come back from them. */
export const WINDOW_KEYS = {
  PUBLIC_URL: {
    default: "",
    text: "Address under which customers' browsers reach the API, to come back from a payment window; empty: the address that the caller of prepare used (never in production where a wallet is enabled).",
  },
  WINDOW_MINUTES: {
    default: "30",
    text: "How long a customer may take in a payment window; an order that is not finished then expires.",
  },
  WINDOW_NOTICE_MINUTES: {
    default: "70",
    text: "How long after that a gateway that cannot be asked may still tell of a payment; KiwoomPay sends its notice for up to an hour.",
  },
  KAKAOPAY_ENABLED: {
    default: "",
    text: "Offer KakaoPay in KiwoomPay's payment window: true or false; empty: true with the simulator, false with KiwoomPay itself.",
  },
  NAVERPAY_ENABLED: {
    default: "",
    text: "Offer NaverPay in KiwoomPay's payment window: true or false; empty: true with the simulator, false with KiwoomPay itself.",
  },
  SAMSUNGPAY_ENABLED: {
    default: "",
    text: "Offer Samsung Pay in KiwoomPay's payment window: true or false; empty: true with the simulator, false with KiwoomPay itself.",
  },
  PAYCO_ENABLED: {
    default: "",
    text: "Offer Payco in KiwoomPay's payment window: true or false; empty: true with the simulator, false with KiwoomPay itself.",
  },
  KIWOOM_SDK_URL: {
    default: "https://ssl-v2.kiwoompay.co.kr/sdk/v1/latest/kiwoompayEnc.js",
    text: "Script that opens KiwoomPay's payment window; the simulator brings its own.",
  },
  PORTONE_IMP_CODE: {
    default: "imp00000000",
    text: "PortOne's code of the merchant (가맹점 식별코드), public; payment windows need it.",
  },
  PORTONE_SDK_URL: {
    default: "https://cdn.iamport.kr/v1/iamport.js",
    text: "Script that opens PortOne's payment window; the simulator brings its own.",
  },
  PAYUP_PLUGIN_URL: {
    default: "https://pay.kcp.co.kr/plugin/payplus_web.jsp",
    text: "Script that opens KCP's payment window on a PC; the simulator brings its own.",
  },
} as const satisfies Record<string, ConfigKey>;
