/** Connects what delays calls with the gateways whose calls it delays. */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import type { Config } from "./config.ts";
import { type GatewayRegistry, createGatewayRegistry } from "./gateways/registry.ts";
import type { OperationalClock } from "./lib/clock.ts";
import type { Logger } from "./lib/logger.ts";
import { type Traffic, createTraffic } from "./traffic/traffic.ts";
import { watchCalls } from "./traffic/watch-calls.ts";

export interface GuardOptions {
  config: Config;
  connection: Redis;
  clock: OperationalClock;
  log: Logger;
}

/** The gateways, whose breakers hear of their calls, and what asks the breakers. */
export function guardGateways(
  registry: GatewayRegistry,
  { config, connection, clock, log }: GuardOptions,
): { gateways: GatewayRegistry; traffic: Traffic } {
  const adapters = registry.all();
  const traffic = createTraffic({
    ...config.traffic,
    connection,
    clock,
    log,
    prefix: config.queuePrefix,
    paceKeyOf: ({ gateway, account }) => paceKeyOf(config, gateway, account),
    accounts: adapters.map(({ gateway, account }) => ({ gateway, account })),
  });
  const watched = adapters.map((adapter) => watchCalls(adapter, traffic));
  return { gateways: createGatewayRegistry(watched), traffic };
}

/**
 * A limit is the merchant's, whoever calls for him: the key names him and not the deployment, so that
 * all that share the Redis share the limit, whatever their queues are called.
 */
function paceKeyOf(config: Config, gateway: string, account: string): string {
  const known = config.gateways.find((name) => name === gateway);
  const accounts = known === undefined ? [] : config[known].accounts;
  const id = accounts.find(({ name }) => name === account)?.id ?? account;
  const merchant = createHash("sha256").update(id).digest("hex").slice(0, 16);
  return `kiwoom-billing-pace:${gateway}:${merchant}`;
}
