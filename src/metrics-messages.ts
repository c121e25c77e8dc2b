/** Metrics of messages: what stands in the database, the same on every process. */
import { Gauge, type Metric } from "prom-client";
import { MESSAGE_STATES } from "./domain/message.ts";
import type { OperationalClock } from "./lib/clock.ts";
import type { MessageStore } from "./stores/messages.ts";

export interface MessageMetricsDeps {
  messages: Pick<MessageStore, "count" | "listDue">;
  clock: OperationalClock;
}

/** More are not counted one by one. */
const COUNT_MAX = 10_000;

/** Messages by state, and how late the oldest one is. */
export function messageMetrics(deps: MessageMetricsDeps): Metric[] {
  return [messagesByState(deps), oldestDue(deps)];
}

function messagesByState({ messages }: MessageMetricsDeps): Gauge<"state"> {
  return new Gauge({
    name: "billing_messages",
    help: `Messages on record by state, each counted up to ${COUNT_MAX}.`,
    labelNames: ["state"],
    registers: [],
    async collect() {
      this.reset();
      for (const state of MESSAGE_STATES) {
        const count = await messages.count(state, COUNT_MAX).catch(() => null);
        if (count !== null) this.set({ state }, count);
      }
    },
  });
}

function oldestDue({ messages, clock }: MessageMetricsDeps): Gauge {
  return new Gauge({
    name: "billing_message_oldest_due_seconds",
    help: "How long the message that is due longest has waited for a worker; 0 where none is due.",
    registers: [],
    async collect() {
      const now = clock.now();
      const due = await messages.listDue(now, 1).catch(() => null);
      const dueAt = due?.[0]?.nextTryAt ?? now;
      if (due !== null) this.set((now.getTime() - dueAt.getTime()) / 1000);
    },
  });
}
