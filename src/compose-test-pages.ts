/** What the pages for trying things out are told of the configuration. */
import { type GatewayName, isSimulated } from "./config-gateways.ts";
import type { Config } from "./config.ts";
import type { TestPages } from "./http/app-deps.ts";

/** Null in production, which has no such pages. */
export function testPagesOf(config: Config): TestPages | null {
  if (config.environment === "production") return null;
  const origins = config.gateways.flatMap((gateway) => windowOriginOf(config, gateway) ?? []);
  return {
    simulated: config.gateways.filter((gateway) => isSimulated(config[gateway])),
    windowOrigins: [...new Set(origins)],
  };
}

/** Where a gateway's payment window comes from; null where it has none. */
function windowOriginOf(config: Config, gateway: GatewayName): string | null {
  const script = scriptOf(config, gateway);
  if (script === null) return null;
  const { url } = config[gateway];
  if (!isSimulated(config[gateway])) return siblingsOf(script);
  return url === null ? null : new URL(url).origin;
}

function scriptOf(config: Config, gateway: GatewayName): string | null {
  switch (gateway) {
    case "kiwoompay":
      return config.kiwoompay.sdkUrl;
    case "portone":
      return config.portone.sdkUrl;
    case "payup":
      return config.payup.pluginUrl;
    case "cookiepay":
      return null;
  }
}

/** A window's pages come from other hosts beside its script's: `ssl-v2`, `api`, `service` of one name. */
function siblingsOf(script: string): string {
  const { protocol, host } = new URL(script);
  const [, ...parents] = host.split(".");
  return parents.length < 2 ? `${protocol}//${host}` : `${protocol}//*.${parents.join(".")}`;
}
