import type { SimulatedGateway } from "../simulated-gateway.ts";
import type { PlannedSubscription } from "./plan.ts";
import { effectOf } from "./plan.ts";

/** A line of the simulator's ledger, as far as the demo reads it. */
export interface LedgerEntry {
  seq: number;
  at: string;
  kind: "billing_key_issued" | "billing_key_revoked" | "approval" | "decline" | "refund";
  billingKey?: string;
  buyerId?: string;
  orderNumber?: string;
  transactionId?: string;
  amount?: number;
  code?: string;
  fault?: string;
}

/** The simulator's control interface, over HTTP like everybody else. */
export interface SimulatorClient {
  setSwitches(switches: Readonly<Record<string, unknown>>): Promise<void>;
  setClock(now: Date): Promise<void>;
  plant(subscriptions: readonly PlannedSubscription[], gateway: SimulatedGateway): Promise<void>;
  ledger(query?: Record<string, string>): Promise<LedgerEntry[]>;
}

const RULES_PER_CALL = 500;

export function createSimulatorClient(url: string): SimulatorClient {
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`simulator ${path}: ${await response.text()}`);
  };
  return {
    setSwitches: (switches) => post("/_sim/switches", switches),
    setClock: (now) => post("/_sim/clock", { now: now.toISOString() }),
    async plant(subscriptions, gateway) {
      const rules = subscriptions.flatMap((one) => rulesOf(one, gateway));
      for (let from = 0; from < rules.length; from += RULES_PER_CALL) {
        await post("/_sim/faults", { rules: rules.slice(from, from + RULES_PER_CALL) });
      }
    },
    async ledger(query = {}) {
      const entries: LedgerEntry[] = [];
      for (let after = "0"; ; ) {
        const search = new URLSearchParams({ ...query, limit: "1000", after });
        const response = await fetch(`${url}/_sim/ledger?${search.toString()}`);
        if (!response.ok) throw new Error(`simulator ledger: ${await response.text()}`);
        const page: { entries: LedgerEntry[]; next?: number } = await response.json().then(asPage);
        entries.push(...page.entries);
        if (page.next === undefined) return entries;
        after = String(page.next);
      }
    },
  };
}

function asPage(page: unknown): { entries: LedgerEntry[]; next?: number } {
  return page as { entries: LedgerEntry[]; next?: number };
}

function rulesOf(subscription: PlannedSubscription, gateway: SimulatedGateway): unknown[] {
  return subscription.periods.flatMap((period) =>
    period.faults.flatMap((fault, position) => {
      if (fault === null) return [];
      const match = {
        gateway: gateway.name,
        operation: gateway.chargeOperation,
        buyerId: subscription.customerId,
        from: period.dueAt.toISOString(),
        until: period.untilAt.toISOString(),
      };
      return [
        { match, nth: position + 1, effect: effectOf(fault, subscription.index, gateway.seals) },
      ];
    }),
  );
}
