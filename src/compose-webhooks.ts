/** What the delivery of events is given, made of a composition. */
import {
  type Deliverer,
  type DeliverDeps,
  createDeliverer,
} from "./billing/webhooks/deliver-events.ts";
import { type Outgoing, createOutgoing } from "./billing/webhooks/outgoing.ts";
import type { Composition } from "./compose.ts";
import { createWebhookClient } from "./lib/webhook-client.ts";

/** What the sweep does about webhooks. */
export function outgoingOf(composition: Composition): Outgoing {
  const { endpoints, secretOverlapMs } = composition.config.webhooks;
  return createOutgoing({ ...composition, configured: endpoints, secretOverlapMs });
}

/** The sender of one process. */
export function startDelivering(composition: Composition): { deliver: Deliverer; close(): void } {
  const { addresses, timeoutMs } = composition.config.webhooks;
  const client = createWebhookClient({ addresses, timeoutMs });
  const deliver = createDeliverer(deliverDepsOf(composition, client));
  return { deliver, close: () => client.close() };
}

/** A lease is longer than a delivery by this: room for what is written and read beside it. */
const LEASE_MARGIN_MS = 30_000;

/** What one who delivers hands to its use case. */
export function deliverDepsOf(
  composition: Composition,
  client: DeliverDeps["client"],
): DeliverDeps {
  const { webhooks } = composition.config;
  return {
    ...composition,
    client,
    hints: composition.queues.hints,
    concurrency: webhooks.concurrency,
    retry: {
      backoff: { firstMs: webhooks.retryFirstMs, maxMs: webhooks.retryMaxMs, jitter: 0.2 },
      forMs: webhooks.retryForMs,
    },
    disableAfter: { failures: webhooks.disableFailures, forMs: webhooks.disableAfterMs },
    leaseMs: 2 * webhooks.timeoutMs + LEASE_MARGIN_MS,
    timeoutMs: webhooks.timeoutMs,
    random: Math.random,
  };
}
