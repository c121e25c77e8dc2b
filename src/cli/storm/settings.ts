/** The times under which the storm runs: shortened, so that leases and locks end within seconds. */
import { randomBytes } from "node:crypto";
import { type SimulatedGateway, gatewaySettings } from "../simulated-gateway.ts";

/** Configuration of every process of ours, as environment variables. */
export const STORM_SETTINGS = {
  NODE_ENV: "development",
  LOG_LEVEL: "error",
  TEST_CLOCK: "true",
  TIMEZONE: "Asia/Seoul",
  BILLING_HOUR: "10",
  DUNNING_STEP_DAYS: "1,3,5,7",
  DUNNING_FINAL_STATE: "unpaid",
  CATCH_UP: "hold",
  CHARGE_CONCURRENCY: "40",
  CHARGE_CALL_DEADLINE_MS: "1500",
  CHARGE_CONNECT_TIMEOUT_MS: "500",
  CHARGE_TOKEN_TIMEOUT_MS: "1000",
  CHARGE_LEASE_MARGIN_MS: "200",
  CHARGE_LEASE_MS: "2000",
  CHARGE_LOCK_MS: "3000",
  LOOKUP_LAG_MS: "100",
  SETTLE_DELAY_MS: "3700",
  RECONCILE_FIRST_DELAY_MS: "200",
  RECONCILE_MAX_DELAY_MS: "1000",
  RESEND_FIRST_DELAY_MS: "100",
  RESEND_MAX_DELAY_MS: "1000",
  SWEEP_INTERVAL_MS: "500",
  SHUTDOWN_DEADLINE_MS: "2000",
} as const;

/** What the gateway's stand-in is like. */
export const GATEWAY_SETTINGS = {
  latencyMs: [0, 300],
  tokenLifeMs: 4000,
  /** Approved, and the reply never arrives: dropped, HTTP 500, or silence. */
  lostReplies: { commit_then_drop: 0.012, commit_then_500: 0.004, commit_then_hang: 0.004 },
  /** Soft declines; a later attempt draws anew. */
  declines: 0.03,
} as const;

export const WORKERS = 3;

/** The settings with a key of this run's own. */
export function drawSettings(gateway: SimulatedGateway): Record<string, string> {
  const key = randomBytes(32).toString("base64");
  return {
    ...STORM_SETTINGS,
    ...gatewaySettings(gateway),
    ...gateway.harshSettings(GATEWAY_SETTINGS.tokenLifeMs),
    BILLING_KEY_ENCRYPTION_KEYS: `storm:${key}`,
  };
}

/** What the result prints, so that a reader knows what was shortened. */
export function describeSettings(gateway: SimulatedGateway): Record<string, unknown> {
  const times = Object.entries(STORM_SETTINGS).filter(
    ([name]) => name.endsWith("_MS") || name === "CHARGE_CONCURRENCY",
  );
  return {
    gateway: gateway.name,
    workers: WORKERS,
    ...GATEWAY_SETTINGS,
    ...gateway.settings,
    ...gateway.harshSwitches(GATEWAY_SETTINGS.tokenLifeMs),
    ...Object.fromEntries(times.map(([name, value]) => [name, Number(value)])),
  };
}
