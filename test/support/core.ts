import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { attemptCharge } from "../../src/billing/attempt-charge.ts";
import { attemptRefund } from "../../src/billing/attempt-refund.ts";
import { recheckAttempts } from "../../src/billing/recheck-attempts.ts";
import { reconcileAttempt } from "../../src/billing/reconcile-attempt.ts";
import { registerCard } from "../../src/billing/register-card.ts";
import { subscribe } from "../../src/billing/subscribe.ts";
import { sweep } from "../../src/billing/sweep.ts";
import {
  type SimulatorClient,
  createSimulatorClient,
} from "../../src/cli/demo/simulator-client.ts";
import {
  type Composition,
  chargeDepsOf,
  compose,
  reconcileDepsOf,
  sweepDepsOf,
} from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import type { BillingKey } from "../../src/domain/billing-key.ts";
import type { Invoice } from "../../src/domain/invoice.ts";
import type { Subscription } from "../../src/domain/subscription.ts";
import { sleep } from "../../src/lib/clock.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { createSimulator } from "../../src/simulator/simulator.ts";
import { startTestServices } from "./services.ts";

/**
 * The charge core without queue workers: real stores, real Redis, real HTTP to a simulator, and a
 * test that says itself when each worker's step runs.
 */
export interface Core {
  composition: Composition;
  simulator: SimulatorClient;
  simulatorUrl: string;
  register(
    customerId: string,
    cardNumber?: string,
    changes?: Partial<Parameters<typeof registerCard>[1]>,
  ): Promise<BillingKey>;
  subscribe(
    key: BillingKey,
    changes?: Partial<Parameters<typeof subscribe>[1]>,
  ): Promise<Subscription>;
  setClock(now: Date): Promise<void>;
  sweep(): Promise<void>;
  charge(invoiceId: string): ReturnType<typeof attemptCharge>;
  refund(invoiceId: string): ReturnType<typeof attemptRefund>;
  ask(invoiceId: string): ReturnType<typeof reconcileAttempt>;
  recheck(invoiceId: string): Promise<void>;
  invoice(invoiceId: string): Promise<Invoice>;
  /** Asks until nothing is unknown any more. */
  askUntilSettled(invoiceId: string): Promise<Invoice>;
  plantFaults(...rules: unknown[]): Promise<void>;
  close(): Promise<void>;
}

const FAST = {
  LOG_LEVEL: "silent",
  CHARGE_CALL_DEADLINE_MS: "400",
  CHARGE_CONNECT_TIMEOUT_MS: "200",
  CHARGE_TOKEN_TIMEOUT_MS: "400",
  CHARGE_LEASE_MARGIN_MS: "100",
  CHARGE_LEASE_MS: "700",
  CHARGE_LOCK_MS: "2000",
  LOOKUP_LAG_MS: "50",
  SETTLE_DELAY_MS: "1200",
  RECONCILE_FIRST_DELAY_MS: "20",
  RECONCILE_MAX_DELAY_MS: "100",
  // These tests break the gateway at will, and expect every call to go out.
  BREAKER_FAILURES: "100000",
  RESEND_FIRST_DELAY_MS: "10",
  RESEND_MAX_DELAY_MS: "50",
};

/** For tests in which no call is to run out of time: far more than any takes, on a busy machine too. */
export const PATIENT = {
  CHARGE_CALL_DEADLINE_MS: "10000",
  CHARGE_CONNECT_TIMEOUT_MS: "5000",
  CHARGE_TOKEN_TIMEOUT_MS: "10000",
  CHARGE_LEASE_MS: "15000",
  CHARGE_LOCK_MS: "16000",
  SETTLE_DELAY_MS: "26000",
};

export async function startCore(settings: Record<string, string> = {}): Promise<Core> {
  const services = await startTestServices();
  const folder = mkdtempSync(join(tmpdir(), "billing-core-"));
  const simulated = await createSimulator({ dir: folder, port: 0 });
  const simulatorUrl = `http://127.0.0.1:${simulated.port}`;
  const config = loadConfig({
    ...FAST,
    GATEWAYS: "cookiepay",
    COOKIEPAY_API_URL: simulatorUrl,
    KIWOOM_TEST_API_URL: simulatorUrl,
    PORTONE_API_URL: simulatorUrl,
    PAYUP_API_URL: simulatorUrl,
    ...settings,
    MONGODB_URI: services.mongoUrl,
    REDIS_URL: services.redisUrl,
    QUEUE_PREFIX: services.keyPrefix,
  });
  const composition = compose(config, createLogger({ level: "silent", name: "test" }));
  await composition.ready;
  const simulator = createSimulatorClient(simulatorUrl);
  const deps = chargeDepsOf(composition, "test-worker");
  const invoice = async (id: string) => {
    const found = await composition.invoices.find(id);
    if (found === null) throw new Error(`no invoice ${id}`);
    return found;
  };
  const ask: Core["ask"] = (invoiceId) =>
    reconcileAttempt(reconcileDepsOf(composition), { invoiceId });
  return {
    composition,
    simulator,
    simulatorUrl,
    invoice,
    ask,
    register: (customerId, cardNumber = "4111111111111111", changes = {}) =>
      registerCard(
        { ...composition, defaultGateway: config.defaultGateway, orderPrefix: config.orderPrefix },
        {
          gateway: null,
          account: "default",
          card: { number: cardNumber, expiry: "3012", password: "12", holderId: "901231" },
          customerId,
          customerName: "홍길동",
          customerEmail: null,
          customerPhone: null,
          locale: "ko",
          idempotency: null,
          ...changes,
        },
      ),
    subscribe: (key, changes = {}) =>
      subscribe(
        { ...composition, ...deps, zone: config.zone, billingHour: config.billingHour },
        {
          billingKeyId: key.id,
          customerId: key.customerId,
          planId: "monthly",
          amount: 9900,
          productName: "월간 구독",
          cycleDay: 15,
          trialDays: 0,
          startOn: null,
          firstCharge: "cycleDay",
          metadata: {},
          idempotency: null,
          ...changes,
        },
      ),
    async setClock(now) {
      await simulator.setClock(now);
      await composition.testClock?.set(now);
    },
    sweep: () => sweep(sweepDepsOf(composition)),
    charge: (invoiceId) => attemptCharge(deps, { invoiceId }),
    refund: (invoiceId) => attemptRefund(deps, { invoiceId }),
    recheck: (invoiceId) => recheckAttempts(reconcileDepsOf(composition), { invoiceId }),
    async askUntilSettled(invoiceId) {
      for (let look = 0; look < 400; look += 1) {
        const { step } = await invoice(invoiceId);
        if (step !== "ask" && step !== "call") return invoice(invoiceId);
        if (step === "call") await sweep(sweepDepsOf(composition));
        await ask(invoiceId);
        await sleep(20);
      }
      throw new Error(`${invoiceId} stays unknown`);
    },
    async plantFaults(...rules) {
      const answer = await fetch(`${simulatorUrl}/_sim/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ rules }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    async close() {
      await composition.close();
      await simulated.close();
      await services.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
