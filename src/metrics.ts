import { Gauge, Registry, collectDefaultMetrics } from "prom-client";
import type { OperationalClock } from "./lib/clock.ts";
import { type GatewayMetricsDeps, gatewayMetrics } from "./metrics-gateways.ts";
import type { Queues } from "./queues/queues.ts";
import type { InvoiceStore } from "./stores/invoices.ts";
import type { SubscriptionStore } from "./stores/subscriptions.ts";

/** Upper bounds of the ages by which unknown charges are counted, seconds. */
const UNKNOWN_AGES_S = [0, 60, 900, 3600, 86_400] as const;

/** Most rows that one scrape reads. */
const ROWS_MAX = 1000;

export interface MetricsDeps extends GatewayMetricsDeps {
  invoices: InvoiceStore;
  subscriptions: Pick<SubscriptionStore, "listParked">;
  queues: Queues;
  clock: OperationalClock;
}

/** The process's metrics: Node's own, and what stands in the database and the queues now. */
export function createMetrics(deps: MetricsDeps): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  registry.registerMetric(unknownByAge(deps));
  registry.registerMetric(oldestUnknown(deps));
  registry.registerMetric(heldByReason(deps));
  registry.registerMetric(parked(deps));
  registry.registerMetric(jobsByState(deps));
  for (const metric of gatewayMetrics(deps)) registry.registerMetric(metric);
  return registry;
}

function unknownByAge(deps: MetricsDeps): Gauge<"older_than_s"> {
  return new Gauge({
    name: "billing_unknown_charges",
    help: "Charges whose outcome nobody knows: how many are older than so many seconds.",
    labelNames: ["older_than_s"],
    registers: [],
    async collect() {
      const ages = await readUnknownAges(deps);
      this.reset();
      for (const bound of ages === null ? [] : UNKNOWN_AGES_S) {
        const older = ages?.filter((age) => age >= bound) ?? [];
        this.set({ older_than_s: String(bound) }, older.length);
      }
    },
  });
}

function oldestUnknown(deps: MetricsDeps): Gauge {
  return new Gauge({
    name: "billing_unknown_charge_oldest_seconds",
    help: "Age of the oldest charge whose outcome nobody knows; 0 where there is none.",
    registers: [],
    async collect() {
      const ages = await readUnknownAges(deps);
      if (ages !== null) this.set(Math.max(0, ...ages));
    },
  });
}

function heldByReason(deps: MetricsDeps): Gauge<"reason"> {
  return new Gauge({
    name: "billing_held_invoices",
    help: "Invoices that wait for a person, by reason.",
    labelNames: ["reason"],
    registers: [],
    async collect() {
      const held = await orNull(deps.invoices.listHeld(ROWS_MAX));
      this.reset();
      for (const invoice of held ?? []) this.inc({ reason: invoice.held ?? "none" });
    },
  });
}

function parked(deps: MetricsDeps): Gauge {
  return new Gauge({
    name: "billing_parked_subscriptions",
    help: "Subscriptions that are stopped until a person releases them.",
    registers: [],
    async collect() {
      const found = await orNull(deps.subscriptions.listParked(ROWS_MAX));
      if (found !== null) this.set(found.length);
    },
  });
}

function jobsByState(deps: MetricsDeps): Gauge<"queue" | "state"> {
  return new Gauge({
    name: "billing_queue_jobs",
    help: "Jobs in Redis by queue and state.",
    labelNames: ["queue", "state"],
    registers: [],
    async collect() {
      this.reset();
      for (const queue of deps.queues.all()) {
        const counts = await orNull(deps.queues.countJobs(queue));
        for (const [state, count] of Object.entries(counts ?? {})) {
          this.set({ queue: queue.name, state }, count);
        }
      }
    },
  });
}

/** Ages in seconds; null while the database cannot be read. */
async function readUnknownAges(deps: MetricsDeps): Promise<number[] | null> {
  const now = deps.clock.now().getTime();
  const asked = await orNull(deps.invoices.listUnknown(ROWS_MAX));
  if (asked === null) return null;
  return asked.map((invoice) => {
    const since = invoice.attempts.at(-1)?.unknownSince ?? invoice.nextActionAt;
    return Math.max(0, (now - since.getTime()) / 1000);
  });
}

/** A service that is away takes its own numbers out of a scrape, and no others. */
async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch {
    return null;
  }
}
