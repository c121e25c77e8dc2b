import http from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { createDeliverer } from "../../src/billing/webhooks/deliver-events.ts";
import { type Composition, compose } from "../../src/compose.ts";
import { deliverDepsOf, outgoingOf } from "../../src/compose-webhooks.ts";
import { loadConfig } from "../../src/config.ts";
import type { OutboxEntry } from "../../src/domain/events.ts";
import { createLogger } from "../../src/lib/logger.ts";
import { type WebhookClient, createWebhookClient } from "../../src/lib/webhook-client.ts";
import { START } from "../domain/fixtures.ts";
import { type TestServices, startTestServices } from "../support/services.ts";

/** Everything but a gateway: real stores, real Redis, real HTTP to receivers of the test's own. */
export interface World {
  services: TestServices;
  composition: Composition;
  /** Another process of the same deployment; closed with the world. */
  join(settings?: Record<string, string>): Promise<Composition>;
  close(): Promise<void>;
}

const FAST = {
  LOG_LEVEL: "silent",
  GATEWAYS: "cookiepay",
  COOKIEPAY_API_URL: "http://127.0.0.1:1",
  WEBHOOK_TIMEOUT_MS: "10000",
  WEBHOOK_RETRY_FIRST_MS: "10",
  WEBHOOK_RETRY_MAX_MS: "20",
};

export async function startWorld(settings: Record<string, string> = {}): Promise<World> {
  const services = await startTestServices();
  const open: Composition[] = [];
  const join = async (more: Record<string, string> = {}) => {
    const config = loadConfig({
      ...FAST,
      ...settings,
      ...more,
      MONGODB_URI: services.mongoUrl,
      REDIS_URL: services.redisUrl,
      QUEUE_PREFIX: services.keyPrefix,
    });
    const composition = compose(config, createLogger({ level: "silent", name: "test" }));
    open.push(composition);
    await composition.ready;
    return composition;
  };
  return {
    services,
    composition: await join(),
    join,
    async close() {
      for (const composition of open) await composition.close();
      await services.stop();
    },
  };
}

/** What one process does about events: a sweep's part, and a worker's. */
export interface Sender {
  /** Relays what waits and makes its deliveries. */
  relay(): Promise<void>;
  deliver(endpointId: string): Promise<string>;
  close(): void;
}

export function createSender(
  composition: Composition,
  wrap: (client: WebhookClient) => Pick<WebhookClient, "post"> = (client) => client,
): Sender {
  const { addresses, timeoutMs } = composition.config.webhooks;
  const client = createWebhookClient({ addresses, timeoutMs });
  const outgoing = outgoingOf(composition);
  return {
    async relay() {
      const toDeliver = await outgoing.prepare();
      while ((await composition.events.relayOutboxes(500, { toDeliver })) > 0);
      await outgoing.spread();
    },
    deliver: createDeliverer(deliverDepsOf(composition, wrap(client))),
    close: () => client.close(),
  };
}

export interface Received {
  id: string;
  headers: Record<string, string>;
  text: string;
  body: { id: string; type: string; stream: string; sequence: number; data: object };
}

export interface Receiver {
  url: string;
  /** What was taken: verified, in the order in which it was answered with 2xx. */
  taken: Received[];
  /** Everything that came, refused or not. */
  came: Received[];
  /** What is checked of each; empty: nothing. */
  secrets: string[];
  close(): Promise<void>;
}

/** How a receiver answers: a status, or null for a connection that ends without an answer. */
export type Answer = (received: Received, count: number) => Promise<number | null> | number | null;

/** A real receiver that checks signatures with the library of the standard. */
export async function startReceiver(answer: Answer = () => 204): Promise<Receiver> {
  const server = http.createServer();
  const receiver: Receiver = { url: "", taken: [], came: [], secrets: [], close: async () => {} };
  const take = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const headers = request.headers as Record<string, string>;
    const received = { id: headers["webhook-id"] ?? "", headers, text, body: JSON.parse(text) };
    receiver.came.push(received);
    try {
      for (const secret of receiver.secrets) new Webhook(secret).verify(text, headers);
    } catch {
      response.writeHead(401).end();
      return;
    }
    const status = await answer(received, receiver.came.length);
    if (status === null) return void response.destroy();
    if (status >= 200 && status < 300) receiver.taken.push(received);
    response.writeHead(status, { "content-type": "text/plain" }).end(`said ${status}`);
  };
  server.on("request", (request, response) => void take(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
  receiver.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return receiver;
}

let count = 0;

/** Writes documents whose outboxes hold so many events each, as if rules had written them. */
export async function plantEvents(
  composition: Composition,
  plan: { subscriptions: number; invoices: number; eventsEach: number },
): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < plan.subscriptions; index += 1) {
    count += 1;
    const id = `sub_w${count}`;
    ids.push(id);
    const documents = Array.from({ length: plan.invoices }, (_none, period) => ({
      _id: `${id}-p${period}`,
      number: `W${count}-${period}`,
      subscriptionId: id,
      outbox: Array.from({ length: plan.eventsEach }, (_no, number) => entry(period, number + 1)),
      outboxNumber: plan.eventsEach,
      revision: 1,
    }));
    await composition.database.collection("invoices").insertMany(documents as never[]);
  }
  return ids;
}

/** Events of the invoices of a subscription alternate in time. */
function entry(period: number, number: number): OutboxEntry {
  return {
    number,
    type: number === 1 ? "invoice.opened" : "invoice.payment_requested",
    at: START,
    recordedAt: new Date(START.getTime() + number * 1000 + period),
    actor: "sweep",
    by: null,
    reason: null,
    before: null,
    after: "open",
    data: { periodNumber: period, amount: 9900 },
  };
}
