/**
 * Every environment variable the product reads: its default and one sentence. `.env.example` is
 * made from this table and a test keeps the two equal.
 */

export interface ConfigKey {
  /** Default as it would be written; null: none (see `required`). */
  default: string | null;
  /** `production`: must be set there. */
  required?: "production";
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

  DEFAULT_GATEWAY: { default: "cookiepay", text: "Gateway used where a request names none." },
  COOKIEPAY_API_ID: { default: "sim_merchant", text: "CookiePayments API id (연동ID)." },
  COOKIEPAY_API_KEY: { default: "sim_secret", text: "CookiePayments secret key (연동 시크릿키)." },
  COOKIEPAY_API_URL: {
    default: "",
    required: "production",
    text: "https://www.cookiepayments.com, or the sandbox; empty starts the simulator (never in production).",
  },
  SIMULATOR_PORT: { default: "4000", text: "Port of the simulator started for development." },
  KIWOOM_CPID: {
    default: "",
    text: "KiwoomPay merchant id; kept for the KiwoomPay gateway, not used by CookiePayments.",
  },
  KIWOOM_TEST_AUTH_KEY: {
    default: "",
    text: "KiwoomPay link key of the test environment; kept for the KiwoomPay gateway.",
  },
  KIWOOM_PROD_AUTH_KEY: {
    default: "",
    text: "KiwoomPay link key of the live environment; kept for the KiwoomPay gateway.",
  },
  KIWOOM_TEST_API_URL: {
    default: "https://apitest.kiwoompay.co.kr",
    text: "KiwoomPay test host; kept for the KiwoomPay gateway.",
  },
  KIWOOM_PROD_API_URL: {
    default: "https://api.kiwoompay.co.kr",
    text: "KiwoomPay live host; kept for the KiwoomPay gateway.",
  },
  KAKAOPAY_ENABLED: {
    default: "false",
    text: "Offer KakaoPay in the payment window; kept for wallet payments.",
  },
  NAVERPAY_ENABLED: {
    default: "false",
    text: "Offer NaverPay in the payment window; kept for wallet payments.",
  },
  SAMSUNGPAY_ENABLED: {
    default: "false",
    text: "Offer Samsung Pay in the payment window; kept for wallet payments.",
  },
  PAYCO_ENABLED: {
    default: "false",
    text: "Offer Payco in the payment window; kept for wallet payments.",
  },

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
  SWEEP_INTERVAL_MS: { default: "5000", text: "How often the sweep looks for what is due." },
  JOBS_KEPT_DAYS: {
    default: "7",
    text: "Days after which failed jobs are removed from Redis; nothing about money stands in them.",
  },
  SHUTDOWN_DEADLINE_MS: {
    default: "30000",
    text: "How long a stopping process waits for calls in flight.",
  },
  ORDER_PREFIX: {
    default: "KB",
    text: "First part of every order number: 1 to 4 of A-Z and 0-9, one per environment.",
  },

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
    const needed = key.required === "production" ? " Required in production." : "";
    return `# ${key.text}${needed}\n${name}=${key.default ?? ""}`;
  });
  return `# Every setting of kiwoom-billing with its default.\n\n${blocks.join("\n\n")}\n`;
}
