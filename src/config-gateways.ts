/** The part of the configuration that is about gateways and the merchant's accounts there. */
import type { ConfigName } from "./config-keys.ts";
import { CONFIG_KEYS, type ConfigKey } from "./config-keys.ts";
import { DEFAULT_ACCOUNT } from "./domain/merchant-account.ts";
import type { Reader } from "./config-reader.ts";

export const GATEWAY_NAMES = ["cookiepay", "kiwoompay", "portone", "payup"] as const;
export type GatewayName = (typeof GATEWAY_NAMES)[number];

/** One merchant account at a gateway. */
export interface AccountConfig {
  /** Our name for it. */
  name: string;
  /** The gateway's id of the account. */
  id: string;
  secret: string;
}

/** What every gateway has. */
interface GatewayAccess {
  /** Null: the simulator is to be started. */
  url: string | null;
  /** The default account first. */
  accounts: readonly AccountConfig[];
}

export interface GatewaysConfig {
  /** Gateways that are used. */
  gateways: readonly GatewayName[];
  defaultGateway: GatewayName;
  cookiepay: GatewayAccess;
  kiwoompay: GatewayAccess & {
    dialect: "recorded" | "guide";
    family: "CARD" | "CARDK";
    tokenLifeMs: number;
    callsPerSecond: number;
    sdkUrl: string;
  };
  portone: GatewayAccess & {
    channelKey: string | null;
    impCode: string;
    sdkUrl: string;
    tokenExtensionMs: number;
    callsPerSecond: number;
  };
  payup: GatewayAccess & { pluginUrl: string };
}

/** Whether a gateway is the simulator: only that one is reached without https, or not there yet. */
export function isSimulated({ url }: { url: string | null }): boolean {
  return url === null || url.startsWith("http://");
}

/** The variables of one gateway's access. */
interface AccessNames {
  id: ConfigName;
  secret: ConfigName;
  url: ConfigName;
  accounts: ConfigName;
}

const COOKIEPAY_NAMES: AccessNames = {
  id: "COOKIEPAY_API_ID",
  secret: "COOKIEPAY_API_KEY",
  url: "COOKIEPAY_API_URL",
  accounts: "COOKIEPAY_ACCOUNTS",
};
const PORTONE_NAMES: AccessNames = {
  id: "PORTONE_IMP_KEY",
  secret: "PORTONE_IMP_SECRET",
  url: "PORTONE_API_URL",
  accounts: "PORTONE_ACCOUNTS",
};
const PAYUP_NAMES: AccessNames = {
  id: "PAYUP_MERCHANT_ID",
  secret: "PAYUP_CERT_KEY",
  url: "PAYUP_API_URL",
  accounts: "PAYUP_ACCOUNTS",
};

/** KiwoomPay has a key and a host of its own for tests; which ones are used NODE_ENV decides. */
function kiwoomNames(isProduction: boolean): AccessNames {
  return {
    id: "KIWOOM_CPID",
    secret: isProduction ? "KIWOOM_PROD_AUTH_KEY" : "KIWOOM_TEST_AUTH_KEY",
    url: isProduction ? "KIWOOM_PROD_API_URL" : "KIWOOM_TEST_API_URL",
    accounts: "KIWOOM_ACCOUNTS",
  };
}

/** Where the address of a simulated gateway is written. */
export const URL_NAMES: Readonly<Record<GatewayName, ConfigName>> = {
  cookiepay: COOKIEPAY_NAMES.url,
  kiwoompay: kiwoomNames(false).url,
  portone: PORTONE_NAMES.url,
  payup: PAYUP_NAMES.url,
};

/** Reads the gateways and their accounts. */
export function readGateways(read: Reader, isProduction: boolean): GatewaysConfig {
  const gateways = readGatewayNames(read);
  return {
    gateways,
    defaultGateway: readDefaultGateway(read, gateways),
    cookiepay: readAccess(read, COOKIEPAY_NAMES),
    kiwoompay: {
      ...readAccess(read, kiwoomNames(isProduction)),
      dialect: read.oneOf("KIWOOM_DIALECT", ["recorded", "guide"]),
      family: read.oneOf("KIWOOM_CARD_FAMILY", ["CARD", "CARDK"]),
      tokenLifeMs: read.integer("KIWOOM_TOKEN_LIFE_MS", 1000, 3_600_000),
      callsPerSecond: read.integer("KIWOOM_CALLS_PER_SECOND", 1, 10_000),
      sdkUrl: readScript(read, "KIWOOM_SDK_URL"),
    },
    portone: {
      ...readAccess(read, PORTONE_NAMES),
      channelKey: read.text("PORTONE_CHANNEL_KEY") || null,
      impCode: read.text("PORTONE_IMP_CODE"),
      sdkUrl: readScript(read, "PORTONE_SDK_URL"),
      tokenExtensionMs: read.integer("PORTONE_TOKEN_EXTENSION_MS", 0, 3_600_000),
      callsPerSecond: read.integer("PORTONE_CALLS_PER_SECOND", 1, 10_000),
    },
    payup: { ...readAccess(read, PAYUP_NAMES), pluginUrl: readScript(read, "PAYUP_PLUGIN_URL") },
  };
}

/** A script that customers' browsers load: from nowhere less safe than https. */
function readScript(read: Reader, name: ConfigName): string {
  return read.url(name, ["https:"]) ?? "";
}

function readGatewayNames(read: Reader): GatewayName[] {
  const given = read.list("GATEWAYS");
  const named = given.flatMap((text) => GATEWAY_NAMES.find((name) => name === text) ?? []);
  if (named.length < given.length || new Set(named).size < named.length || named.length === 0) {
    read.fault("GATEWAYS", `must name each once, of ${GATEWAY_NAMES.join(", ")}`);
  }
  return named;
}

function readDefaultGateway(read: Reader, gateways: readonly GatewayName[]): GatewayName {
  const [first = "cookiepay"] = gateways;
  const text = read.text("DEFAULT_GATEWAY");
  if (text === "") return first;
  const found = gateways.find((name) => name === text);
  if (found !== undefined) return found;
  read.fault("DEFAULT_GATEWAY", `must be one of GATEWAYS (${gateways.join(", ")})`);
  return first;
}

function readAccess(read: Reader, names: AccessNames): GatewayAccess {
  const first = { name: DEFAULT_ACCOUNT, id: read.text(names.id), secret: read.text(names.secret) };
  const others = read.list(names.accounts).map((entry) => readAccount(read, names.accounts, entry));
  const accounts = [first, ...others];
  if (new Set(accounts.map(({ name }) => name)).size < accounts.length) {
    read.fault(names.accounts, `each name must be another, and none may be ${DEFAULT_ACCOUNT}`);
  }
  return { url: read.url(names.url, ["http:", "https:"]), accounts };
}

function readAccount(read: Reader, name: ConfigName, entry: string): AccountConfig {
  const [account = "", id = "", ...rest] = entry.split(":");
  const secret = rest.join(":");
  if (!/^[a-z0-9][a-z0-9_-]{0,31}$/.test(account) || id === "" || secret === "") {
    // The entry holds a secret and is not repeated.
    read.fault(name, "each entry must be name:id:secret, the name of a-z, 0-9, - and _");
  }
  return { name: account, id, secret };
}

/** What production asks of each gateway that is used: an address of its own, and its own account. */
export function checkGateways(config: GatewaysConfig, read: Reader): void {
  const isChosen = read.raw("GATEWAYS") !== "";
  if (!isChosen) read.fault("GATEWAYS", "must be set in production, for example to cookiepay");
  const used = isChosen ? config.gateways : [config.defaultGateway];
  for (const [name, key] of Object.entries(CONFIG_KEYS) as [ConfigName, ConfigKey][]) {
    if (key.requiredFor === undefined || !used.includes(key.requiredFor)) continue;
    if (read.list(name).length === 0) {
      read.fault(name, `must be set in production where ${key.requiredFor} is used. ${key.text}`);
    }
  }
  for (const gateway of used) checkAccess(config[gateway], NAMES_LIVE[gateway], read);
}

const NAMES_LIVE: Readonly<Record<GatewayName, AccessNames>> = {
  cookiepay: COOKIEPAY_NAMES,
  kiwoompay: kiwoomNames(true),
  portone: PORTONE_NAMES,
  payup: PAYUP_NAMES,
};

function checkAccess({ url }: GatewayAccess, names: AccessNames, read: Reader): void {
  if (url !== null && !url.startsWith("https://")) {
    read.fault(names.url, "must be https in production: a simulator is no gateway there");
  }
  for (const name of [names.id, names.secret]) {
    const key: ConfigKey = CONFIG_KEYS[name];
    if (key.requiredFor !== undefined) continue;
    if (read.raw(name) === "" || read.raw(name) === key.default) {
      read.fault(name, "must be your own in production, not the simulator's");
    }
  }
}
