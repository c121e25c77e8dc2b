/** Everything the demo runs on, in processes of their own, and gone at its end. */
import { randomBytes } from "node:crypto";
import { type Composition, compose } from "../../compose.ts";
import { loadConfig } from "../../config.ts";
import type { NodeChild } from "../../embedded/node-child.ts";
import { sleep } from "../../lib/clock.ts";
import { createLogger } from "../../lib/logger.ts";
import { hashPassword, randomPassword } from "../../lib/password.ts";
import { type LocalStack, startLocalStack } from "../../local-stack.ts";
import type { CommandContext } from "../command.ts";
import { tellNoticeUrls } from "../../tell-simulator.ts";
import { type SimulatedGateway, gatewaySettings } from "../simulated-gateway.ts";
import { type Outside, openOutside } from "./outside.ts";

export interface Stage {
  stack: LocalStack;
  composition: Composition;
  worker: NodeChild;
  gateway: SimulatedGateway;
  apiUrl: string;
  simulatorUrl: string;
  adminPassword: string;
  outside: Outside;
  close(): Promise<void>;
}

/** Shortened operational times: the demo has no minutes to wait for leases. Business time is whole. */
const DEMO_SETTINGS = {
  NODE_ENV: "development",
  LOG_LEVEL: "error",
  TEST_CLOCK: "true",
  TIMEZONE: "Asia/Seoul",
  BILLING_HOUR: "10",
  DUNNING_STEP_DAYS: "1,3,5,7",
  DUNNING_FINAL_STATE: "unpaid",
  CHARGE_CALL_DEADLINE_MS: "1200",
  CHARGE_CONNECT_TIMEOUT_MS: "500",
  CHARGE_TOKEN_TIMEOUT_MS: "1000",
  CHARGE_LEASE_MARGIN_MS: "300",
  CHARGE_LEASE_MS: "2000",
  CHARGE_LOCK_MS: "4000",
  LOOKUP_LAG_MS: "100",
  SETTLE_DELAY_MS: "3500",
  RECONCILE_FIRST_DELAY_MS: "200",
  RECONCILE_MAX_DELAY_MS: "1000",
  BREAKER_WINDOW_MS: "2000",
  BREAKER_PAUSE_MS: "300",
  BREAKER_PAUSE_MAX_MS: "3000",
  RESEND_FIRST_DELAY_MS: "100",
  RESEND_MAX_DELAY_MS: "1000",
  SWEEP_INTERVAL_MS: "500",
  SHUTDOWN_DEADLINE_MS: "2000",
} as const;

/** Starts Redis, MongoDB, simulator, API and worker; takes down what had come up when one fails. */
export async function setStage(
  context: CommandContext,
  gateway: SimulatedGateway,
  overrides: Record<string, string> = {},
): Promise<Stage> {
  const adminPassword = randomPassword();
  const outside = await openOutside();
  const settings = {
    ...DEMO_SETTINGS,
    ...outside.settings,
    ...gatewaySettings(gateway),
    BILLING_KEY_ENCRYPTION_KEYS: `demo:${randomBytes(32).toString("base64")}`,
    ADMIN_PASSWORD_HASH: await hashPassword(adminPassword),
    ...overrides,
  };
  const bare = {
    PATH: context.env["PATH"],
    HOME: context.env["HOME"],
    TMPDIR: context.env["TMPDIR"],
  };
  const env = { ...bare, MONGOD_BINARY: context.env["MONGOD_BINARY"], ...settings };
  let composition: Composition | null = null;
  let stack: LocalStack | null = null;
  const close = async () => {
    await composition?.close();
    await stack?.stop();
    await outside.close();
  };
  try {
    stack = await startLocalStack({
      config: loadConfig(env),
      env,
      folder: null,
      simulatorPort: 0,
      log: (line) => context.err(`${line}\n`),
    });
    const config = loadConfig({ ...env, ...stack.overrides });
    composition = compose(config, createLogger({ level: "error", name: "demo", toStderr: true }));
    await composition.ready;
    const [api, worker] = await Promise.all([
      stack.spawn(new URL("../../server.ts", import.meta.url), [], { PORT: "0" }),
      stack.spawn(new URL("../../../workers/main.ts", import.meta.url), []),
    ]);
    const apiUrl = `http://127.0.0.1:${String(api.ready["port"])}`;
    await untilReady(apiUrl);
    await tellNoticeUrls(stack.simulatorUrl ?? "", apiUrl);
    return {
      stack,
      composition,
      worker,
      gateway,
      apiUrl,
      simulatorUrl: stack.simulatorUrl ?? "",
      adminPassword,
      outside,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Looks at whether the API serves, until it does; it listens before its database is open. */
export async function untilReady(apiUrl: string): Promise<void> {
  for (let look = 0; look < READY_LOOKS_MAX; look += 1) {
    const answer = await fetch(`${apiUrl}/health/ready`);
    await answer.body?.cancel();
    if (answer.ok) return;
    await sleep(READY_PAUSE_MS);
  }
  throw new Error("the API did not become ready");
}

const READY_LOOKS_MAX = 600;
const READY_PAUSE_MS = 25;
