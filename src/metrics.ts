import { Gauge, Registry, collectDefaultMetrics } from "prom-client";
import type { OperationalClock } from "./lib/clock.ts";
import type { Queues } from "./queues/queues.ts";
import type { InvoiceStore } from "./stores/invoices.ts";

/** Upper bounds of the ages by which unknown charges are counted, seconds. */
const UNKNOWN_AGES_S = [60, 900, 3600, 86_400] as const;

/** Most rows that one scrape reads. */
const ROWS_MAX = 1000;

export interface MetricsDeps {
  invoices: InvoiceStore;
  queues: Queues;
  clock: OperationalClock;
}

/** The process's metrics: Node's own, and what stands in the database and the queues now. */
export function createMetrics(deps: MetricsDeps): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const unknown = new Gauge({
    name: "billing_unknown_charges",
    help: "Charges whose outcome nobody knows, by age: how many are older than so many seconds.",
    labelNames: ["older_than_s"],
    registers: [registry],
  });
  const oldest = new Gauge({
    name: "billing_unknown_charge_oldest_seconds",
    help: "Age of the oldest charge whose outcome nobody knows; 0 where there is none.",
    registers: [registry],
  });
  const held = new Gauge({
    name: "billing_held_invoices",
    help: "Invoices that wait for a person, by reason.",
    labelNames: ["reason"],
    registers: [registry],
  });
  const jobs = new Gauge({
    name: "billing_queue_jobs",
    help: "Jobs in Redis by queue and state.",
    labelNames: ["queue", "state"],
    registers: [registry],
    collect: () => Promise.all([readInvoices(), readQueues()]).then(() => {}),
  });

  async function readInvoices(): Promise<void> {
    const now = deps.clock.now().getTime();
    const asked = await deps.invoices.listUnknown(ROWS_MAX);
    const ages = asked.map((invoice) => {
      const since = invoice.attempts.at(-1)?.unknownSince ?? invoice.nextActionAt;
      return Math.max(0, (now - since.getTime()) / 1000);
    });
    for (const bound of [0, ...UNKNOWN_AGES_S]) {
      unknown.set({ older_than_s: String(bound) }, ages.filter((age) => age >= bound).length);
    }
    oldest.set(ages.length === 0 ? 0 : Math.max(...ages));
    held.reset();
    for (const invoice of await deps.invoices.listHeld(ROWS_MAX)) {
      held.inc({ reason: invoice.held ?? "none" });
    }
  }

  async function readQueues(): Promise<void> {
    for (const queue of deps.queues.all()) {
      const counts = await queue.getJobCounts();
      for (const [state, count] of Object.entries(counts)) {
        jobs.set({ queue: queue.name, state }, count);
      }
    }
  }
  return registry;
}
