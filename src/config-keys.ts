/**
 * Every environment variable the product reads: its default and one sentence. `.env.example` is
 * made from this table and a test keeps the two equal.
 */
import { MESSAGE_KEYS } from "./config-keys-messages.ts";
import { WEBHOOK_KEYS } from "./config-keys-webhooks.ts";
import { WINDOW_KEYS } from "./config-keys-windows.ts";

export interface ConfigKey {
  /** Default as it would be written; null: none (see `required`). */
  default: string | null;
  /** `production`: must be set there. */
  required?: "production";
  /** Must be set in production where this gateway is used. */
  requiredFor?: "cookiepay" | "kiwoompay" | "portone" | "payup";
  /** One sentence. */
  text: string;
}

export const CONFIG_KEYS = {
  NODE_ENV: { default: "development", text: "development, test or production." },
  PORT: { default: "3000", text: "Port of the HTTP API." },
  HOST: {
    default: "127.0.0.1",
    text: "Address the API listens on; anything but loopback needs API_KEYS.",
  },
  TRUST_PROXY: {
    default: "0",
    text: "Proxies in front of the API whose X-Forwarded-For is believed: how many there are, or their addresses and networks, comma-separated; 0: none.",
  },
  API_KEYS: {
    default: "",
    required: "production",
    text: "Keys of API callers, comma-separated, each at least 16 characters; sent as Authorization: Bearer.",
  },
  LOG_LEVEL: { default: "info", text: "fatal, error, warn, info, debug, trace or silent." },

  MONGODB_URI: {
    default: "",
    required: "production",
    text: "MongoDB to use; empty starts an embedded one in DATA_DIR (never in production).",
  },
  REDIS_URL: {
    default: "",
    required: "production",
    text: "Redis or Valkey to use; empty starts an embedded one in DATA_DIR (never in production).",
  },
  QUEUE_PREFIX: { default: "kiwoom-billing", text: "Prefix of every Redis key of the queues." },
  DATA_DIR: { default: ".data", text: "Folder of the embedded services and the simulator." },
  MONGOD_BINARY: { default: "", text: "A mongod to run as the embedded MongoDB." },
  BILLING_KEY_ENCRYPTION_KEYS: {
    default: "",
    required: "production",
    text: "Keys that encrypt billing keys, as id:base64 of 32 bytes, comma-separated; the first one encrypts, all decrypt.",
  },

  GATEWAYS: {
    default: "cookiepay,kiwoompay,portone,payup",
    text: "Gateways that are used, comma-separated; in production it must be written out.",
  },
  DEFAULT_GATEWAY: {
    default: "",
    text: "Gateway used where a request names none; empty: the first of GATEWAYS.",
  },
  SIMULATOR_PORT: { default: "4000", text: "Port of the simulator started for development." },
  COOKIEPAY_API_ID: { default: "sim_merchant", text: "CookiePayments API id (연동ID)." },
  COOKIEPAY_API_KEY: { default: "sim_secret", text: "CookiePayments secret key (연동 시크릿키)." },
  COOKIEPAY_API_URL: {
    default: "",
    requiredFor: "cookiepay",
    text: "https://www.cookiepayments.com, or the sandbox; empty starts the simulator (never in production).",
  },
  COOKIEPAY_ACCOUNTS: {
    default: "",
    text: "Further CookiePayments accounts, comma-separated, each as name:API id:secret key.",
  },
  COOKIEPAY_NOTICE_ADDRESSES: {
    default: "",
    requiredFor: "cookiepay",
    text: "Addresses and networks that may send CookiePayments' notices, comma-separated; none are published, so ask CookiePayments; empty: everybody (never in production).",
  },
  KIWOOM_CPID: { default: "CTSIM001", text: "KiwoomPay merchant id (가맹점 ID)." },
  KIWOOM_TEST_AUTH_KEY: {
    default: "sim_kiwoom_key",
    text: "KiwoomPay link key (연동키) used outside production.",
  },
  KIWOOM_PROD_AUTH_KEY: {
    default: "",
    requiredFor: "kiwoompay",
    text: "KiwoomPay link key (연동키) used in production.",
  },
  KIWOOM_TEST_API_URL: {
    default: "",
    text: "https://apitest.kiwoompay.co.kr, used outside production; empty starts the simulator.",
  },
  KIWOOM_PROD_API_URL: {
    default: "https://api.kiwoompay.co.kr",
    text: "KiwoomPay host used in production.",
  },
  KIWOOM_ACCOUNTS: {
    default: "",
    text: "Further KiwoomPay accounts, comma-separated, each as name:CPID:link key.",
  },
  KIWOOM_NOTICE_ADDRESSES: {
    default: "",
    requiredFor: "kiwoompay",
    text: "Addresses and networks that may send KiwoomPay's notices, comma-separated; integrations recorded 27.102.213.200 to 27.102.213.209 for production and 123.140.121.205 for tests; empty: everybody (never in production).",
  },
  KIWOOM_DIALECT: {
    default: "recorded",
    text: "KiwoomPay field names: recorded (AUTOKEY, YYYYMM) or guide (BILLKEY, YYMM).",
  },
  KIWOOM_CARD_FAMILY: {
    default: "CARD",
    text: "KiwoomPay contract of the merchant: CARD or CARDK.",
  },
  KIWOOM_TOKEN_LIFE_MS: {
    default: "300000",
    text: "How long a KiwoomPay TOKEN may be used after its receipt; no document says it.",
  },
  KIWOOM_CALLS_PER_SECOND: {
    default: "5",
    text: "Most KiwoomPay calls a second, per account and payment method.",
  },
  PORTONE_IMP_KEY: { default: "sim_imp_key", text: "PortOne v1 REST API key (imp_key)." },
  PORTONE_IMP_SECRET: { default: "sim_imp_secret", text: "PortOne v1 REST API secret." },
  PORTONE_API_URL: {
    default: "",
    requiredFor: "portone",
    text: "https://api.iamport.kr; empty starts the simulator (never in production).",
  },
  PORTONE_CHANNEL_KEY: {
    default: "",
    text: "PortOne channel that issues billing keys; empty leaves it to the account.",
  },
  PORTONE_ACCOUNTS: {
    default: "",
    text: "Further PortOne accounts, comma-separated, each as name:imp_key:imp_secret.",
  },
  PORTONE_NOTICE_ADDRESSES: {
    default: "",
    requiredFor: "portone",
    text: "Addresses and networks that may send PortOne's notices, comma-separated; documented are 52.78.100.19, 52.78.48.223 and 52.78.5.241; empty: everybody (never in production).",
  },
  PORTONE_TOKEN_EXTENSION_MS: {
    default: "300000",
    text: "How much longer PortOne lets a token live that is asked for in its last minute.",
  },
  PORTONE_CALLS_PER_SECOND: { default: "50", text: "Most PortOne calls a second, per account." },
  PAYUP_MERCHANT_ID: { default: "sim_payup", text: "PayUp merchant id (merchantId)." },
  PAYUP_CERT_KEY: { default: "sim_cert_key", text: "PayUp API certification key (apiCertKey)." },
  PAYUP_API_URL: {
    default: "",
    requiredFor: "payup",
    text: "https://api.payup.co.kr; empty starts the simulator (never in production).",
  },
  PAYUP_ACCOUNTS: {
    default: "",
    text: "Further PayUp accounts, comma-separated, each as name:merchantId:apiCertKey.",
  },
  ...WINDOW_KEYS,

  TIMEZONE: { default: "Asia/Seoul", text: "Zone of billing days and hours." },
  BILLING_HOUR: {
    default: "10",
    text: "Local hour (0 to 23) at which renewals and repeated charges fall due.",
  },
  DUNNING_STEP_DAYS: {
    default: "1,3,5,7",
    text: "Days after the first decline on which a soft decline is tried again.",
  },
  DUNNING_FINAL_STATE: {
    default: "unpaid",
    text: "What a subscription becomes after the last declined charge: unpaid or canceled.",
  },
  CATCH_UP: {
    default: "hold",
    text: "Periods found a whole period late: hold lists them for a person, charge charges them all.",
  },
  TEST_CLOCK: {
    default: "",
    text: "Allow business time to be moved; on by default outside production, refused in it.",
  },

  STORE_GROUPING_MS: {
    default: "2",
    text: "Database calls that come within so many milliseconds share a round trip; 0 sends each by itself.",
  },
  CHARGE_CONCURRENCY: {
    default: "50",
    text: "Charges in flight per worker process and gateway account.",
  },
  CHARGE_QUEUE_WINDOW: {
    default: "1000",
    text: "Most charge jobs waiting in Redis per gateway account.",
  },
  CHARGE_CALL_DEADLINE_MS: {
    default: "20000",
    text: "Longest time of one gateway call, all its requests together.",
  },
  CHARGE_CONNECT_TIMEOUT_MS: {
    default: "3000",
    text: "Longest time to open a connection to a gateway.",
  },
  CHARGE_TOKEN_TIMEOUT_MS: { default: "5000", text: "Longest time to fetch a gateway's token." },
  CHARGE_LEASE_MS: {
    default: "45000",
    text: "How long a claimed charge belongs to its worker; more than the call deadline and its margin.",
  },
  CHARGE_LEASE_MARGIN_MS: {
    default: "5000",
    text: "Part of the lease in which no call is started.",
  },
  CHARGE_LOCK_MS: { default: "60000", text: "BullMQ lock of a charge job; longer than the lease." },
  RESEND_FIRST_DELAY_MS: {
    default: "1000",
    text: "First delay before a charge that never left is sent again; doubles.",
  },
  RESEND_MAX_DELAY_MS: {
    default: "600000",
    text: "Longest delay before a charge that never left is sent again.",
  },
  BREAKER_FAILURES: {
    default: "10",
    text: "Failed calls (never declines) within the window, and at least half of all, after which a gateway's calls wait.",
  },
  BREAKER_WINDOW_MS: {
    default: "30000",
    text: "Time over which a gateway's failures are counted.",
  },
  BREAKER_PAUSE_MS: {
    default: "5000",
    text: "Time after which one call may try whether a failed gateway answers; doubles.",
  },
  BREAKER_PAUSE_MAX_MS: { default: "60000", text: "Longest time between two such tries." },
  GATEWAY_MAINTENANCE: {
    default: "",
    text: "Announced maintenance in real time, comma-separated: gateway=FROM/UNTIL or gateway/account=FROM/UNTIL, for example cookiepay=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00.",
  },
  ACCOUNT_PAUSE_MS: {
    default: "3600000",
    text: "How long a gateway account stands still after a refusal on the merchant's side before one charge is tried; doubles up to a day.",
  },
  RECONCILE_FIRST_DELAY_MS: {
    default: "3000",
    text: "Delay before an unknown charge is looked up first; doubles. At most 10000.",
  },
  RECONCILE_MAX_DELAY_MS: { default: "3600000", text: "Longest delay between two look-ups." },
  SETTLE_DELAY_MS: {
    default: "90000",
    text: "Age at which an unknown charge that the gateway does not know may count as absent; more than lease, call deadline and look-up lag together.",
  },
  LOOKUP_LAG_MS: { default: "20000", text: "How late a charge may appear in the gateway's list." },
  UNKNOWN_ALARM_MS: {
    default: "900000",
    text: "Age of an unknown charge at which an alarm is logged.",
  },
  ...WEBHOOK_KEYS,
  SWEEP_INTERVAL_MS: { default: "5000", text: "How often the sweep looks for what is due." },
  JOBS_KEPT_DAYS: {
    default: "7",
    text: "Days after which failed jobs are removed from Redis; nothing about money stands in them.",
  },
  INBOX_KEPT_DAYS: {
    default: "30",
    text: "Days after which the stored bytes of a notice are removed; one that waits for a person's eyes keeps them for a year. What it said, and what it did, stays.",
  },
  SHUTDOWN_DEADLINE_MS: {
    default: "30000",
    text: "How long a stopping process waits for calls in flight.",
  },
  ORDER_PREFIX: {
    default: "KB",
    text: "First part of every order number: 1 to 4 of A-Z and 0-9, one per environment.",
  },

  ...MESSAGE_KEYS,

  ADMIN_USER: { default: "admin", text: "Name for the login of /admin." },
  ADMIN_PASSWORD_HASH: {
    default: "",
    text: "Hash of the /admin password, made by: npx billing hash-password; empty prints a random password at start (never in production: /admin is closed).",
  },
  ADMIN_QUEUES_READ_ONLY: { default: "true", text: "Whether Bull Board may only look." },
} as const satisfies Record<string, ConfigKey>;

export type ConfigName = keyof typeof CONFIG_KEYS;

/** The text of `.env.example`. */
export function envExample(): string {
  const blocks = Object.entries(CONFIG_KEYS).map(([name, key]: [string, ConfigKey]) => {
    const needed = neededText(key);
    return `# ${key.text}${needed}\n${name}=${key.default ?? ""}`;
  });
  return `# Every setting of kiwoom-billing with its default.\n\n${blocks.join("\n\n")}\n`;
}

function neededText({ required, requiredFor }: ConfigKey): string {
  if (required === "production") return " Required in production.";
  return requiredFor === undefined ? "" : ` Required in production where ${requiredFor} is used.`;
}
