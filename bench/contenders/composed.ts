/** The product, composed for the bench as a worker of its own would be. */
import { type Composition, compose } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { createLogger } from "../../src/lib/logger.ts";
import type { ContenderSettings } from "../messages.ts";

/** Connects the product; the rest of its configuration comes from the environment. */
export async function composeProduct(settings: ContenderSettings): Promise<Composition> {
  const config = loadConfig({
    ...process.env,
    MONGODB_URI: databaseUrlOf(settings),
    REDIS_URL: settings.redisUrl,
    GATEWAYS: "cookiepay",
    COOKIEPAY_API_URL: settings.gatewayUrl,
    QUEUE_PREFIX: `bench-${settings.name}`,
    CHARGE_CONCURRENCY: String(settings.inFlight),
  });
  const log = createLogger({ level: config.logLevel, name: settings.name, toStderr: true });
  const composition = compose(config, log);
  await composition.ready;
  return composition;
}

/** A database for each contender. */
export function databaseUrlOf({ mongoUrl, name }: ContenderSettings): string {
  const url = new URL(mongoUrl);
  url.pathname = `/bench_${name}`;
  return url.href;
}
