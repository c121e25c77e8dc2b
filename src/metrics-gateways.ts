/** Metrics of what delays calls to the gateways: the same on every process, since Redis holds it. */
import { Gauge, type Metric } from "prom-client";
import type { MaintenanceWindow } from "./domain/maintenance.ts";
import type { CallPace, CredentialUse, GatewayAdapter } from "./gateways/gateway.ts";
import type { GatewayRegistry } from "./gateways/registry.ts";
import type { OperationalClock } from "./lib/clock.ts";
import type { Traffic } from "./traffic/traffic.ts";

export interface GatewayMetricsDeps {
  traffic: Pick<Traffic, "blockOf" | "readBreaker" | "readWaitMs">;
  gateways: Pick<GatewayRegistry, "all">;
  clock: OperationalClock;
  config: { traffic: { maintenance: readonly MaintenanceWindow[] } };
}

/** Half open is one call that tries; for all others it is open. */
const STATES = { closed: 0, half_open: 1, open: 2 } as const;

/** Breakers, waits and announced maintenance. */
export function gatewayMetrics(deps: GatewayMetricsDeps): Metric[] {
  return [breakerState(deps), paceWait(deps), maintenance(deps)];
}

function breakerState(deps: GatewayMetricsDeps): Gauge<"gateway" | "account"> {
  return new Gauge({
    name: "billing_gateway_breaker_state",
    help: "Whether calls go out: 0 closed (they do), 1 half open (one tries), 2 open or maintenance (they wait).",
    labelNames: ["gateway", "account"],
    registers: [],
    async collect() {
      this.reset();
      for (const { gateway, account } of deps.gateways.all()) {
        const state = await readState(deps, { gateway, account });
        if (state !== null) this.set({ gateway, account }, STATES[state]);
      }
    },
  });
}

async function readState(
  { traffic }: GatewayMetricsDeps,
  account: { gateway: string; account: string },
): Promise<keyof typeof STATES | null> {
  if (traffic.blockOf(account)?.why === "maintenance") return "open";
  return traffic.readBreaker(account).catch(() => null);
}

function paceWait(deps: GatewayMetricsDeps): Gauge<"gateway" | "account" | "bucket"> {
  return new Gauge({
    name: "billing_gateway_pace_wait_seconds",
    help: "How long a call would wait now for its slot in the gateway's rate limit.",
    labelNames: ["gateway", "account", "bucket"],
    registers: [],
    async collect() {
      this.reset();
      for (const adapter of deps.gateways.all()) {
        const { gateway, account } = adapter;
        for (const pace of pacesOf(adapter)) {
          const waitMs = await deps.traffic.readWaitMs(adapter, pace).catch(() => null);
          const labels = { gateway, account, bucket: pace.bucket };
          if (waitMs !== null) this.set(labels, waitMs / 1000);
        }
      }
    },
  });
}

/** Every limit of an adapter, once. */
function pacesOf(adapter: GatewayAdapter): CallPace[] {
  const uses: CredentialUse[] = [
    { call: "issue" },
    { call: "revoke" },
    { call: "read" },
    { call: "open_window" },
    ...adapter.capabilities.paysWith.flatMap((paidWith): CredentialUse[] => [
      { call: "charge", paidWith },
      { call: "refund", paidWith },
    ]),
  ];
  const paces = uses.flatMap((use) => adapter.paceOf(use) ?? []);
  return [...new Map(paces.map((pace) => [pace.bucket, pace])).values()];
}

function maintenance(deps: GatewayMetricsDeps): Gauge<"gateway" | "account" | "from" | "until"> {
  return new Gauge({
    name: "billing_gateway_maintenance",
    help: "Announced maintenance that is not over: 1 while it lasts, 0 before.",
    labelNames: ["gateway", "account", "from", "until"],
    registers: [],
    collect() {
      this.reset();
      const now = deps.clock.now();
      for (const { gateway, account, fromAt, untilAt } of deps.config.traffic.maintenance) {
        if (untilAt <= now) continue;
        const labels = { from: fromAt.toISOString(), until: untilAt.toISOString() };
        this.set({ gateway, account: account ?? "*", ...labels }, fromAt <= now ? 1 : 0);
      }
    },
  });
}
