/** Makes an adapter for each configured gateway account: the one place that knows gateways by name. */
import type { AccountConfig, GatewayName } from "./config-gateways.ts";
import type { Config } from "./config.ts";
import { createCookiepayAdapter } from "./gateways/cookiepay/index.ts";
import type { GatewayAdapter } from "./gateways/gateway.ts";
import { type GatewayRegistry, createGatewayRegistry } from "./gateways/registry.ts";
import { createKiwoompayAdapter } from "./gateways/kiwoompay/index.ts";
import { createPayupAdapter } from "./gateways/payup/index.ts";
import { createPortoneAdapter } from "./gateways/portone/index.ts";
import type { OperationalClock } from "./lib/clock.ts";

interface Making {
  config: Config;
  account: AccountConfig;
  baseUrl: string;
  clock: OperationalClock;
}

const MAKERS: Readonly<Record<GatewayName, (making: Making) => GatewayAdapter>> = {
  cookiepay: (making) =>
    createCookiepayAdapter(
      {
        ...commonOf(making),
        apiId: making.account.id,
        secret: making.account.secret,
        tokenTimeoutMs: making.config.charge.tokenTimeoutMs,
      },
      { clock: making.clock },
    ),
  kiwoompay: (making) =>
    createKiwoompayAdapter(
      {
        ...commonOf(making),
        cpid: making.account.id,
        linkKey: making.account.secret,
        readyTimeoutMs: making.config.charge.tokenTimeoutMs,
        sdkUrl: scriptOf(making, making.config.kiwoompay.sdkUrl),
        sdkHosts: making.config.environment === "production" ? "REAL" : "DEV",
        // Production takes no address but https.
        simulator: !making.baseUrl.startsWith("https://"),
        family: making.config.kiwoompay.family,
        dialect: making.config.kiwoompay.dialect,
        tokenLifeMs: making.config.kiwoompay.tokenLifeMs,
        callsPerSecond: making.config.kiwoompay.callsPerSecond,
      },
      { clock: making.clock },
    ),
  portone: (making) =>
    createPortoneAdapter(
      {
        ...commonOf(making),
        impKey: making.account.id,
        impSecret: making.account.secret,
        impCode: making.config.portone.impCode,
        sdkUrl: scriptOf(making, making.config.portone.sdkUrl),
        tokenTimeoutMs: making.config.charge.tokenTimeoutMs,
        callsPerSecond: making.config.portone.callsPerSecond,
        tokenExtensionMs: making.config.portone.tokenExtensionMs,
        ...(making.config.portone.channelKey !== null && {
          channelKey: making.config.portone.channelKey,
        }),
      },
      { clock: making.clock },
    ),
  payup: (making) =>
    createPayupAdapter(
      {
        ...commonOf(making),
        merchantId: making.account.id,
        apiCertKey: making.account.secret,
        pluginUrl: scriptOf(making, making.config.payup.pluginUrl),
      },
      { clock: making.clock },
    ),
};

/** The adapters of every gateway that is used and has an address. */
export function createGateways(config: Config, clock: OperationalClock): GatewayRegistry {
  const adapters = config.gateways.flatMap((gateway) => {
    const { url, accounts } = config[gateway];
    if (url === null) return [];
    return accounts.map((account) => MAKERS[gateway]({ config, account, baseUrl: url, clock }));
  });
  return createGatewayRegistry(adapters);
}

/** A simulator serves the window's script itself, under the path of the real one. */
function scriptOf({ baseUrl }: Making, scriptUrl: string): string {
  const isSimulated = !baseUrl.startsWith("https://");
  return isSimulated ? new URL(new URL(scriptUrl).pathname, baseUrl).href : scriptUrl;
}

/** What every adapter is told. */
function commonOf({ config, account, baseUrl }: Making) {
  const { connectTimeoutMs, callDeadlineMs } = config.charge;
  return { account: account.name, baseUrl, connectTimeoutMs, callDeadlineMs };
}
