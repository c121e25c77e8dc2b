/** An event on its way to an endpoint, and what a try means for it. Pure rules. */
import { type BackoffPolicy, backoffMs } from "./backoff.ts";

/** `set_aside`: given up after its last try, so that later events go on. */
export type DeliveryState = "waiting" | "delivered" | "set_aside";

/** One event for one endpoint. Times are operational. */
export interface Delivery {
  /** Endpoint and event: made twice, it is the same. */
  id: string;
  /** Endpoint and stream: what goes out in order. */
  lane: string;
  endpointId: string;
  eventId: string;
  type: string;
  sequence: number;
  state: DeliveryState;
  /** Tries since it began to wait. */
  tries: number;
  firstTriedAt: Date | null;
  lastTriedAt: Date | null;
  /** Status of the last answer; null where there was none. */
  lastStatus: number | null;
  /** Why the last try failed; null where it did not. */
  lastReason: string | null;
  /** The beginning of the last answer's body. */
  lastAnswer: string | null;
  /** How often it was asked for again. */
  replays: number;
  createdAt: Date;
  /** When it was delivered or set aside. */
  closedAt: Date | null;
}

/** The events of one stream for one endpoint: one worker at a time holds it. */
export interface Lane {
  id: string;
  endpointId: string;
  stream: string;
  /** Raised whenever something is added: who finds it empty must have seen all of it. */
  wanted: number;
}

export function laneId(endpointId: string, stream: string): string {
  return `${endpointId}|${stream}`;
}

export function deliveryId(endpointId: string, eventId: string): string {
  return `${endpointId}|${eventId}`;
}

/** What a try brought. */
export type TryResult =
  | { kind: "answered"; status: number; excerpt: string }
  | { kind: "failed"; reason: string };

/** When failed tries are repeated, and for how long. */
export interface RetryPolicy {
  backoff: BackoffPolicy;
  /** From the first try, or from the enabling of the endpoint after it. */
  forMs: number;
}

/** What is changed in a delivery by a try. */
export type TriedFields = Pick<
  Delivery,
  "state" | "tries" | "firstTriedAt" | "lastTriedAt" | "lastStatus" | "lastReason" | "lastAnswer"
> & { closedAt: Date | null };

export interface Tried {
  fields: TriedFields;
  /** Operational instant of the next try; null: there is none. */
  nextTryAt: Date | null;
}

/** Any 2xx is a success; whatever else came, or nothing, is tried again until its time is over. */
export function afterTry(
  delivery: Delivery,
  result: TryResult,
  at: { now: Date; random: number; policy: RetryPolicy; enabledAt: Date },
): Tried {
  const { now, policy } = at;
  const tries = delivery.tries + 1;
  const firstTriedAt = delivery.firstTriedAt ?? now;
  const told = {
    tries,
    firstTriedAt,
    lastTriedAt: now,
    lastStatus: result.kind === "answered" ? result.status : null,
    lastAnswer: result.kind === "answered" ? result.excerpt : null,
    lastReason: reasonOf(result),
  };
  if (isDelivered(result)) {
    return { fields: { ...told, state: "delivered", closedAt: now }, nextTryAt: null };
  }
  const nextTryAt = new Date(now.getTime() + backoffMs(policy.backoff, tries, at.random));
  const sinceMs = Math.max(firstTriedAt.getTime(), at.enabledAt.getTime());
  const isLast = nextTryAt.getTime() > sinceMs + policy.forMs;
  return isLast
    ? { fields: { ...told, state: "set_aside", closedAt: now }, nextTryAt: null }
    : { fields: { ...told, state: "waiting", closedAt: null }, nextTryAt };
}

export function isDelivered(result: TryResult): boolean {
  return result.kind === "answered" && result.status >= 200 && result.status < 300;
}

/** The receiver says that it is gone for good. */
export function isGone(result: TryResult): boolean {
  return result.kind === "answered" && result.status === 410;
}

function reasonOf(result: TryResult): string | null {
  if (result.kind === "failed") return result.reason;
  return isDelivered(result) ? null : `status ${result.status}`;
}
