/** One run of the search: how its workers are set up, what may be naive in them, and what was seen. */
import type { ChargePolicy } from "../../src/domain/charge-policy.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import type { GatewayAdapter } from "../../src/gateways/gateway.ts";
import type { Network } from "./interleavings-gateway.ts";
import type { Site, Stores } from "./interleavings-lane.ts";
import type { Request, Scenario } from "./interleavings-scenario.ts";
import type { Steps } from "./interleavings-steps.ts";

const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Longer than a call and its margin. */
export const LEASE = { leaseMs: 45_000, marginMs: 5000 };

export const POLICY: ChargePolicy = {
  dunning: { stepDays: [], hour: 10, zone: "Asia/Seoul", finalState: "unpaid" },
  resendBackoff: { firstMs: 1000, maxMs: MINUTE_MS, jitter: 0.5 },
  lookUpBackoff: { firstMs: 20_000, maxMs: HOUR_MS, jitter: 0.2 },
  pauseBackoff: { firstMs: HOUR_MS, maxMs: 24 * HOUR_MS, jitter: 0 },
  settleDelayMs: 90_000,
  attemptsMax: 30,
  recheckDelaysMs: [HOUR_MS],
  orderPrefix: "KB",
};

/** How a part of a worker is written naively, to see that the search would notice. */
export interface Sabotage {
  invoices?: (store: Stores["invoices"]) => Stores["invoices"];
  adapter?: (adapter: GatewayAdapter) => GatewayAdapter;
}

/** One write of an invoice, in the order in which they happened. */
export interface Written {
  turn: number;
  actor: string;
  before: Invoice | null;
  after: Invoice;
}

/** A use case that has ended, with its answer or its refusal. */
export interface Answered {
  request: Request["kind"] | "worker";
  actor: string;
  turn: number;
  refusal: string | null;
}

export interface World {
  readonly site: Site;
  readonly steps: Steps;
  readonly network: Network;
  readonly writes: Written[];
  readonly answers: Answered[];
  readonly scenario: Scenario;
  /** The contract as it was before anybody asked for anything. */
  subscription: Subscription;
  /** The invoice that everybody is after. */
  readonly targetId: string;
  /** What became of the notices that were looked at. */
  readonly noticed: string[];
  /** What no use case may throw. */
  failures: string[];
}
