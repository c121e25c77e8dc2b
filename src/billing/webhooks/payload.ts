import type { StoredEvent } from "../../stores/events.ts";

/** An event as it is told to others. */
export interface EventPayload {
  /** The webhook-id: the same however often it is delivered. */
  id: string;
  type: string;
  /** Business instant at which it happened. */
  timestamp: string;
  /** What it is counted within: the subscription, or else the thing itself. */
  stream: string;
  /** Running number within the stream, from 1 and without a gap. */
  sequence: number;
  subscriptionId: string | null;
  data: Record<string, string | number | null>;
}

/** Ids, amounts and states alone: no card, no billing key's secret, and no caller's name. */
export function payloadOf(event: StoredEvent): EventPayload {
  const { id, type, at, stream, sequence, subscriptionId, actor, reason, before, after } = event;
  return {
    id,
    type,
    timestamp: at.toISOString(),
    stream,
    sequence,
    subscriptionId,
    data: { ...event.data, actor, reason, before, after },
  };
}
