import { type GatewaysConfig, checkGateways, readGateways } from "./config-gateways.ts";
import { CONFIG_KEYS, type ConfigKey, type ConfigName } from "./config-keys.ts";
import {
  type NoticesConfig,
  type TrustedProxies,
  readNotices,
  readTrustedProxies,
} from "./config-notices.ts";
import { type Environment, type Reader, createReader } from "./config-reader.ts";
import { type MessagesConfig, readMessages } from "./config-messages.ts";
import { type TrafficConfig, readTraffic } from "./config-traffic.ts";
import { type WebhookConfig, readWebhooks } from "./config-webhooks.ts";
import { type WindowsConfig, checkWindows, readWindows } from "./config-windows.ts";

export type { Environment } from "./config-reader.ts";

export interface EncryptionKey {
  id: string;
  secret: Buffer;
}

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";

/** The whole configuration, checked. Times are milliseconds where the name says `Ms`. */
export interface Config extends GatewaysConfig {
  environment: "development" | "test" | "production";
  port: number;
  host: string;
  trustProxy: TrustedProxies;
  apiKeys: readonly string[];
  logLevel: LogLevel;
  mongoUrl: string | null;
  redisUrl: string | null;
  queuePrefix: string;
  dataDir: string;
  mongodBinary: string | null;
  encryptionKeys: readonly EncryptionKey[];
  simulatorPort: number;
  zone: string;
  billingHour: number;
  dunning: { stepDays: readonly number[]; finalState: "unpaid" | "canceled" };
  catchUp: "hold" | "charge";
  testClock: boolean;
  storeGroupingMs: number;
  charge: {
    concurrency: number;
    queueWindow: number;
    callDeadlineMs: number;
    connectTimeoutMs: number;
    tokenTimeoutMs: number;
    leaseMs: number;
    leaseMarginMs: number;
    lockMs: number;
    resendFirstDelayMs: number;
    resendMaxDelayMs: number;
    accountPauseMs: number;
  };
  reconcile: {
    firstDelayMs: number;
    maxDelayMs: number;
    settleDelayMs: number;
    alarmAfterMs: number;
  };
  traffic: TrafficConfig;
  webhooks: WebhookConfig;
  messages: MessagesConfig;
  notices: NoticesConfig;
  windows: WindowsConfig;
  sweepIntervalMs: number;
  /** Age at which failed jobs are removed. */
  jobsKeptDays: number;
  shutdownDeadlineMs: number;
  orderPrefix: string;
  admin: { user: string; passwordHash: string | null; queuesReadOnly: boolean };
}

/** Raised when the environment is not a valid configuration: carries every fault at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} ${faults.length === 1 ? "fault" : "faults"}:\n` +
        faults.map((fault) => `  - ${fault}`).join("\n"),
    );
    this.name = "ConfigError";
    this.faults = faults;
  }
}

/** Reads the configuration from an environment. Throws a ConfigError that lists every fault. */
export function loadConfig(environment: Environment): Config {
  const reader = createReader(environment);
  const config = readConfig(reader);
  checkTimes(config, reader);
  checkExposure(config, reader);
  if (config.environment === "production") checkProduction(config, reader);
  if (reader.faults.length > 0) throw new ConfigError(reader.faults);
  return config;
}

/** A key for machines that only try things out; production never accepts it. */
const DEVELOPMENT_KEY: EncryptionKey = { id: "development", secret: Buffer.alloc(32, 7) };

function readConfig(read: Reader): Config {
  const environment = read.oneOf("NODE_ENV", ["development", "test", "production"]);
  const gateways = readGateways(read, environment === "production");
  return {
    environment,
    port: read.integer("PORT", 0, 65_535),
    host: read.text("HOST"),
    trustProxy: readTrustedProxies(read),
    apiKeys: read.list("API_KEYS"),
    logLevel: read.oneOf("LOG_LEVEL", LOG_LEVELS),
    mongoUrl: read.url("MONGODB_URI", ["mongodb:", "mongodb+srv:"]),
    redisUrl: read.url("REDIS_URL", ["redis:", "rediss:"]),
    queuePrefix: read.matching(
      "QUEUE_PREFIX",
      /^[\w.{}-]{1,60}$/,
      "1 to 60 letters, digits and . _ - { }",
    ),
    dataDir: read.text("DATA_DIR"),
    mongodBinary: read.text("MONGOD_BINARY") || null,
    encryptionKeys: readEncryptionKeys(read),
    ...gateways,
    simulatorPort: read.integer("SIMULATOR_PORT", 0, 65_535),
    zone: readZone(read),
    billingHour: read.integer("BILLING_HOUR", 0, 23),
    dunning: {
      stepDays: readStepDays(read),
      finalState: read.oneOf("DUNNING_FINAL_STATE", ["unpaid", "canceled"]),
    },
    catchUp: read.oneOf("CATCH_UP", ["hold", "charge"]),
    testClock:
      read.raw("TEST_CLOCK") === "" ? environment !== "production" : read.flag("TEST_CLOCK"),
    storeGroupingMs: read.integer("STORE_GROUPING_MS", 0, 50),
    charge: readCharge(read),
    reconcile: {
      firstDelayMs: read.integer("RECONCILE_FIRST_DELAY_MS", 10, 10_000),
      maxDelayMs: read.integer("RECONCILE_MAX_DELAY_MS", 10, 86_400_000),
      settleDelayMs: read.integer("SETTLE_DELAY_MS", 100, 86_400_000),
      alarmAfterMs: read.integer("UNKNOWN_ALARM_MS", 100, 86_400_000),
    },
    traffic: readTraffic(read, gateways),
    webhooks: readWebhooks(read, environment === "production"),
    messages: readMessages(read, environment === "production"),
    notices: readNotices(read),
    windows: readWindows(read, gateways),
    sweepIntervalMs: read.integer("SWEEP_INTERVAL_MS", 50, 600_000),
    jobsKeptDays: read.integer("JOBS_KEPT_DAYS", 1, 365),
    shutdownDeadlineMs: read.integer("SHUTDOWN_DEADLINE_MS", 100, 600_000),
    orderPrefix: read.matching("ORDER_PREFIX", /^[A-Z0-9]{1,4}$/, "1 to 4 of A-Z and 0-9"),
    admin: {
      user: read.text("ADMIN_USER"),
      passwordHash: read.text("ADMIN_PASSWORD_HASH") || null,
      queuesReadOnly: read.flag("ADMIN_QUEUES_READ_ONLY"),
    },
  };
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

function readCharge(read: Reader): Config["charge"] {
  return {
    concurrency: read.integer("CHARGE_CONCURRENCY", 1, 1000),
    queueWindow: read.integer("CHARGE_QUEUE_WINDOW", 10, 100_000),
    callDeadlineMs: read.integer("CHARGE_CALL_DEADLINE_MS", 100, 120_000),
    connectTimeoutMs: read.integer("CHARGE_CONNECT_TIMEOUT_MS", 50, 60_000),
    tokenTimeoutMs: read.integer("CHARGE_TOKEN_TIMEOUT_MS", 50, 60_000),
    leaseMs: read.integer("CHARGE_LEASE_MS", 200, 600_000),
    leaseMarginMs: read.integer("CHARGE_LEASE_MARGIN_MS", 10, 60_000),
    lockMs: read.integer("CHARGE_LOCK_MS", 200, 900_000),
    resendFirstDelayMs: read.integer("RESEND_FIRST_DELAY_MS", 10, 600_000),
    resendMaxDelayMs: read.integer("RESEND_MAX_DELAY_MS", 10, 86_400_000),
    accountPauseMs: read.integer("ACCOUNT_PAUSE_MS", 100, 86_400_000),
  };
}

function readEncryptionKeys(read: Reader): EncryptionKey[] {
  const keys = read.list("BILLING_KEY_ENCRYPTION_KEYS").map((entry) => {
    const [id = "", encoded = ""] = entry.split(":");
    const secret = Buffer.from(encoded, "base64");
    if (!/^[\w-]{1,32}$/.test(id) || secret.length !== 32) {
      // The value itself is a secret and is not repeated.
      read.fault(
        "BILLING_KEY_ENCRYPTION_KEYS",
        "each entry must be id:base64 of exactly 32 bytes, for example from: openssl rand -base64 32",
      );
    }
    return { id, secret };
  });
  return keys.length > 0 ? keys : [DEVELOPMENT_KEY];
}

function readStepDays(read: Reader): number[] {
  const days = read.list("DUNNING_STEP_DAYS").map(Number);
  const ascending = days.every((day, index) => index === 0 || day > (days[index - 1] ?? 0));
  if (!ascending || days.some((day) => !Number.isInteger(day) || day < 1 || day > 27)) {
    read.fault("DUNNING_STEP_DAYS", "write ascending whole days from 1 to 27, for example 1,3,5,7");
  }
  return days;
}

function readZone(read: Reader): string {
  const zone = read.text("TIMEZONE");
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    read.fault("TIMEZONE", `${zone} is no IANA zone; write for example Asia/Seoul`);
  }
  return zone;
}

function checkTimes(config: Config, read: Reader): void {
  const { callDeadlineMs, leaseMs, leaseMarginMs, lockMs } = config.charge;
  if (callDeadlineMs + leaseMarginMs >= leaseMs) {
    read.fault(
      "CHARGE_LEASE_MS",
      `must be more than CHARGE_CALL_DEADLINE_MS + CHARGE_LEASE_MARGIN_MS (${callDeadlineMs + leaseMarginMs})`,
    );
  }
  if (leaseMs >= lockMs) {
    read.fault("CHARGE_LOCK_MS", `must be more than CHARGE_LEASE_MS (${leaseMs})`);
  }
  const { connectTimeoutMs, tokenTimeoutMs } = config.charge;
  if (connectTimeoutMs >= Math.min(tokenTimeoutMs, callDeadlineMs)) {
    read.fault(
      "CHARGE_CONNECT_TIMEOUT_MS",
      `must be less than CHARGE_TOKEN_TIMEOUT_MS and CHARGE_CALL_DEADLINE_MS (${Math.min(tokenTimeoutMs, callDeadlineMs)})`,
    );
  }
  const settleMin = leaseMs + callDeadlineMs + read.integer("LOOKUP_LAG_MS", 0, 3_600_000);
  if (config.reconcile.settleDelayMs <= settleMin) {
    read.fault(
      "SETTLE_DELAY_MS",
      `must be more than CHARGE_LEASE_MS + CHARGE_CALL_DEADLINE_MS + LOOKUP_LAG_MS (${settleMin})`,
    );
  }
}

function checkExposure(config: Config, read: Reader): void {
  const loopback = ["127.0.0.1", "::1", "localhost"].includes(config.host);
  if (config.apiKeys.length === 0 && !loopback && config.environment !== "production") {
    read.fault("API_KEYS", `must be set where HOST is not loopback; HOST is ${config.host}`);
  }
  if (config.apiKeys.some((key) => key.length < 16)) {
    read.fault("API_KEYS", "each key must have at least 16 characters");
  }
}

function checkProduction(config: Config, read: Reader): void {
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [ConfigName, ConfigKey][]) {
    // A list of nothing but commas sets nothing.
    if (key.required === "production" && read.list(name).length === 0) {
      read.fault(name, `must be set in production. ${key.text}`);
    }
  }
  checkGateways(config, read);
  checkWindows(config.windows, read);
  if (config.testClock) read.fault("TEST_CLOCK", "must be false or empty in production");
}
