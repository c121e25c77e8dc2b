/** Sends what waits in one lane, in its order, as long as the lease holds. */
import {
  type Delivery,
  type Lane,
  type RetryPolicy,
  type TryResult,
  afterTry,
  isGone,
} from "../../domain/delivery.ts";
import { type WebhookEndpoint, signingSecrets } from "../../domain/webhook-endpoint.ts";
import type { Logger } from "../../lib/logger.ts";
import type { SecretBox } from "../../lib/secret-box.ts";
import type { WebhookClient } from "../../lib/webhook-client.ts";
import { signWebhook } from "../../lib/webhook-signature.ts";
import type { DeliveryStore } from "../../stores/deliveries.ts";
import type { EventStore, StoredEvent } from "../../stores/events.ts";
import type { Clocks } from "../instants.ts";
import { payloadOf } from "./payload.ts";

export interface DeliverLaneDeps extends Clocks {
  deliveries: DeliveryStore;
  events: Pick<EventStore, "findAll" | "firstToDeliver">;
  client: Pick<WebhookClient, "post">;
  secrets: SecretBox;
  retry: RetryPolicy;
  /** How long a lane belongs to the worker that claimed it. */
  leaseMs: number;
  /** Longest time of one delivery. */
  timeoutMs: number;
  random: () => number;
  log: Logger;
}

/** A lane and the right to send from it. */
export interface HeldLane {
  lane: Lane;
  token: string;
  /** On the monotonic clock, before the lease was taken. */
  claimedMs: number;
}

export interface LaneTally {
  delivered: number;
  failed: number;
  /** The receiver said that it is gone for good. */
  gone: boolean;
}

/** Most events that are sent under one lease. */
const BATCH = 50;
/** Until the events before are looked for again whose deliveries are not made yet. */
const BEHIND_MS = 1000;

/** Sends until something fails, nothing is left, or the lease is nearly over. */
export async function deliverLane(
  deps: DeliverLaneDeps,
  endpoint: WebhookEndpoint,
  held: HeldLane,
): Promise<LaneTally> {
  const { lane, token } = held;
  const tally: LaneTally = { delivered: 0, failed: 0, gone: false };
  // Asked first: whatever waits before it in this stream is then among what is listed.
  const behind = await deps.events.firstToDeliver(lane.stream);
  const waiting = await deps.deliveries.listWaiting(lane.id, BATCH);
  const events = await readEvents(deps, waiting);
  for (const delivery of waiting) {
    const now = deps.clock.now();
    if (behind !== null && behind < delivery.sequence) {
      await deps.deliveries.releaseLane(lane, token, new Date(now.getTime() + BEHIND_MS));
      return tally;
    }
    if (!mayStillSend(deps, held)) {
      await deps.deliveries.releaseLane(lane, token, now);
      return tally;
    }
    const result = await post(deps, endpoint, events.get(delivery.eventId));
    const { isDone, nextTryAt } = await note(deps, { endpoint, delivery, result });
    if (isDone) tally.delivered += 1;
    else tally.failed += 1;
    tally.gone = isGone(result);
    if (tally.gone || nextTryAt !== null) {
      await deps.deliveries.releaseLane(lane, token, nextTryAt ?? now);
      return tally;
    }
  }
  const now = deps.clock.now();
  if (waiting.length < BATCH) await deps.deliveries.leaveLane(lane, token, now);
  else await deps.deliveries.releaseLane(lane, token, now);
  return tally;
}

/** A worker that was frozen past its lease sends nothing more. */
function mayStillSend(deps: DeliverLaneDeps, { claimedMs }: HeldLane): boolean {
  return deps.clock.monotonicMs() - claimedMs < deps.leaseMs - deps.timeoutMs;
}

async function readEvents(
  deps: DeliverLaneDeps,
  waiting: readonly Delivery[],
): Promise<Map<string, StoredEvent>> {
  if (waiting.length === 0) return new Map();
  const found = await deps.events.findAll(waiting.map(({ eventId }) => eventId));
  return new Map(found.map((event) => [event.id, event]));
}

async function post(
  deps: DeliverLaneDeps,
  endpoint: WebhookEndpoint,
  event: StoredEvent | undefined,
): Promise<TryResult> {
  if (event === undefined) return { kind: "failed", reason: "the event is missing" };
  const now = deps.clock.now();
  const body = JSON.stringify(payloadOf(event));
  const secrets = signingSecrets(endpoint, now).map(({ sealed }) =>
    deps.secrets.open(sealed, endpoint.id),
  );
  return deps.client.post({
    url: endpoint.url,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "kiwoom-billing",
      ...signWebhook({ id: event.id, at: now, body }, secrets),
    },
    body,
  });
}

async function note(
  deps: DeliverLaneDeps,
  tried: { endpoint: WebhookEndpoint; delivery: Delivery; result: TryResult },
): Promise<{ isDone: boolean; nextTryAt: Date | null }> {
  const { endpoint, delivery, result } = tried;
  const { fields, nextTryAt } = afterTry(delivery, result, {
    now: deps.clock.now(),
    random: deps.random(),
    policy: deps.retry,
    enabledAt: endpoint.enabledAt,
  });
  await deps.deliveries.record(delivery.id, fields);
  const { eventId, type } = delivery;
  const line = { endpointId: endpoint.id, eventId, type, tries: fields.tries };
  if (fields.state === "set_aside") {
    deps.log.error(
      { alarm: "event_set_aside", ...line, reason: fields.lastReason },
      "an event could not be delivered and was set aside",
    );
  } else if (fields.state === "waiting") {
    deps.log.info(
      { ...line, reason: fields.lastReason },
      "an event was not taken; it is tried again",
    );
  }
  return { isDone: fields.state === "delivered", nextTryAt };
}
