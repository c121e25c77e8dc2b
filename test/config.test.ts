import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CONFIG_KEYS, type ConfigKey, type ConfigName, envExample } from "../src/config-keys.ts";
import { ConfigError, type Environment, loadConfig } from "../src/config.ts";

const KEY_BYTES = Buffer.alloc(32, 1).toString("base64");

/** A production environment without fault. */
const PRODUCTION: Environment = {
  NODE_ENV: "production",
  HOST: "0.0.0.0",
  API_KEYS: "key-of-sixteen-characters,another-of-sixteen",
  MONGODB_URI: "mongodb://billing:mongo-password@db.internal/billing",
  REDIS_URL: "rediss://:redis-password@cache.internal:6379/",
  BILLING_KEY_ENCRYPTION_KEYS: `2026:${KEY_BYTES}`,
  GATEWAYS: "cookiepay",
  COOKIEPAY_API_ID: "our-shop",
  COOKIEPAY_API_KEY: "our-shop-secret",
  COOKIEPAY_API_URL: "https://www.cookiepayments.com/",
  COOKIEPAY_NOTICE_ADDRESSES: "203.0.113.7, 198.51.100.0/28",
};

function faultsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe("a configuration", () => {
  test("needs nothing on a machine that only tries things out", () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      environment: "development",
      port: 3000,
      host: "127.0.0.1",
      apiKeys: [],
      mongoUrl: null,
      redisUrl: null,
      zone: "Asia/Seoul",
      billingHour: 10,
      dunning: { stepDays: [1, 3, 5, 7], finalState: "unpaid" },
      testClock: true,
      catchUp: "hold",
      orderPrefix: "KB",
    });
  });

  test("keeps call deadline, lease, lock and settle delay in order by default", () => {
    const { charge, reconcile } = loadConfig({});
    expect(charge.callDeadlineMs + charge.leaseMarginMs).toBeLessThan(charge.leaseMs);
    expect(charge.leaseMs).toBeLessThan(charge.lockMs);
    expect(charge.leaseMs + charge.callDeadlineMs).toBeLessThan(reconcile.settleDelayMs);
  });

  test("is complete for production", () => {
    const config = loadConfig(PRODUCTION);
    expect(config).toMatchObject({
      environment: "production",
      testClock: false,
      cookiepay: { url: "https://www.cookiepayments.com" },
      admin: { passwordHash: null, queuesReadOnly: true },
    });
    expect(config.encryptionKeys).toEqual([{ id: "2026", secret: Buffer.alloc(32, 1) }]);
  });

  test("takes blanks round a value, and an empty value as none", () => {
    expect(loadConfig({ PORT: " 8080 ", HOST: "" })).toMatchObject({
      port: 8080,
      host: "127.0.0.1",
    });
  });

  test("keeps the order of encryption keys: the first one encrypts", () => {
    const other = Buffer.alloc(32, 2).toString("base64");
    const { encryptionKeys } = loadConfig({
      BILLING_KEY_ENCRYPTION_KEYS: `2027:${other}, 2026:${KEY_BYTES}`,
    });
    expect(encryptionKeys.map((key) => key.id)).toEqual(["2027", "2026"]);
  });
});

describe("announced maintenance", () => {
  test("is a list of windows, each for a gateway or one of its accounts", () => {
    const { traffic } = loadConfig({
      PORTONE_ACCOUNTS: "shop2:id:secret",
      GATEWAY_MAINTENANCE:
        "cookiepay=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00, portone/shop2=2026-12-02T00:00Z/2026-12-02T00:30Z",
    });
    expect(traffic.maintenance).toMatchObject([
      { gateway: "cookiepay", account: null, fromAt: new Date("2026-11-30T16:00:00Z") },
      { gateway: "portone", account: "shop2", untilAt: new Date("2026-12-02T00:30:00Z") },
    ]);
  });

  test("has every fault of every window told", () => {
    const windows = "cookiepay, toss=2026-12-01T01:00Z/2026-12-01T03:00Z";
    const faults = faultsOf({ GATEWAY_MAINTENANCE: windows });
    expect(faults.map((fault) => fault.slice(0, 33))).toEqual([
      'GATEWAY_MAINTENANCE: "cookiepay" ',
      'GATEWAY_MAINTENANCE: "toss=2026-1',
    ]);
  });
});

describe("trusted proxies", () => {
  test("are none by default, so many, or these", () => {
    expect(loadConfig({}).trustProxy).toBe(0);
    expect(loadConfig({ TRUST_PROXY: "2" }).trustProxy).toBe(2);
    const entries = ["10.0.0.0/8", "fd00::/8", "192.0.2.1"];
    expect(loadConfig({ TRUST_PROXY: entries.join(", ") }).trustProxy).toEqual(entries);
  });
});

describe("merchant accounts", () => {
  test("stand beside the default one, in their order", () => {
    const { cookiepay } = loadConfig({ COOKIEPAY_ACCOUNTS: "shop2:id2:a:b, shop-3:id3:c" });
    expect(cookiepay.accounts).toEqual([
      { name: "default", id: "sim_merchant", secret: "sim_secret" },
      { name: "shop2", id: "id2", secret: "a:b" },
      { name: "shop-3", id: "id3", secret: "c" },
    ]);
  });

  test("use the test key and host of KiwoomPay outside production", () => {
    const { kiwoompay } = loadConfig({ KIWOOM_TEST_AUTH_KEY: "t", KIWOOM_PROD_AUTH_KEY: "p" });
    expect(kiwoompay).toMatchObject({ url: null, accounts: [{ secret: "t" }] });
  });

  test("belong to the first gateway where none is the default", () => {
    expect(loadConfig({ GATEWAYS: "portone,cookiepay" }).defaultGateway).toBe("portone");
    expect(faultsOf({ GATEWAYS: "portone", DEFAULT_GATEWAY: "cookiepay" })).toEqual([
      "DEFAULT_GATEWAY: must be one of GATEWAYS (portone)",
    ]);
  });
});

/** Every kind of value that is refused, key by key. */
const BAD_VALUES: Partial<Record<ConfigName, readonly string[]>> = {
  NODE_ENV: ["prod", "PRODUCTION", "staging"],
  PORT: ["-1", "65536", "80.5", "http", "3000x"],
  API_KEYS: ["too-short", "key-of-sixteen-characters,short"],
  LOG_LEVEL: ["verbose", "INFO"],
  MONGODB_URI: ["localhost:27017", "http://db", "redis://db"],
  REDIS_URL: ["localhost:6379", "http://cache", "mongodb://cache"],
  QUEUE_PREFIX: ["a b", "a:b", "x".repeat(61)],
  BILLING_KEY_ENCRYPTION_KEYS: [
    "2026",
    "2026:",
    `:${KEY_BYTES}`,
    KEY_BYTES,
    `2026:${Buffer.alloc(31).toString("base64")}`,
    `2026:${Buffer.alloc(33).toString("base64")}`,
    `with space:${KEY_BYTES}`,
    `2026:${KEY_BYTES},2027:short`,
  ],
  GATEWAYS: ["CookiePay", "cookiepay,toss", "cookiepay,cookiepay"],
  DEFAULT_GATEWAY: ["toss", "CookiePay"],
  COOKIEPAY_ACCOUNTS: [
    "shop2",
    "shop2:id",
    "shop2::secret",
    ":id:secret",
    "Shop:id:secret",
    "default:id:secret",
    "a:i:s,a:i:s",
  ],
  KIWOOM_ACCOUNTS: ["shop2:CPID"],
  KIWOOM_TEST_API_URL: ["apitest.kiwoompay.co.kr"],
  KIWOOM_DIALECT: ["Recorded", "both"],
  KIWOOM_CARD_FAMILY: ["card", "CARDX"],
  KIWOOM_TOKEN_LIFE_MS: ["999", "3600001"],
  KIWOOM_CALLS_PER_SECOND: ["0", "5.5", "10001"],
  PORTONE_API_URL: ["api.iamport.kr"],
  PORTONE_ACCOUNTS: ["shop2:key"],
  PORTONE_TOKEN_EXTENSION_MS: ["-1", "3600001"],
  PORTONE_CALLS_PER_SECOND: ["0", "ten"],
  PAYUP_API_URL: ["api.payup.co.kr"],
  PAYUP_ACCOUNTS: ["shop2"],
  COOKIEPAY_API_URL: ["www.cookiepayments.com", "ftp://gateway", "mongodb://gateway"],
  BREAKER_FAILURES: ["0", "1.5", "many"],
  BREAKER_WINDOW_MS: ["99", "30s"],
  BREAKER_PAUSE_MS: ["9", "soon"],
  BREAKER_PAUSE_MAX_MS: ["3600001", "4999"],
  GATEWAY_MAINTENANCE: [
    "cookiepay",
    "cookiepay=2026-12-01T01:00/2026-12-01T03:00",
    "cookiepay=2026-12-01T03:00+09:00/2026-12-01T01:00+09:00",
    "toss=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00",
    "cookiepay/shop2=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00",
  ],
  KIWOOM_NOTICE_ADDRESSES: ["kiwoompay.co.kr", "27.102.213", "27.102.213.200/33", "0.0.0.0/0"],
  COOKIEPAY_NOTICE_ADDRESSES: ["::/0", "fe80::1%eth0"],
  PORTONE_NOTICE_ADDRESSES: ["52.78.100.19/", "52.78.100.19/24/8"],
  TRUST_PROXY: ["true", "all", "11", "-1", "0.0.0.0/0", "::/0", "loopback", "1,2", "10.0.0.0/8,1"],
  INBOX_KEPT_DAYS: ["0", "3651", "month"],
  SIMULATOR_PORT: ["-1", "70000", "auto"],
  TIMEZONE: ["Korea/Seoul", "+9 hours"],
  BILLING_HOUR: ["-1", "24", "10:00", "9.5"],
  DUNNING_STEP_DAYS: ["0,1", "1,1", "3,1", "1,3,28", "1.5", "one", "-1"],
  DUNNING_FINAL_STATE: ["paused", "Unpaid"],
  CATCH_UP: ["skip", "yes"],
  TEST_CLOCK: ["yes", "1", "TRUE"],
  CHARGE_CONCURRENCY: ["0", "1001", "many"],
  CHARGE_QUEUE_WINDOW: ["9", "100001"],
  CHARGE_CALL_DEADLINE_MS: ["99", "120001", "20s"],
  CHARGE_CONNECT_TIMEOUT_MS: ["49", "60001"],
  CHARGE_TOKEN_TIMEOUT_MS: ["49", "60001"],
  CHARGE_LEASE_MS: ["199", "600001", "25000", "60000"],
  CHARGE_LEASE_MARGIN_MS: ["9", "60001"],
  CHARGE_LOCK_MS: ["199", "900001", "45000"],
  RESEND_FIRST_DELAY_MS: ["9", "600001"],
  RESEND_MAX_DELAY_MS: ["9", "86400001"],
  RECONCILE_FIRST_DELAY_MS: ["9", "10001"],
  RECONCILE_MAX_DELAY_MS: ["9", "86400001"],
  SETTLE_DELAY_MS: ["99", "86400001", "85000"],
  LOOKUP_LAG_MS: ["-1", "3600001"],
  UNKNOWN_ALARM_MS: ["99", "86400001"],
  SWEEP_INTERVAL_MS: ["49", "600001"],
  SHUTDOWN_DEADLINE_MS: ["99", "600001"],
  ORDER_PREFIX: ["kb", "KB-TS", "TOOLONG", "한"],
  ADMIN_QUEUES_READ_ONLY: ["no", "0"],
};

describe("a bad value", () => {
  const cases = Object.entries(BAD_VALUES).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );

  test.each(cases)("of %s is refused: %s", (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults.length).toBeGreaterThan(0);
    // A wrong lease is told at the setting that it no longer fits.
    const related =
      name === "CHARGE_LEASE_MS" ? /^(CHARGE_\w+|SETTLE_DELAY_MS): / : RegExp(`^${name}: `);
    for (const fault of faults) expect(fault).toMatch(related);
  });

  test("of every key is told at once, each on a line of its own", () => {
    const bad = Object.fromEntries(
      Object.entries(BAD_VALUES).map(([name, [value]]) => [name, value]),
    );
    const faults = faultsOf(bad);
    const named = new Set(faults.map((fault) => fault.split(":")[0]));
    for (const name of Object.keys(BAD_VALUES)) expect(named).toContain(name);
    expect(() => loadConfig(bad)).toThrow(`The configuration has ${faults.length} faults:\n  - `);
    expect(new Set(faults).size).toBe(faults.length);
  });

  test("says what would be right", () => {
    expect(faultsOf({ PORT: "http" })).toEqual([
      'PORT: must be a whole number from 0 to 65535, not "http"',
    ]);
    expect(() => loadConfig({ PORT: "http" })).toThrow("The configuration has 1 fault:");
  });

  test("that holds a secret is never repeated", () => {
    const secrets: Record<string, string> = {
      API_KEYS: "hush-api",
      MONGODB_URI: "mongo://billing:hush-mongo@db",
      REDIS_URL: "redes://:hush-redis@cache",
      BILLING_KEY_ENCRYPTION_KEYS: `bad id:${KEY_BYTES}`,
      COOKIEPAY_API_URL: "gateway://hush-user:hush-url@gateway",
      COOKIEPAY_API_KEY: "hush-cookiepay",
      ADMIN_PASSWORD_HASH: "hush-hash",
      NODE_ENV: "production",
    };
    const text = faultsOf(secrets).join("\n");
    expect(text).not.toContain("hush");
    expect(text).not.toContain(KEY_BYTES);
    expect(text).toContain("MONGODB_URI: ");
  });
});

describe("times that do not fit each other", () => {
  test.each([
    ["CHARGE_LEASE_MS", { CHARGE_CALL_DEADLINE_MS: "40000", SETTLE_DELAY_MS: "200000" }],
    ["CHARGE_LEASE_MS", { CHARGE_LEASE_MARGIN_MS: "25000" }],
    ["CHARGE_LOCK_MS", { CHARGE_LOCK_MS: "45000" }],
    ["SETTLE_DELAY_MS", { SETTLE_DELAY_MS: "85000" }],
    ["SETTLE_DELAY_MS", { LOOKUP_LAG_MS: "25000" }],
  ])("are told at %s", (name, environment) => {
    const faults = faultsOf(environment);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(RegExp(`^${name}: must be more than `));
  });

  test("just fit", () => {
    expect(faultsOf({ CHARGE_LEASE_MS: "25001" })).toEqual([]);
    expect(faultsOf({ CHARGE_LOCK_MS: "45001" })).toEqual([]);
    expect(faultsOf({ SETTLE_DELAY_MS: "85001" })).toEqual([]);
  });
});

describe("an open door", () => {
  test.each(["0.0.0.0", "::", "192.168.0.10", "billing.internal"])(
    "on %s needs API keys",
    (host) => {
      expect(faultsOf({ HOST: host })).toEqual([
        `API_KEYS: must be set where HOST is not loopback; HOST is ${host}`,
      ]);
      expect(faultsOf({ HOST: host, API_KEYS: "key-of-sixteen-characters" })).toEqual([]);
    },
  );

  test.each(["127.0.0.1", "::1", "localhost"])("on %s does not", (host) => {
    expect(faultsOf({ HOST: host })).toEqual([]);
  });
});

describe("production", () => {
  const required = Object.entries(CONFIG_KEYS)
    .filter(([, key]: [string, ConfigKey]) => key.required === "production")
    .map(([name]) => name);

  test("names what it needs", () => {
    expect(required.sort()).toEqual([
      "API_KEYS",
      "BILLING_KEY_ENCRYPTION_KEYS",
      "MONGODB_URI",
      "REDIS_URL",
    ]);
  });

  test.each(required)("is refused without %s", (name) => {
    for (const nothing of [undefined, "", "  "]) {
      const faults = faultsOf({ ...PRODUCTION, [name]: nothing });
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(RegExp(`^${name}: must be set in production`));
    }
  });

  test("tells everything that is missing at once", () => {
    const faults = faultsOf({ NODE_ENV: "production" });
    const named = faults.map((fault) => fault.split(":")[0] ?? "");
    const ofGateway = [
      "GATEWAYS",
      "COOKIEPAY_API_URL",
      "COOKIEPAY_API_ID",
      "COOKIEPAY_API_KEY",
      "COOKIEPAY_NOTICE_ADDRESSES",
    ];
    expect(named.sort()).toEqual([...required, ...ofGateway].sort());
  });

  test.each([
    ["COOKIEPAY_API_URL", "http://127.0.0.1:4000"],
    ["COOKIEPAY_API_ID", "sim_merchant"],
    ["COOKIEPAY_API_KEY", "sim_secret"],
    ["COOKIEPAY_API_KEY", ""],
    ["TEST_CLOCK", "true"],
  ])("refuses what is for trying things out: %s=%s", (name, value) => {
    const faults = faultsOf({ ...PRODUCTION, [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(RegExp(`^${name}: `));
  });

  test("asks for what the gateways need that are used, and for no other's", () => {
    const names = (gateways: string) =>
      faultsOf({ ...PRODUCTION, GATEWAYS: gateways })
        .map((fault) => fault.split(":")[0] ?? "")
        .toSorted();
    expect(names("cookiepay")).toEqual([]);
    expect(names("cookiepay,kiwoompay")).toEqual([
      "KIWOOM_CPID",
      "KIWOOM_NOTICE_ADDRESSES",
      "KIWOOM_PROD_AUTH_KEY",
    ]);
    expect(names("cookiepay,portone,payup")).toEqual([
      "PAYUP_API_URL",
      "PAYUP_CERT_KEY",
      "PAYUP_MERCHANT_ID",
      "PORTONE_API_URL",
      "PORTONE_IMP_KEY",
      "PORTONE_IMP_SECRET",
      "PORTONE_NOTICE_ADDRESSES",
    ]);
    const live = {
      KIWOOM_CPID: "CMC00001",
      KIWOOM_PROD_AUTH_KEY: "live-key",
      KIWOOM_NOTICE_ADDRESSES: "27.102.213.200/29",
    };
    const config = loadConfig({ ...PRODUCTION, GATEWAYS: "cookiepay,kiwoompay", ...live });
    expect(config.kiwoompay).toMatchObject({
      url: "https://api.kiwoompay.co.kr",
      accounts: [{ name: "default", id: "CMC00001", secret: "live-key" }],
    });
  });

  test("never seals with the key of a development machine", () => {
    expect(loadConfig({}).encryptionKeys.map((key) => key.id)).toEqual(["development"]);
    expect(faultsOf({ ...PRODUCTION, BILLING_KEY_ENCRYPTION_KEYS: "," })).toHaveLength(1);
  });

  test("takes a list of nothing for none", () => {
    const faults = faultsOf({ ...PRODUCTION, API_KEYS: " , ," });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^API_KEYS: must be set in production/);
  });
});

describe("the example file", () => {
  test("is made from the table", () => {
    const file = readFileSync(new URL("../.env.example", import.meta.url), "utf8");
    expect(file).toBe(envExample());
  });

  test("is a valid configuration as it stands", () => {
    const lines = envExample()
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    const environment = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    expect(Object.keys(environment)).toEqual(Object.keys(CONFIG_KEYS));
    expect(loadConfig(environment)).toEqual(loadConfig({}));
  });
});
