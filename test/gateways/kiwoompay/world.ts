/** The adapter before the real simulator: one for a file, everything reset between its tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import type {
  ChargeRequest,
  CredentialUse,
  GatewayAdapter,
  PaymentSource,
  RefundRequest,
} from "../../../src/gateways/gateway.ts";
import type { KiwoompayConfig } from "../../../src/gateways/kiwoompay/account.ts";
import { createKiwoompayAdapter } from "../../../src/gateways/kiwoompay/index.ts";
import { systemClock } from "../../../src/lib/clock.ts";
import { type Simulator, createSimulator } from "../../../src/simulator/simulator.ts";

export const CARDS = {
  approves: "4111111111111111",
  insufficientFunds: "4000000000010118",
  limitExceeded: "4000000000010126",
  lostOrStolen: "4000000000010134",
  issuerDown: "4000000000010142",
  merchantLimit: "4000000000010159",
  declinesOnce: "4000000000010217",
  drops: "4000000000010415",
  answers500: "4000000000010423",
  breaksAnswer: "4000000000010431",
  hangs: "4000000000010449",
  unknown: "4539578763621486",
};
export const FROZEN = "2026-03-10T03:00:00.000Z";

const SWITCHES = {
  dialect: "recorded",
  hashKey: "optional",
  tokenIn: "header",
  tokenUse: "once",
  tokenBound: "yes",
  tokenLifeMs: 300_000,
  readyResultCode: "absent",
  duplicateOrderNumber: "accept",
  cancelNumber: "own_daoutrx",
  sandboxHabit: "off",
  callsPerSecond: 0,
  rateRefusal: "code",
};

/** Starts a simulator for the tests of a file, and an adapter for each of them. */
export function useSimulator() {
  /** The gateway's own time for tokens and rates: it moves between tests alone, on a slow machine too. */
  let monotonicMs = 0;
  let dir: string;
  let simulator: Simulator;
  let created: GatewayAdapter[] = [];
  let current: GatewayAdapter;
  const at = (path: string) => `http://127.0.0.1:${simulator.port}/_sim/${path}`;

  const control = async (path: string, body: object): Promise<void> => {
    const headers = { "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const response = await fetch(at(path), init);
    if (!response.ok) throw new Error(await response.text());
  };
  const turn = (kiwoompay: object) => control("switches", { kiwoompay });
  const forget = (path: string) => fetch(at(path), { method: "DELETE" });

  const create = (config: Partial<KiwoompayConfig> = {}): GatewayAdapter => {
    const full = {
      account: "main",
      cpid: "CTSIM001",
      linkKey: "sim_kiwoom_key",
      baseUrl: `http://127.0.0.1:${simulator.port}`,
      family: "CARD" as const,
      connectTimeoutMs: Math.min(5_000, (config.callDeadlineMs ?? 10_000) - 100),
      readyTimeoutMs: 10_000,
      callDeadlineMs: 10_000,
      ...config,
    };
    const adapter = createKiwoompayAdapter(full, { clock: systemClock });
    created.push(adapter);
    return adapter;
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "simulator-"));
    const clock = { now: () => systemClock.now(), monotonicMs: () => monotonicMs };
    simulator = await createSimulator({ dir, clock });
    await control("clock", { now: FROZEN });
  });
  beforeEach(async () => {
    monotonicMs += 10_000;
    await turn(SWITCHES);
    current = create();
  });
  afterEach(async () => {
    for (const adapter of created) adapter.close();
    created = [];
    await forget("faults");
  });
  afterAll(async () => {
    await simulator.close();
    rmSync(dir, { recursive: true });
  });

  return {
    create,
    /** The adapter that calls go through unless they name another. */
    adapter: () => current,
    useInstead: (config: Partial<KiwoompayConfig>) => {
      current = create(config);
    },
    turn,
    forget,
    strike: (operation: string, effect: unknown, match: object = {}) =>
      control("faults", {
        rules: [{ match: { gateway: "kiwoompay", operation, ...match }, effect }],
      }),
    /** Where a browser finds the simulator. */
    address: (path: string) => `http://127.0.0.1:${simulator.port}${path}`,
    notUnderstood: async (): Promise<unknown> => (await fetch(at("not-understood"))).json(),
    /** What the simulator's ledger holds under an order number: the judge of every outcome. */
    booked: async (orderNumber: string): Promise<{ approvals: number; refundedAmount: number }> => {
      const answer = await fetch(at(`ledger?orderNumber=${orderNumber}`));
      const { totals } = (await answer.json()) as {
        totals: { approvals: number; refundedAmount: number };
      };
      return totals;
    },
    ...createCalls(() => current),
  };
}

let serial = 0;
const nextNumber = () => `T-SIM-${(serial += 1)}`;

/** A card in the clear, and a charge by its number. */
const cardOf = (number: string, expiry = "3012") => ({
  number,
  expiry,
  password: "12",
  holderId: "900101",
});
const keyedIn = (number: string, save = false): PaymentSource => ({
  kind: "card",
  card: cardOf(number),
  save,
});

function requestFor(source: PaymentSource): ChargeRequest {
  return {
    orderNumber: nextNumber(),
    source,
    amount: 9_900,
    productName: "똠방각하 & 뷁 | 구독",
    customerId: "customer-1",
    customerName: "김철수 😀",
  };
}

function createCalls(current: () => GatewayAdapter) {
  const open = async (use: CredentialUse, by = current()) => {
    const opened = await by.openCredential(use);
    if (opened.kind !== "ready") throw new Error(opened.reason);
    return { credential: opened.credential, maySend: () => true };
  };
  const issue = async (number: string, { by = current(), expiry = "3012" } = {}) =>
    by.issueBillingKey(await open({ call: "issue" }, by), {
      orderNumber: nextNumber(),
      card: cardOf(number, expiry),
      customerId: "customer-1",
      customerName: "김철수",
      productName: "카드 등록",
    });
  const charge = async (request: ChargeRequest, by = current()) => {
    const { source } = request;
    const save = source.kind === "card" && source.save;
    return by.charge(await open({ call: "charge", paidWith: source.kind, save }, by), request);
  };
  return {
    nextNumber,
    keyedIn,
    requestFor,
    open,
    issue,
    charge,
    keyOf: async (number: string, by = current()): Promise<PaymentSource> => {
      const outcome = await issue(number, { by });
      if (outcome.kind !== "issued") throw new Error(JSON.stringify(outcome));
      return { kind: "billing_key", billingKey: outcome.billingKey };
    },
    /** A charge that went through, as the refund of all of it. */
    approved: async (source: PaymentSource, by = current()): Promise<RefundRequest> => {
      const request = requestFor(source);
      const outcome = await charge(request, by);
      if (outcome.kind !== "approved") throw new Error(JSON.stringify(outcome));
      const { orderNumber, amount } = request;
      const transactionId = outcome.transaction.id;
      const whole = { amount, leftBefore: amount, everythingLeft: true, reason: "고객 변심" };
      return { orderNumber, transactionId, paidWith: source.kind, ...whole };
    },
    refund: async (request: RefundRequest, by = current()) => {
      const { paidWith, payMethod } = request;
      const named = payMethod === undefined ? {} : { payMethod };
      return by.refund(await open({ call: "refund", paidWith, ...named }, by), request);
    },
  };
}
