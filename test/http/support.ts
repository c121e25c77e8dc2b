import type { InjectOptions } from "fastify";
import { createApp } from "../../src/app.ts";
import { DECLINE_MAPS } from "../../src/compose-declines.ts";
import { createNoticeDesk } from "../../src/compose-notices.ts";
import { loadConfig } from "../../src/config.ts";
import type { AppDeps } from "../../src/http/app-deps.ts";
import type { HttpApp } from "../../src/http/http-app.ts";
import type { GatewayRegistry } from "../../src/gateways/registry.ts";
import { systemBusinessClock, systemClock } from "../../src/lib/clock.ts";
import type { Logger } from "../../src/lib/logger.ts";
import { FREE_TRAFFIC } from "../support/free-traffic.ts";
import { createSecretBox } from "../../src/lib/secret-box.ts";
import type { AccountPauseStore } from "../../src/stores/account-pauses.ts";
import type { BillingKeyStore } from "../../src/stores/billing-keys.ts";
import type { DeclineCountStore } from "../../src/stores/decline-counts.ts";
import type { DeliveryStore } from "../../src/stores/deliveries.ts";
import type { EventStore } from "../../src/stores/events.ts";
import type { InboxStore } from "../../src/stores/inbox.ts";
import type { InvoiceStore } from "../../src/stores/invoices.ts";
import type { MessageStore } from "../../src/stores/messages.ts";
import type { SubscriptionStore } from "../../src/stores/subscriptions.ts";
import type { WebhookEndpointStore } from "../../src/stores/webhook-endpoints.ts";
import { POLICY } from "../domain/fixtures.ts";

/** A line as the logger was given it. */
export interface LogLine {
  level: string;
  fields: Record<string, unknown>;
  text: string;
}

export interface CollectingLogger {
  log: Logger;
  lines: LogLine[];
}

export function createCollectingLogger(): CollectingLogger {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: unknown, text?: unknown) => {
    lines.push({ level, fields: fields as Record<string, unknown>, text: String(text) });
  };
  const log = Object.fromEntries(
    ["fatal", "error", "warn", "info", "debug", "trace"].map((level) => [level, at(level)]),
  );
  return { log: log as unknown as Logger, lines };
}

/** A store that no request of the test may reach. */
export function unreachable(name: string): object {
  return new Proxy(
    {},
    {
      get: (_target, method) => () =>
        Promise.reject(
          new Error(`${name}.${String(method)} was reached by a request to be refused`),
        ),
    },
  );
}

export const TEST_SECRETS = createSecretBox([{ id: "test", secret: Buffer.alloc(32, 1) }]);
const DEFAULTS = loadConfig({});

/** Dependencies that refuse everything a refused request must not touch. */
export function createTestDeps(changes: Partial<AppDeps> = {}): AppDeps {
  return {
    config: {
      apiKeys: [],
      defaultGateway: "cookiepay",
      orderPrefix: "KB",
      zone: "Asia/Seoul",
      billingHour: 10,
      testClock: true,
      webhooks: { addresses: { allowPrivate: false, httpsOnly: true }, secretOverlapMs: 1000 },
      trustProxy: 0,
      notices: DEFAULTS.notices,
      windows: DEFAULTS.windows,
      environment: "test",
    },
    log: createCollectingLogger().log,
    clock: systemClock,
    businessClock: systemBusinessClock,
    invoices: unreachable("invoices") as InvoiceStore,
    subscriptions: unreachable("subscriptions") as SubscriptionStore,
    billingKeys: unreachable("billingKeys") as BillingKeyStore,
    pauses: unreachable("pauses") as AccountPauseStore,
    declines: unreachable("declines") as DeclineCountStore,
    declineMaps: DECLINE_MAPS,
    events: unreachable("events") as EventStore,
    endpoints: unreachable("endpoints") as WebhookEndpointStore,
    deliveries: unreachable("deliveries") as DeliveryStore,
    messages: unreachable("messages") as MessageStore,
    mails: {
      render: () => {
        throw new Error("a mail was rendered by a request to be refused");
      },
      examples: null,
    },
    inbox: {
      ...unreachable("inbox"),
      listFlaggedOfInvoices: () => Promise.resolve([]),
    } as unknown as InboxStore,
    notices: createNoticeDesk(DEFAULTS, TEST_SECRETS),
    gateways: { find: () => undefined, all: () => [] } as unknown as GatewayRegistry,
    traffic: FREE_TRAFFIC,
    policy: POLICY,
    drawReminder: () => null,
    noticeDays: 0,
    finalState: "unpaid",
    secrets: TEST_SECRETS,
    direct: { lease: { leaseMs: 45_000, marginMs: 5_000 }, worker: "test", random: () => 0.5 },
    hints: { charge: async () => {}, document: async () => {}, sweep: async () => {} },
    testClock: {
      now: () => Promise.resolve(new Date("2027-01-31T03:00:00Z")),
      read: () => Promise.resolve(null),
      set: () => Promise.reject(new Error("the clock was set by a request to be refused")),
    },
    tellOthers: async () => {},
    boards: [],
    metrics: {
      metrics: async () => "up 1\n",
      contentType: "text/plain; version=0.0.4; charset=utf-8",
    },
    verify: () => Promise.reject(new Error("everything was verified by a request to be refused")),
    health: { database: async () => true, redis: async () => true },
    adminPassword: {
      user: "admin",
      verify: (password) => Promise.resolve(password === "correct horse battery"),
    },
    testPages: { simulated: ["cookiepay"], windowOrigins: ["http://127.0.0.1:4000"] },
    isDatabaseUnavailable: (error) => error instanceof Error && error.name === "MongoNetworkError",
    ...changes,
  };
}

export async function createTestApp(changes: Partial<AppDeps> = {}): Promise<HttpApp> {
  return createApp(createTestDeps(changes));
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: { pointer: string; expected: string }[];
  decline?: { code: string; message: string };
  requestId: string;
}

/** Sends JSON and reads the answer. */
export async function send(app: HttpApp, options: InjectOptions) {
  const response = await app.inject(options);
  const { statusCode: status, headers, body: text } = response;
  const isJson = String(headers["content-type"]).includes("json");
  return {
    status,
    headers,
    text,
    body: (isJson ? JSON.parse(text) : {}) as ProblemBody & Record<string, unknown>,
  };
}

/** The bodies of the source document, and of the calls that it does not have. */
export const GOOD_BODIES = {
  "/billing/register": {
    cardNumber: "4111111111111111",
    expireDate: "2512",
    cardPassword: "12",
    birthDate: "901231",
    customerName: "홍길동",
    customerId: "user123",
  },
  "/billing/subscribe": {
    billingKey: "BILL_KEY",
    customerId: "user123",
    planId: "monthly",
    amount: 9900,
    productName: "월간 구독",
    cycleDay: 15,
  },
  "/billing/pay": { billingKey: "BILL_KEY", amount: 9900, productName: "월간 구독" },
  "/billing/card": { subscriptionId: "sub_4k2v9x7c1m3n5b8q", billingKey: "BILL_KEY" },
  "/billing/cancel": { subscriptionId: "sub_4k2v9x7c1m3n5b8q" },
  "/billing/refund": { paymentId: "pay_4k2v9x7c1m3n5b8q", amount: 4900, reason: "고객 요청" },
  "/test-clock/advance": { months: 1 },
} as const satisfies Record<string, Record<string, unknown>>;

export type WritePath = keyof typeof GOOD_BODIES;
export const WRITE_PATHS = Object.keys(GOOD_BODIES) as WritePath[];
