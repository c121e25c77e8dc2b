import { Counter, Gauge, Registry, collectDefaultMetrics } from "prom-client";
import { PAUSED_QUEUES } from "./domain/account-pause.ts";
import { factsOf } from "./domain/decline.ts";
import type { GatewayRegistry } from "./gateways/registry.ts";
import type { OperationalClock } from "./lib/clock.ts";
import { type GatewayMetricsDeps, gatewayMetrics } from "./metrics-gateways.ts";
import { type WebhookMetricsDeps, webhookMetrics } from "./metrics-webhooks.ts";
import { type MessageMetricsDeps, messageMetrics } from "./metrics-messages.ts";
import type { Queues } from "./queues/queues.ts";
import type { AccountPauseStore } from "./stores/account-pauses.ts";
import type { DeclineCountStore } from "./stores/decline-counts.ts";
import type { InboxStore } from "./stores/inbox.ts";
import type { InvoiceStore } from "./stores/invoices.ts";
import type { SubscriptionStore } from "./stores/subscriptions.ts";

/** Upper bounds of the ages by which unknown charges are counted, seconds. */
const UNKNOWN_AGES_S = [0, 60, 900, 3600, 86_400] as const;

/** Most rows that one scrape reads. */
const ROWS_MAX = 1000;

export interface MetricsDeps extends GatewayMetricsDeps, MessageMetricsDeps, WebhookMetricsDeps {
  invoices: InvoiceStore;
  subscriptions: Pick<SubscriptionStore, "listParked">;
  pauses: Pick<AccountPauseStore, "listPaused">;
  declines: Pick<DeclineCountStore, "listAll">;
  gateways: Pick<GatewayRegistry, "all">;
  inbox: Pick<InboxStore, "countUnseen">;
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
  registry.registerMetric(declinesByCode(deps));
  registry.registerMetric(unrecognizedDeclines(deps));
  registry.registerMetric(pausedAccounts(deps));
  registry.registerMetric(unseenNotices(deps));
  registry.registerMetric(jobsByState(deps));
  for (const metric of messageMetrics(deps)) registry.registerMetric(metric);
  for (const metric of gatewayMetrics(deps)) registry.registerMetric(metric);
  for (const metric of webhookMetrics(deps)) registry.registerMetric(metric);
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

function unseenNotices(deps: MetricsDeps): Gauge {
  return new Gauge({
    name: "billing_notices_unseen",
    help: "Notices of gateways that were flagged or cannot be read, and that nobody has seen.",
    registers: [],
    async collect() {
      const count = await orNull(deps.inbox.countUnseen(ROWS_MAX));
      if (count !== null) this.set(count);
    },
  });
}

function declinesByCode(deps: MetricsDeps): Counter<"gateway" | "code" | "kind"> {
  return new Counter({
    name: "billing_declines_total",
    help: "Definite refusals by gateways, by our code.",
    labelNames: ["gateway", "code", "kind"],
    registers: [],
    async collect() {
      const counts = await orNull(deps.declines.listAll());
      this.reset();
      for (const { gateway, code, count } of counts ?? []) {
        this.inc({ gateway, code, kind: factsOf(code).kind }, count);
      }
    },
  });
}

function unrecognizedDeclines(deps: MetricsDeps): Counter<"gateway" | "raw_code"> {
  return new Counter({
    name: "billing_unrecognized_declines_total",
    help: "Definite refusals with a code that no map knows, by the gateway's own code.",
    labelNames: ["gateway", "raw_code"],
    registers: [],
    async collect() {
      const counts = await orNull(deps.declines.listAll());
      this.reset();
      for (const { gateway, rawCode, count } of counts ?? []) {
        if (rawCode !== null) this.inc({ gateway, raw_code: rawCode }, count);
      }
    },
  });
}

function pausedAccounts(deps: MetricsDeps): Gauge<"gateway" | "account" | "queue"> {
  return new Gauge({
    name: "billing_account_paused",
    help: "1 where the merchant's side of a gateway account has stopped its charges or refunds.",
    labelNames: ["gateway", "account", "queue"],
    registers: [],
    async collect() {
      const pauses = await orNull(deps.pauses.listPaused());
      this.reset();
      if (pauses === null) return;
      for (const { gateway, account } of deps.gateways.all()) {
        for (const queue of PAUSED_QUEUES) this.set({ gateway, account, queue }, 0);
      }
      for (const { gateway, account, queue } of pauses) this.set({ gateway, account, queue }, 1);
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
