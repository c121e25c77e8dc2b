/**
 * Events: what changed, who did it and why. They are written into the outbox of the document that
 * changed, in the same write as the change, and copied to the `events` collection by the relay.
 */

/** Who or what caused a change. */
export type Actor =
  | "api"
  | "sweep"
  | "charge"
  | "reconcile"
  | "operator"
  | "clock"
  | "notice"
  | "delivery"
  | "config";

export interface OutboxEntry {
  /** Running number within its document, from 1. */
  number: number;
  /** `noun.past_participle`. */
  type: string;
  /** Business instant. */
  at: Date;
  /** Operational instant. */
  recordedAt: Date;
  actor: Actor;
  /** Which API key or which operator, where a person or a caller was behind it. */
  by: string | null;
  reason: string | null;
  before: string | null;
  after: string | null;
  /** Ids and amounts only; never card data or billing keys. */
  data: Record<string, string | number | null>;
}

/** A document that carries events until the relay has copied them. */
export interface HasOutbox {
  outbox: OutboxEntry[];
  outboxNumber: number;
}

/** An outbox this full refuses new optional changes; the recording of outcomes never stops. */
export const OUTBOX_FULL = 20;

/** The two times at which something happened. */
export interface Instants {
  business: Date;
  operational: Date;
}

/** Who or what changes something, and when. */
export interface Cause {
  at: Instants;
  actor: Actor;
  /** Which API key or which operator. */
  by?: string | null;
}

export interface NewEvent extends Cause {
  type: string;
  reason?: string;
  before?: string | null;
  after?: string | null;
  data?: Record<string, string | number | null>;
}

/** The document with one more event in its outbox. */
export function withEvent<T extends HasOutbox>(document: T, event: NewEvent): T {
  const entry: OutboxEntry = {
    number: document.outboxNumber + 1,
    type: event.type,
    at: event.at.business,
    recordedAt: event.at.operational,
    actor: event.actor,
    by: event.by ?? null,
    reason: event.reason ?? null,
    before: event.before ?? null,
    after: event.after ?? null,
    data: event.data ?? {},
  };
  return { ...document, outbox: [...document.outbox, entry], outboxNumber: entry.number };
}
