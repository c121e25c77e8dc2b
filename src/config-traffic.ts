import type { GatewaysConfig } from "./config-gateways.ts";
import type { Reader } from "./config-reader.ts";
import { type MaintenanceWindow, parseMaintenanceWindow } from "./domain/maintenance.ts";
import type { BreakerPolicy } from "./lib/circuit-breaker.ts";

/** When calls to gateways wait. */
export interface TrafficConfig {
  breaker: BreakerPolicy;
  maintenance: readonly MaintenanceWindow[];
}

/** Reads when calls wait; every fault is told to the reader. */
export function readTraffic(read: Reader, gateways: GatewaysConfig): TrafficConfig {
  const breaker = {
    failures: read.integer("BREAKER_FAILURES", 1, 100_000),
    windowMs: read.integer("BREAKER_WINDOW_MS", 100, 3_600_000),
    pauseMs: read.integer("BREAKER_PAUSE_MS", 10, 3_600_000),
    pauseMaxMs: read.integer("BREAKER_PAUSE_MAX_MS", 10, 3_600_000),
  };
  if (breaker.pauseMaxMs < breaker.pauseMs) {
    read.fault("BREAKER_PAUSE_MAX_MS", `must be at least BREAKER_PAUSE_MS (${breaker.pauseMs})`);
  }
  return { breaker, maintenance: readMaintenance(read, gateways) };
}

function readMaintenance(read: Reader, config: GatewaysConfig): MaintenanceWindow[] {
  return read.list("GATEWAY_MAINTENANCE").flatMap((text) => {
    const window = parseMaintenanceWindow(text);
    const fault =
      window === null
        ? "must be gateway=FROM/UNTIL or gateway/account=FROM/UNTIL, both with their zone and the later one last, for example cookiepay=2026-12-01T01:00+09:00/2026-12-01T03:00+09:00"
        : strangerOf(window, config);
    if (fault !== null) read.fault("GATEWAY_MAINTENANCE", `${JSON.stringify(text)} ${fault}`);
    return window ?? [];
  });
}

/** A window that nobody heeds is a slip of the pen, found on the night it was meant for. */
function strangerOf(window: MaintenanceWindow, config: GatewaysConfig): string | null {
  const gateway = config.gateways.find((name) => name === window.gateway);
  if (gateway === undefined) return `must name one of GATEWAYS (${config.gateways.join(", ")})`;
  const names = config[gateway].accounts.map(({ name }) => name);
  if (window.account === null || names.includes(window.account)) return null;
  return `must name an account of ${gateway} (${names.join(", ")})`;
}
