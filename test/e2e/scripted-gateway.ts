/** A gateway in this process that can go away: it remembers what it was sent, when, and what it booked. */
import type { ChargeOutcome, GatewayTransaction } from "../../src/domain/outcome.ts";
import type {
  CredentialResult,
  CredentialUse,
  GatewayAdapter,
} from "../../src/gateways/gateway.ts";
import { sleep, systemClock } from "../../src/lib/clock.ts";
import { stampMs } from "../traffic/line.ts";

export interface ScriptedGateway {
  adapter: GatewayAdapter;
  /** When each charge left. */
  sentAt: number[];
  /** Approvals by order number. */
  booked: Map<string, GatewayTransaction & { amount: number; refunded: boolean }>;
  /** Answers 503 and, to every other, refuses the connection. */
  isDown: boolean;
  /** Charges that found it down, or already their credential. */
  failed: number;
}

const LATENCY_MS = 5;
const CREDENTIAL_MS = 60_000;

export function createScriptedGateway(perSecond: number): ScriptedGateway {
  const gateway: ScriptedGateway = {
    adapter: undefined as unknown as GatewayAdapter,
    sentAt: [],
    booked: new Map(),
    isDown: false,
    failed: 0,
  };
  const notAsked = () => Promise.reject(new Error("this test asks for no such thing"));
  gateway.adapter = {
    gateway: "cookiepay",
    account: "default",
    capabilities: {
      billingKeys: true,
      revokeBillingKey: false,
      partialRefund: false,
      lookUp: "by_order_number",
      listTransactions: false,
      repeatableFullRefund: false,
      gatewaySchedules: false,
      paysWith: ["billing_key"],
      savesWithCharge: false,
      windows: "none",
      nameCharset: "utf-8",
    },
    callDeadlineMs: 500,
    openCredential: (use) => openCredential(gateway, use),
    paceOf: ({ call }) => (call === "read" ? null : { bucket: "charge", perSecond }),
    charge: (_call, request) => charge(gateway, request),
    async lookUpCharge(_call, { orderNumber }) {
      await sleep(LATENCY_MS);
      if (gateway.isDown) return { kind: "failed", reason: "http 503" };
      const found = gateway.booked.get(orderNumber);
      return found === undefined ? { kind: "not_found" } : { kind: "found", transactions: [found] };
    },
    issueBillingKey: notAsked,
    revokeBillingKey: notAsked,
    refund: notAsked,
    lookUpRefund: notAsked,
    listTransactions: notAsked,
    readEvidence: notAsked,
    close: () => {},
  };
  return gateway;
}

async function openCredential(
  gateway: ScriptedGateway,
  { call }: CredentialUse,
): Promise<CredentialResult> {
  if (gateway.isDown && call === "charge" && gateway.failed % 2 === 1) {
    gateway.failed += 1;
    return { kind: "not_sent", reason: "ECONNREFUSED connect" };
  }
  const endsAt = new Date(systemClock.now().getTime() + CREDENTIAL_MS);
  return { kind: "ready", credential: { value: "token", endsAt } };
}

async function charge(
  gateway: ScriptedGateway,
  { orderNumber, amount }: { orderNumber: string; amount: number },
): Promise<ChargeOutcome> {
  gateway.sentAt.push(stampMs());
  const { isDown } = gateway;
  await sleep(LATENCY_MS);
  if (isDown) {
    gateway.failed += 1;
    return { kind: "unknown", reason: "http 503" };
  }
  const transaction = { id: `T${gateway.booked.size + 1}`, approvedAt: systemClock.now() };
  gateway.booked.set(orderNumber, { ...transaction, amount, refunded: false });
  return { kind: "approved", transaction };
}
