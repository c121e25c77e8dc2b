/** The one place that connects things: stores, gateways, queues and what the use cases need. */
import type { Redis } from "ioredis";
import type { AttemptChargeDeps } from "./billing/attempt-charge.ts";
import type { ApplyNoticeDeps } from "./billing/apply-notice.ts";
import type { ReconcileDeps } from "./billing/reconcile-attempt.ts";
import type { SweepDeps } from "./billing/sweep.ts";
import { createGateways } from "./compose-gateways.ts";
import { createChannels, reminderDrawerOf } from "./compose-messages.ts";
import { type NoticeDesk, createNoticeDesk } from "./compose-notices.ts";
import { guardGateways } from "./compose-traffic.ts";
import { outgoingOf } from "./compose-webhooks.ts";
import type { Config } from "./config.ts";
import type { DrawReminder } from "./domain/card-reminder.ts";
import type { ChargePolicy } from "./domain/charge-policy.ts";
import type { Channel } from "./notify/channel.ts";
import type { GatewayRegistry } from "./gateways/registry.ts";
import {
  type BusinessClock,
  type OperationalClock,
  systemBusinessClock,
  systemClock,
} from "./lib/clock.ts";
import { type Logger, describeError } from "./lib/logger.ts";
import { type SecretBox, createSecretBox } from "./lib/secret-box.ts";
import {
  connectSoon,
  createProducerConnection,
  readEvictionPolicy,
  readVersionFault,
} from "./queues/connection.ts";
import { type Queues, createQueues } from "./queues/queues.ts";
import {
  type AccountPauseStore,
  createAccountPauseStore,
  withRecentPauses,
} from "./stores/account-pauses.ts";
import { type BillingKeyStore, createBillingKeyStore } from "./stores/billing-keys.ts";
import { type TestClockStore, createTestClockStore } from "./stores/clock.ts";
import { type Database, createDatabase, openDatabaseEventually } from "./stores/connection.ts";
import { type DeclineCountStore, createDeclineCountStore } from "./stores/decline-counts.ts";
import { type DeliveryStore, createDeliveryStore } from "./stores/deliveries.ts";
import { type EventStore, createEventStore } from "./stores/events.ts";
import { createIndexes, missingIndexes } from "./stores/indexes.ts";
import { type InboxStore, createInboxStore } from "./stores/inbox.ts";
import { type InvoiceStore, createInvoiceStore } from "./stores/invoices.ts";
import { type MessageStore, createMessageStore } from "./stores/messages.ts";
import { JOINING } from "./stores/revisioned.ts";
import { probeUrl, refusalOf } from "./stores/server-probe.ts";
import { type SubscriptionStore, createSubscriptionStore } from "./stores/subscriptions.ts";
import {
  type WebhookEndpointStore,
  createWebhookEndpointStore,
} from "./stores/webhook-endpoints.ts";
import type { Traffic } from "./traffic/traffic.ts";

/** Everything that is connected, by its name. */
export interface Composition {
  config: Config;
  log: Logger;
  clock: OperationalClock;
  businessClock: BusinessClock;
  testClock: TestClockStore | null;
  database: Database;
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  pauses: AccountPauseStore;
  declines: DeclineCountStore;
  events: EventStore;
  endpoints: WebhookEndpointStore;
  deliveries: DeliveryStore;
  messages: MessageStore;
  channels: readonly Channel[];
  inbox: InboxStore;
  notices: NoticeDesk;
  gateways: GatewayRegistry;
  secrets: SecretBox;
  policy: ChargePolicy;
  drawReminder: DrawReminder;
  /** Days before a charge on which it is announced; 0: it is not. */
  noticeDays: number;
  traffic: Traffic;
  redis: Redis;
  queues: Queues;
  /** Settles once the database is open and its indexes are sound; rejects when they are not. */
  ready: Promise<void>;
  close(): Promise<void>;
}

/** Raised when something that guards money is missing: the process must not serve. */
export class UnsafeToStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnsafeToStartError";
  }
}

/** Connects what the configuration names. Returns at once; `ready` tells when it may be used. */
export function compose(config: Config, log: Logger): Composition {
  const clock = systemClock;
  const database = createDatabase();
  const redis = createProducerConnection(config.redisUrl ?? "");
  const guard = { config, connection: redis, clock, log };
  const { gateways, traffic } = guardGateways(createGateways(config, clock), guard);
  const accounts = accountsOf(gateways);
  const queues = createQueues({
    connection: redis,
    prefix: config.queuePrefix,
    accounts,
    clock,
    onLostHint: (error) =>
      log.warn(
        { err: describeError(error) },
        "Redis did not take a hint; the sweep will find the work",
      ),
  });
  const channels = createChannels(config);
  let closed = false;
  const opened = openDatabaseEventually(database, config.mongoUrl ?? "", {
    prepare: (first) => prepareDatabase(config, first),
    onAway: (error) => log.error({ err: describeError(error) }, "the database is out of reach"),
    isClosed: () => closed,
  });
  const ready = becomeReady({ config, log, redis }, opened);
  // Whoever serves awaits it; this only keeps a refusal from ending the process unseen.
  ready.catch(() => {});
  const joining = { ...JOINING, windowMs: config.storeGroupingMs };
  const secrets = createSecretBox(config.encryptionKeys);
  const testClock = config.testClock ? createTestClockStore(database, clock) : null;
  return {
    config,
    log,
    clock,
    businessClock: testClock ?? systemBusinessClock,
    testClock,
    database,
    invoices: createInvoiceStore(database, joining),
    subscriptions: createSubscriptionStore(database, joining),
    billingKeys: createBillingKeyStore(database, joining),
    pauses: createAccountPauseStore(database, joining),
    declines: createDeclineCountStore(database),
    events: createEventStore(database),
    endpoints: createWebhookEndpointStore(database, joining),
    deliveries: createDeliveryStore(database),
    messages: createMessageStore(database, joining),
    channels,
    inbox: createInboxStore(database, joining),
    notices: createNoticeDesk(config, secrets),
    gateways,
    secrets,
    policy: policyOf(config),
    drawReminder: reminderDrawerOf(config),
    noticeDays: config.messages.noticeDays,
    traffic,
    redis,
    queues,
    ready,
    async close() {
      closed = true;
      traffic.close();
      for (const channel of channels) channel.close();
      await queues.close();
      redis.disconnect();
      gateways.close();
      await database.close();
    },
  };
}

type RedisUse = Pick<Composition, "config" | "log" | "redis">;

async function becomeReady(use: RedisUse, opened: Promise<void>): Promise<void> {
  await Promise.all([opened, connectSoon(use.redis)]);
  await checkRedisVersion(use);
  await checkEviction(use);
}

/** The gateway accounts that have a charge queue each. */
export function accountsOf(gateways: GatewayRegistry): { gateway: string; account: string }[] {
  return gateways.all().map(({ gateway, account }) => ({ gateway, account }));
}

/** Second looks at closed attempts: after an hour, a day and three days of business time. */
const RECHECK_DELAYS_MS = [3_600_000, 86_400_000, 3 * 86_400_000] as const;

/** An account that stays stopped is tried at least this often. */
const PAUSE_MAX_MS = 86_400_000;

/** The ladder, absents and merchant-side declines together stay far below this. */
const ATTEMPTS_MAX = 30;

function policyOf(config: Config): ChargePolicy {
  return {
    dunning: {
      stepDays: config.dunning.stepDays,
      finalState: config.dunning.finalState,
      hour: config.billingHour,
      zone: config.zone,
    },
    resendBackoff: {
      firstMs: config.charge.resendFirstDelayMs,
      maxMs: config.charge.resendMaxDelayMs,
      jitter: 0.5,
    },
    lookUpBackoff: {
      firstMs: config.reconcile.firstDelayMs,
      maxMs: config.reconcile.maxDelayMs,
      jitter: 0.2,
    },
    pauseBackoff: { firstMs: config.charge.accountPauseMs, maxMs: PAUSE_MAX_MS, jitter: 0 },
    settleDelayMs: config.reconcile.settleDelayMs,
    attemptsMax: ATTEMPTS_MAX,
    recheckDelaysMs: RECHECK_DELAYS_MS,
    orderPrefix: config.orderPrefix,
  };
}

/**
 * Development makes its indexes by itself; production refuses to serve without those that guard money.
 * Where one is missing, the server is tried out first: some of MongoDB's protocol cannot keep them.
 */
async function prepareDatabase(config: Config, database: Database): Promise<void> {
  const missing = (await missingIndexes(database)).filter((index) => index.guardsMoney);
  if (missing.length > 0) await refuseUnfitServer(config);
  if (config.environment !== "production") {
    await createIndexes(database);
    return;
  }
  if (missing.length === 0) return;
  const names = missing.map((index) => `${index.collection}.${index.name}`).join(", ");
  throw new UnsafeToStartError(
    `indexes that guard money are missing: ${names}. Run: npx billing migrate`,
  );
}

async function refuseUnfitServer(config: Config): Promise<void> {
  const refusal = refusalOf(await probeUrl(config.mongoUrl ?? ""));
  if (refusal !== null) throw new UnsafeToStartError(refusal);
}

/** Only in production is a hole worth a warning: elsewhere Redis is our own, on loopback. */
async function checkRedisVersion({ config, log, redis }: RedisUse): Promise<void> {
  const fault = await readVersionFault(redis);
  if (fault?.kind === "too_old") throw new UnsafeToStartError(fault.text);
  if (fault !== null && config.environment === "production") log.warn(fault.text);
}

async function checkEviction({ config, redis }: RedisUse): Promise<void> {
  if (config.environment !== "production") return;
  const policy = await readEvictionPolicy(redis);
  if (policy === null || policy === "noeviction") return;
  throw new UnsafeToStartError(
    `Redis has maxmemory-policy ${policy} and would drop jobs. Set: maxmemory-policy noeviction`,
  );
}

/** What the charge worker hands to its use cases. */
export function chargeDepsOf(
  composition: Composition,
  worker: string,
): AttemptChargeDeps & { hints: Queues["hints"] } {
  const { config, queues, ...rest } = composition;
  return {
    ...rest,
    pauses: withRecentPauses(rest.pauses, rest.clock),
    hints: queues.hints,
    finalState: config.dunning.finalState,
    lease: { leaseMs: config.charge.leaseMs, marginMs: config.charge.leaseMarginMs },
    worker,
    random: Math.random,
  };
}

/** What reconciliation, and a person who does its work, hand to their use cases. */
export function reconcileDepsOf(composition: Composition): ReconcileDeps {
  return { ...composition, finalState: composition.config.dunning.finalState, random: Math.random };
}

/** What the worker of notices hands to its use case. */
export function noticeDepsOf(composition: Composition): ApplyNoticeDeps {
  return { ...reconcileDepsOf(composition), ...composition, hints: composition.queues.hints };
}

/** What the sweep hands to its use cases. */
export function sweepDepsOf(composition: Composition): SweepDeps {
  const { config } = composition;
  return {
    ...composition,
    outgoing: outgoingOf(composition),
    finalState: config.dunning.finalState,
    catchUp: config.catchUp,
    accounts: accountsOf(composition.gateways),
    queueWindow: config.charge.queueWindow,
    alarmAfterMs: config.reconcile.alarmAfterMs,
    random: Math.random,
  };
}
