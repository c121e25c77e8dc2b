import { describe, expect, it } from "vitest";
import { createMetrics } from "../src/metrics.ts";
import type { DeclineCount } from "../src/stores/decline-counts.ts";
import { START } from "./domain/fixtures.ts";
import { FREE_TRAFFIC } from "./support/free-traffic.ts";

const seen = { firstSeenAt: START, lastSeenAt: START, orderNumber: "KB-1" };
const COUNTS: DeclineCount[] = [
  { gateway: "cookiepay", code: "insufficient_funds", rawCode: null, count: 7, ...seen },
  { gateway: "cookiepay", code: "unrecognized", rawCode: "8837", count: 2, ...seen },
  { gateway: "cookiepay", code: "unrecognized", rawCode: "8838", count: 1, ...seen },
];

function metricsOf(listAll: () => Promise<DeclineCount[]>) {
  const none = async () => [];
  const deps = {
    invoices: { listUnknown: none, listHeld: none },
    subscriptions: { listParked: none },
    pauses: { listPaused: none },
    declines: { listAll },
    messages: {
      count: async (state: string) => (state === "failed" ? 3 : 0),
      listDue: async () => [{ nextTryAt: new Date(START.getTime() - 90_000) }],
    },
    gateways: {
      all: () => [
        {
          gateway: "cookiepay",
          account: "default",
          paceOf: () => null,
          capabilities: { paysWith: [] },
        },
      ],
    },
    traffic: FREE_TRAFFIC,
    config: { traffic: { maintenance: [] } },
    queues: { all: () => [] },
    inbox: { countUnseen: async () => 2 },
    endpoints: {
      listAll: async () => [
        { id: "we_1", state: "enabled", failingSince: null },
        { id: "we_2", state: "disabled", failingSince: new Date(START.getTime() - 60_000) },
      ],
    },
    deliveries: {
      count: async (id: string, state: string) => (id === "we_2" && state === "waiting" ? 3 : 0),
    },
    clock: { now: () => START, monotonicMs: () => 0 },
  };
  return createMetrics(deps as unknown as Parameters<typeof createMetrics>[0]);
}

describe("the metrics of declines", () => {
  it("count by our code and kind, and what no map knows by the gateway's own", async () => {
    const metrics = metricsOf(async () => COUNTS);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const text = await metrics.metrics();
      const lines = text
        .split("\n")
        .filter((line) => /^billing_(declines|unrec|account)/.test(line));
      expect(lines).toEqual([
        'billing_declines_total{gateway="cookiepay",code="insufficient_funds",kind="soft"} 7',
        'billing_declines_total{gateway="cookiepay",code="unrecognized",kind="soft"} 3',
        'billing_unrecognized_declines_total{gateway="cookiepay",raw_code="8837"} 2',
        'billing_unrecognized_declines_total{gateway="cookiepay",raw_code="8838"} 1',
        'billing_account_paused{gateway="cookiepay",account="default",queue="charge"} 0',
        'billing_account_paused{gateway="cookiepay",account="default",queue="refund"} 0',
      ]);
    }
  });

  it("are left out while the database is away, and nothing else is", async () => {
    const text = await metricsOf(() => Promise.reject(new Error("away"))).metrics();
    expect(text).not.toMatch(/^billing_declines_total\{/m);
    expect(text).toMatch(/^billing_parked_subscriptions 0$/m);
    expect(text).toMatch(/^billing_notices_unseen 2$/m);
  });
});

describe("the metrics of webhooks", () => {
  it("tell of each endpoint whether it is on, how long it fails and what waits", async () => {
    const text = await metricsOf(async () => []).metrics();
    expect(text.split("\n").filter((line) => line.startsWith("billing_webhook"))).toEqual([
      'billing_webhook_endpoint_enabled{endpoint="we_1"} 1',
      'billing_webhook_endpoint_enabled{endpoint="we_2"} 0',
      'billing_webhook_endpoint_failing_seconds{endpoint="we_1"} 0',
      'billing_webhook_endpoint_failing_seconds{endpoint="we_2"} 60',
      'billing_webhook_deliveries{endpoint="we_1",state="waiting"} 0',
      'billing_webhook_deliveries{endpoint="we_1",state="set_aside"} 0',
      'billing_webhook_deliveries{endpoint="we_2",state="waiting"} 3',
      'billing_webhook_deliveries{endpoint="we_2",state="set_aside"} 0',
    ]);
  });
});

describe("the metrics of messages", () => {
  it("count by state and say how late the oldest one is", async () => {
    const text = await metricsOf(async () => []).metrics();
    expect(text).toMatch(/^billing_messages\{state="failed"\} 3$/m);
    expect(text).toMatch(/^billing_messages\{state="sent"\} 0$/m);
    expect(text).toMatch(/^billing_message_oldest_due_seconds 90$/m);
  });
});
