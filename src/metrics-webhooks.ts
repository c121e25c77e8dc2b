/** Metrics of deliveries: the same on every process, since the database holds them. */
import { Gauge, type Metric } from "prom-client";
import type { Delivery } from "./domain/delivery.ts";
import type { OperationalClock } from "./lib/clock.ts";
import type { DeliveryStore } from "./stores/deliveries.ts";
import type { WebhookEndpointStore } from "./stores/webhook-endpoints.ts";

export interface WebhookMetricsDeps {
  endpoints: Pick<WebhookEndpointStore, "listAll">;
  deliveries: Pick<DeliveryStore, "count">;
  clock: OperationalClock;
}

/** Most deliveries that one scrape counts per endpoint and state. */
const COUNTED_MAX = 10_000;
const COUNTED: readonly Delivery["state"][] = ["waiting", "set_aside"];

/** Endpoints, and what waits or was given up there. An endpoint is named by its id: a URL may hold a secret. */
export function webhookMetrics(deps: WebhookMetricsDeps): Metric[] {
  return [endpointState(deps), failingSeconds(deps), deliveriesByState(deps)];
}

function endpointState({ endpoints }: WebhookMetricsDeps): Gauge<"endpoint"> {
  return new Gauge({
    name: "billing_webhook_endpoint_enabled",
    help: "1 where events are delivered to the endpoint, 0 where it is disabled.",
    labelNames: ["endpoint"],
    registers: [],
    async collect() {
      this.reset();
      for (const { id, state } of await orNone(endpoints.listAll())) {
        this.set({ endpoint: id }, state === "enabled" ? 1 : 0);
      }
    },
  });
}

function failingSeconds({ endpoints, clock }: WebhookMetricsDeps): Gauge<"endpoint"> {
  return new Gauge({
    name: "billing_webhook_endpoint_failing_seconds",
    help: "How long an endpoint has taken nothing; 0 where its last delivery succeeded.",
    labelNames: ["endpoint"],
    registers: [],
    async collect() {
      this.reset();
      for (const { id, failingSince } of await orNone(endpoints.listAll())) {
        const sinceMs = failingSince?.getTime() ?? clock.now().getTime();
        this.set({ endpoint: id }, Math.max(0, (clock.now().getTime() - sinceMs) / 1000));
      }
    },
  });
}

function deliveriesByState(deps: WebhookMetricsDeps): Gauge<"endpoint" | "state"> {
  return new Gauge({
    name: "billing_webhook_deliveries",
    help: "Events that wait for an endpoint or were set aside there, counted up to 10000.",
    labelNames: ["endpoint", "state"],
    registers: [],
    async collect() {
      this.reset();
      for (const { id } of await orNone(deps.endpoints.listAll())) {
        for (const state of COUNTED) {
          const counted = await deps.deliveries.count(id, state, COUNTED_MAX).catch(() => null);
          if (counted !== null) this.set({ endpoint: id, state }, counted);
        }
      }
    },
  });
}

/** A database that is away takes these numbers out of a scrape, and no others. */
async function orNone<T>(reading: Promise<T[]>): Promise<T[]> {
  return reading.catch(() => []);
}
