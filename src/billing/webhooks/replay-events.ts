/** Events that are delivered once more, under the id that they had. */
import { BillingError } from "../../domain/errors.ts";
import { type WebhookEndpoint, wantsEvent } from "../../domain/webhook-endpoint.ts";
import type { OperationalClock } from "../../lib/clock.ts";
import type { DeliveryStore, WantedDelivery } from "../../stores/deliveries.ts";
import type { EventFilter, EventStore, StoredEvent } from "../../stores/events.ts";
import type { WebhookEndpointStore } from "../../stores/webhook-endpoints.ts";

export interface ReplayDeps {
  events: Pick<EventStore, "find" | "findAll" | "list">;
  endpoints: Pick<WebhookEndpointStore, "find" | "listAll">;
  deliveries: Pick<DeliveryStore, "addAgain">;
  hints: { sweep(): Promise<void> };
  clock: OperationalClock;
}

export interface ReplayRequest {
  /** These, or those of the filter. */
  ids: readonly string[] | null;
  filter: EventFilter;
  /** Goes on after this event of the filter. */
  after: string | null;
  /** This one alone; null: every endpoint that wants them. */
  endpointId: string | null;
}

export interface Replayed {
  events: number;
  deliveries: number;
  /** The event to go on after; null: that was all. */
  next: string | null;
}

/** Most events of one request. */
export const REPLAYED_MAX = 500;

/** Throws NOT_FOUND for an event or endpoint that is not there, ENDPOINT_DISABLED, VALIDATION_FAILED. */
export async function replayEvents(deps: ReplayDeps, request: ReplayRequest): Promise<Replayed> {
  const endpoints = await readEndpoints(deps, request.endpointId);
  const { events, next } =
    request.ids === null
      ? await readRange(deps, request)
      : { events: await readNamed(deps, request.ids), next: null };
  const wanted = endpoints.flatMap((endpoint) =>
    events
      .filter((event) => wantsEvent(endpoint, event))
      .map((event): WantedDelivery => ({ endpointId: endpoint.id, event })),
  );
  await deps.deliveries.addAgain(wanted, deps.clock.now());
  await deps.hints.sweep();
  return { events: events.length, deliveries: wanted.length, next };
}

async function readEndpoints(deps: ReplayDeps, id: string | null): Promise<WebhookEndpoint[]> {
  if (id === null) return deps.endpoints.listAll();
  const endpoint = await deps.endpoints.find(id);
  if (endpoint === null) throw new BillingError("NOT_FOUND", { id });
  if (endpoint.state === "disabled") throw new BillingError("ENDPOINT_DISABLED", { id });
  return [endpoint];
}

async function readNamed(deps: ReplayDeps, ids: readonly string[]): Promise<StoredEvent[]> {
  const found = await deps.events.findAll(ids);
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw new BillingError("NOT_FOUND", { id: missing });
  return found;
}

async function readRange(
  deps: ReplayDeps,
  { filter, after }: ReplayRequest,
): Promise<{ events: StoredEvent[]; next: string | null }> {
  const found = await deps.events.list(filter, {
    after: await placeOf(deps.events, after),
    newestFirst: false,
    limit: REPLAYED_MAX + 1,
  });
  const events = found.slice(0, REPLAYED_MAX);
  return { events, next: found.length > REPLAYED_MAX ? (events.at(-1)?.id ?? null) : null };
}

/** Where a page goes on. Throws VALIDATION_FAILED where no such event is. */
export async function placeOf(
  events: Pick<EventStore, "find">,
  after: string | null,
): Promise<{ at: Date; id: string } | null> {
  if (after === null) return null;
  const event = await events.find(after);
  if (event === null) throw new BillingError("VALIDATION_FAILED", {}, "/after");
  return { at: event.at, id: event.id };
}
