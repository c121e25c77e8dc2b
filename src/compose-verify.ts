/** What a verification is given. Made without `compose`, which makes missing indexes: it only reads. */
import type { Clocks } from "./billing/instants.ts";
import { boundsOf } from "./billing/verify/bounds.ts";
import type { VerifyDeps } from "./billing/verify/verify.ts";
import type { Config } from "./config.ts";
import type { GatewayRegistry } from "./gateways/registry.ts";
import type { SecretBox } from "./lib/secret-box.ts";
import type { Database } from "./stores/connection.ts";
import { missingIndexes } from "./stores/indexes.ts";
import { createVerifyReader } from "./stores/verify-reader.ts";

/** What of the connected parts a verification needs. */
export interface Verifiable extends Clocks {
  config: Config;
  database: Database;
  gateways: GatewayRegistry;
  secrets: SecretBox;
}

export function verifyDepsOf(connected: Verifiable): VerifyDeps {
  const { database, gateways, secrets, clock, businessClock, config } = connected;
  return {
    reader: createVerifyReader(database),
    gateways,
    secrets,
    clock,
    businessClock,
    orderPrefix: config.orderPrefix,
    bounds: boundsOf(config),
    missingIndexes: () => missingIndexes(database),
  };
}
