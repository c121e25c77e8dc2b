import type { BaseAdapter } from "@bull-board/api/baseAdapter";
import type { Registry } from "prom-client";
import type { PayWithCardDeps } from "../billing/pay-with-card.ts";
import type { VerifyReport } from "../billing/verify/report.ts";
import type { VerifyOptions } from "../billing/verify/verify.ts";
import type { NoticeDesk } from "../compose-notices.ts";
import type { Config } from "../config.ts";
import type { WebhookConfig } from "../config-webhooks.ts";
import type { DrawReminder } from "../domain/card-reminder.ts";
import type { ChargePolicy } from "../domain/charge-policy.ts";
import type { DeclineMap } from "../domain/decline.ts";
import type { MessageFacts, MessageKind } from "../domain/message.ts";
import type { GatewayRegistry } from "../gateways/registry.ts";
import type { BusinessClock, OperationalClock } from "../lib/clock.ts";
import type { Logger } from "../lib/logger.ts";
import type { SecretBox } from "../lib/secret-box.ts";
import type { Mail } from "../notify/render-mail.ts";
import type { ToldMessage } from "../notify/variables.ts";
import type { WorkHints } from "../queues/work-hints.ts";
import type { AccountPauseStore } from "../stores/account-pauses.ts";
import type { BillingKeyStore } from "../stores/billing-keys.ts";
import type { TestClockStore } from "../stores/clock.ts";
import type { DeclineCountStore } from "../stores/decline-counts.ts";
import type { DeliveryStore } from "../stores/deliveries.ts";
import type { EventStore } from "../stores/events.ts";
import type { InboxStore } from "../stores/inbox.ts";
import type { InvoiceStore } from "../stores/invoices.ts";
import type { MessageStore } from "../stores/messages.ts";
import type { SubscriptionStore } from "../stores/subscriptions.ts";
import type { WebhookEndpointStore } from "../stores/webhook-endpoints.ts";
import type { Traffic } from "../traffic/traffic.ts";

/** The part of the configuration that the HTTP interface reads. */
export type HttpConfig = Pick<
  Config,
  | "apiKeys"
  | "defaultGateway"
  | "orderPrefix"
  | "zone"
  | "billingHour"
  | "testClock"
  | "trustProxy"
  | "notices"
  | "windows"
  | "environment"
> & { webhooks: Pick<WebhookConfig, "addresses" | "secretOverlapMs"> };

/** Everything that the HTTP interface is given; it opens no connection of its own. */
export interface AppDeps {
  config: HttpConfig;
  log: Logger;
  clock: OperationalClock;
  businessClock: BusinessClock;
  invoices: InvoiceStore;
  subscriptions: SubscriptionStore;
  billingKeys: BillingKeyStore;
  pauses: AccountPauseStore;
  declines: DeclineCountStore;
  /** What each gateway's own codes mean in our words. */
  declineMaps: readonly DeclineMap[];
  events: EventStore;
  endpoints: WebhookEndpointStore;
  deliveries: DeliveryStore;
  messages: Pick<MessageStore, "find" | "listRecent">;
  mails: {
    render(message: ToldMessage): Mail;
    /** Facts to look at every text with; null in production. */
    examples: Readonly<Record<MessageKind, MessageFacts>> | null;
  };
  inbox: InboxStore;
  /** Answers notices, and shows stored ones without their secrets. */
  notices: Pick<NoticeDesk, "show" | "answer">;
  gateways: GatewayRegistry;
  traffic: Traffic;
  policy: ChargePolicy;
  drawReminder: DrawReminder;
  /** Days before a charge on which it is announced; 0: it is not. */
  noticeDays: number;
  /** What becomes of a subscription whose ladder is used up. */
  finalState: "unpaid" | "canceled";
  secrets: SecretBox;
  /** What a call to a gateway needs that this process makes itself. */
  direct: Pick<PayWithCardDeps, "lease" | "worker" | "random">;
  hints: WorkHints;
  testClock: TestClockStore | null;
  /** Tells others that keep the same business time, such as the simulator. */
  tellOthers: (now: Date) => Promise<void>;
  /** Queues of the board, as `createQueueBoards` makes them. */
  boards: readonly BaseAdapter[];
  metrics: Pick<Registry, "metrics" | "contentType">;
  /** Every invariant over the database, and the gateways' own lists beside it. */
  verify(options: VerifyOptions): Promise<VerifyReport>;
  health: { database(): Promise<boolean>; redis(): Promise<boolean> };
  /** The login of /admin; null: /admin is closed. */
  adminPassword: AdminPassword | null;
  /** What the pages for trying things out are told; null in production: there are none. */
  testPages: TestPages | null;
  /** Whether an error says that the database is out of reach. */
  isDatabaseUnavailable: (error: unknown) => boolean;
}

export interface TestPages {
  /** Gateways that are the simulator: nothing that is done there moves money. */
  simulated: readonly string[];
  /** Origins from which the gateways' payment windows come, as a security policy names them. */
  windowOrigins: readonly string[];
}

export interface AdminPassword {
  user: string;
  /** Compares in constant time. */
  verify(password: string): Promise<boolean>;
}

/** What routes are given. */
export interface RouteDeps extends AppDeps {
  /** True once the server is to stop: an answer that is held back is given now. */
  isClosing: () => boolean;
}
