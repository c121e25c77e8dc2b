/** Endpoints: added, changed, and kept as the configuration says. */
import { createHash } from "node:crypto";
import { BillingError } from "../../domain/errors.ts";
import type { EventType } from "../../domain/event-types.ts";
import { type Cause, OUTBOX_FULL } from "../../domain/events.ts";
import {
  ENDPOINTS_MAX,
  type EndpointSecret,
  type WebhookEndpoint,
  disableEndpoint,
  enableEndpoint,
  newEndpoint,
  rotateSecret,
  testEndpoint,
} from "../../domain/webhook-endpoint.ts";
import { newId } from "../../lib/ids.ts";
import type { SecretBox } from "../../lib/secret-box.ts";
import { newWebhookSecret } from "../../lib/webhook-signature.ts";
import type { DeliveryStore } from "../../stores/deliveries.ts";
import type { WebhookEndpointStore } from "../../stores/webhook-endpoints.ts";
import { type Clocks, readInstants } from "../instants.ts";
import { updateDocument } from "../update-document.ts";

export interface EndpointDeps extends Clocks {
  endpoints: WebhookEndpointStore;
  deliveries: Pick<DeliveryStore, "wakeLanes">;
  secrets: SecretBox;
  hints: { sweep(): Promise<void> };
}

/** An endpoint and the secret that nobody is told a second time. */
export interface WithSecret {
  endpoint: WebhookEndpoint;
  secret: string;
}

export interface AddedEndpoint {
  url: string;
  types: EventType[] | null;
  description: string;
  by: string | null;
}

/** Adds an endpoint that is delivered to from now on. Throws TOO_MANY_ENDPOINTS. */
export async function addEndpoint(deps: EndpointDeps, input: AddedEndpoint): Promise<WithSecret> {
  const others = await deps.endpoints.listAll();
  if (others.length >= ENDPOINTS_MAX) {
    throw new BillingError("TOO_MANY_ENDPOINTS", { most: ENDPOINTS_MAX });
  }
  const { by, ...given } = input;
  const [id, secret] = [newId("we"), newWebhookSecret()];
  const cause = await causeOf(deps, by);
  const endpoint = newEndpoint(
    { ...given, id, source: "api", secret: sealed(deps.secrets, secret, id) },
    cause,
  );
  if (!(await deps.endpoints.insert(endpoint))) throw new BillingError("CONFLICT", { id });
  await deps.hints.sweep();
  return { endpoint, secret };
}

/** A request for one endpoint. */
export interface EndpointRequest {
  id: string;
  by: string | null;
}

/**
 * Gives it a new secret; the old one signs beside it for `overlapMs`. Throws NOT_FOUND, or
 * ENDPOINT_CONFIGURED where the configuration says the secret.
 */
export async function rotateEndpoint(
  deps: EndpointDeps,
  { id, by, overlapMs }: EndpointRequest & { overlapMs: number },
): Promise<WithSecret> {
  const secret = newWebhookSecret();
  const cause = await causeOf(deps, by);
  const oldExpiresAt = new Date(cause.at.operational.getTime() + overlapMs);
  const next = { secret: sealed(deps.secrets, secret, id), oldExpiresAt };
  const { document } = await updateDocument(deps.endpoints, id, (endpoint) => {
    if (endpoint.source === "config") throw new BillingError("ENDPOINT_CONFIGURED", { id });
    return rotateSecret(withRoom(endpoint), next, cause);
  });
  return { endpoint: document, secret };
}

/** Delivers nothing there any more. Throws NOT_FOUND. */
export async function disableByRequest(
  deps: EndpointDeps,
  { id, by }: EndpointRequest,
): Promise<WebhookEndpoint> {
  const cause = await causeOf(deps, by);
  const { document } = await updateDocument(deps.endpoints, id, (endpoint) =>
    disableEndpoint(withRoom(endpoint), "operator", cause),
  );
  return document;
}

/** Delivers there again, at once what has waited. Throws NOT_FOUND. */
export async function enableByRequest(
  deps: EndpointDeps,
  { id, by }: EndpointRequest,
): Promise<WebhookEndpoint> {
  const cause = await causeOf(deps, by);
  const { document } = await updateDocument(deps.endpoints, id, (endpoint) =>
    enableEndpoint(withRoom(endpoint), cause),
  );
  await deps.deliveries.wakeLanes(id, cause.at.operational);
  await deps.hints.sweep();
  return document;
}

/** Sends it an event of its own. Returns that event's id. Throws NOT_FOUND or ENDPOINT_DISABLED. */
export async function sendTest(deps: EndpointDeps, { id, by }: EndpointRequest): Promise<string> {
  const cause = await causeOf(deps, by);
  const { document } = await updateDocument(deps.endpoints, id, (endpoint) =>
    testEndpoint(withRoom(endpoint), cause),
  );
  await deps.hints.sweep();
  return `${id}:${document.outboxNumber}`;
}

function withRoom(endpoint: WebhookEndpoint): WebhookEndpoint {
  if (endpoint.outbox.length < OUTBOX_FULL) return endpoint;
  throw new BillingError("OUTBOX_FULL", { id: endpoint.id });
}

async function causeOf(deps: EndpointDeps, by: string | null): Promise<Cause> {
  return { at: await readInstants(deps), actor: "api", by };
}

function sealed(secrets: SecretBox, secret: string, id: string): EndpointSecret {
  return { sealed: secrets.seal(secret, id), hash: secrets.hash(secret), expiresAt: null };
}

export interface ConfiguredDeps extends Clocks {
  endpoints: WebhookEndpointStore;
  secrets: SecretBox;
  /** Endpoints of the configuration. */
  configured: readonly { url: string; secret: string }[];
  secretOverlapMs: number;
}

/**
 * Makes the stored endpoints those of the configuration: new ones are added, another secret is a
 * rotation, what is gone is disabled. Returns all endpoints, those of the API too.
 */
export async function syncConfigured(deps: ConfiguredDeps): Promise<WebhookEndpoint[]> {
  const stored = await deps.endpoints.listAll();
  const wanted = new Map(deps.configured.map((one) => [configuredId(one.url), one]));
  const known = new Set(stored.map(({ id }) => id));
  const strays = stored.filter(
    ({ id, source, state }) => source === "config" && state === "enabled" && !wanted.has(id),
  );
  const missing = [...wanted].filter(([id]) => !known.has(id));
  const changed = stored.flatMap((endpoint) => {
    const one = wanted.get(endpoint.id);
    return one === undefined || isAsConfigured(deps, endpoint, one.secret) ? [] : [endpoint.id];
  });
  if (strays.length + missing.length + changed.length === 0) return stored;
  const cause: Cause = { at: await readInstants(deps), actor: "config" };
  for (const { id } of strays) {
    await updateDocument(deps.endpoints, id, (read) => disableEndpoint(read, "removed", cause));
  }
  for (const [id, { url, secret }] of missing) {
    const given = {
      id,
      url,
      types: null,
      description: "WEBHOOK_ENDPOINTS",
      source: "config",
    } as const;
    const seal = sealed(deps.secrets, secret, id);
    await deps.endpoints.insert(newEndpoint({ ...given, secret: seal }, cause));
  }
  for (const id of changed) await followConfiguration(deps, id, wanted.get(id)?.secret, cause);
  return deps.endpoints.listAll();
}

function isAsConfigured(deps: ConfiguredDeps, endpoint: WebhookEndpoint, secret: string): boolean {
  const hasReturned = endpoint.disabledReason === "removed";
  return endpoint.secrets.at(-1)?.hash === deps.secrets.hash(secret) && !hasReturned;
}

async function followConfiguration(
  deps: ConfiguredDeps,
  id: string,
  secret: string | undefined,
  cause: Cause,
): Promise<void> {
  if (secret === undefined) return;
  const oldExpiresAt = new Date(cause.at.operational.getTime() + deps.secretOverlapMs);
  await updateDocument(deps.endpoints, id, (read) => {
    const back = read.disabledReason === "removed" ? enableEndpoint(read, cause) : null;
    const endpoint = back ?? read;
    if (endpoint.secrets.at(-1)?.hash === deps.secrets.hash(secret)) return endpoint;
    return rotateSecret(
      endpoint,
      { secret: sealed(deps.secrets, secret, id), oldExpiresAt },
      cause,
    );
  });
}

/** Derived, so that all processes mean the same one. */
function configuredId(url: string): string {
  return `we_config_${createHash("sha256").update(url).digest("hex").slice(0, 16)}`;
}
