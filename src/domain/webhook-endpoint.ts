/** Where events are delivered, and with which secrets they are signed. Pure rules. */
import { BillingError } from "./errors.ts";
import type { EventType } from "./event-types.ts";
import { type Cause, type HasOutbox, withEvent } from "./events.ts";

/** Most endpoints there may be, disabled ones included. */
export const ENDPOINTS_MAX = 20;

/** Why an endpoint is not delivered to. */
export type DisabledReason = "operator" | "gone" | "failing" | "removed";

/** A signing secret, encrypted. */
export interface EndpointSecret {
  sealed: { keyId: string; iv: string; tag: string; data: string };
  /** Keyed hash: tells whether the configuration still says the same. */
  hash: string;
  /** Operational instant from which it signs no more; null: the present one. */
  expiresAt: Date | null;
}

export interface WebhookEndpoint extends HasOutbox {
  id: string;
  url: string;
  /** Event types it wants; null: all of them. */
  types: EventType[] | null;
  description: string;
  /** Who added it: a caller of the API, or WEBHOOK_ENDPOINTS. */
  source: "api" | "config";
  state: "enabled" | "disabled";
  disabledReason: DisabledReason | null;
  /** Operational instant of its creation or of the last time it was enabled. */
  enabledAt: Date;
  /** The present one last. */
  secrets: EndpointSecret[];
  /** Failed tries since the last delivery; 0: the last one succeeded. */
  failures: number;
  /** Operational instant of the first of them. */
  failingSince: Date | null;
  /** Operational. */
  createdAt: Date;
  revision: number;
}

export interface NewEndpoint
  extends Pick<WebhookEndpoint, "id" | "url" | "types" | "description" | "source"> {
  secret: EndpointSecret;
}

/** An endpoint that is delivered to from now on. */
export function newEndpoint({ secret, ...given }: NewEndpoint, cause: Cause): WebhookEndpoint {
  const endpoint: WebhookEndpoint = {
    ...given,
    state: "enabled",
    disabledReason: null,
    enabledAt: cause.at.operational,
    secrets: [secret],
    failures: 0,
    failingSince: null,
    createdAt: cause.at.operational,
    outbox: [],
    outboxNumber: 0,
    revision: 0,
  };
  return withEvent(endpoint, {
    type: "webhook_endpoint.created",
    ...cause,
    after: "enabled",
    data: eventData(endpoint),
  });
}

/** Delivers no more; what waits goes on waiting. Null where it is disabled already. */
export function disableEndpoint(
  endpoint: WebhookEndpoint,
  reason: DisabledReason,
  cause: Cause,
): WebhookEndpoint | null {
  if (endpoint.state === "disabled") return null;
  return withEvent<WebhookEndpoint>(
    { ...endpoint, state: "disabled", disabledReason: reason },
    {
      type: "webhook_endpoint.disabled",
      ...cause,
      reason,
      before: "enabled",
      after: "disabled",
      data: { ...eventData(endpoint), failures: endpoint.failures },
    },
  );
}

/** From when on an endpoint that only fails is disabled: both must be reached. */
export interface FailureBounds {
  failures: number;
  forMs: number;
}

/** Disables an endpoint that has only failed for long enough; null where it has not. */
export function disableFailing(
  endpoint: WebhookEndpoint,
  bounds: FailureBounds,
  cause: Cause,
): WebhookEndpoint | null {
  if (endpoint.failingSince === null || endpoint.failures < bounds.failures) return null;
  const failingMs = cause.at.operational.getTime() - endpoint.failingSince.getTime();
  return failingMs < bounds.forMs ? null : disableEndpoint(endpoint, "failing", cause);
}

/** Delivers again, and forgets what failed. Null where it is enabled already. */
export function enableEndpoint(endpoint: WebhookEndpoint, cause: Cause): WebhookEndpoint | null {
  if (endpoint.state === "enabled") return null;
  return withEvent<WebhookEndpoint>(
    {
      ...endpoint,
      state: "enabled",
      disabledReason: null,
      enabledAt: cause.at.operational,
      failures: 0,
      failingSince: null,
    },
    {
      type: "webhook_endpoint.enabled",
      ...cause,
      before: "disabled",
      after: "enabled",
      data: eventData(endpoint),
    },
  );
}

/** Two secrets sign at most: the present one, and the one before it until its time is over. */
export function rotateSecret(
  endpoint: WebhookEndpoint,
  next: { secret: EndpointSecret; oldExpiresAt: Date },
  cause: Cause,
): WebhookEndpoint {
  const present = endpoint.secrets.at(-1);
  const old = present === undefined ? [] : [{ ...present, expiresAt: next.oldExpiresAt }];
  return withEvent<WebhookEndpoint>(
    { ...endpoint, secrets: [...old, next.secret] },
    { type: "webhook_endpoint.rotated", ...cause, data: eventData(endpoint) },
  );
}

/** An event that goes to this endpoint alone. Throws ENDPOINT_DISABLED where nothing goes there. */
export function testEndpoint(endpoint: WebhookEndpoint, cause: Cause): WebhookEndpoint {
  if (endpoint.state === "disabled")
    throw new BillingError("ENDPOINT_DISABLED", { id: endpoint.id });
  return withEvent<WebhookEndpoint>(endpoint, {
    type: "webhook_endpoint.tested",
    ...cause,
    data: eventData(endpoint),
  });
}

/** The secrets that sign now, the present one first. */
export function signingSecrets(endpoint: WebhookEndpoint, now: Date): EndpointSecret[] {
  return endpoint.secrets
    .filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
    .toReversed();
}

/** Whether an event is delivered there. A test is for its own endpoint, whatever that wants. */
export function wantsEvent(
  endpoint: WebhookEndpoint,
  event: { type: string; documentId: string },
): boolean {
  if (endpoint.state === "disabled") return false;
  if (event.type === "webhook_endpoint.tested") return event.documentId === endpoint.id;
  return endpoint.types === null || (endpoint.types as string[]).includes(event.type);
}

function eventData({ id, url }: WebhookEndpoint): Record<string, string> {
  // A path may hold a token of the receiver's: the host alone is told to others.
  return { endpointId: id, host: new URL(url).host };
}
