/** From events to deliveries, and from deliveries to jobs: what the sweep does about webhooks. */
import { type WebhookEndpoint, wantsEvent } from "../../domain/webhook-endpoint.ts";
import type { Queues } from "../../queues/queues.ts";
import type { DeliveryStore, WantedDelivery } from "../../stores/deliveries.ts";
import type { EventStore, StoredEvent } from "../../stores/events.ts";
import { type ConfiguredDeps, syncConfigured } from "./manage-endpoints.ts";

export interface OutgoingDeps extends ConfiguredDeps {
  events: Pick<EventStore, "endToDeliver" | "listToDeliver">;
  deliveries: Pick<DeliveryStore, "add" | "hasDue">;
  queues: Pick<Queues, "addDocuments">;
}

/** What the sweep needs of webhooks. */
export interface Outgoing {
  /** Whether events that are relayed now are to be delivered somewhere. */
  prepare(): Promise<boolean>;
  /** Makes the deliveries of relayed events. */
  spread(): Promise<void>;
  /** A job for each endpoint where something is due. */
  enqueue(): Promise<void>;
}

/** Most events of one round, and rounds of one sweep. */
const BATCH = 500;
const ROUNDS_MAX = 10;

/** The endpoints are read once a sweep; where there are none, nothing else is asked. */
export function createOutgoing(deps: OutgoingDeps): Outgoing {
  let endpoints: WebhookEndpoint[] = [];
  return {
    async prepare() {
      endpoints = await syncConfigured(deps);
      return endpoints.some(({ state }) => state === "enabled");
    },
    async spread() {
      if (endpoints.length === 0) return;
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const events = await deps.events.listToDeliver(BATCH);
        if (events.length > 0) await spreadEvents(deps, events, endpoints);
        if (events.length < BATCH) return;
      }
    },
    async enqueue() {
      for (const { id, state } of endpoints) {
        if (state === "disabled" || !(await deps.deliveries.hasDue(id, deps.clock.now()))) continue;
        await deps.queues.addDocuments("event", [{ id, revision: nowSeconds(deps) }]);
      }
    },
  };
}

/** The deliveries come first: an event keeps its mark until they are made. */
async function spreadEvents(
  deps: OutgoingDeps,
  events: readonly StoredEvent[],
  endpoints: readonly WebhookEndpoint[],
): Promise<void> {
  const wanted = endpoints.flatMap((endpoint) =>
    events
      .filter((event) => wantsEvent(endpoint, event))
      .map((event): WantedDelivery => ({ endpointId: endpoint.id, event })),
  );
  await deps.deliveries.add(wanted, deps.clock.now());
  await deps.events.endToDeliver(events.map(({ id }) => id));
}

/** A new second gives a job a new id: one that just ends would swallow the next of its own. */
function nowSeconds({ clock }: Pick<OutgoingDeps, "clock">): number {
  return Math.floor(clock.now().getTime() / 1000);
}
